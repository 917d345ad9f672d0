//! Subsets, folds and hold-out splits of the training samples.

use crate::random::{Purpose, Seed};
use crate::spec::{Config, Split};

/// The training and validation samples of a run, as positions in the data set's training part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// The samples to train on, ascending.
    pub train: Vec<u32>,
    /// The samples to validate on, ascending; empty if none are held out.
    pub validation: Vec<u32>,
}

/// The partition of samples with these labels for one repeat and fold of a configuration.
///
/// The subset of `data.limit` depends only on the sweep's seed, the split on the seed and the repeat. The folds of one
/// repeat are disjoint and together contain every sample.
pub fn partition(labels: &[u16], config: &Config, repeat: u32, fold: u32) -> Partition {
    let validation = &config.validation;
    let seed = Seed {
        sweep: validation.seed,
        repeat: 0,
        fold: 0,
    };
    let all = shuffled(
        labels,
        0..labels.len(),
        validation.stratified,
        seed,
        Purpose::Subset,
    );
    let taken = take_evenly(&all, config.samples()).0;
    let samples = taken.iter().map(|&sample| sample as usize);
    let seed = Seed { repeat, ..seed };
    let order = shuffled(labels, samples, validation.stratified, seed, Purpose::Split);
    let (mut held_out, mut train) = match validation.split() {
        Split::Folds(folds) => deal_fold(&order, folds, fold as usize),
        Split::Holdout(_) => take_evenly(&order, config.validation_samples(0)),
    };
    held_out.sort_unstable();
    train.sort_unstable();
    Partition {
        train,
        validation: held_out,
    }
}

/// The samples in random order, grouped by class if `stratified`.
#[expect(clippy::expect_used, reason = "checked when the data was read")]
pub(crate) fn shuffled(
    labels: &[u16],
    samples: impl Iterator<Item = usize>,
    stratified: bool,
    seed: Seed,
    purpose: Purpose,
) -> Vec<u32> {
    let mut order: Vec<u32> = samples
        .map(|sample| u32::try_from(sample).expect("data sets have fewer than 2³² samples"))
        .collect();
    order.sort_unstable();
    seed.stream(purpose, [0, 0]).shuffle(&mut order);
    if stratified {
        // A stable sort keeps the random order within a class.
        order.sort_by_key(|&sample| labels[sample as usize]);
    }
    order
}

/// Deals the samples to `folds` in turn, and returns the given fold's samples and the others.
///
/// If the samples are grouped by class, each fold gets its share of each class and of all samples, to within one.
fn deal_fold(order: &[u32], folds: usize, fold: usize) -> (Vec<u32>, Vec<u32>) {
    let (mut in_fold, mut others) = (Vec::new(), Vec::new());
    for (position, &sample) in order.iter().enumerate() {
        if position % folds == fold {
            in_fold.push(sample);
        } else {
            others.push(sample);
        }
    }
    (in_fold, others)
}

/// Takes `count` samples at equal distances along the order, and returns the taken ones and the others.
pub(crate) fn take_evenly(order: &[u32], count: usize) -> (Vec<u32>, Vec<u32>) {
    let total = order.len().max(1);
    let (mut taken, mut others) = (Vec::new(), Vec::new());
    for (position, &sample) in order.iter().enumerate() {
        // The number of taken samples grows evenly from 0 to `count`.
        let before = position * count / total;
        let after = (position + 1) * count / total;
        if after > before {
            taken.push(sample);
        } else {
            others.push(sample);
        }
    }
    (taken, others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Count, Fraction};
    use proptest::prelude::*;

    fn labels() -> Vec<u16> {
        // Unbalanced classes, as in real data.
        (0..60_000_u32).map(|i| (i * i % 97 % 10) as u16).collect()
    }

    fn config(limit: usize, folds: Option<usize>, holdout: Option<f64>) -> Config {
        let mut config = Config::default();
        config.data.limit = Count::new(limit);
        config.validation.folds = folds.and_then(Count::new);
        config.validation.holdout = holdout.and_then(Fraction::new);
        config
    }

    fn class_counts(labels: &[u16], samples: &[u32]) -> [usize; 10] {
        let mut counts = [0; 10];
        for &sample in samples {
            counts[labels[sample as usize] as usize] += 1;
        }
        counts
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn folds_are_disjoint_cover_everything_and_keep_the_classes(
            limit in 20_usize..3000, folds in 2_usize..10, seed in 0_u64..1000,
        ) {
            let labels = labels();
            let mut config = config(limit, Some(folds), None);
            config.validation.seed = seed;
            let parts: Vec<Partition> =
                (0..folds).map(|fold| partition(&labels, &config, 0, fold as u32)).collect();
            let mut all: Vec<u32> = parts.iter().flat_map(|p| p.validation.clone()).collect();
            all.sort_unstable();
            let before = all.len();
            all.dedup();
            prop_assert_eq!(before, all.len(), "a sample is in two folds");
            prop_assert_eq!(all.len(), limit);
            let total = class_counts(&labels, &all);
            for (fold, part) in parts.iter().enumerate() {
                prop_assert_eq!(part.validation.len(), config.validation_samples(fold));
                prop_assert_eq!(part.train.len() + part.validation.len(), limit);
                prop_assert!(part.train.iter().all(|s| part.validation.binary_search(s).is_err()));
                let counts = class_counts(&labels, &part.validation);
                for class in 0..10 {
                    let low = total[class] / folds;
                    prop_assert!((low..=low + 1).contains(&counts[class]));
                }
            }
        }

        #[test]
        fn a_holdout_takes_its_share_of_each_class(
            limit in 100_usize..3000, fraction in 0.05_f64..0.9, seed in 0_u64..1000,
        ) {
            let labels = labels();
            let mut config = config(limit, None, Some(fraction));
            config.validation.seed = seed;
            let part = partition(&labels, &config, 0, 0);
            prop_assert_eq!(part.validation.len(), config.validation_samples(0));
            prop_assert_eq!(part.train.len() + part.validation.len(), limit);
            let held = class_counts(&labels, &part.validation);
            let train = class_counts(&labels, &part.train);
            for class in 0..10 {
                let share = (held[class] + train[class]) as f64 * part.validation.len() as f64
                    / limit as f64;
                prop_assert!((held[class] as f64 - share).abs() <= 1.0);
            }
        }
    }

    #[test]
    fn repeats_split_the_same_subset_differently() {
        let labels = labels();
        let config = config(500, Some(5), None);
        let all = |repeat| {
            let part = partition(&labels, &config, repeat, 0);
            let mut all = [part.train, part.validation.clone()].concat();
            all.sort_unstable();
            (all, part.validation)
        };
        let (first, second) = (all(0), all(1));
        assert_eq!(first.0, second.0);
        assert_ne!(first.1, second.1);
    }

    #[test]
    fn a_holdout_of_nothing_trains_on_everything() {
        let part = partition(&labels(), &config(300, None, Some(0.0)), 0, 0);
        assert_eq!((part.train.len(), part.validation.len()), (300, 0));
    }
}
