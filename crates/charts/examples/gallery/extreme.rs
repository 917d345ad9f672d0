//! Charts with very few or very many items.

use crate::simulation::{Trial, noise};
use crate::typical::main_effects;
use charts::*;

pub(crate) fn pareto_of_few() -> ParetoScatter {
    let point = |(name, x, y): (&str, f64, f64)| ScatterPoint {
        name: name.to_owned(),
        x,
        y,
        annotation: if name == "MLP 2 × 128" {
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
        x_direction: Direction::Minimise,
        points: points.map(point).into(),
        front_label: "best for its time".to_owned(),
        others_label: "others".to_owned(),
        ..ParetoScatter::default()
    }
}

pub(crate) fn many_main_effects(trials: &[Trial]) -> MainEffects {
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

pub(crate) fn many_classes() -> HeatMap {
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

pub(crate) fn many_layers() -> LayerLines {
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
