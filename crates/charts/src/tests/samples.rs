//! Typical charts for tests.

use crate::{
    Axis, Categories, Chart, CurvePoint, Direction, FactorEffect, Heading, HeatMap, HeatMapCell,
    ImageGrid, LabelledImage, LayerLine, LayerLines, LearningCurves, LevelEffect, MainEffects,
    ParallelAxis, ParallelCoordinates, ParallelLine, ParetoScatter, ScatterPoint, Style,
    TrialCurves,
};

pub(crate) fn french() -> Style {
    Style {
        decimal: ',',
        no_data: "aucune donnée".to_owned(),
        more: "… et {count} de plus".to_owned(),
        ..Style::default()
    }
}

pub(crate) fn narrow() -> Style {
    Style {
        width: 420.0,
        height: 300.0,
        ..Style::default()
    }
}

const FACTORS: [(&str, &[&str]); 5] = [
    ("layers", &["1", "2", "3"]),
    ("width", &["64", "128"]),
    ("learning rate", &["0.1", "0.01"]),
    ("schedule", &["constant", "step", "cosine"]),
    ("regularisation", &["none", "dropout", "weight_decay"]),
];

pub(crate) fn levels() -> Vec<String> {
    let levels = FACTORS.iter().flat_map(|(_, levels)| levels.iter());
    levels.map(|&level| level.to_owned()).collect()
}

/// Returns 108 trials: the index of each level, the name, and a number that grows with all levels.
fn trials() -> Vec<([usize; 5], String, f64)> {
    let sizes = FACTORS.map(|(_, levels)| levels.len());
    let trial = |index: usize| {
        let mut rest = index;
        let levels = sizes.map(|size| {
            let level = rest % size;
            rest /= size;
            level
        });
        let names: Vec<&str> = (0..5)
            .map(|factor| FACTORS[factor].1[levels[factor]])
            .collect();
        (levels, names.join("-"), levels.iter().sum::<usize>() as f64)
    };
    (0..sizes.iter().product()).map(trial).collect()
}

fn curve(speed: f64) -> Vec<CurvePoint> {
    (1..=10)
        .map(|epoch| {
            let loss = 0.05 + 2.0 / (1.0 + speed * f64::from(epoch));
            CurvePoint::with_band(f64::from(epoch), loss, 0.9 * loss, 1.1 * loss)
        })
        .collect()
}

/// Returns a chart of each kind, as large as that of a typical sweep.
pub(crate) fn all() -> Vec<(&'static str, Box<dyn Chart>)> {
    vec![
        ("learning curves", Box::new(learning_curves(6))),
        ("many learning curves", Box::new(learning_curves(108))),
        ("layer lines", Box::new(layer_lines())),
        ("main effects", Box::new(main_effects())),
        ("heat map", Box::new(heat_map())),
        ("confusion", Box::new(confusion())),
        ("pareto", Box::new(pareto())),
        ("parallel", Box::new(parallel())),
        ("image grid", Box::new(image_grid())),
    ]
}

/// Returns texts that show that each series of a sample is present.
pub(crate) fn series(name: &str) -> Vec<String> {
    let names = trials().into_iter().map(|(_, name, _)| name);
    let own = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    match name {
        "learning curves" => names
            .take(6)
            .flat_map(|name| {
                [
                    format!("{name}, training"),
                    format!("{name}, validation"),
                    name,
                ]
            })
            .collect(),
        "many learning curves" => names.take(10).chain(own_more(98)).collect(),
        "layer lines" => own(&["layer 1", "layer 2", "output"]),
        "main effects" => {
            let level = |(factor, levels): &(&str, &[&str])| -> Vec<String> {
                levels
                    .iter()
                    .map(|level| format!("{factor}: {level}"))
                    .collect()
            };
            FACTORS.iter().flat_map(level).collect()
        }
        "heat map" => own(&["constant", "cosine", "none", "weight_decay", "0.00", "4.00"]),
        "confusion" => own(&["ship", "truck", "90", "3"]),
        "pareto" | "parallel" => names.collect(),
        "image grid" => (0..24)
            .flat_map(|index| {
                [
                    format!("{} → {}", index % 10, (index + 3) % 10),
                    format!("{} of 108 wrong", 108 - index),
                    format!("sample {index}: "),
                ]
            })
            .collect(),
        other => panic!("{other} is no sample"),
    }
}

fn own_more(count: usize) -> Option<String> {
    Some(format!("… and {count} more"))
}

fn learning_curves(count: usize) -> LearningCurves {
    let trials = trials().into_iter().take(count);
    let curves = trials.map(|(_, name, merit)| TrialCurves {
        name,
        validation: curve(0.5 + 0.1 * merit),
        training: curve(0.7 + 0.2 * merit),
    });
    LearningCurves {
        heading: Heading::new("Loss over epochs").with_description("It falls."),
        x: Axis::linear("epoch", ""),
        y: Axis::log("loss", "nats"),
        trials: curves.collect(),
        validation_label: "validation".to_owned(),
        training_label: "training".to_owned(),
        band_label: "lowest to highest of 5 folds".to_owned(),
    }
}

fn layer_lines() -> LayerLines {
    let layer = |(name, speed): (&str, f64)| LayerLine {
        name: name.to_owned(),
        points: curve(speed),
    };
    LayerLines {
        heading: Heading::new("Gradient norms"),
        x: Axis::linear("epoch", ""),
        y: Axis::log("L2 norm of the gradient", "nats"),
        layers: [("layer 1", 0.5), ("layer 2", 1.0), ("output", 2.0)]
            .map(layer)
            .into(),
    }
}

