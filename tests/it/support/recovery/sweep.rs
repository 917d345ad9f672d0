//! A sweep that is over in less than a second, in which each kind of state is saved.

use crate::support::Project;

/// The settings that all sweeps here share, with so many epochs. States are saved so rarely that runs
/// go on, are saved again or not, and end.
fn text(epochs: usize, saved: &str) -> String {
    format!(
        "data: {{ set: table, path: points.csv, label: class }}
training: {{ epochs: {epochs}, batch_size: 16, learning_rate: 0.05 }}
model: {{ width: 12 }}
validation: {{ folds: 2, seed: 7 }}
checkpoint: {saved}
tensorboard: {{ histograms: 2 }}
keep: best 2
grid:
  kind:
    plain:   {{}}
    adam:    {{ training.optimizer: adam, training.learning_rate: 0.01, model.norm: batch }}
    dropout: {{ model.dropout: 0.3, training.momentum: 0.9, training.schedule: plateau }}
    patient: {{ training.optimizer: nadam, training.patience: 3 }}
"
    )
}

/// 4 trials on 2 folds, so many epochs each.
pub fn project(epochs: usize) -> Project {
    with_data(&text(epochs, "every 3 epochs"), 150)
}

/// 2 trials on 2 folds, 3 epochs each: with few calls to the system. The last epoch is not saved.
pub fn tiny() -> Project {
    let (settings, _) = text(3, "every 2 epochs")
        .split_once("    dropout")
        .map_or_else(
            || unreachable!("the trials have a fixed order"),
            |(before, after)| (before.to_owned(), after.to_owned()),
        );
    with_data(&settings, 60)
}

/// A sweep on a table of so many samples.
pub fn with_data(sweep: &str, samples: usize) -> Project {
    let project = Project::new(sweep);
    project.write("points.csv", &points(samples));
    project
}

/// Three classes around different points, which overlap.
fn points(samples: usize) -> String {
    let row = |index: usize| {
        // Steps of irrational length fill an interval evenly.
        let noise = |step: f64| 3.0 * ((index as f64 * step).fract() - 0.5);
        let (class, [x, y]) = match index % 3 {
            0 => ("a", [0.0, 0.0]),
            1 => ("b", [1.0, 1.5]),
            _ => ("c", [2.0, 0.0]),
        };
        let (x, y) = (x + noise(0.618_034), y + noise(0.414_214));
        format!("{x:.4},{y:.4},{:.4},{class}\n", noise(0.732_051))
    };
    let rows: String = (0..samples).map(row).collect();
    format!("x,y,noise,class\n{rows}")
}
