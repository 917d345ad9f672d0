//! The expected calibration error.

use crate::metrics::scores::definition::{ScoreDefinition, ScoreTolerance, ScoreUnit};
use crate::metrics::scores::samples::EvaluatedSamples;
use statistics::Direction;

pub(super) const DEFINITION: ScoreDefinition = ScoreDefinition {
    id: "calibration_error",
    description: "The difference between the mean probability of the predicted class and the share \
                  of correct predictions in each of 15 bins of this probability, averaged with the \
                  numbers of samples as weights (expected calibration error, ECE; Guo et al. 2017)",
    label: ["calibration error", "erreur de calibration"],
    short_label: ["ECE", "ECE"],
    unit: ScoreUnit::Number,
    direction: Direction::Minimise,
    range: [0.0, 1.0],
    min_classes: 1,
    tolerance: ScoreTolerance::BOUNDED,
    chart_group: None,
    compute: calibration_error,
};

/// The number of bins of Guo et al.
const BINS: usize = 15;

/// The mean over the samples of the distance between accuracy and confidence in the sample's bin. A bin
/// contains its upper bound.
fn calibration_error(samples: &EvaluatedSamples) -> Option<f64> {
    // In each bin, the sum of confidences minus the number of correct predictions.
    let mut bins = [0.0; BINS];
    for (class, row) in samples.iter() {
        let (mut predicted, mut confidence) = (0, row[0]);
        for (other, &probability) in row.iter().enumerate() {
            if probability > confidence {
                (predicted, confidence) = (other, probability);
            }
        }
        let confidence = f64::from(confidence);
        let bin = (confidence * BINS as f64).ceil() as usize;
        let correct = if predicted == class { 1.0 } else { 0.0 };
        bins[bin.clamp(1, BINS) - 1] += confidence - correct;
    }
    let sum: f64 = bins.iter().map(|difference| difference.abs()).sum();
    (!samples.is_empty()).then(|| sum / samples.len() as f64)
}
