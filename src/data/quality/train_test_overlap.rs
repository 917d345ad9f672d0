//! Test samples that are also training samples: a model that memorises them scores well.

use crate::data::samples::dataset::{Dataset, Samples, Values};
use crate::spec::DataWarning;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The minimum share of the test samples that is reported: well-known data sets have some.
const MIN_SHARE: f64 = 0.01;

/// The minimum number that is reported: a few occur by chance, as in Fisher's iris data.
const MIN_SHARED: usize = 5;

/// A share is reported only if it exceeds that of repeated training samples by this factor: samples of few coarse values
/// are often equal.
const MIN_RATIO_TO_REPEATED: f64 = 2.0;

/// A warning if many samples of a separate test part equal training samples, including the class.
pub(crate) fn overlapping_samples(dataset: &Dataset) -> Option<DataWarning> {
    if dataset.test_split_from_training {
        return None;
    }
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for sample in hashes(&dataset.train) {
        *counts.entry(sample).or_default() += 1;
    }
    let shared = hashes(&dataset.test).filter(|sample| counts.contains_key(sample));
    let (shared, of) = (shared.count(), dataset.test.labels.len());
    let repeated: usize = counts.values().filter(|&&count| count > 1).sum();
    let repeated_share = repeated as f64 / dataset.train.labels.len() as f64;
    let share = shared as f64 / of as f64;
    (shared >= MIN_SHARED && share >= MIN_SHARE && share > MIN_RATIO_TO_REPEATED * repeated_share)
        .then_some(DataWarning::TrainTestOverlap {
            samples: shared,
            of,
        })
}

/// A hash of each sample with its class.
fn hashes(samples: &Samples) -> impl Iterator<Item = u64> + '_ {
    let features = samples.features;
    samples.labels.iter().enumerate().map(move |(row, label)| {
        let mut hasher = DefaultHasher::new();
        label.hash(&mut hasher);
        let cells = row * features..(row + 1) * features;
        match &samples.values {
            Values::Bytes(values) => values[cells].hash(&mut hasher),
            Values::Floats(values) => {
                for value in &values[cells] {
                    // −0 becomes 0.
                    (value + 0.0).to_bits().hash(&mut hasher);
                }
            }
        }
        hasher.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: Vec<f32>) -> Samples {
        Samples {
            labels: (0..values.len()).map(|row| row as u16 % 2).collect(),
            values: Values::Floats(values),
            features: 1,
        }
    }

    fn warning(
        train: Vec<f32>,
        test: Vec<f32>,
        test_split_from_training: bool,
    ) -> Option<DataWarning> {
        let class_names = ["a", "b"].map(str::to_owned).to_vec();
        overlapping_samples(&Dataset {
            test_split_from_training,
            ..Dataset::from_rows(samples(train), samples(test), class_names)
        })
    }

    fn counted(from: usize, to: usize) -> Vec<f32> {
        (from..to).map(|value| value as f32).collect()
    }

    #[test]
    fn test_samples_that_are_training_samples_are_counted() {
        let shared = |samples, of| Some(DataWarning::TrainTestOverlap { samples, of });
        assert_eq!(
            warning(counted(0, 100), counted(0, 50), false),
            shared(50, 50)
        );
        assert_eq!(
            warning(counted(0, 100), counted(90, 140), false),
            shared(10, 50)
        );
        assert_eq!(warning(counted(0, 100), counted(100, 150), false), None);
        // The same values, of other classes.
        assert_eq!(warning(counted(0, 100), counted(1, 51), false), None);
        assert_eq!(warning(counted(0, 100), counted(0, 50), true), None);
        // One in two hundred.
        assert_eq!(warning(counted(0, 100), counted(98, 498), false), None);
    }

    #[test]
    fn samples_that_are_equal_by_nature_are_not_reported() {
        let coarse = |rows: usize| (0..rows).map(|row| (row % 6) as f32).collect();
        assert_eq!(warning(coarse(100), coarse(50), false), None);
    }
}
