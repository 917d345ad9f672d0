//! The user's data in memory, whatever its format.

use crate::data::quality::label_copies::refuse_copies;
use crate::data::samples::dataset::{Dataset, Samples, Values};
use crate::data::samples::imputation::Imputation;
use crate::data::samples::split::{shuffled, take_evenly};
use crate::random::{Purpose, Seed};
use crate::spec::{ColumnNote, Encoding, TableWarning};

/// The maximum number of classes: one-hot targets and tables are not meant for thousands.
pub(crate) const MAX_CLASSES: usize = 1000;

/// The user's data as its files have it.
#[derive(Debug, Default)]
pub(crate) struct RawDataset {
    /// The training part, or all samples.
    pub train: LabeledSamples,
    /// The test part, if there is one.
    pub test: Option<LabeledSamples>,
    /// The number of values of one sample.
    pub features: usize,
    /// The height, width and channels of a sample, if it is an image.
    pub image: Option<[usize; 3]>,
    /// The names of the features, if they come from a table; else empty.
    pub columns: Vec<String>,
    /// How the columns of a table became features.
    pub encoding: Option<Encoding>,
    /// The imputation rule of each feature; empty if no value may be missing.
    pub imputation: Vec<Imputation>,
    /// Whether any value is missing.
    pub has_missing: bool,
    /// Whether the test part was split off the training part.
    pub test_split_from_training: bool,
    /// What its columns became.
    pub notes: Vec<ColumnNote>,
    /// Warnings about it.
    pub warnings: Vec<TableWarning>,
}

/// The maximum number of samples of a part: positions are 32-bit numbers.
const MAX_SAMPLES: usize = i32::MAX as usize;

/// Samples with the names of their classes.
#[derive(Debug, Default)]
pub(crate) struct LabeledSamples {
    /// `[samples, features]`
    pub values: Values,
    /// The name of each sample's class.
    pub labels: Vec<String>,
}

impl RawDataset {
    /// Checks and converts the data. Without a test part, this fraction of the samples becomes one.
    ///
    /// # Errors
    /// Too few samples, too few or too many classes, values that are not finite.
    pub(crate) fn into_dataset(self, test_fraction: f64) -> Result<Dataset, String> {
        let class_names = class_names(&self.train.labels)?;
        let features = self.features;
        if features == 0 {
            return Err("its samples have no features".to_owned());
        }
        refuse_channels_first(self.image)?;
        let test_count = self.test.as_ref().map_or(0, |test| test.labels.len());
        if self.train.labels.len().max(test_count) > MAX_SAMPLES {
            return Err(format!("it has more than {MAX_SAMPLES} samples"));
        }
        let samples = |part: LabeledSamples, name: &str| {
            refuse_unusable(&part.values, features, name)?;
            let class = |label: &String| {
                let found = class_names.iter().position(|class| class == label);
                let class = found.ok_or_else(|| {
                    format!(
                        "the class `{label}` occurs in the test set but not in the training set"
                    )
                })?;
                u16::try_from(class).map_err(|_| "it has too many classes".to_owned())
            };
            let labels = part
                .labels
                .iter()
                .map(class)
                .collect::<Result<_, String>>()?;
            Ok::<_, String>(Samples {
                values: part.values,
                features,
                labels,
            })
        };
        let all = samples(self.train, "")?;
        if self.image.is_none() {
            let sources = self.encoding.as_ref().map(Encoding::sources);
            refuse_copies(&all, &class_names, &sources.unwrap_or_default())?;
        }
        let (train, test, test_split_from_training) = match self.test {
            Some(test) => {
                refuse_mixed(&all.values, &test.values)?;
                let test = samples(test, "the test set, ")?;
                if test.labels.is_empty() {
                    return Err("its test set has no samples".to_owned());
                }
                (all, test, self.test_split_from_training)
            }
            None => {
                let (train, test) = stratified_split(&all.labels, &class_names, test_fraction)?;
                (subset(&all, &train), subset(&all, &test), true)
            }
        };
        Ok(Dataset {
            train,
            test,
            class_names,
            image: self.image,
            columns: self.columns,
            encoding: self.encoding,
            imputation: self.imputation,
            has_missing: self.has_missing,
            published: None,
            test_split_from_training,
        })
    }
}

/// Refuses parts of which only one has bytes, which are scaled to 0..1.
fn refuse_mixed(train: &Values, test: &Values) -> Result<(), String> {
    match (train, test) {
        (Values::Bytes(_), Values::Bytes(_)) | (Values::Floats(_), Values::Floats(_)) => Ok(()),
        (Values::Bytes(_), Values::Floats(_)) => Err(format!("{MIXED_TYPES} the training set")),
        (Values::Floats(_), Values::Bytes(_)) => Err(format!("{MIXED_TYPES} the test set")),
    }
}

const MIXED_TYPES: &str = "the training and test sets have different types: save both with one \
     type, such as numpy.uint8. Unsigned bytes, which are scaled to 0..1, are in";

