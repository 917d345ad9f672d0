//! Fits the values that replace missing ones to a run's training samples.

use super::dataset::{Dataset, Values};
use super::imputation::{Imputation, MISSING};

/// The value that replaces missing values of each feature, fitted to the training samples at the positions `rows` only:
/// `[features]`. It is 0 for a feature without any value.
pub(crate) fn fit_fill_values(dataset: &Dataset, rows: &[u32]) -> Vec<f32> {
    let Values::Floats(values) = &dataset.train.values else {
        return Vec::new();
    };
    let features = dataset.train.features;
    let present = |feature: usize| -> Vec<f32> {
        let cells = rows
            .iter()
            .map(|&row| values[row as usize * features + feature]);
        cells.filter(|&value| value != MISSING).collect()
    };
    let mut fill_values = Vec::with_capacity(dataset.imputation.len());
    for (feature, rule) in dataset.imputation.iter().enumerate() {
        match *rule {
            Imputation::Median => fill_values.push(median(present(feature))),
            Imputation::MostFrequent => fill_values.push(most_frequent(present(feature))),
            Imputation::OneHot { first, categories } if feature == first => {
                let ones = |category: usize| {
                    let cells = present(first + category);
                    cells.iter().filter(|&&value| value == 1.0).count()
                };
                let counts: Vec<usize> = (0..categories).map(ones).collect();
                let max_count = counts.iter().copied().max().unwrap_or(0);
                let chosen = counts
                    .iter()
                    .position(|&count| count == max_count && max_count > 0);
                fill_values
                    .extend((0..categories).map(|category| f32::from(chosen == Some(category))));
            }
            // Filled together with the first feature of its block.
            Imputation::OneHot { .. } => {}
        }
    }
    fill_values
}

/// The median, or the mean of the two middle values; 0 without values.
fn median(mut values: Vec<f32>) -> f32 {
    values.sort_unstable_by(f32::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle), values.len().is_multiple_of(2)) {
        (None, _) => 0.0,
        (Some(&value), false) => value,
        (Some(&above), true) => {
            let below = values[middle - 1];
            ((f64::from(below) + f64::from(above)) / 2.0) as f32
        }
    }
}

/// The most frequent value, and of equally frequent ones the smallest; 0 without values.
fn most_frequent(mut values: Vec<f32>) -> f32 {
    values.sort_unstable_by(f32::total_cmp);
    let mut best: (usize, f32) = (0, 0.0);
    for equal in values.chunk_by(|a, b| a == b) {
        if equal.len() > best.0 {
            best = (equal.len(), equal[0]);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::super::dataset::Samples;
    use super::*;

    /// The fill value of each column, fitted to the rows at these positions.
    fn fitted(columns: &[&[f32]], rules: &[Imputation], rows: &[u32]) -> Vec<f32> {
        let height = columns[0].len();
        let values = (0..height).flat_map(|row| columns.iter().map(move |column| column[row]));
        let samples = Samples {
            values: Values::Floats(values.collect()),
            features: columns.len(),
            labels: vec![0; height],
        };
        let dataset = Dataset {
            imputation: rules.to_vec(),
            has_missing: true,
            ..Dataset::from_rows(samples.clone(), samples, vec!["a".to_owned()])
        };
        fit_fill_values(&dataset, rows)
    }

    const ALL: [u32; 5] = [0, 1, 2, 3, 4];

    #[test]
    fn a_number_is_filled_with_the_median_of_the_rows_that_have_it() {
        let median = [Imputation::Median];
        let column = [5.0, MISSING, 1.0, 100.0, MISSING];
        assert_eq!(fitted(&[&column], &median, &ALL), [5.0]);
        assert_eq!(fitted(&[&column], &median, &[1, 2, 3]), [50.5]);
        assert_eq!(fitted(&[&column], &median, &[1, 4]), [0.0]);
        // Other rows do not count.
        assert_eq!(fitted(&[&column], &median, &[0, 1]), [5.0]);
    }

    #[test]
    fn others_are_filled_with_the_most_frequent_value() {
        let most_frequent = [Imputation::MostFrequent];
        assert_eq!(
            fitted(&[&[2.0, 1.0, 2.0, 1.0, 0.0]], &most_frequent, &ALL),
            [1.0]
        );
        assert_eq!(
            fitted(&[&[2.0, 1.0, 2.0, MISSING, 0.0]], &most_frequent, &ALL),
            [2.0]
        );
        let block = [Imputation::OneHot {
            first: 0,
            categories: 2,
        }; 2];
        let first: &[f32] = &[1.0, 0.0, MISSING, 0.0, 1.0];
        let second: &[f32] = &[0.0, 1.0, MISSING, 1.0, 0.0];
        assert_eq!(fitted(&[first, second], &block, &ALL), [1.0, 0.0]);
        assert_eq!(fitted(&[first, second], &block, &[0, 1, 2, 3]), [0.0, 1.0]);
        assert_eq!(fitted(&[first, second], &block, &[2]), [0.0, 0.0]);
    }
}
