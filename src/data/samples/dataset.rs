//! A data set in memory.

use super::imputation::Imputation;
use super::normalisation::Normalisation;
use crate::datasets::KnownSet;
use crate::spec::{DatasetInfo, Encoding, RecordedContents};

/// A data set in memory.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Samples to train and validate on.
    pub train: Samples,
    /// Held-out samples, never used to choose between models.
    pub test: Samples,
    /// The name of each class.
    pub class_names: Vec<String>,
    /// The height, width and channels of a sample, if it is an image. Channels vary fastest.
    pub image: Option<[usize; 3]>,
    /// The names of the features, if they come from a table; else empty.
    pub columns: Vec<String>,
    /// How the columns of a table became features.
    pub encoding: Option<Encoding>,
    /// The imputation rule of each feature; empty if no value may be missing.
    pub imputation: Vec<Imputation>,
    /// Whether any value is [`MISSING`](crate::data::MISSING).
    pub has_missing: bool,
    /// The published mean and standard deviation, if any.
    pub published: Option<Normalisation>,
    /// Whether the test part was split off the training part.
    pub test_split_from_training: bool,
}

/// Labeled samples.
#[derive(Clone, Debug)]
pub struct Samples {
    /// `[samples, features]`
    pub values: Values,
    /// The number of values of one sample.
    pub features: usize,
    /// The class of each sample.
    pub labels: Vec<u16>,
}

impl Default for Values {
    fn default() -> Self {
        Self::Floats(Vec::new())
    }
}

/// The values of samples.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Bytes, which become network inputs scaled to 0..1.
    Bytes(Vec<u8>),
    /// Numbers as they are.
    Floats(Vec<f32>),
}

impl Values {
    /// The number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(values) => values.len(),
            Self::Floats(values) => values.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows at these positions; a row has `features` values.
    pub(crate) fn rows(&self, rows: &[u32], features: usize) -> Self {
        fn select<T: Copy>(values: &[T], rows: &[u32], features: usize) -> Vec<T> {
            let row = |&row: &u32| &values[row as usize * features..][..features];
            rows.iter().flat_map(row).copied().collect()
        }
        match self {
            Self::Bytes(values) => Self::Bytes(select(values, rows, features)),
            Self::Floats(values) => Self::Floats(select(values, rows, features)),
        }
    }
}

impl Dataset {
    /// The samples of a data set known by name.
    pub(crate) fn known(set: KnownSet, train: Samples, test: Samples) -> Self {
        let moments = set.definition().moments.as_ref();
        Self {
            train,
            test,
            class_names: set
                .classes
                .iter()
                .map(|class| (*class).to_owned())
                .collect(),
            image: Some(set.image),
            columns: Vec::new(),
            encoding: None,
            imputation: Vec::new(),
            has_missing: false,
            published: moments.map(|moments| Normalisation {
                mean: moments.mean.to_vec(),
                standard_deviation: moments.standard_deviation.to_vec(),
                fill_values: Vec::new(),
            }),
            test_split_from_training: false,
        }
    }

    /// A data set of rows of numbers without missing values, with a separate test part.
    pub fn from_rows(train: Samples, test: Samples, class_names: Vec<String>) -> Self {
        Self {
            train,
            test,
            class_names,
            image: None,
            columns: Vec::new(),
            encoding: None,
            imputation: Vec::new(),
            has_missing: false,
            published: None,
            test_split_from_training: false,
        }
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.class_names.len()
    }

    /// What a plan needs to know about it.
    pub fn info(&self) -> DatasetInfo {
        DatasetInfo {
            training_samples: self.train.labels.len(),
            test_samples: self.test.labels.len(),
            features: self.train.features,
            classes: self.classes(),
            image: self.image,
            test_split_from_training: self.test_split_from_training,
        }
    }

    /// A summary of its contents, which is recorded in case its files are gone later.
    pub fn contents(&self) -> RecordedContents {
        let published = self.published.clone();
        RecordedContents {
            classes: self.class_names.clone(),
            columns: match self.encoding {
                // The encoding has their names.
                Some(_) => Vec::new(),
                None => self.columns.clone(),
            },
            encoding: self.encoding.clone(),
            bytes: matches!(self.train.values, Values::Bytes(_)),
            published: published
                .map(|normalisation| (normalisation.mean, normalisation.standard_deviation)),
            warnings: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A hash of its contents, for the hashes of runs.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("tp-sweep data set 1");
        // Each part is preceded by its length, so that different lists of parts give different bytes.
        let mut part = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        part(format!("{:?}", self.image).as_bytes());
        for name in &self.class_names {
            part(name.as_bytes());
        }
        for samples in [&self.train, &self.test] {
            part(&(samples.features as u64).to_le_bytes());
            let labels = samples.labels.iter().flat_map(|label| label.to_le_bytes());
            part(&labels.collect::<Vec<u8>>());
            match &samples.values {
                Values::Bytes(values) => part(values),
                Values::Floats(values) => {
                    part(b"floats");
                    let bytes = values.iter().flat_map(|value| value.to_le_bytes());
                    part(&bytes.collect::<Vec<u8>>());
                }
            }
        }
        if self.has_missing {
            part(b"filled");
            let rules = self.imputation.iter().flat_map(|rule| rule.code());
            part(&rules.flat_map(u64::to_le_bytes).collect::<Vec<u8>>());
        }
        hasher.finalize().to_hex().to_string()
    }
}

impl Samples {
    /// The values as network inputs, `[samples, features]`: bytes scaled to 0..1, other numbers as they are, then
    /// normalised if there is a `normalisation`.
    pub fn normalised(&self, normalisation: Option<&Normalisation>) -> Vec<f32> {
        match (&self.values, normalisation) {
            (Values::Bytes(bytes), _) => {
                let (scale, shift) = self.byte_scale(normalisation);
                let rows = bytes.chunks(self.features.max(1));
                let number =
                    |((&byte, scale), shift): ((&u8, &f32), &f32)| f32::from(byte) * scale + shift;
                rows.flat_map(|row| row.iter().zip(&scale).zip(&shift).map(number))
                    .collect()
            }
            (Values::Floats(values), None) => values.clone(),
            (Values::Floats(values), Some(normalisation)) => {
                let channels = normalisation.mean.len();
                let value = |(index, &value)| normalisation.apply(index % channels, value);
                values.iter().enumerate().map(value).collect()
            }
        }
    }

    /// The scale and shift of each feature that turn a byte into a network input in one step:
    /// `(byte / 255 − mean) / deviation`.
    pub(crate) fn byte_scale(&self, normalisation: Option<&Normalisation>) -> (Vec<f32>, Vec<f32>) {
        let of_feature = |feature: usize| {
            let Some(normalisation) = normalisation else {
                return (1.0 / 255.0, 0.0);
            };
            let channel = feature % normalisation.mean.len();
            let deviation = f64::from(normalisation.standard_deviation[channel]);
            let mean = f64::from(normalisation.mean[channel]);
            (
                (1.0 / (255.0 * deviation)) as f32,
                (-mean / deviation) as f32,
            )
        };
        (0..self.features).map(of_feature).unzip()
    }
}
