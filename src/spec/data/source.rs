//! What is learnt from: the data set, and what is known of it before it is loaded.

use super::columns::{ColumnNames, ColumnSettings, Impute, OrdinalColumns};
use crate::spec::values::config_value::string_enum;
use crate::spec::values::conflict::Conflict;
use crate::spec::values::non_empty_string::NonEmptyString;
use crate::spec::values::number::{Count, Fraction};
use serde::{Deserialize, Serialize};

string_enum! {
    /// A data set: one that tp-sweep knows by name, or the form of the user's own files.
    pub enum DatasetKind {
        /// Handwritten digits: 60,000 + 10,000 grey images of 28 × 28 (LeCun et al. 1998).
        Mnist = "mnist",
        /// Clothes: 60,000 + 10,000 grey images of 28 × 28 (Xiao, Rasul and Vollgraf 2017).
        FashionMnist = "fashion-mnist",
        /// Animals and vehicles: 50,000 + 10,000 colour images of 32 × 32 (Krizhevsky 2009).
        Cifar10 = "cifar10",
        /// A table with a column of labels: CSV or Parquet.
        Table = "table",
        /// PNG or JPEG images, a folder for each class.
        Images = "images",
        /// Files in MNIST's format, IDX.
        Idx = "idx",
        /// NumPy arrays.
        Npy = "npy",
    }
}

string_enum! {
    /// What the features are shifted and scaled by.
    pub enum Normalise {
        /// The mean and standard deviation that are published for the data set.
        Known = "known",
        /// Those of the run's own training samples.
        Training = "training",
        /// Nothing: bytes are scaled to 0..1, other numbers are left as they are.
        None = "none",
    }
}

/// What is learnt from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Data {
    /// The data set.
    pub set: DatasetKind,
    /// The file or folder of the user's own data.
    pub path: Option<NonEmptyString>,
    /// The column of a table that holds the classes.
    pub label: Option<NonEmptyString>,
    /// Columns of a table to leave out, by name; `*` stands for any text.
    pub drop: Option<ColumnNames>,
    /// Columns of a table that hold categories, even if they are numbers.
    pub categorical: Option<ColumnNames>,
    /// Columns of a table that hold categories in an order.
    pub ordinal: Option<OrdinalColumns>,
    /// Texts that stand for a missing value in any feature column of a table.
    pub na_values: Option<ColumnNames>,
    /// What fills the cells of a table that have no value; `None` means [`Impute::Median`].
    pub impute: Option<Impute>,
    /// The fraction of the user's own data held out as the test part, where it has none.
    pub test_fraction: Fraction,
    /// Train and validate on a stratified subset of this many training samples.
    pub limit: Option<Count>,
    /// What the features are shifted and scaled by; nothing: what is known, else `training`.
    pub normalise: Option<Normalise>,
    /// Training images are shifted by up to this many pixels in each direction.
    pub shift: u64,
    /// Training images are mirrored left to right, one in two.
    pub flip: bool,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            set: DatasetKind::Mnist,
            path: None,
            label: None,
            drop: None,
            categorical: None,
            ordinal: None,
            na_values: None,
            impute: None,
            test_fraction: Fraction::constant(0.2),
            limit: None,
            normalise: None,
            shift: 0,
            flip: false,
        }
    }
}

/// The part of the settings that decides which files are read, and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DataSource {
    /// The data set.
    pub set: DatasetKind,
    /// The file or folder of the user's own data.
    pub path: Option<NonEmptyString>,
    /// The column of a table that holds the classes.
    pub label: Option<NonEmptyString>,
    /// What is made of a table's other columns.
    pub columns: ColumnSettings,
    /// The fraction held out as the test part, where the data has none.
    pub test_fraction: Fraction,
}

/// What is known of a data set before it is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DatasetInfo {
    /// Samples of the training part.
    pub training_samples: usize,
    /// Samples of the held-out test part.
    pub test_samples: usize,
    /// Numbers of one sample.
    pub features: usize,
    /// Classes to tell apart.
    pub classes: usize,
    /// Height, width and channels of a sample that is an image.
    pub image: Option<[usize; 3]>,
    /// Whether the test part was taken from the training part, by `data.test_fraction`.
    #[serde(rename = "test_was_taken")]
    pub test_split_from_training: bool,
}

