//! The data sets of a sweep: where they are found, read once, and known by their contents.

use super::coverage::untrained_classes;
use super::dataset::Dataset;
use super::error::DataError;
use super::official::{FASHION_MNIST, MNIST};
use super::{cifar10, mnist};
use crate::spec::{Config, Data, DataSet, DataSource, Facts};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The data sets of a sweep.
#[derive(Debug)]
pub struct Library {
    folders: Vec<PathBuf>,
    starts: Vec<PathBuf>,
    loaded: RefCell<HashMap<DataSource, Loaded>>,
}

#[derive(Clone, Debug)]
struct Loaded {
    dataset: Arc<Dataset>,
    fingerprint: String,
    warnings: Vec<String>,
}

impl Library {
    /// A library that looks for the data sets known by name in `folders`, and for the user's own
    /// data from each of `starts`, the first that has it.
    pub fn new(folders: Vec<PathBuf>, starts: Vec<PathBuf>) -> Self {
        Self {
            folders,
            starts,
            loaded: RefCell::default(),
        }
    }

    /// What a plan needs to know of a data set. The user's own data is loaded for it.
    ///
    /// # Errors
    /// The user's own data cannot be used.
    pub fn facts(&self, data: &Data) -> Result<Facts, DataError> {
        match (data.set, data.set.facts()) {
            (DataSet::Cifar10, _) => Ok(cifar10::facts(&self.folders)),
            (_, Some(known)) => Ok(known),
            _ => Ok(self.loaded(data)?.dataset.facts()),
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
    /// As [`Library::load`], but for data sets whose contents are known beforehand.
    pub fn fingerprint(&self, data: &Data) -> Result<String, DataError> {
        match data.set {
            DataSet::Mnist => Ok(mnist::fingerprint(&MNIST)),
            DataSet::FashionMnist => Ok(mnist::fingerprint(&FASHION_MNIST)),
            _ => Ok(self.loaded(data)?.fingerprint),
        }
    }

    /// What may be wrong with the user's own data, as these configurations use it; each said once.
    /// Data that cannot be read is told of where it is needed.
    pub fn warnings<'a>(&self, configs: impl Iterator<Item = &'a Config>) -> Vec<String> {
        let mut known = HashSet::new();
        let mut warnings: Vec<String> = Vec::new();
        for config in configs.filter(|config| !config.data.set.is_named()) {
            if !known.insert((&config.data, &config.validation)) {
                continue;
            }
            let Ok(loaded) = self.loaded(&config.data) else {
                continue;
            };
            let untrained = untrained_classes(&loaded.dataset, config);
            for warning in loaded.warnings.into_iter().chain(untrained) {
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
        warnings
    }

    fn loaded(&self, data: &Data) -> Result<Loaded, DataError> {
        let source = data.source();
        if let Some(known) = self.loaded.borrow().get(&source) {
            return Ok(known.clone());
        }
        let (dataset, warnings) = match &data.path {
            None => (super::load(data.set, &self.folders)?, Vec::new()),
            Some(path) => super::load_own(&source, &self.find(path.as_str())?)?,
        };
        let loaded = Loaded {
            fingerprint: dataset.fingerprint(),
            dataset: Arc::new(dataset),
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
        let found = looked.iter().position(|place| place.exists());
        match found {
            Some(index) => Ok(looked.swap_remove(index)),
            None => Err(DataError::NotFound { looked }),
        }
    }
}
