//! Variances of candidates, moderated by those of candidates with similar means.
//!
//! With three splits, a variance has two degrees of freedom: in one of 100 cases it is a hundred times
//! too small. But the variances of many candidates together show how variances are distributed in
//! this sweep. This distribution, the prior, makes each single variance more certain (empirical
//! Bayes). The idea is that of limma (Smyth 2004), which compares thousands of genes on three
//! samples and assumes an inverse gamma distribution that may follow a trend. Here the prior has
//! any shape and is local: candidates with similar means often have similar variances, and the
//! candidates of a good region vary more alike than those of a region in which some diverge.
//! p values that are conditional on the sample variances and use such a prior are those of
//! Ignatiadis and Sen (2025).

use crate::moderation::normal_tail::STEP;
use crate::moderation::scale_mixture::ScaleMixture;
use crate::moderation::smoothing::{Anchors, local_line, tricube};

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
/// Parts of a step of the grid. To estimate the prior, a sample variance is divided between two
/// neighbouring parts, so that many candidates take no more time than few.
const PARTS: f64 = 16.0;

/// Natural logarithm of the ratio of successive variances of the grid.
const LOG_VARIANCE_STEP: f64 = 2.0 * STEP;

/// Returns what is known about each candidate's standard deviation, given its sample variance with
/// `freedom` degrees of freedom and the rank of its mean score; `None` if no variance is positive.
///
/// 1. The logarithms of variances are smoothed over the ranks of the means, by local lines.
/// 2. The prior of a variance relative to this trend is estimated in a window around each rank, by
///    expectation maximisation of the likelihood on a grid (Laird 1978), from a flat start.
/// 3. Bayes' rule gives the distribution of each standard deviation.
pub(crate) fn moderate(
    variances: &[f64],
    ranks: &[f64],
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
    let anchors = Anchors::over(count);
    let trend = trend(ranks, &logs, &anchors);
    // Relative to the trend, in steps of the grid.
    let relative: Vec<f64> = logs
        .iter()
        .zip(&trend)
        .map(|(log, trend)| (log - trend) / LOG_VARIANCE_STEP)
        .collect();
    let grid = Grid::new(&relative, freedom);
    let window = (PRIOR_WINDOW.0 * count as f64).max(PRIOR_WINDOW.1);
    let priors: Vec<Vec<f64>> = anchors
        .ranks()
        .map(|anchor| {
            let weights = ranks.iter().map(|rank| tricube((rank - anchor) / window));
            grid.prior(relative.iter().copied().zip(weights), iterations(count))
        })
        .collect();
    let posterior = |((&rank, &relative), &trend): ((&f64, &f64), &f64)| {
        let ([first, second], part) = anchors.around(rank);
        let prior = priors[first].iter().zip(&priors[second]);
        let prior = prior.map(|(one, other)| one * (1.0 - part) + other * part);
        let weights = prior
            .zip(grid.likelihoods(relative))
            .map(|(prior, likelihood)| prior * likelihood);
        ScaleMixture::new(grid.first + trend / LOG_VARIANCE_STEP, weights.collect())
    };
    let candidates = ranks.iter().zip(&relative).zip(&trend);
    Some(candidates.map(posterior).collect())
}

/// Returns the trend of the logarithms of variances at each rank.
fn trend(ranks: &[f64], logs: &[f64], anchors: &Anchors) -> Vec<f64> {
    let window = (TREND_WINDOW.0 * ranks.len() as f64).max(TREND_WINDOW.1);
    let lines: Vec<f64> = anchors
        .ranks()
        .map(|anchor| local_line(ranks, logs, anchor, window))
        .collect();
    let at = |rank: &f64| {
        let ([first, second], part) = anchors.around(*rank);
        lines[first] * (1.0 - part) + lines[second] * part
    };
    ranks.iter().map(at).collect()
}

/// Variances relative to the trend, from below the smallest sample variance to above the largest,
/// as logarithms in steps of [`LOG_VARIANCE_STEP`].
struct Grid {
    first: f64,
    cells: usize,
    /// The smallest sample variance, and the number of parts from it to the largest.
    lowest: f64,
    parts: usize,
    /// Degrees of freedom of the sample variances.
    freedom: f64,
}

impl Grid {
    fn new(relative: &[f64], freedom: f64) -> Self {
        let lowest = relative.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = relative.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let first = lowest - MARGINS.0 / LOG_VARIANCE_STEP;
        let last = highest + MARGINS.1 / LOG_VARIANCE_STEP;
        Self {
            first,
            cells: (last - first).ceil() as usize + 1,
            lowest,
            parts: ((highest - lowest) * PARTS).floor() as usize + 2,
            freedom,
        }
    }

    /// The likelihood of each variance of the grid, given this sample variance, up to a factor:
    /// freedom · s² / σ² has a χ² distribution. It is 1 at σ² = s².
    fn likelihoods(&self, relative: f64) -> impl Iterator<Item = f64> {
        (0..self.cells).map(move |cell| {
            let log_ratio = LOG_VARIANCE_STEP * (relative - self.first - cell as f64);
            (0.5 * self.freedom * (log_ratio - log_ratio.exp() + 1.0)).exp()
        })
    }

    /// Estimates the distribution of variances from sample variances and their weights.
    fn prior(&self, samples: impl Iterator<Item = (f64, f64)>, iterations: usize) -> Vec<f64> {
        let mut weights = vec![0.0; self.parts];
        for (relative, weight) in samples {
            let position = (relative - self.lowest) * PARTS;
            let part = position as usize;
            weights[part] += weight * (1.0 - position.fract());
            weights[part + 1] += weight * position.fract();
        }
        let rows: Vec<(f64, Vec<f64>)> = weights
            .into_iter()
            .enumerate()
            .filter(|(_, weight)| *weight > 0.0)
            .map(|(part, weight)| {
                let relative = self.lowest + part as f64 / PARTS;
                (weight, self.likelihoods(relative).collect())
            })
            .collect();
        let mut prior = vec![1.0 / self.cells as f64; self.cells];
        let mut next = vec![0.0; self.cells];
        for _ in 0..iterations {
            next.fill(0.0);
            for (weight, likelihoods) in &rows {
                let products = prior.iter().zip(likelihoods);
                let total: f64 = products.map(|(prior, likelihood)| prior * likelihood).sum();
                let factor = weight / total;
                for ((next, prior), likelihood) in next.iter_mut().zip(&prior).zip(likelihoods) {
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
}

/// The number of iterations that estimate the prior. Each one makes it sharper. With few candidates
/// it must stay almost flat, since a sharp prior would be an accident: stopping early regularises
/// it. The numbers were chosen by error rates on simulated sweeps (see the null tables of the
/// documentation).
fn iterations(candidates: usize) -> usize {
    (candidates / CANDIDATES_PER_ITERATION).clamp(1, MAX_ITERATIONS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moderation::normal_tail::NormalTails;

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
        let few = moderate(&[1.0, 1.2, 0.9], &[0.0, 1.0, 2.0], 1.3).unwrap();
        let many = moderate(&[1.0; 200], &[99.5; 200], 2.0).unwrap();
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