/// Splits samples with these classes into positions of the training part and of the test part, which has this fraction of
/// them.
///
/// # Errors
/// Too few samples, too few or too many classes.
pub(crate) fn split_off_test(
    labels: &[String],
    fraction: f64,
) -> Result<(Vec<u32>, Vec<u32>), String> {
    let class_names = class_names(labels)?;
    if labels.len() > MAX_SAMPLES {
        return Err(format!("it has more than {MAX_SAMPLES} samples"));
    }
    let position = |label: &String| class_names.iter().position(|class| class == label);
    let positions = labels.iter().map(position);
    let classes: Option<Vec<u16>> = positions.map(|class| u16::try_from(class?).ok()).collect();
    stratified_split(&classes.unwrap_or_default(), &class_names, fraction)
}

/// The number of values of a sample of this shape.
///
/// # Errors
/// A number that overflows: without samples, a header may claim any shape.
pub(crate) fn features_of(shape: &[usize]) -> Result<usize, String> {
    let mut sizes = shape.iter();
    let product = sizes.try_fold(1_usize, |product, size| product.checked_mul(*size));
    product.ok_or_else(|| format!("a sample of the shape {shape:?} is too large for memory"))
}

/// Refuses images with the channels first, as in PyTorch: 3 × 32 × 32 would be read as 3 × 32 pixels of 32 channels.
fn refuse_channels_first(image: Option<[usize; 3]>) -> Result<(), String> {
    match image {
        Some([first @ 1..=4, second, last]) if last > 4 && second > first => Err(format!(
            "its samples have the shape [{first}, {second}, {last}], which looks like images with \
             the channels first, as in PyTorch; move the channels last: x.transpose(0, 2, 3, 1), in \
             PyTorch x.permute(0, 2, 3, 1). If they are rows of numbers, save them as \
             [samples, features]"
        )),
        _ => Ok(()),
    }
}

/// The distinct names, sorted as numbers if all are numbers, else as text.
pub(crate) fn sorted_names(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names.dedup();
    let numbers: Option<Vec<f64>> = names.iter().map(|name| name.parse().ok()).collect();
    if numbers.is_some() {
        // A stable sort keeps equal numbers (`1`, `1.0`) in the order of their text.
        names.sort_by(|a, b| {
            let number = |name: &String| name.parse().unwrap_or(f64::NAN);
            // Large whole numbers may be equal as floats.
            let whole = |name: &String| name.parse::<i128>().ok();
            let by_float = number(a).total_cmp(&number(b));
            by_float.then_with(|| whole(a).cmp(&whole(b)))
        });
    }
    names
}

/// The classes of the training part.
fn class_names(labels: &[String]) -> Result<Vec<String>, String> {
    let names = sorted_names(labels.to_vec());
    match names.as_slice() {
        [] => Err("it has no samples".to_owned()),
        [only] => Err(format!(
            "all of its samples have one class, `{only}`; at least two are needed"
        )),
        names if names.len() > MAX_CLASSES => Err(format!(
            "its labels have {} different values, but at most {MAX_CLASSES} classes are supported; \
             are they really classes?",
            names.len()
        )),
        _ => Ok(names),
    }
}

/// Refuses values that are not finite, which would make every loss infinite or NaN. `part` is a prefix of the message.
pub(crate) fn refuse_unusable(values: &Values, features: usize, part: &str) -> Result<(), String> {
    let Values::Floats(values) = values else {
        return Ok(());
    };
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(format!(
            "{part}sample {}, feature {}: {} is not a finite 32-bit number",
            index / features + 1,
            index % features + 1,
            values[index]
        )),
    }
}

/// The positions of the training and the test part, stratified. The random order does not depend on a sweep's seed, so that
/// the test part is the same in every sweep.
fn stratified_split(
    labels: &[u16],
    class_names: &[String],
    fraction: f64,
) -> Result<(Vec<u32>, Vec<u32>), String> {
    let count = labels.len();
    let held_out = (count as f64 * fraction).round() as usize;
    if !(1..count).contains(&held_out) {
        return Err(format!(
            "holding out {fraction} of {count} samples for testing leaves no sample for training or \
             testing; change data.test_fraction"
        ));
    }
    let seed = Seed {
        sweep: 0,
        repeat: 0,
        fold: 0,
    };
    let order = shuffled(labels, 0..count, true, seed, Purpose::TestSplit);
    let (mut test, mut train) = take_evenly(&order, held_out);
    test.sort_unstable();
    train.sort_unstable();
    refuse_classes_without_training(labels, [&train, &test], class_names)?;
    Ok((train, test))
}

/// The samples at these positions.
fn subset(all: &Samples, rows: &[u32]) -> Samples {
    Samples {
        values: all.values.rows(rows, all.features),
        features: all.features,
        labels: rows.iter().map(|&row| all.labels[row as usize]).collect(),
    }
}

