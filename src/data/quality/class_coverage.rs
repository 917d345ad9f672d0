//! Classes without a training sample in a split.

use crate::data::samples::dataset::Dataset;
use crate::data::samples::split::partition;
use crate::spec::{Config, DataWarning, Split};
use std::collections::BTreeSet;

/// The minimum mean number of training samples of a class: with this many, a split never holds all of them out.
const MIN_MEAN_SAMPLES: f64 = 20.0;

/// Whether a class may have no training sample with these settings, if all classes of the data set have equal size.
pub(crate) fn may_leave_untrained(config: &Config) -> bool {
    let samples = config.dataset_info.training_samples;
    let of_class = samples as f64 / config.classes().max(1) as f64;
    of_class * trained_share(config, samples) < MIN_MEAN_SAMPLES
}

/// The fraction of `samples` that a run trains on.
fn trained_share(config: &Config, samples: usize) -> f64 {
    let held_out = match config.validation.split() {
        Split::Folds(folds) => 1.0 / folds as f64,
        Split::Holdout(fraction) => fraction,
    };
    config.samples() as f64 / samples as f64 * (1.0 - held_out)
}

/// A warning about classes that have no training sample because of `data.limit` or a split.
pub(crate) fn untrained_classes(dataset: &Dataset, config: &Config) -> Option<DataWarning> {
    let labels = &dataset.train.labels;
    let mut counts = vec![0_u32; dataset.classes()];
    for &label in labels {
        counts[usize::from(label)] += 1;
    }
    let share = trained_share(config, labels.len());
    if counts
        .iter()
        .all(|&count| f64::from(count) * share >= MIN_MEAN_SAMPLES)
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
    let names = untrained.iter();
    let classes: Vec<String> = names
        .map(|&class| dataset.class_names[class].clone())
        .collect();
    (!classes.is_empty()).then_some(DataWarning::ClassesWithoutTrainingSamples {
        classes,
        splits,
        of: repeats * folds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::samples::dataset::{Samples, Values};
    use crate::spec::Count;

    /// The warning about classes with these numbers of samples.
    fn warned(counts: &[usize], change: impl Fn(&mut Config)) -> Option<String> {
        let labels: Vec<u16> = (0..)
            .zip(counts)
            .flat_map(|(class, &count)| std::iter::repeat_n(class, count))
            .collect();
        let train = Samples {
            values: Values::Floats(vec![0.0; labels.len()]),
            features: 1,
            labels,
        };
        let dataset = Dataset::from_rows(
            train.clone(),
            train,
            (0..counts.len()).map(|class| format!("c{class}")).collect(),
        );
        let mut config = Config {
            dataset_info: dataset.info(),
            ..Config::default()
        };
        config.validation.folds = Count::new(3);
        change(&mut config);
        untrained_classes(&dataset, &config).map(|warning| warning.to_string())
    }

    #[test]
    fn a_class_that_a_split_leaves_out_is_named() {
        assert_eq!(warned(&[30, 30, 2], |_| {}), None);
        let one = warned(&[30, 30, 1], |_| {}).unwrap();
        assert!(
            one.starts_with("the class `c2` has no training sample in 1 of 3 splits"),
            "{one}"
        );
        let limited = warned(&[100, 2, 3], |config| config.data.limit = Count::new(10)).unwrap();
        assert!(
            limited.contains("`c1`") && limited.contains("3 of 3"),
            "{limited}"
        );
        assert_eq!(
            warned(&[100, 100], |config| config.data.limit = Count::new(10)),
            None
        );
    }
}
