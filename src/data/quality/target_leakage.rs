//! Features that alone determine the class: often they are known only after the class (a leak).

use crate::data::samples::dataset::{Dataset, Values};
use crate::data::samples::imputation::MISSING;
use crate::spec::{ColumnKind, DataWarning, EncodedColumn, FeatureName};
use std::collections::HashMap;
use std::hash::Hash;

/// The minimum number of rows: fewer show nothing about a feature.
const MIN_ROWS: usize = 20;

/// The minimum number of rows for each distinct value, if the values are few.
const ROWS_PER_VALUE: usize = 10;

/// Features are reported if the probability that any of them determines the class by chance is below this. With many
/// features and few rows, some do.
const MAX_CHANCE: f64 = 1e-6;

/// A warning about the features that alone determine the class in all training and validation samples; `None` for images,
/// because a single pixel is not a measurement.
pub(crate) fn determining_features(dataset: &Dataset) -> Option<DataWarning> {
    let samples = &dataset.train;
    if dataset.image.is_some() {
        return None;
    }
    let features = match (&dataset.encoding, &samples.values) {
        (Some(encoding), Values::Floats(values)) => {
            let mut first = 0;
            let mut found = Vec::new();
            for column in &encoding.columns {
                let block = first..first + column.width();
                let rows = values.chunks_exact(samples.features);
                let cells = rows.map(|row| key(&row[block.clone()], column));
                if determines_present(cells, &samples.labels, samples.features) {
                    found.push(FeatureName::Column(column.name.clone()));
                }
                first = block.end;
            }
            found
        }
        (_, Values::Floats(values)) => {
            let determines = |feature: &usize| {
                let cells = values.iter().skip(*feature).step_by(samples.features);
                let cells = cells.map(|&value| sortable(value));
                determines_class(cells, &samples.labels, samples.features)
            };
            let features = (0..samples.features).filter(determines);
            features
                .map(|feature| FeatureName::Number(feature + 1))
                .collect()
        }
        (_, Values::Bytes(values)) => {
            let determines = |feature: &usize| {
                let cells = values.iter().skip(*feature).step_by(samples.features);
                determines_class(cells.copied(), &samples.labels, samples.features)
            };
            let features = (0..samples.features).filter(determines);
            features
                .map(|feature| FeatureName::Number(feature + 1))
                .collect()
        }
    };
    let features: Vec<FeatureName> = features;
    (!features.is_empty()).then_some(DataWarning::TargetLeakage { features })
}

/// A key of a column's value in a row, of its number or its category; `None` if the value is missing.
fn key(features: &[f32], column: &EncodedColumn) -> Option<i32> {
    match &column.kind {
        _ if features[0] == MISSING => None,
        ColumnKind::OneHot(categories) => {
            let category = features
                .iter()
                .take(categories.len())
                .position(|&value| value == 1.0);
            Some(category.map_or(-1, |category| category as i32))
        }
        ColumnKind::Number | ColumnKind::Boolean | ColumnKind::Ordinal(_) => {
            Some(sortable(features[0]))
        }
    }
}

/// Whether the values that are not missing determine the class.
fn determines_present(
    cells: impl Iterator<Item = Option<i32>> + Clone,
    labels: &[u16],
    features: usize,
) -> bool {
    if cells.clone().all(|cell| cell.is_some()) {
        return determines_class(cells.flatten(), labels, features);
    }
    let present = cells.clone().zip(labels).filter(|(cell, _)| cell.is_some());
    let labels: Vec<u16> = present.map(|(_, &label)| label).collect();
    determines_class(cells.flatten(), &labels, features)
}

/// Whether one of `features` features alone determines the class: a threshold separates the classes, or each of its few
/// values belongs to one class, and neither is likely by chance.
fn determines_class<V: Copy + Ord + Hash>(
    cells: impl Iterator<Item = V> + Clone,
    labels: &[u16],
    features: usize,
) -> bool {
    if labels.len() < MIN_ROWS {
        return false;
    }
    let arrangements = match is_separated(cells.clone(), labels) {
        // Any order of the classes along the feature.
        Some(classes) => log_factorial(classes),
        None => match values_of_one_class(cells, labels) {
            // Any class for each value.
            Some((values, classes)) => values as f64 * (classes as f64).ln(),
            None => return false,
        },
    };
    (features as f64).ln() + arrangements - log_orders(labels) < MAX_CHANCE.ln()
}

/// The number of classes, at least two, if the intervals of their values do not overlap.
fn is_separated<V: Copy + Ord>(cells: impl Iterator<Item = V>, labels: &[u16]) -> Option<usize> {
    let mut intervals: HashMap<u16, (V, V)> = HashMap::new();
    for (value, &label) in cells.zip(labels) {
        let (low, high) = intervals.get(&label).copied().unwrap_or((value, value));
        let wider = (low.min(value), high.max(value));
        let is_within = intervals.insert(label, wider) == Some(wider);
        // For most features, the loop ends here after a few rows.
        let overlaps = |(&other, &(low, high)): (&u16, &(V, V))| {
            other != label && low <= wider.1 && wider.0 <= high
        };
        if !is_within && intervals.iter().any(overlaps) {
            return None;
        }
    }
    (intervals.len() > 1).then_some(intervals.len())
}

