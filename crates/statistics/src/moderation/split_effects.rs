//! How much each candidate's scores vary, apart from what all candidates have in common.

/// No candidate has a larger part of the weight, unless there are fewer than five.
const MAX_WEIGHT: f64 = 0.2;

const ITERATIONS: usize = 30;

/// What remains of the scores without the candidates' means.
pub(crate) struct SplitEffects {
    /// How much higher all scores are on each split. The sum is 0.
    pub(crate) effects: Vec<f64>,
    /// The variance of each candidate's scores around its mean and the effects of the splits.
    pub(crate) variances: Vec<f64>,
}

/// Estimates the effects of splits. A hard split lowers the scores of all candidates, so a score is
/// the mean of its candidate, plus the effect of its split, plus noise, which is larger for some
/// candidates than for others.
///
/// The effects are means over candidates, weighted by precision (iteratively reweighted least
/// squares). A precision that is estimated from few splits can be large by chance; therefore the
/// median variance, with two degrees of freedom, moderates the variances from which the weights
/// are computed. If h is a candidate's part of the weight, its residuals have the variance
/// (1 − h) · σ², for which the variances are corrected. `smallest_variance` is the largest that
/// rounding can cause; variances up to it become 0.
pub(crate) fn split_effects(
    scores: &[impl AsRef<[f64]>],
    means: &[f64],
    smallest_variance: f64,
) -> SplitEffects {
    let splits = scores.first().map_or(0, |row| row.as_ref().len());
    let freedom = (splits - 1) as f64;
    let mut weights = vec![1.0 / scores.len() as f64; scores.len()];
    let mut effects = vec![0.0; splits];
    let mut variances = vec![0.0; scores.len()];
    for _ in 0..ITERATIONS {
        effects.fill(0.0);
        for ((row, mean), weight) in scores.iter().zip(means).zip(&weights) {
            for (effect, score) in effects.iter_mut().zip(row.as_ref()) {
                *effect += weight * (score - mean);
            }
        }
        let candidates = scores.iter().zip(means).zip(&weights);
        for (variance, ((row, mean), weight)) in variances.iter_mut().zip(candidates) {
            let residuals = row.as_ref().iter().zip(&effects);
            let squares = residuals.map(|(score, effect)| (score - mean - effect).powi(2));
            *variance = squares.sum::<f64>() / freedom / (1.0 - weight);
            // Otherwise, weights could be ratios of rounding errors.
            if *variance <= smallest_variance {
                *variance = 0.0;
            }
        }
        if variances.iter().all(|&variance| variance == 0.0) {
            break;
        }
        let typical = median(&variances).max(smallest_variance);
        for (weight, variance) in weights.iter_mut().zip(&variances) {
            *weight = (freedom + 2.0) / (freedom * variance / typical + 2.0);
        }
        normalise(&mut weights);
    }
    SplitEffects { effects, variances }
}

/// Scales weights to a sum of 1 in which none is much larger than [`MAX_WEIGHT`].
fn normalise(weights: &mut [f64]) {
    let max = MAX_WEIGHT.max(1.0 / weights.len() as f64);
    // Each limit increases the parts of the others, so it is repeated.
    for _ in 0..20 {
        scale_to_1(weights);
        weights
            .iter_mut()
            .for_each(|weight| *weight = weight.min(max));
    }
    scale_to_1(weights);
}

fn scale_to_1(weights: &mut [f64]) {
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
}

/// Returns the median of at least one value.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        (sorted[middle - 1] + sorted[middle]) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_candidates_share_is_removed() {
        let effects = [0.3, -0.1, -0.2];
        let row = |mean: f64| effects.map(|effect| mean + effect);
        let found = split_effects(&[row(0.5), row(0.7), row(0.9)], &[0.5, 0.7, 0.9], 1e-24);
        for (found, expected) in found.effects.iter().zip(effects) {
            assert!((found - expected).abs() < 1e-12);
        }
        assert_eq!(found.variances, [0.0; 3]);
    }

    #[test]
    fn equally_precise_candidates_have_the_variance_of_an_additive_model() {
        // Orthogonal noise of equal size: weights stay equal, and the variance is the mean square
        // of the residuals with (m − 1)(J − 1) degrees of freedom.
        let scores = [[1.0, -1.0, 0.0], [-1.0, 0.0, 1.0], [0.0, 1.0, -1.0]];
        let found = split_effects(&scores, &[0.0; 3], 1e-24);
        for variance in found.variances {
            assert!((variance - 6.0 / 4.0).abs() < 1e-12, "{variance}");
        }
    }

    #[test]
    fn noisy_candidates_hardly_move_the_effects() {
        let mut scores = vec![[0.1, 0.0, -0.1]; 8];
        scores.extend([[9.0, -9.0, 0.0], [-7.0, 0.0, 7.0]]);
        let found = split_effects(&scores, &[0.0; 10], 1e-24);
        assert!((found.effects[0] - 0.1).abs() < 0.05, "{:?}", found.effects);
    }
}
