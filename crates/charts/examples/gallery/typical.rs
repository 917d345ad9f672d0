//! Charts as a typical sweep has them.

use crate::simulation::{FACTORS, Trial, noise};
use charts::*;

/// How a scatter plot shows a third quantity.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Third {
    Size,
    Shape,
}

pub(crate) fn learning_curves(trials: &[Trial]) -> LearningCurves {
    LearningCurves {
        heading: Heading::new("Loss of the best trials over the epochs")
            .with_description("The loss of all trials falls quickly in the first four epochs."),
        x: Axis::linear("epoch", ""),
        y: Axis::log("cross-entropy loss", "nats"),
        trials: trials
            .iter()
            .map(|trial| TrialCurves {
                name: trial.name.clone(),
                validation: trial.curve(false),
                training: trial.curve(true),
            })
            .collect(),
        validation_label: "validation".to_owned(),
        training_label: "training".to_owned(),
        band_label: "lowest to highest of 5 folds".to_owned(),
    }
}

pub(crate) fn layers() -> LayerLines {
    let layers = (1..=4_u64).map(|layer| LayerLine {
        name: if layer == 4 {
            "output".to_owned()
        } else {
            format!("layer {layer}")
        },
        points: (1..=30)
            .map(|epoch| {
                let decay = (-0.09 * epoch as f64).exp();
                let size = 10_f64.powf(-2.4 + 0.5 * layer as f64);
                let jitter = 1.0 + 0.5 * (noise(layer * 100 + epoch) - 0.5);
                CurvePoint::new(epoch as f64, size * (0.08 + decay) * jitter)
            })
            .collect(),
    });
    LayerLines {
        heading: Heading::new("Gradient norm of each layer"),
        x: Axis::linear("epoch", ""),
        y: Axis::log("L2 norm of the gradient", "nats per unit of weight"),
        layers: layers.collect(),
    }
}

pub(crate) fn main_effects(trials: &[Trial]) -> MainEffects {
    let level = |factor: usize, level: usize| {
        let accuracies: Vec<f64> = trials
            .iter()
            .filter(|trial| trial.levels[factor] == level)
            .map(Trial::accuracy)
            .collect();
        let count = accuracies.len() as f64;
        let mean = accuracies.iter().sum::<f64>() / count;
        let square = |accuracy: &f64| (accuracy - mean) * (accuracy - mean);
        let deviation = (accuracies.iter().map(square).sum::<f64>() / (count - 1.0)).sqrt();
        let half = 1.96 * deviation / count.sqrt();
        LevelEffect {
            name: FACTORS[factor].1[level].to_owned(),
            value: mean,
            low: mean - half,
            high: mean + half,
        }
    };
    let factors = FACTORS
        .iter()
        .enumerate()
        .map(|(factor, (name, levels))| FactorEffect {
            name: (*name).to_owned(),
            unit: if *name == "width" {
                "units".to_owned()
            } else {
                String::new()
            },
            levels: (0..levels.len())
                .map(|index| level(factor, index))
                .collect(),
        });
    MainEffects {
        heading: Heading::new("Accuracy at each level of each factor"),
        y: Axis::linear("validation accuracy", "%"),
        factors: factors.collect(),
        reference: Some(trials.iter().map(Trial::accuracy).sum::<f64>() / trials.len() as f64),
        point_label: "mean over trials".to_owned(),
        interval_label: "95 % interval".to_owned(),
        reference_label: "mean of all trials".to_owned(),
    }
}

pub(crate) fn main_effects_in_french(trials: &[Trial]) -> MainEffects {
    let mut chart = main_effects(trials);
    let words = [
        ("couches cachées", vec!["1", "2", "3"]),
        ("largeur", vec!["64", "128"]),
        ("taux d’apprentissage", vec!["0,1", "0,01"]),
        (
            "décroissance",
            vec!["constante", "par paliers", "en cosinus"],
        ),
        (
            "régularisation",
            vec!["aucune", "abandon (dropout)", "décroissance des poids"],
        ),
    ];
    for (factor, (name, levels)) in chart.factors.iter_mut().zip(words) {
        factor.name = name.to_owned();
        factor.unit = String::new();
        for (level, name) in factor.levels.iter_mut().zip(levels) {
            level.name = name.to_owned();
        }
    }
    MainEffects {
        heading: Heading::new("Exactitude selon le niveau de chaque facteur"),
        y: Axis::linear("exactitude de validation", "%"),
        point_label: "moyenne des essais".to_owned(),
        interval_label: "intervalle à 95 %".to_owned(),
        reference_label: "moyenne générale".to_owned(),
        ..chart
    }
}

pub(crate) fn heat_map(trials: &[Trial]) -> HeatMap {
    let mean = |schedule: usize, regularisation: usize| {
        let accuracies: Vec<f64> = trials
            .iter()
            .filter(|trial| trial.levels[3] == schedule && trial.levels[4] == regularisation)
            .map(Trial::accuracy)
            .collect();
        accuracies.iter().sum::<f64>() / accuracies.len() as f64
    };
    HeatMap {
        heading: Heading::new("Accuracy by schedule and regularisation"),
        rows: Categories::new("schedule", FACTORS[3].1.iter().copied()),
        columns: Categories::new("regularisation", FACTORS[4].1.iter().copied()),
        cells: (0..3)
            .map(|row| {
                let value = |column| {
                    if (row, column) == (1, 2) {
                        f64::NAN
                    } else {
                        mean(row, column)
                    }
                };
                (0..3)
                    .map(|column| HeatMapCell::new(value(column)))
                    .collect()
            })
            .collect(),
        colour_axis: Axis::linear("validation accuracy", "%"),
        range: None,
        decimals: 2,
    }
}

