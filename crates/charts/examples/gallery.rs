//! Writes a chart of each kind, as SVG and PNG, into the folder that is given:
//! `cargo run --release -p charts --example gallery -- target/charts`.
//!
//! The data are made up, but of the kind that a sweep gives: layers, width, learning rate,
//! schedule and regularisation in a grid of 108 trials, 5 folds each.

use charts::*;
use std::path::Path;
use std::process::ExitCode;

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

/// A number between 0 and 1 that depends on nothing but its key.
fn noise(key: u64) -> f64 {
    // Mixing steps of SplitMix64 (Steele, Lea and Flood, 2014).
    let mut bits = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

struct Trial {
    levels: [usize; 5],
    name: String,
}

const FACTORS: [(&str, &[&str]); 5] = [
    ("layers", &["1", "2", "3"]),
    ("width", &["64", "128"]),
    ("learning rate", &["0.1", "0.01"]),
    ("schedule", &["constant", "step", "cosine"]),
    ("regularisation", &["none", "dropout", "weight_decay"]),
];

fn trials() -> Vec<Trial> {
    let sizes = FACTORS.map(|(_, levels)| levels.len());
    (0..sizes.iter().product())
        .map(|index: usize| {
            // In an order that mixes the levels: 35 and 108 have no common factor.
            let mut rest = index * 35 % 108;
            let levels = sizes.map(|size| {
                let level = rest % size;
                rest /= size;
                level
            });
            let part = |factor: usize| FACTORS[factor].1[levels[factor]];
            let name = format!(
                "layers={}-width={}-lr={}-{}-{}",
                part(0),
                part(1),
                part(2),
                part(3),
                part(4)
            );
            Trial { levels, name }
        })
        .collect()
}

impl Trial {
    fn key(&self) -> u64 {
        self.levels
            .iter()
            .fold(1, |key, &level| key * 7 + level as u64)
    }

    /// Loss after an epoch on a fold.
    fn loss(&self, epoch: usize, fold: u64, training: bool) -> f64 {
        let [layers, width, rate, schedule, regularisation] = self.levels.map(|level| level as f64);
        let speed = 0.5 + 0.12 * layers + 0.1 * width - 0.28 * rate + 0.04 * schedule;
        let floor = 0.11 - 0.012 * layers - 0.015 * width + 0.05 * rate
            - 0.006 * schedule
            - 0.004 * regularisation;
        let floor = if training {
            floor * (0.35 + 0.15 * regularisation)
        } else {
            floor
        };
        let jitter = 1.0 + 0.16 * (noise(self.key() * 1000 + epoch as u64 * 10 + fold) - 0.5);
        (floor + 1.9 * (-speed * epoch as f64).exp()) * jitter
    }

    fn curve(&self, training: bool) -> Vec<CurvePoint> {
        (1..=10)
            .map(|epoch| {
                let losses: Vec<f64> = (0..5)
                    .map(|fold| self.loss(epoch, fold, training))
                    .collect();
                CurvePoint::with_band(
                    epoch as f64,
                    losses.iter().sum::<f64>() / 5.0,
                    losses.iter().copied().fold(f64::INFINITY, f64::min),
                    losses.iter().copied().fold(0.0, f64::max),
                )
            })
            .collect()
    }
}

fn learning_curves(trials: &[Trial]) -> LearningCurves {
    LearningCurves {
        heading: Heading::new("Loss of the best trials over the epochs")
            .described("The loss of all trials falls quickly in the first four epochs."),
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
        validation: "validation".to_owned(),
        training: "training".to_owned(),
        band: "lowest to highest of 5 folds".to_owned(),
    }
}

fn layers() -> LayerLines {
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

impl Trial {
    /// Share of validation samples that are classified rightly, in percent.
    fn accuracy(&self) -> f64 {
        100.0 - 22.0 * (0..5).map(|fold| self.loss(10, fold, false)).sum::<f64>() / 5.0
    }
}

fn main_effects(trials: &[Trial]) -> MainEffects {
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
        point: "mean over trials".to_owned(),
        interval: "95 % interval".to_owned(),
        reference_name: "mean of all trials".to_owned(),
    }
}

fn main_effects_in_french(trials: &[Trial]) -> MainEffects {
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
        point: "moyenne des essais".to_owned(),
        interval: "intervalle à 95 %".to_owned(),
        reference_name: "moyenne générale".to_owned(),
        ..chart
    }
}

fn heat_map(trials: &[Trial]) -> HeatMap {
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
                (0..3).map(|column| Cell::new(value(column))).collect()
            })
            .collect(),
        colour: Axis::linear("validation accuracy", "%"),
        range: None,
        decimals: 2,
    }
}

