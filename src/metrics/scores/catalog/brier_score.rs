//! The Brier score.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "brier_score",
    description: "The squared difference between the predicted probability of each class and 1 for \
                  the true class or 0 for another, summed over the classes and averaged over the \
                  samples; halved for two classes (`brier_score_loss`)",
    label: ["Brier score", "score de Brier"],
    short_label: ["Brier", "Brier"],
    unit: ScoreUnit::Number,
    direction: Direction::Minimise,
    range: [0.0, 2.0],
    min_classes: 1,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: |samples| samples.mean_of(brier_score),
};

/// The squared distance of one sample (Brier 1950).
fn brier_score(class: usize, probabilities: &[f32]) -> f64 {
    let squares = probabilities.iter().enumerate().map(|(other, &probability)| {
        let target = if other == class { 1.0 } else { 0.0 };
        (f64::from(probability) - target).powi(2)
    });
    let sum: f64 = squares.sum();
    if probabilities.len() == 2 { sum / 2.0 } else { sum }
}
