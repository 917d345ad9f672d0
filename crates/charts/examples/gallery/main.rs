//! Writes a chart of each kind, as SVG and PNG, into a folder:
//! `cargo run --release -p charts --example gallery -- target/charts`.

mod extreme;
mod simulation;
mod typical;

use charts::{Chart, LearningCurves, Style};
use extreme::{many_classes, many_layers, many_main_effects, pareto_of_few};
use simulation::trials;
use std::path::Path;
use std::process::ExitCode;
use typical::{
    Third, confusion, heat_map, image_grid, layers, learning_curves, main_effects,
    main_effects_in_french, parallel, pareto,
};

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: gallery FOLDER");
        return ExitCode::FAILURE;
    };
    match write_all(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write_all(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let english = Style::default();
    let french = Style {
        decimal: ',',
        no_data: "aucune donnée".to_owned(),
        more: "… et {count} de plus".to_owned(),
        ..Style::default()
    };
    let write =
        |name: &str, chart: &dyn Chart, style: &Style| -> Result<(), Box<dyn std::error::Error>> {
            let drawing = chart.draw(style);
            let svg = drawing.to_svg();
            println!("{name}: {} bytes of SVG", svg.len());
            std::fs::write(folder.join(name).with_extension("svg"), svg)?;
            std::fs::write(
                folder.join(name).with_extension("png"),
                drawing.to_png(2.0)?,
            )?;
            Ok(())
        };
    let trials = trials();
    write("learning-curves", &learning_curves(&trials[..6]), &english)?;
    write("learning-curves-many", &learning_curves(&trials), &english)?;
    write("layers", &layers(), &english)?;
    write("main-effects", &main_effects(&trials), &english)?;
    write(
        "main-effects-french",
        &main_effects_in_french(&trials),
        &french,
    )?;
    write("heat-map", &heat_map(&trials), &english)?;
    write("confusion", &confusion(), &english)?;
    write("pareto", &pareto(&trials, Third::Size), &english)?;
    write("pareto-shapes", &pareto(&trials, Third::Shape), &english)?;
    write("parallel", &parallel(&trials), &english)?;
    write("image-grid", &image_grid(28, true), &english)?;
    write("image-grid-colour", &image_grid(32, false), &english)?;
    let narrow = Style {
        width: 400.0,
        height: 320.0,
        ..Style::default()
    };
    write(
        "narrow-learning-curves",
        &learning_curves(&trials[..3]),
        &narrow,
    )?;
    write("narrow-main-effects", &main_effects(&trials), &narrow)?;
    write("narrow-parallel", &parallel(&trials), &narrow)?;
    write("narrow-confusion", &confusion(), &narrow)?;
    write("narrow-image-grid", &image_grid(96, false), &narrow)?;
    write("pareto-few", &pareto_of_few(), &english)?;
    write("main-effects-many", &many_main_effects(&trials), &english)?;
    write("confusion-many", &many_classes(), &english)?;
    write("layers-many", &many_layers(), &french)?;
    write(
        "no-data",
        &LearningCurves {
            trials: Vec::new(),
            ..learning_curves(&trials)
        },
        &french,
    )?;
    Ok(())
}
