//! The data sets of a sweep: where they are found, read once, and known by their contents.

use super::Read;
use super::catalog::known_dataset::{FASHION_MNIST, KnownDataset, MNIST};
use super::catalog::{cifar10, mnist};
use super::error::DataError;
use super::found;
use super::quality::coverage::{may_leave_untrained, untrained_classes};
use super::samples::dataset::Dataset;
use crate::spec::{
    ColumnNote, Config, Data, DataRemarks, DataSource, DataWarning, DatasetInfo, DatasetKind,
    NonEmptyString, Normalise, RecordedContents, RecordedDataset,
};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The data sets of a sweep.
#[derive(Debug)]
pub struct DatasetCache {
    folders: Vec<PathBuf>,
    starts: Vec<PathBuf>,
    loaded: RefCell<HashMap<DataSource, Loaded>>,
    /// What is known of data sets whose files may be gone.
    known: Vec<RecordedDataset>,
    /// Why data sets were not read that are known without their files.
    unread: RefCell<BTreeSet<String>>,
}

#[derive(Clone, Debug)]
struct Loaded {
    dataset: Arc<Dataset>,
    fingerprint: String,
    notes: Vec<ColumnNote>,
    warnings: Vec<DataWarning>,
}

impl DatasetCache {
    /// A library that looks for the data sets known by name in `folders`, and for the user's own
    /// data from each of `starts`, the first that has it.
    pub fn new(folders: Vec<PathBuf>, starts: Vec<PathBuf>) -> Self {
        Self {
            folders,
            starts,
            loaded: RefCell::default(),
            known: Vec::new(),
            unread: RefCell::default(),
        }
    }

    /// The same library, which answers from `known` where the files of a data set cannot be read.
    pub fn knowing(self, known: Vec<RecordedDataset>) -> Self {
        Self { known, ..self }
    }

    /// Why data sets were not read that are known without their files.
    pub fn unread(&self) -> Vec<String> {
        self.unread.borrow().iter().cloned().collect()
    }

    /// What a plan needs to know of a data set. The user's own data is loaded for it.
    ///
    /// # Errors
    /// The user's own data cannot be used.
    pub fn facts(&self, data: &Data) -> Result<DatasetInfo, DataError> {
        match (data.set, data.set.info()) {
            (DatasetKind::Cifar10, _) => match self.known_of(data) {
                Some(known) if self.find_files(data).is_err() => Ok(known.dataset_info),
                _ => Ok(cifar10::facts(&self.folders)),
            },
            (_, Some(known)) => Ok(known),
            _ => {
                self.refuse_offsets(data)?;
                self.loaded_or_known(
                    data,
                    |loaded| loaded.dataset.facts(),
                    |known| known.dataset_info,
                )
            }
        }
    }

    /// Refuses columns that need an offset if `data.normalise: none` excludes one.
    fn refuse_offsets(&self, data: &Data) -> Result<(), DataError> {
        if data.normalisation() != Normalise::None {
            return Ok(());
        }
        let Ok(loaded) = self.loaded(data) else {
            return Ok(());
        };
        let encoding = loaded.dataset.encoding.iter();
        let mut columns = encoding.flat_map(|encoding| &encoding.columns);
        match columns.find(|column| column.offset != 0.0) {
            None => Ok(()),
            Some(column) => Err(DataError::Unusable {
                path: data.path.iter().map(NonEmptyString::as_str).collect(),
                reason: format!(
                    "column `{}`: its values lie too close together for their size, and networks \
                     compute in 32 bits: set data.normalise: training, which shifts them first, or \
                     subtract an offset such as {}",
                    column.name, column.offset
                ),
            }),
        }
    }

    /// A data set, with its test part.
    ///
    /// # Errors
    /// Files that are missing, unreadable, damaged, or not in the form that is said of them.
    pub fn load(&self, data: &Data) -> Result<Arc<Dataset>, DataError> {
        Ok(self.loaded(data)?.dataset)
    }

