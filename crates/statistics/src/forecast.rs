//! What more repeats would show.

use crate::moderation::candidate_errors::CandidateErrors;
use crate::moderation::normal_tail::NormalTails;
use crate::moderation::scale_mixture::ScaleMixture;
use crate::moderation::selection::compare_with_selected;
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

/// Part of what is known about a variance that comes from the candidate's own scores and grows with the
/// splits; the rest comes from the other candidates. With one half, forecasts on axe5 (see
/// `tests/known_truth`) promise as much as more splits show.
const OWN_INFORMATION: f64 = 0.5;

/// More splits than this are not feasible.
const MAX_SPLITS: usize = 10_000;

/// More candidates are not tried: the forecast would take longer than people wait for it.
const MAX_TIES: usize = 500;

/// Forecasts how many splits would distinguish the candidates that
/// [`against_best`] does not distinguish from the best at this `error_rate`. `None` if nothing can be
/// forecast: scores without noise, a single candidate, or more than 500 that are not distinguished.
///
/// It repeats the comparison for J splits. The means stay as they are. The errors shrink by
/// √((1/J + `test_to_train`) / (1/I + `test_to_train`)) from those of the I splits so far. The
/// distribution of each variance is raised to the power ½ + ½ (J − 1) / (I − 1): the candidate's own
/// scores have (J − 1) / (I − 1) times the degrees of freedom, and what the other candidates show stays.
/// However large J is, the error cannot fall below that of
/// `test_to_train` alone: repeats train on the same samples, so smaller differences stay unclear.
///
/// The best of some candidates is often one that varies much and was lucky, and more splits would
/// show another one at the top. Therefore the others are compared with the candidate that has the
/// highest mean minus one standard error (minus for scores that are maximised).
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
) -> Result<Option<Forecast>, Error> {
    let splits = columns(scores)?;
    check_ratio(test_to_train)?;
    let compared = against_best(scores, direction, test_to_train)?;
    let is_tie = compared.indistinguishable_from_best(error_rate);
    let ties: Vec<usize> = (0..scores.len()).filter(|&index| is_tie[index]).collect();
    if ties.len() > MAX_TIES {
        return Ok(None);
    }
    let error_at = |count: usize| (1.0 / count as f64 + test_to_train).sqrt();
    let distinguished: Box<dyn Fn(usize) -> usize> =
        match (CandidateErrors::new(scores, test_to_train)?, scores) {
            (Some(found), _) => {
                let cost = |index: usize| {
                    direction.cost(compared.comparisons[index].difference) / found.unit
                };
                let group = Group::new(&ties, cost, &found);
                Box::new(move |count| {
                    let growth = (count - 1) as f64 / (splits - 1) as f64;
                    let information = OWN_INFORMATION * growth + 1.0 - OWN_INFORMATION;
                    let factor = error_at(count) / error_at(splits);
                    group.distinguished(information, factor, error_rate, &found.tails)
                })
            }
            (None, [one, other]) => {
                let test = corrected_t_test(one.as_ref(), other.as_ref(), test_to_train)?;
                if test.standard_error <= 0.0 {
                    return Ok(None);
                }
                let z = normal_quantile(error_rate / 2.0);
                Box::new(move |count| {
                    let error = test.standard_error * error_at(count) / error_at(splits);
                    usize::from(test.difference.abs() > z * error)
                })
            }
            (None, _) => return Ok(None),
        };
    let separable = distinguished(MAX_SPLITS);
    let half = separable.div_ceil(2);
    let is_short = |count: usize| distinguished(count) < half;
    let splits = (separable > 0).then(|| first_enough(splits + 1, is_short));
    Ok(Some(Forecast { separable, splits }))
}

/// The smallest number from `least` to [`MAX_SPLITS`] that is not too short, by bisection.
fn first_enough(least: usize, is_short: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (least, least);
    while high < MAX_SPLITS && is_short(high) {
        low = high + 1;
        high = (2 * high).min(MAX_SPLITS);
    }
    while low < high {
        let middle = low.midpoint(high);
        if is_short(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The candidates that are not distinguished so far, the reference first.
struct Group {
    /// The distances of the means from that of the reference, in units of the errors.
    distances: Vec<f64>,
    errors: Vec<ScaleMixture>,
}

impl Group {
    fn new(ties: &[usize], cost: impl Fn(usize) -> f64, found: &CandidateErrors) -> Self {
        let cautious = |index: usize| cost(index) + found.errors[index].typical();
        let reference = ties
            .iter()
            .copied()
            .min_by(|&one, &other| cautious(one).total_cmp(&cautious(other)));
        let others = ties.iter().filter(|&&index| Some(index) != reference);
        let members: Vec<usize> = reference.into_iter().chain(others.copied()).collect();
        let best = members.first().map_or(0.0, |&index| cost(index));
        Self {
            distances: members
                .iter()
                .map(|&index| (cost(index) - best).max(0.0))
                .collect(),
            errors: members
                .iter()
                .map(|&index| found.errors[index].clone())
                .collect(),
        }
    }

    /// The number of candidates that would be distinguished.
    fn distinguished(
        &self,
        information: f64,
        factor: f64,
        error_rate: f64,
        tails: &NormalTails,
    ) -> usize {
        let errors: Vec<ScaleMixture> = self
            .errors
            .iter()
            .map(|error| error.after(information, factor))
            .collect();
        let compared = compare_with_selected(0, &self.distances, &errors, tails);
        compared
            .iter()
            .filter(|compared| compared.adjusted <= error_rate)
            .count()
    }
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
            let found = forecast(&scores(&means), Direction::Maximise, 0.1, 0.05)
                .unwrap()
                .unwrap();
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
        assert_eq!(found, None);
    }
}
