//! What is known about the errors of candidates' means.

use crate::Error;
use crate::moderation::normal_tail::NormalTails;
use crate::moderation::normal_tail::STEP;
use crate::moderation::posterior::moderate;
use crate::moderation::scale_mixture::ScaleMixture;
use crate::moderation::smoothing::ranks;
use crate::moderation::split_effects::{median, split_effects};
use crate::scores::{check_ratio, columns, magnitude, mean, rounding};

/// Fewer candidates do not show how variances are distributed.
pub(crate) const MIN_CANDIDATES: usize = 3;

/// Range of a standard deviation of which only its estimate is known, below and above, in steps of
/// the grid.
const FLAT_RANGE: (i32, i32) = (12, 40);

/// What is known about the errors of mean scores.
pub(crate) struct CandidateErrors {
    /// The error of each mean apart from what all candidates share, in units of
    /// [`unit`](Self::unit).
    pub(crate) errors: Vec<ScaleMixture>,
    /// The error that all means share because splits differ, in the same unit; `None` if the splits
    /// are equal.
    pub(crate) shared: Option<ScaleMixture>,
    /// The median standard deviation of single scores, times the factor from there to the standard
    /// deviation of the mean, with the correction of Nadeau and Bengio (2003).
    pub(crate) unit: f64,
    pub(crate) tails: NormalTails,
}

impl CandidateErrors {
    /// Estimates the errors; `None` if there are too few candidates or no noise.
    ///
    /// # Errors
    ///
    /// Returns an error if there are no scores, if rows differ in length, or if a score or the
    /// ratio is invalid.
    pub(crate) fn new(
        scores: &[impl AsRef<[f64]>],
        test_to_train: f64,
    ) -> Result<Option<Self>, Error> {
        let splits = columns(scores)?;
        check_ratio(test_to_train)?;
        if scores.len() < MIN_CANDIDATES || splits < 2 {
            return Ok(None);
        }
        let means: Vec<f64> = scores.iter().map(|row| mean(row.as_ref())).collect();
        // Means and effects are sums, which are rounded more than single scores.
        let rounding = 16.0 * rounding(magnitude(scores.iter().flat_map(AsRef::as_ref)));
        let smallest_variance = rounding * rounding;
        let found = split_effects(scores, &means, smallest_variance);
        if found.variances.iter().all(|&variance| variance == 0.0) {
            return Ok(None);
        }
        let freedom = (splits - 1) as f64;
        // All candidates together have (m − 1)(J − 1) degrees of freedom.
        let own_freedom = freedom * (1.0 - 1.0 / scores.len() as f64);
        // In this unit, the results do not depend on the scale of the scores.
        let typical = median(&found.variances).max(smallest_variance);
        let variances: Vec<f64> = found
            .variances
            .iter()
            .map(|variance| variance / typical)
            .collect();
        let Some(errors) = moderate(&variances, &ranks(&means, rounding), own_freedom) else {
            return Ok(None);
        };
        let squares: f64 = found.effects.iter().map(|effect| effect * effect).sum();
        let shared = squares / freedom;
        Ok(Some(Self {
            errors,
            shared: (shared > smallest_variance).then(|| flat(shared / typical, freedom)),
            unit: (typical * (1.0 / splits as f64 + test_to_train)).sqrt(),
            tails: NormalTails::new(),
        }))
    }
}

/// A standard deviation of which only the sample variance is known: the posterior for a flat prior
/// of the logarithm. Its errors have Student's t distribution.
fn flat(variance: f64, freedom: f64) -> ScaleMixture {
    let weight = |steps: i32| {
        let log_ratio = -2.0 * STEP * f64::from(steps);
        (0.5 * freedom * (log_ratio - log_ratio.exp() + 1.0)).exp()
    };
    let first = variance.ln() / (2.0 * STEP) - f64::from(FLAT_RANGE.0);
    let weights = (-FLAT_RANGE.0..=FLAT_RANGE.1).map(weight);
    ScaleMixture::new(first, weights.collect())
}
