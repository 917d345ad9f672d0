//! Shares of variance with known true values.

mod support;

use statistics::{Anova, Term, functional_anova};
use support::Stream;

/// The true variances of a simulated sweep with three factors.
struct Truth {
    levels: [usize; 3],
    /// Variances of the main effects, the pairs (0, 1), (0, 2), (1, 2), and the interaction of all
    /// three.
    effects: [f64; 7],
    noise: f64,
}

impl Truth {
    /// Returns the share of each effect, then that of the noise.
    fn shares(&self) -> Vec<f64> {
        let whole = self.effects.iter().sum::<f64>() + self.noise;
        let parts = self.effects.iter().chain([&self.noise]);
        parts.map(|part| part / whole).collect()
    }

    /// Returns scores `[cell][block]` whose effects have exactly these variances over the grid.
    fn scores(&self, blocks: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
        // Contrasts of each factor: over its levels the mean is 0 and the mean square 1.
        let contrasts = self.levels.map(|count| {
            let mut values: Vec<f64> = (0..count).map(|_| stream.normal()).collect();
            let mean = values.iter().sum::<f64>() / count as f64;
            values.iter_mut().for_each(|value| *value -= mean);
            let square = values.iter().map(|value| value * value).sum::<f64>() / count as f64;
            values.iter_mut().for_each(|value| *value /= square.sqrt());
            values
        });
        let of_blocks: Vec<f64> = (0..blocks).map(|_| 5.0 * stream.normal()).collect();
        let [a, b, c] = &contrasts;
        let mut rows = Vec::new();
        for a in a {
            for b in b {
                for c in c {
                    let products = [*a, *b, *c, a * b, a * c, b * c, a * b * c];
                    let parts = products.iter().zip(self.effects);
                    let cell: f64 = parts
                        .map(|(product, variance)| variance.sqrt() * product)
                        .sum();
                    let noisy = of_blocks.iter().map(|of_block| {
                        100.0 + of_block + cell + self.noise.sqrt() * stream.normal()
                    });
                    rows.push(noisy.collect());
                }
            }
        }
        rows
    }
}

/// Returns the share of each effect, then that of the noise.
fn shares(anova: &Anova) -> Vec<f64> {
    let effects = anova.effects.iter().map(|effect| effect.share);
    effects
        .chain(anova.noise.map(|noise| noise.share))
        .collect()
}

#[test]
fn each_share_is_within_2_points_of_the_truth() {
    let truths = [
        Truth {
            levels: [10, 8, 6],
            effects: [4.0, 1.0, 0.0, 1.5, 0.0, 0.5, 0.0],
            noise: 2.0,
        },
        Truth {
            levels: [6, 12, 5],
            effects: [0.3, 0.0, 2.0, 0.0, 0.6, 0.0, 0.8],
            noise: 0.5,
        },
        Truth {
            levels: [8, 5, 9],
            effects: [0.0; 7],
            noise: 1.0,
        },
    ];
    for (key, truth) in truths.iter().enumerate() {
        let scores = truth.scores(10, &mut Stream::keyed(key as u64));
        let found = functional_anova(&truth.levels, &scores, 0.0).unwrap();
        assert_eq!(found.effects[6].term, Term::Higher);
        let (found, expected) = (shares(&found), truth.shares());
        for (found, expected) in found.iter().zip(&expected) {
            assert!(
                (found - expected).abs() < 0.02,
                "sweep {key}: {found} is {expected}"
            );
        }
    }
}

/// A small noisy sweep: 3 × 2 × 2 cells on 5 blocks, half of the variance noise.
const SMALL: Truth = Truth {
    levels: [3, 2, 2],
    effects: [2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
    noise: 8.0,
};

/// Returns the mean over many sweeps of what `value` adds to the sums.
fn mean_over_sweeps(blocks: usize, ratio: f64, value: impl Fn(&Anova, &mut [f64])) -> Vec<f64> {
    const SWEEPS: usize = 4000;
    let mut stream = Stream::keyed(9);
    let mut sums = vec![0.0; 8];
    for _ in 0..SWEEPS {
        let mut scores = SMALL.scores(blocks, &mut stream);
        // The common error of a cell over its blocks, as overlapping training sets cause it.
        for row in &mut scores {
            let common_error = (ratio * SMALL.noise).sqrt() * stream.normal();
            row.iter_mut().for_each(|score| *score += common_error);
        }
        value(
            &functional_anova(&SMALL.levels, &scores, ratio).unwrap(),
            &mut sums,
        );
    }
    sums.into_iter().map(|sum| sum / SWEEPS as f64).collect()
}

/// Returns the sum of squares of each effect per score, without the noise that it contains by
/// chance.
fn corrected(anova: &Anova, blocks: f64, ratio: f64) -> impl Iterator<Item = f64> {
    let noise = anova.noise.unwrap();
    let square = noise.sum_of_squares / noise.degrees_of_freedom as f64;
    let effects = anova.effects.clone().into_iter();
    effects.map(move |effect| {
        let by_chance = effect.degrees_of_freedom as f64 * square * (1.0 + blocks * ratio);
        (effect.sum_of_squares - by_chance) / (12.0 * blocks)
    })
}

#[test]
fn corrected_variances_are_unbiased() {
    for ratio in [0.0, 0.25] {
        let found = mean_over_sweeps(5, ratio, |anova, sums| {
            for (sum, value) in sums.iter_mut().zip(corrected(anova, 5.0, ratio)) {
                *sum += value;
            }
        });
        for (found, expected) in found.iter().zip(SMALL.effects) {
            // The standard error of the mean is below 0.04.
            assert!((found - expected).abs() < 0.15, "ratio {ratio}: {found:?}");
        }
    }
}

#[test]
fn shares_of_small_noisy_sweeps_are_about_right_on_average() {
    for ratio in [0.0, 0.25] {
        let found = mean_over_sweeps(5, ratio, |anova, sums| {
            for (sum, share) in sums.iter_mut().zip(shares(anova)) {
                *sum += share;
            }
        });
        let truth = Truth {
            noise: SMALL.noise * (1.0 + ratio),
            ..SMALL
        };
        // Shares are never negative, so on average small ones are slightly too large, and the noise
        // slightly too small.
        for (found, expected) in found.iter().zip(truth.shares()) {
            assert!(
                (found - expected).abs() < 0.04,
                "ratio {ratio}: {found} is {expected}"
            );
        }
    }
}
