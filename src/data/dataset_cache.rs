//! The data sets of a sweep: found, read once, and identified by a hash of their contents.

use super::catalog::load_known::{constant_fingerprint, find_dataset, known_info};
use super::error::DataError;
use super::folder::list;
use super::load::{LoadedDataset, load, load_custom};
use super::quality::class_coverage::{may_leave_untrained, untrained_classes};
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
    /// The folders of the data sets known by name.
    folders: Vec<PathBuf>,
    /// The folders to which `data.path` is relative, in the order of preference.
    base_folders: Vec<PathBuf>,
    loaded: RefCell<HashMap<DataSource, Loaded>>,
    /// Data sets that earlier results recorded, whose files may be gone.
    recorded: Vec<RecordedDataset>,
    /// Why recorded data sets could not be read.
    read_failures: RefCell<BTreeSet<String>>,
}

#[derive(Clone, Debug)]
struct Loaded {
    dataset: Arc<Dataset>,
    fingerprint: String,
    notes: Vec<ColumnNote>,
    warnings: Vec<DataWarning>,
}

impl DatasetCache {
    /// A cache that searches `folders` for data sets known by name, and `base_folders` for the user's data.
    pub fn new(folders: Vec<PathBuf>, base_folders: Vec<PathBuf>) -> Self {
        Self {
            folders,
            base_folders,
            loaded: RefCell::default(),
            recorded: Vec::new(),
            read_failures: RefCell::default(),
        }
    }

    /// Falls back to `recorded` if the files of a data set cannot be read.
    pub fn with_recorded(self, recorded: Vec<RecordedDataset>) -> Self {
        Self { recorded, ..self }
    }

    /// Why data sets could not be read for which recorded information was used.
    pub fn read_failures(&self) -> Vec<String> {
        self.read_failures.borrow().iter().cloned().collect()
    }

