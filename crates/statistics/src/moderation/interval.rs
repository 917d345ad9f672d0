//! Confidence intervals that use the variances of all candidates.

use crate::moderation::candidate_errors::CandidateErrors;
use crate::scores::check_ratio;
use crate::{Error, Interval, interval};

/// Returns the interval of each candidate's mean, for two splits or more. The arguments are those
/// of [`against_best`](crate::against_best) and [`interval()`].
///
/// The error of a mean has two parts. All candidates share the effects of the splits, whose
/// variance is known from J values alone: this part has Student's t distribution. The candidate's
/// own part has a variance that those of the other candidates moderate. With three splits, a
/// candidate that varies much by chance therefore has a much shorter interval than its own scores
/// justify, and one that happens to vary little has a longer one.
///
/// `deviation` and `standard_error` of the intervals are those of the candidate's own scores;
/// `corrected_error` is the moderated one. Fewer than three candidates have plain intervals.
///
/// # Errors
///
/// Returns an error if there are no scores or fewer than 2 splits, if rows differ in length, if a
/// score is not a number or too large, or if the ratio or the confidence is invalid.
pub fn moderated_intervals(
    scores: &[impl AsRef<[f64]>],
    test_to_train: f64,
    confidence: f64,
) -> Result<Vec<Interval>, Error> {
    check_ratio(test_to_train)?;
    let found = CandidateErrors::new(scores, test_to_train)?;
    let splits = scores.first().map_or(0, |row| row.as_ref().len());
    let plain = |row: &[f64]| {
        interval(row, test_to_train, confidence).ok_or(if splits < 2 {
            Error::TooFewSplits { splits }
        } else {
            Error::BadConfidence { confidence }
        })
    };
    let of_candidate = |(index, row): (usize, &[f64])| {
        let plain = plain(row)?;
        let Some(found) = &found else {
            return Ok(plain);
        };
        let own = &found.errors[index];
        let error = match &found.shared {
            Some(shared) => own.plus(shared),
            None => own.clone(),
        };
        let reach = error.quantile(confidence, &found.tails) * found.unit;
        Ok(Interval {
            corrected_error: own.variance().sqrt() * found.unit,
            low: plain.mean - reach,
            high: plain.mean + reach,
            ..plain
        })
    };
    let rows = scores.iter().map(AsRef::as_ref).enumerate();
    rows.map(of_candidate).collect()
}
