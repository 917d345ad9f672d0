//! A data set in memory.

use super::imputation::Imputation;
use super::normalisation::Normalisation;
use crate::spec::{DatasetInfo, Encoding, RecordedContents};

/// A data set in memory.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Samples to train and validate on.
    pub train: Samples,
    /// Samples held out to the end; never used to choose.
    pub test: Samples,
    /// The name of each class.
    pub class_names: Vec<String>,
    /// Height, width and channels of a sample that is an image. Channels vary fastest.
    pub image: Option<[usize; 3]>,
    /// The names of the features, where they are columns of a table; else none.
    pub columns: Vec<String>,
    /// How the columns of a table have become features.
    pub encoding: Option<Encoding>,
    /// What fills missing values of each feature; empty where none may be missing.
    pub imputation: Vec<Imputation>,
    /// Whether values are missing: [`MISSING`](crate::data::MISSING).
    pub is_incomplete: bool,
    /// The published mean and standard deviation, where there are such.
    pub known: Option<Normalisation>,
    /// Whether the test part was taken from the training part.
    pub test_split_from_training: bool,
}

/// Labelled samples.
#[derive(Clone, Debug)]
pub struct Samples {
    /// One sample after the other: `[samples, features]`.
    pub values: Values,
    /// Numbers of one sample.
    pub features: usize,
    /// The class of each sample.
    pub labels: Vec<u16>,
}

impl Default for Values {
    fn default() -> Self {
        Self::Floats(Vec::new())
    }
}

/// The numbers of samples.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Bytes, which a network sees scaled to 0..1.
    Bytes(Vec<u8>),
    /// Numbers as they are.
    Floats(Vec<f32>),
}

impl Values {
    /// How many numbers there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(values) => values.len(),
            Self::Floats(values) => values.len(),
        }
    }

    /// Whether there is no number.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values of the rows at these positions, where a row has `features` values.
    pub(crate) fn rows(&self, rows: &[u32], features: usize) -> Self {
        fn picked<T: Copy>(values: &[T], rows: &[u32], features: usize) -> Vec<T> {
            let row = |&row: &u32| &values[row as usize * features..][..features];
            rows.iter().flat_map(row).copied().collect()
        }
        match self {
            Self::Bytes(values) => Self::Bytes(picked(values, rows, features)),
            Self::Floats(values) => Self::Floats(picked(values, rows, features)),
        }
    }
}

impl Dataset {
    /// A data set with a test part of its own, whose samples are rows of numbers: complete, and of no table.
    pub fn of_rows(train: Samples, test: Samples, class_names: Vec<String>) -> Self {
        Self {
            train,
            test,
            class_names,
            image: None,
            columns: Vec::new(),
            encoding: None,
            imputation: Vec::new(),
            is_incomplete: false,
            known: None,
            test_split_from_training: false,
        }
    }

    /// Classes to tell apart.
    pub fn classes(&self) -> usize {
        self.class_names.len()
    }

    /// What a plan needs to know of it.
    pub fn facts(&self) -> DatasetInfo {
        DatasetInfo {
            training_samples: self.train.labels.len(),
            test_samples: self.test.labels.len(),
            features: self.train.features,
            classes: self.classes(),
            image: self.image,
            test_split_from_training: self.test_split_from_training,
        }
    }

    /// What is to be known of it where its files are gone.
    pub fn contents(&self) -> RecordedContents {
        let published = self.known.clone();
        RecordedContents {
            classes: self.class_names.clone(),
            columns: match self.encoding {
                // The encoding names them.
                Some(_) => Vec::new(),
                None => self.columns.clone(),
            },
            encoding: self.encoding.clone(),
            bytes: matches!(self.train.values, Values::Bytes(_)),
            published: published.map(|known| (known.mean, known.standard_deviation)),
            warnings: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A hash of its contents, for the identity of runs: changed files are other data.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("tp-sweep data set 1");
        // Each part is preceded by its length: no two lists of parts give the same bytes.
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
        if self.is_incomplete {
            part(b"filled");
            let rules = self.imputation.iter().flat_map(|rule| rule.code());
            part(&rules.flat_map(u64::to_le_bytes).collect::<Vec<u8>>());
        }
        hasher.finalize().to_hex().to_string()
    }
}

impl Samples {
    /// The samples as a network sees them without further normalisation: bytes scaled to 0..1,
    /// other numbers as they are; minus the mean and divided by the standard deviation where such
    /// are `known`. `[samples, features]`.
    pub fn normalised(&self, known: Option<&Normalisation>) -> Vec<f32> {
        match (&self.values, known) {
            (Values::Bytes(bytes), _) => {
                let (scale, shift) = self.byte_scale(known);
                let rows = bytes.chunks(self.features.max(1));
                let number =
                    |((&byte, scale), shift): ((&u8, &f32), &f32)| f32::from(byte) * scale + shift;
                rows.flat_map(|row| row.iter().zip(&scale).zip(&shift).map(number))
                    .collect()
            }
            (Values::Floats(values), None) => values.clone(),
            (Values::Floats(values), Some(known)) => {
                let channels = known.mean.len();
                let value = |(index, &value)| known.apply(index % channels, value);
                values.iter().enumerate().map(value).collect()
            }
        }
    }

    /// What the bytes of each feature are multiplied by, and what is added then, to be as a
    /// network sees them: `(byte / 255 − mean) / deviation`, in one step.
    pub(crate) fn byte_scale(&self, known: Option<&Normalisation>) -> (Vec<f32>, Vec<f32>) {
        let of_feature = |feature: usize| {
            let Some(known) = known else {
                return (1.0 / 255.0, 0.0);
            };
            let channel = feature % known.mean.len();
            let deviation = f64::from(known.standard_deviation[channel]);
            let mean = f64::from(known.mean[channel]);
            (
                (1.0 / (255.0 * deviation)) as f32,
                (-mean / deviation) as f32,
            )
        };
        (0..self.features).map(of_feature).unzip()
    }
}
