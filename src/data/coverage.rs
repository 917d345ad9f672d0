//! Classes that a split leaves without a sample to learn from.

use super::dataset::Dataset;
use super::split::partition;
use crate::spec::{Config, Split};
use std::collections::BTreeSet;

/// So many samples of a class, on average left to train on, are never all held out.
const ENOUGH: f64 = 20.0;

/// What is to be said of classes that `data.limit` or a split of these settings leaves untrained.
pub(super) fn untrained_classes(dataset: &Dataset, config: &Config) -> Option<String> {
    let labels = &dataset.train.labels;
    let mut counts = vec![0_u32; dataset.classes()];
    for &label in labels {
        counts[usize::from(label)] += 1;
    }
    let held_out = match config.validation.split() {
        Split::Folds(folds) => 1.0 / folds as f64,
        Split::Holdout(fraction) => fraction,
    };
    let share = config.samples() as f64 / labels.len() as f64 * (1.0 - held_out);
    if counts
        .iter()
        .all(|&count| f64::from(count) * share >= ENOUGH)
    {
        return None;
    }
    let repeats = config.validation.repeats.get() as u32;
    let folds = config.validation.splits() as u32;
    let mut untrained = BTreeSet::new();
    let mut splits = 0;
    for (repeat, fold) in (0..repeats).flat_map(|repeat| (0..folds).map(move |fold| (repeat, fold)))
    {
        let mut is_trained = vec![false; counts.len()];
        for sample in partition(labels, config, repeat, fold).train {
            is_trained[usize::from(labels[sample as usize])] = true;
        }
        let missing = is_trained
            .iter()
            .zip(0..)
            .filter(|(is_trained, _)| !**is_trained);
        let missing: Vec<usize> = missing.map(|(_, class)| class).collect();
        splits += u32::from(!missing.is_empty());
        untrained.extend(missing);
    }
    const SHOWN: usize = 8;
    let mut names: Vec<String> = untrained
        .iter()
        .take(SHOWN)
        .map(|&class| format!("`{}`", dataset.class_names[class]))
        .collect();
    if untrained.len() > SHOWN {
        names.push(format!("{} more", untrained.len() - SHOWN));
    }
    let all = repeats * folds;
    (!names.is_empty()).then(|| {
        format!(
            "{} no sample to learn from in {splits} of {all} {}: too few are left by data.limit, \
             validation and the test part; what is scored there says nothing of {}",
            match names.as_slice() {
                [one] => format!("the class {one} has"),
                several => format!("the classes {} have", several.join(", ")),
            },
            if all == 1 { "split" } else { "splits" },
            if names.len() == 1 { "it" } else { "them" },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::dataset::{Samples, Values};
    use super::*;
    use crate::spec::Count;

    /// What is said of classes of so many samples each.
    fn told(counts: &[usize], change: impl Fn(&mut Config)) -> Option<String> {
        let labels: Vec<u16> = (0..)
            .zip(counts)
            .flat_map(|(class, &count)| std::iter::repeat_n(class, count))
            .collect();
        let train = Samples {
            values: Values::Floats(vec![0.0; labels.len()]),
            features: 1,
            labels,
        };
        let dataset = Dataset {
            class_names: (0..counts.len()).map(|class| format!("c{class}")).collect(),
            ..Dataset::of_rows(train.clone(), train)
        };
        let mut config = Config {
            facts: dataset.facts(),
            ..Config::default()
        };
        config.validation.folds = Count::new(3);
        change(&mut config);
        untrained_classes(&dataset, &config)
    }

    #[test]
    fn a_class_that_a_split_leaves_out_is_named() {
        assert_eq!(told(&[30, 30, 2], |_| {}), None);
        let one = told(&[30, 30, 1], |_| {}).unwrap();
        assert!(
            one.starts_with("the class `c2` has no sample to learn from in 1 of 3 splits"),
            "{one}"
        );
        let limited = told(&[100, 2, 3], |config| config.data.limit = Count::new(10)).unwrap();
        assert!(
            limited.contains("`c1`") && limited.contains("3 of 3"),
            "{limited}"
        );
        assert_eq!(
            told(&[100, 100], |config| config.data.limit = Count::new(10)),
            None
        );
    }
}