    /// A hash of the data set's contents, for the identity of runs.
    ///
    /// # Errors
    /// As [`DatasetCache::load`], but for data sets whose contents are known beforehand.
    pub fn fingerprint(&self, data: &Data) -> Result<String, DataError> {
        match data.set {
            DatasetKind::Mnist => Ok(mnist::fingerprint(&MNIST)),
            DatasetKind::FashionMnist => Ok(mnist::fingerprint(&FASHION_MNIST)),
            _ => self.loaded_or_known(
                data,
                |loaded| loaded.fingerprint.clone(),
                |known| known.fingerprint.clone(),
            ),
        }
    }

    /// What is known of a data set once its files have been read.
    ///
    /// # Errors
    /// As [`DatasetCache::load`], where the contents are not known either.
    pub fn contents(&self, data: &Data) -> Result<RecordedContents, DataError> {
        match self.loaded(data) {
            Ok(loaded) => Ok(loaded.dataset.contents()),
            Err(error) => {
                let known = self.known_of(data);
                known.and_then(|known| known.contents.clone()).ok_or(error)
            }
        }
    }

    /// The user's own files: the one that is named, or those in the folder that is.
    pub fn own_files(&self, data: &Data) -> Vec<PathBuf> {
        let found = data
            .path
            .as_ref()
            .and_then(|path| self.find(path.as_str()).ok());
        let Some(found) = found else {
            return Vec::new();
        };
        let entries = std::fs::read_dir(&found).into_iter().flatten().flatten();
        let inside = entries.map(|entry| entry.path());
        [found.clone()].into_iter().chain(inside).collect()
    }