impl Default for DatasetInfo {
    /// Those of MNIST, the default data set.
    fn default() -> Self {
        MNIST
    }
}

const MNIST: DatasetInfo = DatasetInfo {
    training_samples: 60_000,
    test_samples: 10_000,
    features: 28 * 28,
    classes: 10,
    image: Some([28, 28, 1]),
    test_split_from_training: false,
};

const CIFAR10: DatasetInfo = DatasetInfo {
    training_samples: 50_000,
    features: 32 * 32 * 3,
    image: Some([32, 32, 3]),
    ..MNIST
};

impl DatasetKind {
    /// The facts of a data set that is known by name; nothing for the user's own data.
    pub fn info(self) -> Option<DatasetInfo> {
        match self {
            Self::Mnist | Self::FashionMnist => Some(MNIST),
            Self::Cifar10 => Some(CIFAR10),
            Self::Table | Self::Images | Self::Idx | Self::Npy => None,
        }
    }

    /// Whether it is known by name, with its files' contents.
    pub fn is_builtin(self) -> bool {
        self.info().is_some()
    }
}

impl Data {
    /// What the features are shifted and scaled by.
    pub fn normalisation(&self) -> Normalise {
        match (self.normalise, self.set.is_builtin()) {
            (Some(chosen), _) => chosen,
            (None, true) => Normalise::Known,
            (None, false) => Normalise::Training,
        }
    }

    /// The part of the settings that decides which files are read, and how.
    pub fn source(&self) -> DataSource {
        DataSource {
            set: self.set,
            path: self.path.clone(),
            label: self.label.clone(),
            columns: ColumnSettings {
                drop: self.drop.clone(),
                categorical: self.categorical.clone(),
                ordinal: self.ordinal.clone(),
                na_values: self.na_values.clone(),
                impute: self.impute,
            },
            test_fraction: self.test_fraction,
        }
    }