/// The numbers of distinct values and of classes, each at least two, if the values are few and each occurs in one class
/// only.
fn values_of_one_class<V: Eq + Hash>(
    cells: impl Iterator<Item = V>,
    labels: &[u16],
) -> Option<(usize, usize)> {
    let mut class_of: HashMap<V, u16> = HashMap::new();
    for (value, &label) in cells.zip(labels) {
        if *class_of.entry(value).or_insert(label) != label
            || class_of.len() * ROWS_PER_VALUE > labels.len()
        {
            return None;
        }
    }
    let values = class_of.len();
    let mut classes: Vec<u16> = class_of.into_values().collect();
    classes.sort_unstable();
    classes.dedup();
    (classes.len() > 1).then_some((values, classes.len()))
}

/// An integer that sorts as the number does; −0 and 0 are equal.
fn sortable(value: f32) -> i32 {
    let bits = (value + 0.0).to_bits() as i32;
    // Negative numbers sort in reverse order of their bits, so all bits but the sign are inverted.
    bits ^ (((bits >> 31) as u32) >> 1) as i32
}

/// The logarithm of the number of distinct orders of these labels, `n! / Π n_c!`.
fn log_orders(labels: &[u16]) -> f64 {
    let mut counts: HashMap<u16, usize> = HashMap::new();
    for &label in labels {
        *counts.entry(label).or_default() += 1;
    }
    let mut counts: Vec<usize> = counts.into_values().collect();
    // The sum of floats depends on their order, which is random in a map.
    counts.sort_unstable();
    log_factorial(labels.len()) - counts.into_iter().map(log_factorial).sum::<f64>()
}

fn log_factorial(count: usize) -> f64 {
    (2..=count).map(|factor| (factor as f64).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `rows` labels, of class 0, 1, … in turn.
    fn in_turn(rows: usize, classes: u16) -> Vec<u16> {
        (0..classes).cycle().take(rows).collect()
    }

    fn determined(cells: &[i32], labels: &[u16]) -> bool {
        determines_class(cells.iter().copied(), labels, 1)
    }

    #[test]
    fn a_threshold_between_the_classes_determines_them() {
        let labels = in_turn(60, 3);
        let cell = |(row, &label): (usize, &u16)| [500, 0, 1000][usize::from(label)] + row as i32;
        let mut cells: Vec<i32> = labels.iter().enumerate().map(cell).collect();
        assert!(determined(&cells, &labels));
        // One row on the other side.
        cells[0] = 1010;
        assert!(!determined(&cells, &labels));
        // Intervals that touch.
        let labels = in_turn(40, 2);
        let mut cells: Vec<i32> = (0..40).map(|row| (row % 2) * 39 + row / 2).collect();
        assert!(determined(&cells, &labels));
        cells[0] = 39;
        assert!(!determined(&cells, &labels));
    }

    #[test]
    fn few_values_of_one_class_each_determine_the_classes() {
        let labels = in_turn(60, 2);
        // Four values, those of one class on both sides of the other's.
        let cells: Vec<i32> = (0..60).map(|row| [1, 2, 4, 3][row % 4]).collect();
        assert!(determined(&cells, &labels));
        let mut mixed = cells.clone();
        mixed[0] = 2;
        assert!(!determined(&mixed, &labels));
        // Too many values for the number of rows.
        let many: Vec<i32> = (0..60).map(|row| (row * 7) % 60).collect();
        assert!(!determined(&many, &labels));
    }

    #[test]
    fn constants_and_small_tables_are_never_reported() {
        assert!(!determined(&[7; 60], &in_turn(60, 2)));
        assert!(!determined(&[7; 60], &[0; 60]));
        assert!(!determined(&[], &[]));
        let cells: Vec<i32> = (0..19).map(|row| row % 2).collect();
        assert!(!determined(&cells, &in_turn(19, 2)));
    }

    #[test]
    fn what_chance_gives_is_not_reported() {
        // One row of a rare class has the highest value, as it does in one of a thousand random features.
        let mut labels = vec![0; 1000];
        labels[17] = 1;
        let cells: Vec<i32> = labels.iter().map(|&label| i32::from(label)).collect();
        assert!(!determined(&cells, &labels));
        // 30 rows are enough for one feature, and too few for a million of them.
        let labels = in_turn(30, 2);
        let cells: Vec<i32> = labels.iter().map(|&label| i32::from(label)).collect();
        assert!(determines_class(cells.iter(), &labels, 1));
        assert!(!determines_class(cells.iter(), &labels, 1_000_000));
    }

    #[test]
    fn orders_are_counted() {
        assert!((log_orders(&[0, 0, 1, 1]) - 6.0_f64.ln()).abs() < 1e-12);
        assert_eq!(log_orders(&[3, 3, 3]), 0.0);
    }

    proptest! {
        #[test]
        fn keys_sort_as_the_numbers_do(a: f32, b: f32) {
            prop_assume!(!a.is_nan() && !b.is_nan());
            let expected = (a + 0.0).total_cmp(&(b + 0.0));
            prop_assert_eq!(sortable(a).cmp(&sortable(b)), expected);
        }

        #[test]
        fn a_shift_by_class_beyond_the_range_determines_it(
            noise in proptest::collection::vec(0..100, 40..80)
        ) {
            let labels = in_turn(noise.len(), 2);
            let shifted = |shift: i32| -> Vec<i32> {
                let of_class = labels.iter().map(|&label| i32::from(label) * shift);
                noise.iter().zip(of_class).map(|(noise, shift)| noise + shift).collect()
            };
            prop_assert!(determined(&shifted(100), &labels));
            prop_assert!(determined(&shifted(-100), &labels));
        }
    }
}