/// Refuses classes with samples in the test part but none in the training part.
fn refuse_classes_without_training(
    labels: &[u16],
    [train, test]: [&[u32]; 2],
    names: &[String],
) -> Result<(), String> {
    let label = |&row: &u32| labels[row as usize];
    let mut has_training_sample = vec![false; names.len()];
    for label in train.iter().map(label) {
        has_training_sample[usize::from(label)] = true;
    }
    let mut absent: Vec<u16> = test.iter().map(label).collect();
    absent.sort_unstable();
    absent.dedup();
    absent.retain(|&label| !has_training_sample[usize::from(label)]);
    let has_several = |&class: &u16| labels.iter().filter(|&&label| label == class).count() > 1;
    let remedy = if absent.iter().any(has_several) {
        "add samples of each class, or lower data.test_fraction"
    } else {
        "add samples until each class has at least two, or remove the rows of rare classes"
    };
    let missing_classes: Vec<String> = absent
        .iter()
        .map(|&label| format!("`{}`", names[usize::from(label)]))
        .collect();
    match missing_classes.as_slice() {
        [] => Ok(()),
        [one] => Err(format!(
            "all samples of the class {one} are in the test set and none in the training set; {remedy}"
        )),
        several => Err(format!(
            "all samples of the classes {} are in the test set and none in the training set; {remedy}",
            several.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw_dataset(labels: &[&str], test: Option<&[&str]>) -> RawDataset {
        let part = |labels: &[&str]| LabeledSamples {
            values: Values::Floats((0..labels.len()).map(|row| row as f32).collect()),
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
        };
        RawDataset {
            train: part(labels),
            test: test.map(part),
            features: 1,
            ..RawDataset::default()
        }
    }

    #[test]
    fn classes_are_ordered_by_number_or_else_by_text() {
        let dataset = raw_dataset(&["10", "9", "10", "-1"], Some(&["9"]))
            .into_dataset(0.2)
            .unwrap();
        assert_eq!(dataset.class_names, ["-1", "9", "10"]);
        assert_eq!(dataset.train.labels, [2, 1, 2, 0]);
        assert_eq!(dataset.test.labels, [1]);
        let dataset = raw_dataset(&["b", "9", "10"], Some(&["b"]))
            .into_dataset(0.2)
            .unwrap();
        assert_eq!(dataset.class_names, ["10", "9", "b"]);
    }

    #[test]
    fn a_test_part_is_taken_from_each_class_and_is_no_longer_trained_on() {
        let labels: Vec<&str> = (0..100).map(|row| ["a", "b", "b", "b"][row % 4]).collect();
        let dataset = raw_dataset(&labels, None).into_dataset(0.2).unwrap();
        let of_a = |samples: &Samples| samples.labels.iter().filter(|&&label| label == 0).count();
        assert_eq!((dataset.test.labels.len(), of_a(&dataset.test)), (20, 5));
        assert_eq!((dataset.train.labels.len(), of_a(&dataset.train)), (80, 20));
        let (Values::Floats(train), Values::Floats(test)) =
            (&dataset.train.values, &dataset.test.values)
        else {
            panic!("floats stay floats");
        };
        let mut rows: Vec<f32> = [train.as_slice(), test].concat();
        rows.sort_by(f32::total_cmp);
        assert_eq!(rows, (0..100).map(|row| row as f32).collect::<Vec<_>>());
        assert!(dataset.test_split_from_training);
    }

    #[test]
    fn images_with_their_channels_first_are_refused() {
        let refused = |image: [usize; 3]| refuse_channels_first(Some(image)).is_err();
        for image in [
            [3, 32, 32],
            [1, 28, 28],
            [3, 48, 64],
            [4, 64, 48],
            [1, 5, 6],
        ] {
            assert!(refused(image), "{image:?}");
        }
        for image in [
            [32, 32, 3],
            [28, 28, 1],
            [3, 32, 3],
            [1, 28, 1],
            [2, 2, 16],
            [7, 7, 512],
            [32, 32, 32],
        ] {
            assert!(!refused(image), "{image:?}");
        }
        let mut raw = raw_dataset(&["a", "b", "a"], None);
        raw.image = Some([3, 32, 32]);
        let message = raw.into_dataset(0.2).unwrap_err();
        assert!(message.contains("x.transpose(0, 2, 3, 1)"), "{message}");
    }

    #[test]
    fn unusable_data_is_refused_with_a_reason() {
        let refused = |raw: RawDataset| raw.into_dataset(0.2).unwrap_err();
        assert_eq!(refused(raw_dataset(&[], None)), "it has no samples");
        assert!(refused(raw_dataset(&["a", "a"], None)).contains("one class, `a`"));
        assert!(
            refused(raw_dataset(&["a", "b"], Some(&["c"])))
                .contains("`c` occurs in the test set but not in the training set")
        );
        assert!(refused(raw_dataset(&["a", "b"], Some(&[]))).contains("no samples"));
        assert!(
            refused(raw_dataset(&["a", "b"], None))
                .contains("leaves no sample for training or testing")
        );
        let many: Vec<String> = (0..1001).map(|class| class.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(refused(raw_dataset(&many, None)).contains("1001 different values"));
        let mut infinite = raw_dataset(&["a", "b", "a"], None);
        infinite.train.values = Values::Floats(vec![0.0, f32::NAN, 0.0]);
        assert!(refused(infinite).contains("sample 2, feature 1: NaN"));
    }
}
