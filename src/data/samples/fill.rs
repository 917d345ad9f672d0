//! What fills missing values, learnt from a run's own training samples.

use super::dataset::{Dataset, Values};
use super::imputation::{Imputation, MISSING};

/// What fills the missing values of each feature: `[features]`. Learnt from the training samples at these
/// positions alone. A feature of which all of them are missing is filled with 0.
pub(crate) fn fills(dataset: &Dataset, rows: &[u32]) -> Vec<f32> {
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
    let mut fills = Vec::with_capacity(dataset.imputation.len());
    for (feature, rule) in dataset.imputation.iter().enumerate() {
        match *rule {
            Imputation::Median => fills.push(median(present(feature))),
            Imputation::MostFrequent => fills.push(most_frequent(present(feature))),
            Imputation::OneHot { first, levels } if feature == first => {
                let ones = |level: usize| {
                    let cells = present(first + level);
                    cells.iter().filter(|&&value| value == 1.0).count()
                };
                let counts: Vec<usize> = (0..levels).map(ones).collect();
                let most = counts.iter().copied().max().unwrap_or(0);
                let chosen = counts.iter().position(|&count| count == most && most > 0);
                fills.extend((0..levels).map(|level| f32::from(chosen == Some(level))));
            }
            // It is filled with its block.
            Imputation::OneHot { .. } => {}
        }
    }
    fills
}

/// The median; of two middle values their mean. 0 for no values.
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

/// The most frequent value, of equally frequent ones the smallest. 0 for no values.
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

    /// What fills each of these columns, learnt from the rows at these positions.
    fn filled(columns: &[&[f32]], rules: &[Imputation], rows: &[u32]) -> Vec<f32> {
        let height = columns[0].len();
        let values = (0..height).flat_map(|row| columns.iter().map(move |column| column[row]));
        let samples = Samples {
            values: Values::Floats(values.collect()),
            features: columns.len(),
            labels: vec![0; height],
        };
        let dataset = Dataset {
            imputation: rules.to_vec(),
            is_incomplete: true,
            ..Dataset::of_rows(samples.clone(), samples, vec!["a".to_owned()])
        };
        fills(&dataset, rows)
    }

    const ALL: [u32; 5] = [0, 1, 2, 3, 4];

    #[test]
    fn a_number_is_filled_with_the_median_of_the_rows_that_have_it() {
        let median = [Imputation::Median];
        let column = [5.0, MISSING, 1.0, 100.0, MISSING];
        assert_eq!(filled(&[&column], &median, &ALL), [5.0]);
        assert_eq!(filled(&[&column], &median, &[1, 2, 3]), [50.5]);
        assert_eq!(filled(&[&column], &median, &[1, 4]), [0.0]);
        // Other rows do not count.
        assert_eq!(filled(&[&column], &median, &[0, 1]), [5.0]);
    }

    #[test]
    fn others_are_filled_with_the_most_frequent_value() {
        let most = [Imputation::MostFrequent];
        assert_eq!(filled(&[&[2.0, 1.0, 2.0, 1.0, 0.0]], &most, &ALL), [1.0]);
        assert_eq!(
            filled(&[&[2.0, 1.0, 2.0, MISSING, 0.0]], &most, &ALL),
            [2.0]
        );
        let block = [Imputation::OneHot {
            first: 0,
            levels: 2,
        }; 2];
        let first: &[f32] = &[1.0, 0.0, MISSING, 0.0, 1.0];
        let second: &[f32] = &[0.0, 1.0, MISSING, 1.0, 0.0];
        assert_eq!(filled(&[first, second], &block, &ALL), [1.0, 0.0]);
        assert_eq!(filled(&[first, second], &block, &[0, 1, 2, 3]), [0.0, 1.0]);
        assert_eq!(filled(&[first, second], &block, &[2]), [0.0, 0.0]);
    }
}
