//! What more repeats would show.

use crate::moderation::candidate_errors::CandidateErrors;
use crate::scores::{check_ratio, columns};
use crate::tail::normal_quantile;
use crate::{Direction, Error, against_best, corrected_t_test};

/// What more splits would show about the candidates that cannot be distinguished from the best one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Candidates that enough splits would distinguish from the best one, if their means stay as
    /// they are.
    pub separable: usize,
    /// The number of splits in total at which half of the separable candidates, rounded up, would
    /// be distinguished; `None` if there are none.
    pub splits: Option<usize>,
}

/// Forecasts how many splits would distinguish the candidates that
/// [`against_best`] does not distinguish from the best at this `error_rate`.
///
/// A difference x between two means would be significant at J splits if
///
/// > x ≥ z · √((1/J + `test_to_train`) · σ²),
///
/// where σ² is the moderated variance of the differences on single splits, and z the quantile of
/// the normal distribution for the error rate divided by the number of candidates that are not
/// distinguished. However large J is, the error cannot fall below that of `test_to_train` alone:
/// repeats train on the same samples, so smaller differences stay unclear.
///
/// The best of some candidates is often one that varies much and was lucky, and more splits would
/// show another one at the top. Therefore x is the distance from the candidate that has the highest
/// mean minus one standard error (minus for scores that are maximised).
///
/// It is a forecast, since differences that are small now may be larger or smaller in truth.
///
/// # Errors
///
/// Returns the errors of [`against_best`].
pub fn forecast(
    scores: &[impl AsRef<[f64]>],
    direction: Direction,
    test_to_train: f64,
    error_rate: f64,
) -> Result<Forecast, Error> {
    let splits = columns(scores)?;
    check_ratio(test_to_train)?;
    let compared = against_best(scores, direction, test_to_train)?;
    let unit = (1.0 / splits as f64 + test_to_train).sqrt();
    // More splits than this are not feasible.
    let needed = |z: f64, distance: f64, variance: f64| {
        let inverse = (distance / z).powi(2) / variance - test_to_train;
        (inverse > 1e-4 && inverse.is_finite())
            .then(|| ((1.0 / inverse).ceil() as usize).max(splits + 1))
    };
    let is_tie = compared.indistinguishable_from_best(error_rate);
    let ties: Vec<usize> = (0..scores.len())
        .filter(|&index| index != compared.best && is_tie[index])
        .collect();
    let z = normal_quantile(error_rate / ties.len().max(1) as f64);
    let Some(found) = CandidateErrors::new(scores, test_to_train)? else {
        // Two candidates, or no noise.
        let splits = match (scores, ties.as_slice()) {
            ([one, other], [_]) => {
                let test = corrected_t_test(one.as_ref(), other.as_ref(), test_to_train)?;
                let variance = (test.standard_error / unit).powi(2);
                needed(z, test.difference, variance)
            }
            _ => None,
        };
        return Ok(Forecast {
            separable: usize::from(splits.is_some()),
            splits,
        });
    };
    // The typical variance, which unlikely large ones do not dominate.
    let variance = |index: usize| {
        let log: f64 = found.errors[index]
            .scales()
            .map(|(scale, weight)| weight * scale.ln())
            .sum();
        (2.0 * log).exp()
    };
    let cost = |index: usize| direction.cost(compared.comparisons[index].difference);
    let cautious = |index: usize| cost(index) + variance(index).sqrt() * found.unit;
    let reference = ties
        .iter()
        .copied()
        .chain([compared.best])
        .min_by(|&one, &other| cautious(one).total_cmp(&cautious(other)))
        .unwrap_or(compared.best);
    let of_tie = |&index: &usize| {
        let distance = (cost(index) - cost(reference)) * unit / found.unit;
        let variance = variance(index) + variance(reference);
        needed(z, distance.max(0.0), variance)
    };
    let mut needed: Vec<usize> = ties.iter().filter_map(of_tie).collect();
    needed.sort_unstable();
    Ok(Forecast {
        separable: needed.len(),
        splits: needed
            .get(needed.len().div_ceil(2).saturating_sub(1))
            .copied(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores that vary by about one unit, with these means.
    fn scores(means: &[f64]) -> Vec<[f64; 3]> {
        let noise = [[0.9, -1.0, 0.1], [-0.4, 1.1, -0.7], [-0.8, 0.1, 0.7]];
        let row = |(index, mean): (usize, &f64)| noise[index % 3].map(|noise| mean + noise);
        means.iter().enumerate().map(row).collect()
    }

    #[test]
    fn larger_differences_need_fewer_splits() {
        let splits = |difference: f64| {
            let mut means = vec![10.0 - difference; 20];
            means[0] = 10.0;
            let found = forecast(&scores(&means), Direction::Maximise, 0.1, 0.05).unwrap();
            (found.separable, found.splits)
        };
        assert_eq!(splits(0.1), (0, None));
        let (separable, small) = splits(2.5);
        let (_, large) = splits(3.5);
        assert_eq!(separable, 19);
        assert!(3 < large.unwrap() && large < small, "{large:?} {small:?}");
    }

    #[test]
    fn without_noise_there_is_no_forecast() {
        let found = forecast(&[[1.0, 2.0]; 5], Direction::Minimise, 0.5, 0.05).unwrap();
        assert_eq!(found, Forecast::default());
    }
}
