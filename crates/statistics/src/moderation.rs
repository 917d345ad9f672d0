//! Variances of candidates, moderated by those of candidates with similar means.
//!
//! With three splits, a variance has two degrees of freedom: it can be a hundred times too small by
//! chance. But the variances of many candidates together show how variances are distributed in
//! this sweep. This distribution, the prior, makes each single variance more certain (empirical
//! Bayes). The idea is that of limma (Smyth 2004), which compares thousands of genes on three
//! samples and assumes an inverse gamma distribution that may follow a trend. Here the prior has
//! any shape and is local: candidates with similar means often have similar variances, and the
//! candidates of a good region vary more alike than those of a region in which some diverge.
//! p values that are conditional on the sample variances and use such a prior are those of
//! Ignatiadis and Sen (2025).

use crate::scale_mixture::{STEP, ScaleMixture};
use crate::smoothing::{Anchors, local_line, ranks, tricube};

/// Half the width of the window over ranks in which the trend of variances is estimated, as a part
/// of the candidates, and its minimum.
const TREND_WINDOW: (f64, f64) = (0.2, 12.0);
/// The same for the prior.
const PRIOR_WINDOW: (f64, f64) = (0.15, 15.0);
/// Range of the grid below the smallest and above the largest variance, in natural logarithms. The
/// prior starts flat, so that the range above has to be wide: a variance from few splits can be far
/// too small.
const MARGINS: (f64, f64) = (1.0, 7.0);
/// Candidates for each iteration of the expectation maximisation. See [`iterations`].
const CANDIDATES_PER_ITERATION: usize = 5;
const MAX_ITERATIONS: usize = 50;
/// Parts of a step of the grid to which a variance is rounded, so that equal likelihoods are
/// computed once.
const ROUNDING: f64 = 16.0;

/// Natural logarithm of the ratio of successive variances of the grid.
const LOG_VARIANCE_STEP: f64 = 2.0 * STEP;

/// Returns what is known about each candidate's standard deviation, given its sample variance with
/// `freedom` degrees of freedom and its mean score; `None` if no variance is positive.
///
/// 1. The logarithms of variances are smoothed over the ranks of the means, by local lines.
/// 2. The prior of a variance relative to this trend is estimated in a window around each rank, by
///    expectation maximisation of the likelihood on a grid (Laird 1978), from a flat start.
/// 3. Bayes' rule gives the distribution of each standard deviation.
pub(crate) fn moderate(
    variances: &[f64],
    means: &[f64],
    freedom: f64,
) -> Option<Vec<ScaleMixture>> {
    let count = variances.len();
    let positive = variances.iter().copied().filter(|&variance| variance > 0.0);
    let smallest = positive.min_by(f64::total_cmp)?;
    // Coarse scores can have a variance of 0 by chance.
    let logs: Vec<f64> = variances
        .iter()
        .map(|variance| variance.max(0.1 * smallest).ln())
        .collect();
    let ranks = ranks(means);
    let anchors = Anchors::over(count);
    let trend = trend(&ranks, &logs, &anchors);
    // Relative to the trend, in parts of a step.
    let relative: Vec<i64> = logs
        .iter()
        .zip(&trend)
        .map(|(log, &trend)| {
            let steps = log / LOG_VARIANCE_STEP - f64::from(trend);
            (steps * ROUNDING).round() as i64
        })
        .collect();
    let grid = Likelihoods::new(&relative, freedom);
    let window = (PRIOR_WINDOW.0 * count as f64).max(PRIOR_WINDOW.1);
    let priors: Vec<Vec<f64>> = anchors
        .ranks()
        .map(|anchor| {
            let mut weights = vec![0.0; grid.rows.len()];
            for (rank, &relative) in ranks.iter().zip(&relative) {
                weights[grid.row(relative)] += tricube((rank - anchor) / window);
            }
            prior(&weights, &grid, iterations(count))
        })
        .collect();
    let posterior = |((&rank, &relative), &trend): ((&f64, &i64), &i32)| {
        let ([first, second], part) = anchors.around(rank);
        let prior = priors[first].iter().zip(&priors[second]);
        let prior = prior.map(|(one, other)| one * (1.0 - part) + other * part);
        let likelihood = &grid.rows[grid.row(relative)];
        let weights = prior
            .zip(likelihood)
            .map(|(prior, likelihood)| prior * likelihood);
        ScaleMixture::new(grid.first + trend, weights.collect())
    };
    Some(
        ranks
            .iter()
            .zip(&relative)
            .zip(&trend)
            .map(posterior)
            .collect(),
    )
}

/// Returns the trend of the variances at each rank, in whole steps of the grid.
fn trend(ranks: &[f64], logs: &[f64], anchors: &Anchors) -> Vec<i32> {
    let window = (TREND_WINDOW.0 * ranks.len() as f64).max(TREND_WINDOW.1);
    let lines: Vec<f64> = anchors
        .ranks()
        .map(|anchor| local_line(ranks, logs, anchor, window))
        .collect();
    let at = |rank: &f64| {
        let ([first, second], part) = anchors.around(*rank);
        let log = lines[first] * (1.0 - part) + lines[second] * part;
        (log / LOG_VARIANCE_STEP).round() as i32
    };
    ranks.iter().map(at).collect()
}

