//! Invariances of functional ANOVA and of comparisons with the best.

use proptest::prelude::*;
use statistics::{Anova, Direction, Error, Term, against_best, functional_anova, main_effects};

#[derive(Clone, Debug)]
struct Sweep {
    levels: Vec<usize>,
    /// Indexed by `[cell][block]`.
    scores: Vec<Vec<f64>>,
    ratio: f64,
}

impl Sweep {
    fn analyse(&self) -> Result<Anova, Error> {
        functional_anova(&self.levels, &self.scores, self.ratio)
    }

    /// Returns the level of each factor in a cell.
    fn coordinates(&self, mut cell: usize) -> Vec<usize> {
        let mut coordinates = vec![0; self.levels.len()];
        for (coordinate, &count) in coordinates.iter_mut().zip(&self.levels).rev() {
            *coordinate = cell % count;
            cell /= count;
        }
        coordinates
    }

    fn cell(&self, coordinates: &[usize]) -> usize {
        let pairs = coordinates.iter().zip(&self.levels);
        pairs.fold(0, |cell, (&level, &count)| cell * count + level)
    }
}

fn sweeps() -> impl Strategy<Value = Sweep> {
    let shape = (proptest::collection::vec(1_usize..4, 1..5), 1_usize..5);
    shape.prop_flat_map(|(levels, blocks)| {
        let cells = levels.iter().product::<usize>();
        let row = proptest::collection::vec(0.0_f64..1.0, blocks);
        let scores = proptest::collection::vec(row, cells);
        (scores, prop_oneof![Just(0.0), 0.0_f64..1.0]).prop_map(move |(scores, ratio)| Sweep {
            levels: levels.clone(),
            scores,
            ratio,
        })
    })
}

/// Returns all numbers of an analysis with the names of their terms, sorted by name.
fn numbers(anova: &Anova) -> Vec<(String, f64)> {
    let mut numbers = Vec::new();
    for effect in &anova.effects {
        let mut add =
            |name: &str, value| numbers.push((format!("{:?} {name}", effect.term), value));
        add("sum", effect.sum_of_squares);
        add("degrees", effect.degrees_of_freedom as f64);
        add("share", effect.share);
        if let Some(test) = effect.test {
            add("f", test.f);
            add("p", test.p_value);
        }
    }
    if let Some(noise) = anova.noise {
        numbers.push(("noise sum".into(), noise.sum_of_squares));
        numbers.push(("noise degrees".into(), noise.degrees_of_freedom as f64));
        numbers.push(("noise share".into(), noise.share));
    }
    numbers.sort_by(|one, other| one.0.cmp(&other.0));
    numbers
}

fn same(one: &Result<Anova, Error>, other: &Result<Anova, Error>) -> Result<(), TestCaseError> {
    let (one, other) = match (one, other) {
        (Ok(one), Ok(other)) => (numbers(one), numbers(other)),
        (one, other) => {
            prop_assert_eq!(one, other);
            return Ok(());
        }
    };
    prop_assert_eq!(one.len(), other.len());
    for ((name, one), (other_name, other)) in one.iter().zip(&other) {
        prop_assert_eq!(name, other_name);
        let close = (one - other).abs() <= 1e-9 * one.abs().max(1.0);
        prop_assert!(close, "{}: {} and {}", name, one, other);
    }
    Ok(())
}

