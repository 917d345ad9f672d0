//! Comparisons with a candidate that was named beforehand, such as a baseline.

use crate::moderation::candidate_errors::CandidateErrors;
use crate::scores::columns;
use crate::{Error, corrected_t_test, holm, interval};

/// A comparison with the reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReferenceComparison {
    /// Mean over the splits of this candidate's score minus that of the reference.
    pub difference: f64,
    /// Lower end of the confidence interval of the difference.
    pub low: f64,
    /// Upper end of the confidence interval of the difference.
    pub high: f64,
    /// Two-sided p value of this comparison alone.
    pub p_value: f64,
    /// p value adjusted by Holm's method for the number of comparisons.
    pub adjusted_p_value: f64,
}

/// Compares each candidate with the candidate `reference`, which was not selected by its scores.
/// The comparison of the reference with itself has no difference and a p value of 1, and does not
/// count.
///
/// For three candidates or more, the variances of the candidates moderate each other; two are
/// compared by the [corrected t-test](corrected_t_test).
///
/// # Errors
///
/// Returns an error if there is no such candidate, if there are fewer than 2 splits, if rows differ
/// in length, if a score is not a number or too large, or if the ratio or the confidence is
/// invalid.
pub fn against_reference(
    scores: &[impl AsRef<[f64]>],
    reference: usize,
    test_to_train: f64,
    confidence: f64,
) -> Result<Vec<ReferenceComparison>, Error> {
    let splits = columns(scores)?;
    if splits < 2 {
        return Err(Error::TooFewSplits { splits });
    }
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err(Error::BadConfidence { confidence });
    }
    let Some(baseline) = scores.get(reference).map(AsRef::as_ref) else {
        return Err(Error::NoScores);
    };
    let found = CandidateErrors::new(scores, test_to_train)?;
    let compare = |(index, row): (usize, &[f64])| {
        let test = corrected_t_test(row, baseline, test_to_train)?;
        let (reach, p_value) = match &found {
            _ if index == reference => (0.0, 1.0),
            Some(found) => {
                let error = found.errors[index].plus(&found.errors[reference]);
                let distance = test.difference.abs() / found.unit;
                let reach = error.quantile(confidence, &found.tails) * found.unit;
                (reach, 2.0 * error.tail(distance, &found.tails))
            }
            None => {
                let pairs = row.iter().zip(baseline);
                let differences: Vec<f64> = pairs.map(|(one, other)| one - other).collect();
                let interval = interval(&differences, test_to_train, confidence);
                let reach = interval.map_or(f64::NAN, |interval| interval.high - interval.mean);
                (reach, test.p_value)
            }
        };
        Ok(ReferenceComparison {
            difference: test.difference,
            low: test.difference - reach,
            high: test.difference + reach,
            p_value,
            adjusted_p_value: 1.0,
        })
    };
    let rows = scores.iter().map(AsRef::as_ref).enumerate();
    let mut comparisons: Vec<ReferenceComparison> =
        rows.map(compare).collect::<Result<_, Error>>()?;
    let others = || (0..scores.len()).filter(|&index| index != reference);
    let p_values: Vec<f64> = others().map(|index| comparisons[index].p_value).collect();
    for (index, adjusted) in others().zip(holm(&p_values)) {
        comparisons[index].adjusted_p_value = adjusted;
    }
    Ok(comparisons)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [[f64; 3]; 5] = [
        [0.91, 0.92, 0.90],
        [0.93, 0.94, 0.925],
        [0.92, 0.925, 0.91],
        [0.70, 0.72, 0.69],
        [0.911, 0.919, 0.902],
    ];

    #[test]
    fn only_real_differences_are_significant() {
        let found = against_reference(&SCORES, 0, 0.5, 0.95).unwrap();
        let p = |index: usize| found[index].adjusted_p_value;
        assert!(p(3) < 0.01 && p(4) > 0.5, "{} {}", p(3), p(4));
        assert_eq!((found[0].difference, found[0].p_value), (0.0, 1.0));
        assert_eq!(p(0), 1.0);
        for one in &found {
            assert!(one.low <= one.difference && one.difference <= one.high);
            let excludes_0 = one.low > 0.0 || one.high < 0.0;
            assert_eq!(excludes_0, one.p_value < 0.05, "{one:?}");
        }
    }

    #[test]
    fn two_candidates_are_a_plain_test() {
        let found = against_reference(&SCORES[..2], 1, 0.5, 0.95).unwrap();
        let test = corrected_t_test(&SCORES[0], &SCORES[1], 0.5).unwrap();
        assert_eq!(found[0].p_value, test.p_value);
        assert_eq!(found[0].difference, test.difference);
        assert!(found[0].high < 0.0);
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        let missing = against_reference(&SCORES, 5, 0.5, 0.95);
        assert_eq!(missing, Err(Error::NoScores));
        let certain = against_reference(&SCORES, 0, 0.5, 1.0);
        assert_eq!(certain, Err(Error::BadConfidence { confidence: 1.0 }));
    }
}