    /// What a plan needs to know about a data set. The user's data is loaded for it.
    ///
    /// # Errors
    /// The user's data cannot be used.
    pub fn info(&self, data: &Data) -> Result<DatasetInfo, DataError> {
        match data.set {
            DatasetKind::Known(set) => match self.recorded_of(data) {
                Some(recorded) if self.find_files(data).is_err() => Ok(recorded.dataset_info),
                _ => Ok(known_info(set, &self.folders)),
            },
            _ => {
                self.refuse_offsets(data)?;
                self.loaded_or_recorded(
                    data,
                    |loaded| loaded.dataset.info(),
                    |recorded| recorded.dataset_info,
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
                    "column `{}`: 32-bit floats cannot distinguish its values; set data.normalise: training, \
                     which subtracts an offset first, or subtract an offset such as {}",
                    column.name, column.offset
                ),
            }),
        }
    }

    /// A data set with its test part.
    ///
    /// # Errors
    /// Files that are missing, unreadable, damaged, or not in the format that the settings name.
    pub fn load(&self, data: &Data) -> Result<Arc<Dataset>, DataError> {
        Ok(self.loaded(data)?.dataset)
    }

    /// A hash of the data set's contents, for the hashes of runs.
    ///
    /// # Errors
    /// As [`DatasetCache::load`], except for data sets whose hash is constant or recorded.
    pub fn fingerprint(&self, data: &Data) -> Result<String, DataError> {
        let constant = match data.set {
            DatasetKind::Known(set) => constant_fingerprint(set),
            _ => None,
        };
        match constant {
            Some(fingerprint) => Ok(fingerprint),
            None => self.loaded_or_recorded(
                data,
                |loaded| loaded.fingerprint.clone(),
                |recorded| recorded.fingerprint.clone(),
            ),
        }
    }

    /// A summary of the contents of a data set, read or recorded.
    ///
    /// # Errors
    /// As [`DatasetCache::load`], if no contents are recorded.
    pub fn contents(&self, data: &Data) -> Result<RecordedContents, DataError> {
        match self.loaded(data) {
            Ok(loaded) => Ok(loaded.dataset.contents()),
            Err(error) => {
                let recorded = self.recorded_of(data);
                let contents = recorded.and_then(|recorded| recorded.contents.clone());
                contents.ok_or(error)
            }
        }
    }

    /// The user's data files: the path in the settings and, if it is a folder, the files in it.
    pub fn user_files(&self, data: &Data) -> Vec<PathBuf> {
        let found = data
            .path
            .as_ref()
            .and_then(|path| self.find(path.as_str()).ok());
        let Some(found) = found else {
            return Vec::new();
        };
        let inside = list(&found).unwrap_or_default();
        std::iter::once(found).chain(inside).collect()
    }

    /// The record of a data set. If its files have been read, it includes its contents and the warnings about it as
    /// these configurations use it.
    ///
    /// # Errors
    /// As [`DatasetCache::fingerprint`].
    pub fn to_known_data<'a>(
        &self,
        data: &Data,
        configs: impl Iterator<Item = &'a Config>,
    ) -> Result<RecordedDataset, DataError> {
        let source = data.source();
        let (fingerprint, info) = (self.fingerprint(data)?, self.info(data)?);
        let warnings = self.warnings(configs.filter(|config| config.data.source() == source));
        let loaded = self.loaded.borrow();
        let contents = loaded.get(&source).map(|loaded| RecordedContents {
            warnings,
            notes: loaded.notes.clone(),
            ..loaded.dataset.contents()
        });
        Ok(RecordedDataset::new(&source, fingerprint, info, contents))
    }

    /// Checks that the files of a data set exist. Those of a data set known by name are not read.
    ///
    /// # Errors
    /// Missing files; user data that cannot be used.
    pub fn find_files(&self, data: &Data) -> Result<(), DataError> {
        match data.set {
            DatasetKind::Known(set) if find_dataset(set, &self.folders).is_some() => Ok(()),
            _ => self.loaded(data).map(drop),
        }
    }

    fn recorded_of(&self, data: &Data) -> Option<&RecordedDataset> {
        let source = data.source();
        self.recorded
            .iter()
            .find(|known| known.matches_source(&source))
    }

    /// What `from_loaded` returns for the loaded data set, else what `from_recorded` returns for the recorded one.
    fn loaded_or_recorded<T>(
        &self,
        data: &Data,
        from_loaded: impl Fn(&Loaded) -> T,
        from_recorded: impl Fn(&RecordedDataset) -> T,
    ) -> Result<T, DataError> {
        let error = match self.loaded(data) {
            Ok(loaded) => return Ok(from_loaded(&loaded)),
            Err(error) => error,
        };
        match self.recorded_of(data) {
            Some(recorded) => {
                let mut failures = self.read_failures.borrow_mut();
                failures.insert(error.to_string());
                Ok(from_recorded(recorded))
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

    /// What the columns of the table that these configurations use become; empty if they use several data sets.
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
                let contents = self.recorded_contents(first);
                contents.map_or_else(Vec::new, |contents| contents.notes.clone())
            }
        }
    }

    /// Distinct warnings about data sets, as these configurations use them. If data cannot be read, they are the recorded
    /// ones. A data set known by name is read only if a class may have too few samples.
    pub fn warnings<'a>(&self, configs: impl Iterator<Item = &'a Config>) -> Vec<DataWarning> {
        let mut seen = HashSet::new();
        let mut warnings: Vec<DataWarning> = Vec::new();
        let may_warn =
            |config: &&Config| !config.data.set.is_builtin() || may_leave_untrained(config);
        for config in configs.filter(may_warn) {
            if !seen.insert((&config.data, &config.validation)) {
                continue;
            }
            let found = match self.loaded(&config.data) {
                Ok(loaded) => {
                    let untrained = untrained_classes(&loaded.dataset, config);
                    loaded.warnings.into_iter().chain(untrained).collect()
                }
                Err(_) => self.recorded_warnings(&config.data),
            };
            for warning in found {
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
        warnings
    }

    fn recorded_warnings(&self, data: &Data) -> Vec<DataWarning> {
        let contents = self.recorded_contents(data);
        contents.map_or_else(Vec::new, |contents| contents.warnings.clone())
    }

    fn recorded_contents(&self, data: &Data) -> Option<&RecordedContents> {
        self.recorded_of(data)?.contents.as_ref()
    }

    fn loaded(&self, data: &Data) -> Result<Loaded, DataError> {
        let source = data.source();
        if let Some(loaded) = self.loaded.borrow().get(&source) {
            return Ok(loaded.clone());
        }
        let LoadedDataset {
            dataset,
            notes,
            warnings,
        } = match &data.path {
            None => LoadedDataset {
                dataset: load(data.set, &self.folders)?,
                notes: Vec::new(),
                warnings: Vec::new(),
            },
            Some(path) => load_custom(&source, &self.find(path.as_str())?)?,
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

    /// The path of the user's file or folder: below the first base folder that has it, or below the home folder.
    fn find(&self, path: &str) -> Result<PathBuf, DataError> {
        let mut searched: Vec<PathBuf> = if Path::new(path).is_absolute() {
            vec![PathBuf::from(path)]
        } else {
            let folders = self.base_folders.iter();
            folders.map(|folder| folder.join(path)).collect()
        };
        // The shell expands `~` only in arguments.
        searched.extend(expand_home(path, std::env::home_dir().as_deref()));
        match searched.iter().position(|path| path.exists()) {
            Some(index) => Ok(searched.swap_remove(index)),
            None => Err(DataError::NotFound { searched }),
        }
    }
}

/// The path below the home folder for a path that starts with `~/`.
fn expand_home(path: &str, home: Option<&Path>) -> Option<PathBuf> {
    let rest = path.strip_prefix('~')?;
    let rest = rest.strip_prefix(std::path::is_separator)?;
    home.map(|home| home.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_stands_for_the_home_folder_at_the_start_alone() {
        let below = |path: &str| expand_home(path, Some(Path::new("/home/me")));
        assert_eq!(below("~/data/a.csv"), Some("/home/me/data/a.csv".into()));
        for path in ["~", "~other/a.csv", "data/~/a.csv", "/a.csv", ""] {
            assert_eq!(below(path), None, "{path}");
        }
        assert_eq!(expand_home("~/a.csv", None), None);
    }
}
