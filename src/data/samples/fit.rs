//! Fits the normalisation of a run to its training samples.

use super::dataset::{Dataset, Values};
use super::fill_values::fit_fill_values;
use super::imputation::MISSING;
use super::normalisation::Normalisation;
use crate::spec::{Data, Normalise};

impl Normalisation {
    /// The normalisation of a run with these settings, fitted to its training samples `rows`; `None` if it is the same for
    /// all runs.
    pub fn for_run(dataset: &Dataset, settings: &Data, rows: &[u32]) -> Option<Self> {
        if settings.normalisation() == Normalise::Training {
            return Some(Self::fit(dataset, rows));
        }
        dataset.has_missing.then(|| Self {
            fill_values: fit_fill_values(dataset, rows),
            ..Self::identity(dataset.train.features)
        })
    }

    /// As [`Normalisation::for_run`], for samples to predict, which may lack values even if the data set does not.
    pub fn for_model(dataset: &Dataset, settings: &Data, rows: &[u32]) -> Option<Self> {
        let normalisation = Self::for_run(dataset, settings, rows);
        if dataset.imputation.is_empty() {
            return normalisation;
        }
        Some(Self {
            fill_values: fit_fill_values(dataset, rows),
            ..normalisation.unwrap_or_else(|| Self::identity(dataset.train.features))
        })
    }

    /// Fits a normalisation to the training samples at the positions `rows` only. The standard deviation of a constant
    /// entry is 1.
    pub fn fit(dataset: &Dataset, rows: &[u32]) -> Self {
        let samples = &dataset.train;
        let entries = dataset
            .image
            .map_or(samples.features, |[_, _, channels]| channels);
        let start = |row: u32| row as usize * samples.features;
        let fill_values = if dataset.has_missing {
            fit_fill_values(dataset, rows)
        } else {
            Vec::new()
        };
        let moments: Vec<(f64, f64)> = match &samples.values {
            Values::Bytes(values) => {
                let mut sums = vec![ByteSums::default(); entries];
                for &row in rows {
                    let bytes = &values[start(row)..][..samples.features];
                    for (position, &byte) in bytes.iter().enumerate() {
                        sums[position % entries].add(byte);
                    }
                }
                sums.iter().map(ByteSums::moments).collect()
            }
            Values::Floats(values) => {
                let samples_of_rows = rows
                    .iter()
                    .map(|&row| &values[start(row)..][..samples.features]);
                float_moments(samples_of_rows, entries, &fill_values)
            }
        };
        Self {
            mean: moments.iter().map(|(mean, _)| *mean as f32).collect(),
            standard_deviation: moments.iter().map(|(_, sd)| *sd as f32).collect(),
            fill_values,
        }
    }
}

/// Exact sums of bytes.
#[derive(Clone, Debug, Default)]
struct ByteSums {
    count: u64,
    sum: u64,
    squares: u64,
}

impl ByteSums {
    fn add(&mut self, byte: u8) {
        self.count += 1;
        self.sum += u64::from(byte);
        self.squares += u64::from(byte) * u64::from(byte);
    }

    /// Mean and standard deviation of the bytes scaled to 0..1.
    fn moments(&self) -> (f64, f64) {
        let count = self.count.max(1) as f64;
        // n · Σx² − (Σx)² is an integer, and exactly 0 if all bytes are equal.
        let spread = u128::from(self.count) * u128::from(self.squares)
            - u128::from(self.sum) * u128::from(self.sum);
        let deviation = (spread as f64).sqrt() / count / 255.0;
        (self.sum as f64 / count / 255.0, divisor(deviation))
    }
}

/// Mean and standard deviation of each entry, in two passes: sums of squares in one pass lose the digits of numbers far
/// from 0.
fn float_moments<'a>(
    rows: impl Iterator<Item = &'a [f32]> + Clone,
    entries: usize,
    fill_values: &[f32],
) -> Vec<(f64, f64)> {
    let filled = |position: usize, value: f32| match fill_values.get(position) {
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
        // The rounded mean of a constant entry must not cause a deviation.
        let deviation = if low < high {
            (squares / count).sqrt()
        } else {
            0.0
        };
        (mean, divisor(deviation))
    };
    moments.map(moment).collect()
}

/// The standard deviation, or 1 if 32-bit floats cannot divide by it.
fn divisor(deviation: f64) -> f64 {
    if (deviation as f32).is_normal() {
        deviation
    } else {
        1.0
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
            ..Dataset::from_rows(samples.clone(), samples, vec!["a".to_owned()])
        }
    }

    /// Mean and standard deviation by their definitions.
    fn textbook_moments(values: &[f64]) -> (f32, f32) {
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
                let of = |values| Normalisation::fit(&dataset(values, 6, image), &rows);
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
                    let found = Normalisation::fit(&dataset(values, 6, image), &rows);
                    prop_assert_eq!(found.mean.len(), entries);
                    for entry in 0..entries {
                        let column: Vec<f64> =
                            scaled.iter().skip(entry).step_by(entries).copied().collect();
                        let (mean, deviation) = textbook_moments(&column);
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
        // The mean of thirds is rounded; the rounding must not become a divisor.
        let thirds = Values::Floats(vec![1.0 / 3.0; 7]);
        let of = |values| Normalisation::fit(&dataset(values, 1, None), &[0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(of(thirds).standard_deviation, [1.0]);
        assert_eq!(of(Values::Bytes(vec![7; 7])).standard_deviation, [1.0]);
        assert_eq!(of(Values::Bytes(vec![255; 7])).mean, [1.0]);
    }
}
