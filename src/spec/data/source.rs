//! The `data` section, and the sizes of a data set.

use super::columns::{ColumnNames, ColumnSettings, Impute, OrdinalColumns};
use super::dataset_kind::DatasetKind;
use crate::datasets::KnownSet;
use crate::values::config_value::string_enum;
use crate::values::conflict::Conflict;
use crate::values::non_empty_string::NonEmptyString;
use crate::values::number::{Count, Fraction};
use serde::{Deserialize, Serialize};

string_enum! {
    /// The mean and standard deviation that features are normalised by.
    pub enum Normalise {
        /// Those that are published for the data set.
        Known = "known",
        /// Those of the run's own training samples.
        Training = "training",
        /// None: bytes are scaled to 0..1, other numbers are unchanged.
        None = "none",
    }
}

/// The `data` section.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Data {
    /// The data set.
    pub set: DatasetKind,
    /// The file or folder of the user's own data.
    pub path: Option<NonEmptyString>,
    /// The column of a table that holds the classes.
    pub label: Option<NonEmptyString>,
    /// Columns of a table to leave out; `*` matches any text.
    pub drop: Option<ColumnNames>,
    /// Columns of a table to treat as categorical, even if they hold numbers.
    pub categorical: Option<ColumnNames>,
    /// Columns of a table whose categories have an order.
    pub ordinal: Option<OrdinalColumns>,
    /// Texts that mark a missing value in any feature column of a table.
    pub na_values: Option<ColumnNames>,
    /// How missing values of a table are filled; `None` means [`Impute::Median`].
    pub impute: Option<Impute>,
    /// The fraction of the user's own data to hold out as the test set, if it has none.
    pub test_fraction: Fraction,
    /// Train and validate on a stratified subset of this many training samples.
    pub limit: Option<Count>,
    /// What features are normalised by; `None` means the published values, or else `training`.
    pub normalise: Option<Normalise>,
    /// The maximum shift of training images in each direction, in pixels.
    pub shift: u64,
    /// Whether training images are mirrored left to right, with probability 1/2.
    pub flip: bool,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            set: DatasetKind::Known(KnownSet::MNIST),
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

/// The settings that determine which files are read, and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DataSource {
    /// The data set.
    pub set: DatasetKind,
    /// The file or folder of the user's own data.
    pub path: Option<NonEmptyString>,
    /// The column of a table that holds the classes.
    pub label: Option<NonEmptyString>,
    /// The settings of the other columns of a table.
    pub columns: ColumnSettings,
    /// The fraction to hold out as the test set, if the data has none.
    pub test_fraction: Fraction,
}

/// The sizes of a data set, which a plan needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DatasetInfo {
    /// Samples of the training set.
    pub training_samples: usize,
    /// Samples of the test set.
    pub test_samples: usize,
    /// Features of a sample.
    pub features: usize,
    /// The number of classes.
    pub classes: usize,
    /// Height, width and channels, if samples are images.
    pub image: Option<[usize; 3]>,
    /// Whether the test set was split off from the training set, by `data.test_fraction`.
    #[serde(rename = "test_was_taken")]
    pub test_split_from_training: bool,
}

impl Default for DatasetInfo {
    /// The sizes of MNIST, the default data set.
    fn default() -> Self {
        Self::known(KnownSet::MNIST)
    }
}

impl DatasetKind {
    /// The published sizes of a built-in data set; `None` for the user's data.
    pub fn info(self) -> Option<DatasetInfo> {
        match self {
            Self::Known(set) => Some(DatasetInfo::known(set)),
            Self::Table | Self::Images | Self::Idx | Self::Npy => None,
        }
    }
}

impl DatasetInfo {
    /// The published sizes of a data set known by name.
    pub(super) fn known(set: KnownSet) -> Self {
        Self {
            training_samples: set.training_samples,
            test_samples: set.test_samples,
            features: set.features(),
            classes: set.classes.len(),
            image: Some(set.image),
            test_split_from_training: false,
        }
    }
}

