//! Custom data, and known data sets in files of their true format, are trained on from the file to
//! the table; errors in them are reported with their line.

mod formats;
mod refusals;

use crate::support::formats::{Column, npy, write_parquet};
use crate::support::{Done, Project, repository};
use std::fs::File;
use std::io::Write;
use std::path::Path;

const SETTINGS: &str = "training: { epochs: 20, batch_size: 10, learning_rate: 0.2 }\n\
                        model: { width: 8 }\nvalidation: { folds: 2 }\n";

/// A project whose sweep has this `data:` section and little training.
fn project(data: &str) -> Project {
    Project::new(&format!("data: {data}\n{SETTINGS}"))
}

/// Trains, and returns the validation accuracy of the only trial.
fn accuracy(project: &Project) -> f64 {
    let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
    // Most of these data sets are trivial, which gives a warning.
    const WARNINGS: [&str; 2] = [
        " alone determines the class in all",
        "are also training samples",
    ];
    let is_expected = |line: &str| WARNINGS.iter().any(|warning| line.contains(warning));
    let (code, error) = (done.code, done.error.as_str());
    assert!(code == 0 && error.lines().all(is_expected), "{error}");
    reported(project, "mean_val_accuracy")
}

/// A number of the only trial in the report.
fn reported(project: &Project, name: &str) -> f64 {
    let table = project.read("reports/sweep.csv");
    let mut lines = table
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    let (header, row) = (lines.next().unwrap(), lines.next().unwrap());
    let column = header.iter().position(|column| *column == name);
    row[column.unwrap()].parse().unwrap()
}

fn refused(project: &Project) -> String {
    let done = project.run(&["sweep.yaml", "--device", "cpu"]);
    assert_eq!(done.code, 2, "{}", done.error);
    assert!(!project.path("runs").exists(), "nothing is written");
    done.error
        .replace(project.path("").to_str().unwrap(), "FOLDER/")
}

/// Rows of two features, of which only the first distinguishes the two classes.
fn rows() -> Vec<(f64, f64, &'static str)> {
    let row = |index: u32| {
        let noise = f64::from(index * 7 % 11);
        match index % 2 {
            0 => (f64::from(index % 5), noise, "left"),
            _ => (10.0 + f64::from(index % 5), noise, "right"),
        }
    };
    (0..60).map(row).collect()
}

fn csv(separator: &str) -> String {
    let row = |&(x, y, class): &(f64, f64, &str)| format!("{x}{separator}{class}{separator}{y}\n");
    let rows: String = rows().iter().map(row).collect();
    format!("x{separator}class{separator}noise\n{rows}")
}

/// An image of 6 × 8 pixels whose right half is bright, or whose left half is.
fn picture(index: usize, channels: usize) -> Vec<u8> {
    let bright = |x: usize| (x >= 4) == index.is_multiple_of(2);
    let value = |x: usize| {
        if bright(x) {
            200 + (index % 50) as u8
        } else {
            index as u8 % 50
        }
    };
    let pixels = (0..6).flat_map(|_| 0..8).map(value);
    pixels
        .flat_map(|value| std::iter::repeat_n(value, channels))
        .collect()
}

fn write_png(path: &Path, index: usize, channels: usize) {
    let mut encoder = png::Encoder::new(File::create(path).unwrap(), 8, 6);
    encoder.set_color(match channels {
        1 => png::ColorType::Grayscale,
        _ => png::ColorType::Rgb,
    });
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&picture(index, channels)).unwrap();
}

fn write_images(folder: &Path, count: usize, channels: usize) {
    for index in 0..count {
        let class = folder.join(["right", "left"][index % 2]);
        std::fs::create_dir_all(&class).unwrap();
        write_png(&class.join(format!("{index:03}.png")), index, channels);
    }
}

#[test]
fn changed_files_are_trained_again_and_unchanged_ones_are_not() {
    let project = project("{ set: table, path: points.csv, label: class }");
    project.write("points.csv", &csv(","));
    accuracy(&project);
    let done =
        |project: &Project| -> Done { project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]) };
    // Another separator, the same contents.
    project.write("points.csv", &csv(";"));
    let error = done(&project).error;
    assert!(!error.contains("archived"), "{error}");
    project.write(
        "points.csv",
        &csv(",").replacen("0,left,0", "0.5,left,0", 1),
    );
    let again = done(&project);
    assert_eq!(again.code, 0);
    assert!(
        again.error.contains("2 results archived"),
        "{}",
        again.error
    );
}

#[test]
fn a_path_is_searched_in_the_current_folder_and_above_the_sweep_file() {
    let project = project("{ set: table, path: own/points.csv, label: class }");
    for folder in ["own", "sweeps", "elsewhere"] {
        std::fs::create_dir(project.path(folder)).unwrap();
    }
    project.write("own/points.csv", &csv(","));
    std::fs::rename(
        project.path("sweep.yaml"),
        project.path("sweeps/sweep.yaml"),
    )
    .unwrap();
    let mut command = project.command(&["plan", "../sweeps/sweep.yaml"]);
    let output = command
        .current_dir(project.path("elsewhere"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