fn main_effects() -> MainEffects {
    let factor = |(name, levels): &(&str, &[&str])| FactorEffect {
        name: (*name).to_owned(),
        unit: String::new(),
        levels: (levels.iter().zip(0..))
            .map(|(level, index)| LevelEffect {
                name: (*level).to_owned(),
                value: 96.0 + f64::from(index),
                low: 95.5 + f64::from(index),
                high: 96.5 + f64::from(index),
            })
            .collect(),
    };
    MainEffects {
        heading: Heading::new("Main effects"),
        y: Axis::linear("validation accuracy", "%"),
        factors: FACTORS.iter().map(factor).collect(),
        reference: Some(96.8),
        point_label: "mean over trials".to_owned(),
        interval_label: "95 % interval".to_owned(),
        reference_label: "mean of all trials".to_owned(),
    }
}

fn heat_map() -> HeatMap {
    let row = |row: u32| {
        (0..3)
            .map(|column| HeatMapCell::new(f64::from(row + column)))
            .collect()
    };
    HeatMap {
        heading: Heading::new("Two factors"),
        rows: Categories::new(FACTORS[3].0, FACTORS[3].1.iter().copied()),
        columns: Categories::new(FACTORS[4].0, FACTORS[4].1.iter().copied()),
        cells: (0..3).map(row).collect(),
        colour_axis: Axis::linear("validation accuracy", "%"),
        range: None,
        decimals: 2,
    }
}

fn confusion() -> HeatMap {
    let classes = [
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ];
    let count = |row: u64, column: u64| {
        if row == column {
            90
        } else {
            (row + 2 * column) % 4
        }
    };
    let counts: Vec<Vec<u64>> = (0..10)
        .map(|row| (0..10).map(|column| count(row, column)).collect())
        .collect();
    HeatMap::confusion(
        Heading::new("Confusion matrix"),
        ("true class", "predicted class"),
        &classes.map(str::to_owned),
        &counts,
        "share of the true class",
    )
}

fn pareto() -> ParetoScatter {
    let points = trials()
        .into_iter()
        .zip(0_u32..)
        .map(|((_, name, merit), index)| {
            let seconds = 0.5 + f64::from(index % 13) * 0.3;
            ScatterPoint {
                name,
                x: seconds,
                x_error: 0.0,
                y: 95.0 + merit / 3.0 + seconds / 2.0,
                size: 50.0 + f64::from(index),
                shape: 0,
                annotation: if index == 50 {
                    "best".to_owned()
                } else {
                    String::new()
                },
            }
        });
    ParetoScatter {
        heading: Heading::new("Accuracy against time"),
        x: Axis::log("time of an epoch", "s"),
        y: Axis::linear("validation accuracy", "%"),
        x_direction: Direction::Minimise,
        y_direction: Direction::Maximise,
        points: points.collect(),
        size_axis: Some(Axis::linear("parameters", "thousand")),
        size_direction: None,
        shapes: Categories::default(),
        front_label: "not beaten by any trial".to_owned(),
        others_label: "other trials".to_owned(),
    }
}

fn parallel() -> ParallelCoordinates {
    let axis = |(name, levels): &(&str, &[&str])| {
        ParallelAxis::Categories(Categories::new(*name, levels.iter().copied()))
    };
    let accuracy = Axis::linear("validation accuracy", "%");
    let lines = trials().into_iter().map(|(levels, name, merit)| {
        let values = levels.into_iter().map(|level| level as f64);
        ParallelLine {
            name,
            values: values.chain([95.0 + merit / 3.0]).collect(),
            colour_value: 95.0 + merit / 3.0,
        }
    });
    ParallelCoordinates {
        heading: Heading::new("All trials"),
        axes: FACTORS
            .iter()
            .map(axis)
            .chain([ParallelAxis::Numbers(accuracy.clone())])
            .collect(),
        lines: lines.collect(),
        colour_axis: accuracy,
        direction: Direction::Maximise,
    }
}

/// Grey images of 28 × 28 pixels and colour images of 32 × 32 pixels, with rings of different sizes.
fn image_grid() -> ImageGrid {
    let image = |index: usize| {
        let is_grey = index.is_multiple_of(2);
        let side = if is_grey { 28 } else { 32 };
        let pixel = |position: usize| {
            let (x, y) = (position % side, position / side);
            let (x, y) = (x.abs_diff(side / 2), y.abs_diff(side / 2));
            let is_ring = (x * x + y * y).abs_diff(8 * (index + 1)) < 20;
            match (is_ring, is_grey) {
                (true, true) => [255; 3],
                (true, false) => [230, 9 * index as u8, 40],
                (false, true) => [0; 3],
                (false, false) => [120, 170, 8 * y as u8],
            }
        };
        LabelledImage {
            width: side,
            height: side,
            rgb: (0..side * side).flat_map(pixel).collect(),
            caption: format!("{} → {}", index % 10, (index + 3) % 10),
            note: format!("{} of 108 wrong", 108 - index),
            tooltip: format!("sample {index}: ring of a certain size"),
        }
    };
    ImageGrid {
        heading: Heading::new("Most difficult samples"),
        images: (0..24).map(image).collect(),
    }
}