impl Data {
    /// What features are normalised by.
    pub fn normalisation(&self) -> Normalise {
        match (self.normalise, self.set.has_published_moments()) {
            (Some(chosen), _) => chosen,
            (None, true) => Normalise::Known,
            (None, false) => Normalise::Training,
        }
    }

    /// The settings that determine which files are read, and how.
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

    /// The first key for columns of a table that is set.
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

    /// Checks the settings that do not depend on the contents of files.
    ///
    /// # Errors
    /// The first conflict found.
    pub fn validate(&self) -> Result<(), Conflict> {
        let set = self.set;
        if set.is_builtin() && self.path.is_some() {
            return Err(Conflict {
                keys: &["data.path", "data.set"],
                message: format!("data.path has no effect: `{set}` is a built-in data set"),
                help: "to read your own files, set data.set to table, images, idx or npy; \
                       --data sets the folder of built-in data sets"
                    .to_owned(),
            });
        }
        if !set.is_builtin() && self.path.is_none() {
            return Err(Conflict {
                keys: &["data.set"],
                message: format!("`{set}` needs data.path, the path of your data"),
                help: match set {
                    DatasetKind::Table => "write path: iris.csv, for example".to_owned(),
                    _ => format!("write path: my-{set}, for example"),
                },
            });
        }
        if set == DatasetKind::Table && self.label.is_none() {
            return Err(Conflict {
                keys: &["data.set"],
                message: "`table` needs data.label, the column that holds the classes".to_owned(),
                help: "write label: species, for example".to_owned(),
            });
        }
        if set != DatasetKind::Table && self.label.is_some() {
            return Err(Conflict {
                keys: &["data.label", "data.set"],
                message: format!("data.label applies to a `table`, not to `{set}`"),
                help: "remove it".to_owned(),
            });
        }
        if set != DatasetKind::Table
            && let Some(keys) = self.column_key()
        {
            return Err(Conflict {
                keys,
                message: format!("{} applies to a `table`, not to `{set}`", keys[0]),
                help: "remove it".to_owned(),
            });
        }
        self.check_columns()?;
        if set.is_builtin() && self.test_fraction != Self::default().test_fraction {
            return Err(Conflict {
                keys: &["data.test_fraction", "data.set"],
                message: format!("data.test_fraction has no effect: `{set}` has a test set"),
                help: "remove it; to compare trials on held-out samples, set validation.holdout"
                    .to_owned(),
            });
        }
        if self.test_fraction.get() == 0.0 {
            return Err(Conflict {
                keys: &["data.test_fraction"],
                message: "data.test_fraction is 0, which leaves no test set".to_owned(),
                help: "set it to 0.2, for example".to_owned(),
            });
        }
        if !set.has_published_moments() && self.normalise == Some(Normalise::Known) {
            return Err(Conflict {
                keys: &["data.normalise", "data.set"],
                message: format!("no mean and standard deviation are published for `{set}`"),
                help: "set data.normalise to training or none, or remove it".to_owned(),
            });
        }
        Ok(())
    }

    /// Checks that the settings of columns do not contradict each other.
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
                    help: "remove it from this list".to_owned(),
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
                help: "remove it from one of them".to_owned(),
            });
        }
        Ok(())
    }

    /// Checks the settings that depend on the contents of files.
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
                message: "data.test_fraction has no effect: the data has a test set".to_owned(),
                help: "remove it".to_owned(),
            });
        }
        if self.shift == 0 && !self.flip {
            return Ok(());
        }
        let Some([height, width, _]) = info.image else {
            let keys: &[&str] = match self.shift {
                0 => &["data.flip", "data.set"],
                _ => &["data.shift", "data.set"],
            };
            return Err(Conflict {
                keys,
                message: format!(
                    "{} applies to images, but the samples are not images",
                    keys[0]
                ),
                help: "remove it".to_owned(),
            });
        };
        let max_shift = height.min(width) - 1;
        if self.shift > max_shift as u64 {
            return Err(Conflict {
                keys: &["data.shift"],
                message: format!(
                    "a shift of {} pixels would move images of {height} × {width} out of view",
                    self.shift
                ),
                help: format!("set at most {max_shift}"),
            });
        }
        Ok(())
    }
}
