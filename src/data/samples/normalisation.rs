//! What features are shifted and scaled by.

use super::dataset::{Dataset, Values};
use super::fill::fills;
use super::imputation::MISSING;
use crate::spec::{Data, Normalise};

/// A mean and a standard deviation of each channel of an image, or of each column of a table:
/// number `i` of a sample belongs to entry `i` modulo their length.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalisation {
    /// Subtracted from features (bytes are scaled to 0..1 first).
    pub mean: Vec<f32>,
    /// Divides what the mean is subtracted from.
    pub standard_deviation: Vec<f32>,
    /// What fills the missing values of each feature first; empty where none is missing.
    pub fill: Vec<f32>,
}

impl Normalisation {
    /// A normalisation that changes nothing, for this many features.
    pub fn identity(features: usize) -> Self {
        Self {
            mean: vec![0.0; features],
            standard_deviation: vec![1.0; features],
            fill: Vec::new(),
        }
    }

    /// What the samples of a run with these settings and these training samples are filled and normalised
    /// with; `None` if that is the same for all runs.
    pub fn of_run(dataset: &Dataset, settings: &Data, rows: &[u32]) -> Option<Self> {
        let is_own = settings.normalisation() == Normalise::Training;
        match (is_own, dataset.is_incomplete) {
            (true, _) => Some(Self::of_rows(dataset, rows)),
            (false, false) => None,
            (false, true) => Some(Self {
                fill: fills(dataset, rows),
                ..Self::identity(dataset.train.features)
            }),
        }
    }

    /// As [`Normalisation::of_run`], for samples that may lack values even where none of the data set does.
    pub fn of_model(dataset: &Dataset, settings: &Data, rows: &[u32]) -> Option<Self> {
        let own = Self::of_run(dataset, settings, rows);
        if dataset.imputation.is_empty() {
            return own;
        }
        Some(Self {
            fill: fills(dataset, rows),
            ..own.unwrap_or_else(|| Self::identity(dataset.train.features))
        })
    }

    /// That of the training samples at these positions alone: what is validated or tested on
    /// takes no part in it. An entry that never changes is divided by 1.
    pub fn of_rows(dataset: &Dataset, rows: &[u32]) -> Self {
        let samples = &dataset.train;
        let entries = dataset
            .image
            .map_or(samples.features, |[_, _, channels]| channels);
        let row = |row: u32| row as usize * samples.features;
        let fill = match dataset.is_incomplete {
            true => fills(dataset, rows),
            false => Vec::new(),
        };
        let moments: Vec<(f64, f64)> = match &samples.values {
            Values::Bytes(values) => {
                let mut sums = vec![Sums::default(); entries];
                for &index in rows {
                    let bytes = &values[row(index)..][..samples.features];
                    for (position, &byte) in bytes.iter().enumerate() {
                        sums[position % entries].add(byte);
                    }
                }
                sums.iter().map(Sums::moments).collect()
            }
            Values::Floats(values) => {
                let rows = rows
                    .iter()
                    .map(|&index| &values[row(index)..][..samples.features]);
                float_moments(rows, entries, &fill)
            }
        };
        Self {
            mean: moments.iter().map(|(mean, _)| *mean as f32).collect(),
            standard_deviation: moments.iter().map(|(_, sd)| *sd as f32).collect(),
            fill,
        }
    }

    /// A value of this entry, normalised.
    pub(crate) fn apply(&self, entry: usize, value: f32) -> f32 {
        (value - self.mean[entry]) / self.standard_deviation[entry]
    }
}

/// Exact sums of bytes.
#[derive(Clone, Debug, Default)]
struct Sums {
    count: u64,
    sum: u64,
    squares: u64,
}

impl Sums {
    fn add(&mut self, byte: u8) {
        self.count += 1;
        self.sum += u64::from(byte);
        self.squares += u64::from(byte) * u64::from(byte);
    }

    /// Mean and standard deviation of the bytes scaled to 0..1.
    fn moments(&self) -> (f64, f64) {
        let count = self.count.max(1) as f64;
        // n · Σx² − (Σx)² is a whole number: 0 exactly where all bytes are equal.
        let spread = u128::from(self.count) * u128::from(self.squares)
            - u128::from(self.sum) * u128::from(self.sum);
        let deviation = (spread as f64).sqrt() / count / 255.0;
        (self.sum as f64 / count / 255.0, divisor(deviation))
    }
}