    /// What there is to remember of a data set: its contents where its files have been read, with
    /// what may be wrong with it as these configurations use it.
    ///
    /// # Errors
    /// As [`DatasetCache::fingerprint`].
    pub fn to_remember<'a>(
        &self,
        data: &Data,
        configs: impl Iterator<Item = &'a Config>,
    ) -> Result<RecordedDataset, DataError> {
        let source = data.source();
        let (fingerprint, facts) = (self.fingerprint(data)?, self.facts(data)?);
        let warnings = self.warnings(configs.filter(|config| config.data.source() == source));
        let loaded = self.loaded.borrow();
        let contents = loaded.get(&source).map(|loaded| RecordedContents {
            warnings,
            notes: loaded.notes.clone(),
            ..loaded.dataset.contents()
        });
        Ok(RecordedDataset::new(&source, fingerprint, facts, contents))
    }

    /// Whether the files of a data set are where they are looked for: those of one known by name are
    /// not read for it.
    ///
    /// # Errors
    /// Files that are missing; the user's own data that cannot be used.
    pub fn find_files(&self, data: &Data) -> Result<(), DataError> {
        match KnownDataset::of(data.set) {
            Some(official) if found(official, &self.folders).is_none() => {
                self.loaded(data).map(drop)
            }
            Some(_) => Ok(()),
            None => self.loaded(data).map(drop),
        }
    }

    fn known_of(&self, data: &Data) -> Option<&RecordedDataset> {
        let source = data.source();
        self.known
            .iter()
            .find(|known| known.matches_source(&source))
    }

    fn loaded_or_known<T>(
        &self,
        data: &Data,
        from_loaded: impl Fn(&Loaded) -> T,
        from_known: impl Fn(&RecordedDataset) -> T,
    ) -> Result<T, DataError> {
        let error = match self.loaded(data) {
            Ok(loaded) => return Ok(from_loaded(&loaded)),
            Err(error) => error,
        };
        match self.known_of(data) {
            Some(known) => {
                self.unread.borrow_mut().insert(error.to_string());
                Ok(from_known(known))
            }
            None => Err(error),
        }
    }

    /// Notes and warnings about data sets, as these configurations use them.
    pub fn remarks<'a>(&self, configs: impl Iterator<Item = &'a Config> + Clone) -> DataRemarks {
        DataRemarks {
            notes: self.notes(configs.clone()),
            warnings: self.warnings(configs),
        }
    }

    /// What the columns of the one table that these configurations use become; nothing if they use
    /// several.
    fn notes<'a>(&self, mut configs: impl Iterator<Item = &'a Config>) -> Vec<ColumnNote> {
        let Some(first) = configs.next().map(|config| &config.data) else {
            return Vec::new();
        };
        let source = first.source();
        if first.set.is_builtin() || !configs.all(|config| config.data.source() == source) {
            return Vec::new();
        }
        match self.loaded(first) {
            Ok(loaded) => loaded.notes,
            Err(_) => {
                let known = self
                    .known_of(first)
                    .and_then(|known| known.contents.as_ref());
                known.map_or_else(Vec::new, |contents| contents.notes.clone())
            }
        }
    }

    /// Warnings about data sets, as these configurations use them; each once. For data that cannot be
    /// read they are those that the results keep. Data sets known by name are read only if few samples
    /// of a class are left.
    pub fn warnings<'a>(&self, configs: impl Iterator<Item = &'a Config>) -> Vec<DataWarning> {
        let mut known = HashSet::new();
        let mut warnings: Vec<DataWarning> = Vec::new();
        let may_warn =
            |config: &&Config| !config.data.set.is_builtin() || may_leave_untrained(config);
        for config in configs.filter(may_warn) {
            if !known.insert((&config.data, &config.validation)) {
                continue;
            }
            let found = match self.loaded(&config.data) {
                Ok(loaded) => {
                    let untrained = untrained_classes(&loaded.dataset, config);
                    loaded.warnings.into_iter().chain(untrained).collect()
                }
                Err(_) => self.known_warnings(&config.data),
            };
            for warning in found {
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
        warnings
    }

    fn known_warnings(&self, data: &Data) -> Vec<DataWarning> {
        let known = self
            .known_of(data)
            .and_then(|known| known.contents.as_ref());
        known.map_or_else(Vec::new, |contents| contents.warnings.clone())
    }

    fn loaded(&self, data: &Data) -> Result<Loaded, DataError> {
        let source = data.source();
        if let Some(known) = self.loaded.borrow().get(&source) {
            return Ok(known.clone());
        }
        let Read {
            dataset,
            notes,
            warnings,
        } = match &data.path {
            None => Read {
                dataset: super::load(data.set, &self.folders)?,
                notes: Vec::new(),
                warnings: Vec::new(),
            },
            Some(path) => super::load_own(&source, &self.find(path.as_str())?)?,
        };
        let loaded = Loaded {
            fingerprint: dataset.fingerprint(),
            dataset: Arc::new(dataset),
            notes,
            warnings,
        };
        self.loaded.borrow_mut().insert(source, loaded.clone());
        Ok(loaded)
    }

    /// The user's file or folder.
    fn find(&self, path: &str) -> Result<PathBuf, DataError> {
        let mut looked: Vec<PathBuf> = match Path::new(path).is_absolute() {
            true => vec![PathBuf::from(path)],
            false => self.starts.iter().map(|start| start.join(path)).collect(),
        };
        // No shell has replaced it.
        looked.extend(below_home(path, std::env::home_dir().as_deref()));
        let found = looked.iter().position(|place| place.exists());
        match found {
            Some(index) => Ok(looked.swap_remove(index)),
            None => Err(DataError::NotFound { looked }),
        }
    }
}

/// A path that starts with `~/` below this home folder.
fn below_home(path: &str, home: Option<&Path>) -> Option<PathBuf> {
    let rest = path.strip_prefix('~')?;
    let rest = rest.strip_prefix(std::path::is_separator)?;
    home.map(|home| home.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_stands_for_the_home_folder_at_the_start_alone() {
        let below = |path: &str| below_home(path, Some(Path::new("/home/me")));
        assert_eq!(below("~/data/a.csv"), Some("/home/me/data/a.csv".into()));
        for path in ["~", "~other/a.csv", "data/~/a.csv", "/a.csv", ""] {
            assert_eq!(below(path), None, "{path}");
        }
        assert_eq!(below_home("~/a.csv", None), None);
    }
}