fn confusion() -> HeatMap {
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

impl Trial {
    fn parameters(&self) -> f64 {
        let [layers, width, ..] = self.levels;
        let width = [64.0, 128.0][width];
        785.0 * width + layers as f64 * width * (width + 1.0) + 10.0 * (width + 1.0)
    }

    fn seconds_per_epoch(&self) -> f64 {
        let extra = 1.0 + 0.35 * self.levels[4] as f64 + 0.05 * noise(self.key() + 3);
        (0.4 + self.parameters() / 60_000.0) * extra
    }
}

/// What a third quantity is shown by.
#[derive(Clone, Copy, PartialEq)]
enum Third {
    Size,
    Shape,
}

fn pareto(trials: &[Trial], third: Third) -> ParetoScatter {
    let best = trials.iter().map(Trial::accuracy).fold(0.0, f64::max);
    let points = trials.iter().map(|trial| ScatterPoint {
        name: trial.name.clone(),
        x: trial.seconds_per_epoch(),
        y: trial.accuracy(),
        size: trial.parameters() / 1000.0,
        shape: trial.levels[4],
        mark: if trial.accuracy() == best {
            "best".to_owned()
        } else {
            String::new()
        },
    });
    ParetoScatter {
        heading: Heading::new("Accuracy against time"),
        x: Axis::log("time of an epoch", "s"),
        y: Axis::linear("validation accuracy", "%"),
        x_better: Direction::Minimise,
        y_better: Direction::Maximise,
        points: points.collect(),
        size: (third == Third::Size).then(|| Axis::linear("parameters", "thousand")),
        shapes: match third {
            Third::Size => Categories::default(),
            Third::Shape => Categories::new("regularisation", FACTORS[4].1.iter().copied()),
        },
        front: "not beaten by any trial".to_owned(),
        others: "other trials".to_owned(),
    }
}

fn parallel(trials: &[Trial]) -> ParallelCoordinates {
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
            colour: trial.accuracy(),
        }
    };
    ParallelCoordinates {
        heading: Heading::new("All trials"),
        axes,
        lines: trials.iter().map(line).collect(),
        colour: Axis::linear("validation accuracy", "%"),
        better: Direction::Maximise,
    }
}

fn pareto_of_few() -> ParetoScatter {
    let point = |(name, x, y): (&str, f64, f64)| ScatterPoint {
        name: name.to_owned(),
        x,
        y,
        mark: if name == "MLP 2 × 128" {
            "ours".to_owned()
        } else {
            String::new()
        },
        ..ScatterPoint::default()
    };
    let points = [
        ("linear", 0.4, 92.4),
        ("MLP 1 × 64", 0.9, 97.1),
        ("MLP 2 × 128", 1.6, 98.1),
        ("MLP 3 × 512", 6.5, 98.4),
        ("CNN small", 11.0, 99.1),
        ("CNN large", 42.0, 99.4),
        ("kNN", 30.0, 96.9),
        ("SVM", 21.0, 98.6),
    ];
    ParetoScatter {
        heading: Heading::new("Models of different kinds"),
        x: Axis::log("training time", "s"),
        y: Axis::linear("test accuracy", "%"),
        x_better: Direction::Minimise,
        points: points.map(point).into(),
        front: "best for its time".to_owned(),
        others: "others".to_owned(),
        ..ParetoScatter::default()
    }
}

fn many_main_effects(trials: &[Trial]) -> MainEffects {
    let chart = main_effects(trials);
    let mut factors = chart.factors.clone();
    factors.push(FactorEffect {
        name: "data.augmentation.probability".to_owned(),
        unit: String::new(),
        levels: (0..20)
            .map(|index| {
                let value = 96.0 + 2.0 * noise(index + 77);
                LevelEffect {
                    name: format!("0.{:02}", index * 5),
                    value: if index == 4 { f64::NAN } else { value },
                    low: value - 0.4,
                    high: value + 0.4,
                }
            })
            .collect(),
    });
    factors.extend(chart.factors.clone());
    MainEffects { factors, ..chart }
}

fn many_classes() -> HeatMap {
    let classes: Vec<String> = (0..47)
        .map(|class| format!("character class {class}"))
        .collect();
    let count = |row: u64, column: u64| {
        if row == column {
            350 + (noise(row) * 50.0) as u64
        } else {
            (noise(row * 47 + column).powi(12) * 60.0) as u64
        }
    };
    let counts: Vec<Vec<u64>> = (0..47)
        .map(|row| (0..47).map(|column| count(row, column)).collect())
        .collect();
    HeatMap::confusion(
        Heading::new("47 classes"),
        ("true class", "predicted class"),
        &classes,
        &counts,
        "share of the true class",
    )
}

fn many_layers() -> LayerLines {
    let layers = (0..20_u64).map(|layer| LayerLine {
        name: format!("couche {}", layer + 1),
        points: (1..=2000)
            .map(|step| {
                let noise = noise(layer * 10_000 + step);
                let value = 10_f64.powf(-6.0 + 0.3 * layer as f64 + 0.3 * noise);
                let is_missing = layer == 19 && (500..900).contains(&step);
                CurvePoint::new(step as f64, if is_missing { f64::NAN } else { value })
            })
            .collect(),
    });
    LayerLines {
        heading: Heading::new("Norme du gradient de chaque couche"),
        x: Axis::linear("pas", ""),
        y: Axis::log("norme L2 du gradient", "nat"),
        layers: layers.collect(),
    }
}