/// Mean and standard deviation of each entry: the mean first, then the squares around it, since
/// sums of squares alone lose the digits of numbers far from 0.
fn float_moments<'a>(
    rows: impl Iterator<Item = &'a [f32]> + Clone,
    entries: usize,
    fill: &[f32],
) -> Vec<(f64, f64)> {
    let filled = |position: usize, value: f32| match fill.get(position) {
        Some(&fill) if value == MISSING => fill,
        _ => value,
    };
    let mut means = vec![0.0_f64; entries];
    let mut ranges = vec![(f32::INFINITY, f32::NEG_INFINITY); entries];
    let mut count = 0.0_f64;
    for row in rows.clone() {
        for (position, &value) in row.iter().enumerate() {
            let (entry, value) = (position % entries, filled(position, value));
            means[entry] += f64::from(value);
            let (low, high) = &mut ranges[entry];
            (*low, *high) = (low.min(value), high.max(value));
        }
        count += (row.len() / entries) as f64;
    }
    means.iter_mut().for_each(|mean| *mean /= count.max(1.0));
    let mut squares = vec![0.0_f64; entries];
    for row in rows {
        for (position, &value) in row.iter().enumerate() {
            let (entry, value) = (position % entries, filled(position, value));
            squares[entry] += (f64::from(value) - means[entry]).powi(2);
        }
    }
    let moments = means.iter().zip(squares).zip(ranges);
    let moment = |((&mean, squares), (low, high)): ((&f64, f64), (f32, f32))| {
        // The rounding of the mean must not make a constant entry look as if it varied.
        let deviation = if low < high {
            (squares / count).sqrt()
        } else {
            0.0
        };
        (mean, divisor(deviation))
    };
    moments.map(moment).collect()
}

/// A standard deviation that 32 bits can divide by.
fn divisor(deviation: f64) -> f64 {
    match (deviation as f32).is_normal() {
        true => deviation,
        false => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::dataset::Samples;
    use super::*;
    use proptest::prelude::*;

    fn dataset(values: Values, features: usize, image: Option<[usize; 3]>) -> Dataset {
        let labels = vec![0; values.len() / features];
        let samples = Samples {
            values,
            features,
            labels,
        };
        Dataset {
            image,
            ..Dataset::of_rows(samples.clone(), samples, vec!["a".to_owned()])
        }
    }

    /// Mean and standard deviation as the textbook has them.
    fn plain(values: &[f64]) -> (f32, f32) {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>()
            / count;
        (mean as f32, variance.sqrt() as f32)
    }

    proptest! {
        #[test]
        fn other_rows_than_those_of_the_training_change_nothing(
            bytes in proptest::collection::vec(0_u8..=255, 60),
            other in 0_u8..=255,
            held_out in 0_usize..10,
        ) {
            let rows: Vec<u32> = (0..10).filter(|row| *row != held_out as u32).collect();
            let mut changed = bytes.clone();
            changed[held_out * 6..][..6].fill(other);
            let floats = |bytes: &[u8]| {
                Values::Floats(bytes.iter().map(|&byte| f32::from(byte) * 1e3 - 7.0).collect())
            };
            for image in [None, Some([1, 3, 2])] {
                let of = |values| Normalisation::of_rows(&dataset(values, 6, image), &rows);
                prop_assert_eq!(
                    of(Values::Bytes(bytes.clone())),
                    of(Values::Bytes(changed.clone()))
                );
                prop_assert_eq!(of(floats(&bytes)), of(floats(&changed)));
            }
        }

        #[test]
        fn moments_are_those_of_the_textbook(bytes in proptest::collection::vec(0_u8..=255, 60)) {
            let scaled: Vec<f64> = bytes.iter().map(|&byte| f64::from(byte) / 255.0).collect();
            let rows: Vec<u32> = (0..10).collect();
            for (image, entries) in [(None, 6), (Some([1, 3, 2]), 2)] {
                let floats = scaled.iter().map(|&value| value as f32).collect();
                for values in [Values::Bytes(bytes.clone()), Values::Floats(floats)] {
                    let found = Normalisation::of_rows(&dataset(values, 6, image), &rows);
                    prop_assert_eq!(found.mean.len(), entries);
                    for entry in 0..entries {
                        let own: Vec<f64> =
                            scaled.iter().skip(entry).step_by(entries).copied().collect();
                        let (mean, deviation) = plain(&own);
                        prop_assert!((found.mean[entry] - mean).abs() < 1e-6);
                        prop_assert!(
                            (found.standard_deviation[entry] - deviation).abs() < 1e-6
                                || deviation == 0.0
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_constant_column_is_divided_by_1() {
        // The mean of thirds is no third: its rounding must not be divided by.
        let thirds = Values::Floats(vec![1.0 / 3.0; 7]);
        let of = |values| Normalisation::of_rows(&dataset(values, 1, None), &[0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(of(thirds).standard_deviation, [1.0]);
        assert_eq!(of(Values::Bytes(vec![7; 7])).standard_deviation, [1.0]);
        assert_eq!(of(Values::Bytes(vec![255; 7])).mean, [1.0]);
    }
}