/// Likelihoods of the variances of the grid, for each sample variance that occurs.
struct Likelihoods {
    /// Index on the grid of the first variance.
    first: i32,
    /// The smallest sample variance, in parts of a step.
    lowest: i64,
    /// For each sample variance from the smallest to the largest, the likelihood of each variance
    /// of the grid, up to a factor.
    rows: Vec<Vec<f64>>,
}

impl Likelihoods {
    fn new(relative: &[i64], freedom: f64) -> Self {
        let lowest = relative.iter().copied().min().unwrap_or(0);
        let highest = relative.iter().copied().max().unwrap_or(0);
        let steps = |parts: i64, margin: f64| parts as f64 / ROUNDING + margin / LOG_VARIANCE_STEP;
        let first = steps(lowest, -MARGINS.0).floor() as i32;
        let last = steps(highest, MARGINS.1).ceil() as i32;
        let mut occurs = vec![false; (highest - lowest) as usize + 1];
        for parts in relative {
            occurs[(parts - lowest) as usize] = true;
        }
        // freedom · s² / σ² has a χ² distribution. At σ² = s² the likelihood is largest.
        let likelihood = |parts: i64, cell: i32| {
            let log_ratio = LOG_VARIANCE_STEP * (parts as f64 / ROUNDING - f64::from(cell));
            (0.5 * freedom * (log_ratio - log_ratio.exp() + 1.0)).exp()
        };
        let row = |(parts, occurs): (i64, bool)| {
            let cells = if occurs { first..=last } else { 1..=0 };
            cells.map(|cell| likelihood(parts, cell)).collect()
        };
        Self {
            first,
            lowest,
            rows: (lowest..).zip(occurs).map(row).collect(),
        }
    }

    fn row(&self, parts: i64) -> usize {
        (parts - self.lowest) as usize
    }
}

/// The number of iterations that estimate the prior. Each one makes it sharper. With few candidates
/// it must stay almost flat, since a sharp prior would be an accident: stopping early regularises
/// it. The numbers were chosen by error rates on simulated sweeps (see the null tables of the
/// documentation).
fn iterations(candidates: usize) -> usize {
    (candidates / CANDIDATES_PER_ITERATION).clamp(1, MAX_ITERATIONS)
}

/// Estimates a prior on the grid from sample variances with these weights.
fn prior(weights: &[f64], grid: &Likelihoods, iterations: usize) -> Vec<f64> {
    let rows = || {
        let rows = weights.iter().zip(&grid.rows);
        rows.filter(|(weight, _)| **weight > 0.0)
    };
    let cells = grid.rows.first().map_or(0, Vec::len);
    let mut prior = vec![1.0 / cells as f64; cells];
    let mut next = vec![0.0; cells];
    for _ in 0..iterations {
        next.fill(0.0);
        for (weight, likelihood) in rows() {
            let products = prior.iter().zip(likelihood);
            let total: f64 = products.map(|(prior, likelihood)| prior * likelihood).sum();
            let factor = weight / total;
            for ((next, prior), likelihood) in next.iter_mut().zip(&prior).zip(likelihood) {
                *next += factor * prior * likelihood;
            }
        }
        let sum: f64 = next.iter().sum();
        for (prior, next) in prior.iter_mut().zip(&next) {
            *prior = next / sum;
        }
    }
    prior
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normal_tail::NormalTails;

    #[test]
    fn a_variance_that_is_far_too_small_is_corrected_by_the_others() {
        let mut variances: Vec<f64> = (0..60).map(|i| 0.5 + f64::from(i % 7) / 6.0).collect();
        variances[30] = 0.01;
        let means: Vec<f64> = (0..60).map(f64::from).collect();
        let found = moderate(&variances, &means, 2.0).unwrap();
        let moderated = found[30].variance();
        assert!((0.3..1.5).contains(&moderated), "{moderated}");
    }

    #[test]
    fn variances_follow_their_neighbours() {
        // The upper half varies a thousand times as much.
        let spread = [0.3, 1.0, 2.0];
        let variance = |i: usize| spread[i % 3] * if i < 60 { 1.0 } else { 1000.0 };
        let variances: Vec<f64> = (0..120).map(variance).collect();
        let means: Vec<f64> = (0..120).map(|i| i as f64).collect();
        let found = moderate(&variances, &means, 2.0).unwrap();
        assert!(found[20].variance() < 10.0, "{}", found[20].variance());
        assert!(found[100].variance() > 100.0, "{}", found[100].variance());
    }

    #[test]
    fn few_candidates_stay_uncertain() {
        let few = moderate(&[1.0, 1.2, 0.9], &[1.0, 2.0, 3.0], 1.3).unwrap();
        let many = moderate(&[1.0; 200], &[0.0; 200], 2.0).unwrap();
        let tails = NormalTails::new();
        let [few, many] = [&few, &many].map(|found| found[0].quantile(0.999, &tails));
        // The normal quantile is 3.3.
        assert!(many < 5.0 && few > 4.0 * many, "{few} {many}");
    }

    #[test]
    fn without_noise_nothing_is_known() {
        assert_eq!(moderate(&[0.0; 5], &[1.0; 5], 2.0), None);
    }
}