    /// The first key for the columns of a table that is set.
    fn column_key(&self) -> Option<&'static [&'static str]> {
        let keys: [(bool, &'static [&'static str]); 5] = [
            (self.drop.is_some(), &["data.drop", "data.set"]),
            (
                self.categorical.is_some(),
                &["data.categorical", "data.set"],
            ),
            (self.ordinal.is_some(), &["data.ordinal", "data.set"]),
            (self.na_values.is_some(), &["data.na_values", "data.set"]),
            (self.impute.is_some(), &["data.impute", "data.set"]),
        ];
        keys.into_iter()
            .find(|(is_set, _)| *is_set)
            .map(|(_, keys)| keys)
    }

    /// Checks what can be wrong before the files are looked at.
    ///
    /// # Errors
    /// The first conflict found.
    pub fn validate(&self) -> Result<(), Conflict> {
        let set = self.set;
        if set.is_builtin() && self.path.is_some() {
            return Err(Conflict {
                keys: &["data.path", "data.set"],
                message: format!("a path does nothing for `{set}`, which is known by name"),
                help: "to read your own files, set data.set to table, images, idx or npy; \
                       the folder of the known data sets is the option --data"
                    .to_owned(),
            });
        }
        if !set.is_builtin() && self.path.is_none() {
            return Err(Conflict {
                keys: &["data.set"],
                message: format!("`{set}` needs data.path, the place of your data"),
                help: match set {
                    DatasetKind::Table => "such as path: iris.csv".to_owned(),
                    _ => format!("such as path: my-{set}"),
                },
            });
        }
        if set == DatasetKind::Table && self.label.is_none() {
            return Err(Conflict {
                keys: &["data.set"],
                message: "`table` needs data.label, the column of the classes".to_owned(),
                help: "such as label: species".to_owned(),
            });
        }
        if set != DatasetKind::Table && self.label.is_some() {
            return Err(Conflict {
                keys: &["data.label", "data.set"],
                message: format!("a label column belongs to a `table`, not to `{set}`"),
                help: "leave it out".to_owned(),
            });
        }
        if set != DatasetKind::Table
            && let Some(keys) = self.column_key()
        {
            return Err(Conflict {
                keys,
                message: format!("it is for the columns of a `table`, and `{set}` has none"),
                help: "leave it out".to_owned(),
            });
        }
        self.check_columns()?;
        if set.is_builtin() && self.test_fraction != Self::default().test_fraction {
            return Err(Conflict {
                keys: &["data.test_fraction", "data.set"],
                message: format!("it does nothing: `{set}` has its own test part"),
                help: "leave it out; validation.holdout is the fraction held out to compare \
                       trials"
                    .to_owned(),
            });
        }
        if self.test_fraction.get() == 0.0 {
            return Err(Conflict {
                keys: &["data.test_fraction"],
                message: "a fraction of 0 leaves no test part".to_owned(),
                help: "such as 0.2".to_owned(),
            });
        }
        if !set.is_builtin() && self.normalise == Some(Normalise::Known) {
            return Err(Conflict {
                keys: &["data.normalise", "data.set"],
                message: format!("no mean and standard deviation are known for `{set}`"),
                help: "write training, none, or leave data.normalise out".to_owned(),
            });
        }
        Ok(())
    }

    /// Checks that the settings of a table's columns agree.
    fn check_columns(&self) -> Result<(), Conflict> {
        let is_ordinal = |name: &str| {
            let columns = self.ordinal.as_ref();
            columns.is_some_and(|columns| columns.categories(name).is_some())
        };
        if let Some(label) = self.label.as_ref().map(NonEmptyString::as_str) {
            let lists = |names: &Option<ColumnNames>| {
                let names = names.as_ref();
                names.is_some_and(|names| names.contains(label))
            };
            let keys: Option<&'static [&'static str]> = if lists(&self.drop) {
                Some(&["data.drop", "data.label"])
            } else if lists(&self.categorical) {
                Some(&["data.categorical", "data.label"])
            } else if is_ordinal(label) {
                Some(&["data.ordinal", "data.label"])
            } else {
                None
            };
            if let Some(keys) = keys {
                return Err(Conflict {
                    keys,
                    message: format!("`{label}` is the column of the classes, not a feature"),
                    help: "take it out of this list".to_owned(),
                });
            }
        }
        let categorical = self.categorical.as_ref();
        if let Some(twice) =
            categorical.and_then(|names| names.iter().find(|name| is_ordinal(name)))
        {
            return Err(Conflict {
                keys: &["data.categorical", "data.ordinal"],
                message: format!(
                    "`{twice}` is in both lists; a column is either categorical or ordinal"
                ),
                help: "take it out of one of them".to_owned(),
            });
        }
        Ok(())
    }

    /// Checks what the files decide.
    ///
    /// # Errors
    /// The first conflict found.
    pub(crate) fn validate_against(&self, info: &DatasetInfo) -> Result<(), Conflict> {
        if !self.set.is_builtin()
            && !info.test_split_from_training
            && self.test_fraction != Self::default().test_fraction
        {
            return Err(Conflict {
                keys: &["data.test_fraction", "data.path"],
                message: "it does nothing: the data has its own test part".to_owned(),
                help: "leave it out".to_owned(),
            });
        }
        if self.shift == 0 && !self.flip {
            return Ok(());
        }
        let Some([height, width, _]) = info.image else {
            return Err(Conflict {
                keys: match self.shift {
                    0 => &["data.flip", "data.set"],
                    _ => &["data.shift", "data.set"],
                },
                message: "it is for images, and the samples are rows of numbers".to_owned(),
                help: "leave it out".to_owned(),
            });
        };
        let most = height.min(width) - 1;
        if self.shift > most as u64 {
            return Err(Conflict {
                keys: &["data.shift"],
                message: format!(
                    "a shift of {} pixels would push images of {height} × {width} out of sight",
                    self.shift
                ),
                help: format!("at most {most}"),
            });
        }
        Ok(())
    }
}