proptest! {
    #[test]
    fn shares_sum_to_1(sweep in sweeps()) {
        match sweep.analyse() {
            Ok(found) => {
                let shares: Vec<f64> = found.effects.iter().map(|effect| effect.share)
                    .chain(found.noise.map(|noise| noise.share)).collect();
                prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{:?}", shares);
                prop_assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "{:?}", shares);
                let degrees: usize = found.effects.iter().map(|e| e.degrees_of_freedom).sum();
                prop_assert_eq!(degrees, sweep.scores.len() - 1);
            }
            Err(error) => prop_assert!(sweep.scores.len() == 1 && error == Error::NoVariance),
        }
    }

    #[test]
    fn sums_of_squares_are_those_of_the_scores_within_blocks(sweep in sweeps()) {
        let Ok(found) = sweep.analyse() else { return Ok(()) };
        let mut within = 0.0;
        for block in 0..sweep.scores[0].len() {
            let of_block = || sweep.scores.iter().map(|row| row[block]);
            let mean = of_block().sum::<f64>() / sweep.scores.len() as f64;
            within += of_block().map(|score| (score - mean).powi(2)).sum::<f64>();
        }
        let parts = found.effects.iter().map(|effect| effect.sum_of_squares)
            .chain(found.noise.map(|noise| noise.sum_of_squares));
        prop_assert!((parts.sum::<f64>() - within).abs() < 1e-9);
    }

    #[test]
    fn a_constant_for_each_block_changes_nothing(
        sweep in sweeps(),
        constants in proptest::collection::vec(-9.0_f64..9.0, 4),
    ) {
        let mut moved = sweep.clone();
        for row in &mut moved.scores {
            for (score, constant) in row.iter_mut().zip(&constants) {
                *score += constant;
            }
        }
        // Adding the constants rounds the scores. F divides by the noise, so little noise would amplify these
        // rounding errors.
        if let Ok(Anova { noise: Some(noise), .. }) = sweep.analyse() {
            prop_assume!(noise.sum_of_squares == 0.0 || noise.sum_of_squares > 1e-8);
        }
        same(&sweep.analyse(), &moved.analyse())?;
    }

    #[test]
    fn the_order_of_blocks_and_levels_changes_nothing(
        (sweep, blocks, orders) in sweeps().prop_flat_map(|sweep| {
            let order = |count: usize| Just((0..count).collect::<Vec<_>>()).prop_shuffle();
            let blocks = order(sweep.scores[0].len());
            let levels: Vec<_> = sweep.levels.iter().map(|&count| order(count)).collect();
            (Just(sweep), blocks, levels)
        }),
    ) {
        let mut moved = sweep.clone();
        for (cell, row) in sweep.scores.iter().enumerate() {
            let coordinates = sweep.coordinates(cell);
            let elsewhere: Vec<usize> =
                coordinates.iter().zip(&orders).map(|(&level, order)| order[level]).collect();
            moved.scores[sweep.cell(&elsewhere)] = blocks.iter().map(|&block| row[block]).collect();
        }
        same(&sweep.analyse(), &moved.analyse())?;
        // The means of levels move with their levels.
        let means = |sweep: &Sweep| main_effects(&sweep.levels, &sweep.scores, sweep.ratio, 0.9).unwrap();
        let (before, after) = (means(&sweep), means(&moved));
        for (factor, order) in orders.iter().enumerate() {
            for (level, &elsewhere) in order.iter().enumerate() {
                let (one, other) = (before[factor][level], after[factor][elsewhere]);
                prop_assert!((one.mean - other.mean).abs() < 1e-12);
                let low = |mean: statistics::LevelMean| mean.interval.map_or(0.0, |i| i.low);
                prop_assert!((low(one) - low(other)).abs() < 1e-9 * low(one).abs().max(1.0));
            }
        }
    }

    #[test]
    fn the_order_of_factors_changes_nothing_but_their_names(
        (sweep, order) in sweeps().prop_flat_map(|sweep| {
            let factors: Vec<usize> = (0..sweep.levels.len()).collect();
            (Just(sweep), Just(factors).prop_shuffle())
        }),
    ) {
        // `order[new]` is the old index of a factor.
        let levels: Vec<usize> = order.iter().map(|&factor| sweep.levels[factor]).collect();
        let mut moved = Sweep { levels, ..sweep.clone() };
        for (cell, row) in sweep.scores.iter().enumerate() {
            let coordinates = sweep.coordinates(cell);
            let elsewhere: Vec<usize> = order.iter().map(|&factor| coordinates[factor]).collect();
            let place = moved.cell(&elsewhere);
            moved.scores[place].clone_from(row);
        }
        let renamed = moved.analyse().map(|mut anova| {
            for effect in &mut anova.effects {
                effect.term = match effect.term {
                    Term::Main(factor) => Term::Main(order[factor]),
                    Term::Pair(a, b) => Term::Pair(order[a].min(order[b]), order[a].max(order[b])),
                    Term::Higher => Term::Higher,
                };
            }
            anova
        });
        same(&sweep.analyse(), &renamed)?;
    }

    #[test]
    fn against_the_best_a_constant_for_each_split_and_a_scale_change_nothing(
        scores in proptest::collection::vec(proptest::collection::vec(0.0_f64..1.0, 4), 1..9),
        constants in proptest::collection::vec(-9.0_f64..9.0, 4),
        scale in 0.1_f64..10.0,
    ) {
        let moved: Vec<Vec<f64>> = scores.iter().map(|row| {
            row.iter().zip(&constants).map(|(score, constant)| -scale * score + constant).collect()
        }).collect();
        let one = against_best(&scores, Direction::Maximise, 0.3).unwrap();
        let other = against_best(&moved, Direction::Minimise, 0.3).unwrap();
        prop_assert_eq!(one.best, other.best);
        for (one, other) in one.comparisons.iter().zip(&other.comparisons) {
            prop_assert!((one.p_value - other.p_value).abs() < 1e-9);
            prop_assert!((one.adjusted_p_value - other.adjusted_p_value).abs() < 1e-8);
            prop_assert!(one.adjusted_p_value >= one.p_value);
        }
    }
}