pub(crate) fn confusion() -> HeatMap {
    let classes = [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ];
    let group = |class: usize| match class {
        0 | 2 | 3 | 4 | 6 => 0,
        5 | 7 | 9 => 1,
        other => other,
    };
    let count = |row: usize, column: usize| {
        let chance = noise((row * 10 + column) as u64 + 5);
        match (row == column, group(row) == group(column)) {
            (true, _) => 800 + (chance * 180.0) as u64,
            (_, true) => (chance * 90.0) as u64,
            _ => (chance * 5.0) as u64,
        }
    };
    let counts: Vec<Vec<u64>> = (0..10)
        .map(|row| (0..10).map(|column| count(row, column)).collect())
        .collect();
    HeatMap::confusion(
        Heading::new("Confusion matrix of the best trial on the test data"),
        ("true class", "predicted class"),
        &classes.map(str::to_owned),
        &counts,
        "share of the true class",
    )
}

pub(crate) fn pareto(trials: &[Trial], third: Third) -> ParetoScatter {
    let best = trials.iter().map(Trial::accuracy).fold(0.0, f64::max);
    let points = trials.iter().map(|trial| ScatterPoint {
        name: trial.name.clone(),
        x: trial.seconds_per_epoch(),
        x_error: 0.0,
        y: trial.accuracy(),
        size: trial.parameters() / 1000.0,
        shape: trial.levels[4],
        annotation: if trial.accuracy() == best {
            "best".to_owned()
        } else {
            String::new()
        },
    });
    ParetoScatter {
        heading: Heading::new("Accuracy against time"),
        x: Axis::log("time of an epoch", "s"),
        y: Axis::linear("validation accuracy", "%"),
        x_direction: Direction::Minimise,
        y_direction: Direction::Maximise,
        points: points.collect(),
        size_axis: (third == Third::Size).then(|| Axis::linear("parameters", "thousand")),
        size_direction: None,
        shapes: match third {
            Third::Size => Categories::default(),
            Third::Shape => Categories::new("regularisation", FACTORS[4].1.iter().copied()),
        },
        front_label: "not beaten by any trial".to_owned(),
        others_label: "other trials".to_owned(),
    }
}

pub(crate) fn parallel(trials: &[Trial]) -> ParallelCoordinates {
    let mut axes: Vec<ParallelAxis> = FACTORS
        .iter()
        .map(|(name, levels)| {
            ParallelAxis::Categories(Categories::new(*name, levels.iter().copied()))
        })
        .collect();
    axes.push(ParallelAxis::Numbers(Axis::linear("time of an epoch", "s")));
    axes.push(ParallelAxis::Numbers(Axis::linear(
        "validation accuracy",
        "%",
    )));
    let line = |trial: &Trial| {
        let mut values: Vec<f64> = trial.levels.iter().map(|&level| level as f64).collect();
        values.extend([trial.seconds_per_epoch(), trial.accuracy()]);
        ParallelLine {
            name: trial.name.clone(),
            values,
            colour_value: trial.accuracy(),
        }
    };
    ParallelCoordinates {
        heading: Heading::new("All trials"),
        axes,
        lines: trials.iter().map(line).collect(),
        colour_axis: Axis::linear("validation accuracy", "%"),
        direction: Direction::Maximise,
    }
}

/// Returns the most difficult samples of an image data set, which are stripes and blobs here.
pub(crate) fn image_grid(side: usize, is_grey: bool) -> ImageGrid {
    let names = ["airplane", "automobile", "bird", "cat", "deer"];
    let image = |index: usize| {
        let key = index as u64;
        let (tilt, phase) = (6.0 * noise(key + 11), 6.0 * noise(key + 29));
        let radius = 0.25 + 0.2 * noise(key + 47);
        let pixel = |position: usize| {
            let at = |place: usize| (place as f64 + 0.5) / side as f64 - 0.5;
            let (x, y) = (at(position % side), at(position / side));
            let stripes = 0.5 + 0.5 * (14.0 * (x * tilt.cos() + y * tilt.sin()) + phase).sin();
            let blob = ((radius - x.hypot(y)) * side as f64).clamp(0.0, 1.0);
            let level = |share: f64| (255.0 * share) as u8;
            if is_grey {
                [level(blob * stripes); 3]
            } else {
                let sky = (1.0 - blob) * (0.7 - 0.3 * y);
                [
                    level(blob * stripes),
                    level(blob * 0.4 + 0.8 * sky),
                    level(blob * (1.0 - stripes) + sky),
                ]
            }
        };
        let class = |class: usize| {
            if is_grey {
                class.to_string()
            } else {
                names[class % names.len()].to_owned()
            }
        };
        let (label, predicted) = (class(index % 7), class(index % 7 + index % 3 + 1));
        let note = format!("{} of 108 wrong", 107 - index);
        LabelledImage {
            width: side,
            height: side,
            rgb: (0..side * side).flat_map(pixel).collect(),
            caption: format!("{label} → {predicted}"),
            tooltip: format!(
                "Sample {}: class {label}, most often predicted as {predicted}; {note}",
                400 * index + 17
            ),
            note,
        }
    };
    ImageGrid {
        heading: Heading::new("Samples that most trials get wrong")
            .with_description("The validation samples that most trials classify incorrectly."),
        images: (0..24).map(image).collect(),
    }
}
