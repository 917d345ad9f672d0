//! One of the data sets known by name.

use super::catalog::DEFINITIONS;
use super::known_dataset::KnownDataset;
use std::fmt;
use std::ops::Deref;

/// A data set known by name. It stands for its [`KnownDataset`], whose fields it has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KnownSet(u8);

impl KnownSet {
    /// The default data set.
    pub const MNIST: Self = Self(0);

    /// All data sets.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        (0..DEFINITIONS.len()).map(|index| Self(index as u8))
    }

    /// What is known of it.
    pub fn definition(self) -> &'static KnownDataset {
        DEFINITIONS[usize::from(self.0)]
    }

    /// The data set of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|set| set.name == name)
    }
}

impl Deref for KnownSet {
    type Target = KnownDataset;

    fn deref(&self) -> &KnownDataset {
        self.definition()
    }
}

impl fmt::Debug for KnownSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for KnownSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::Layout;
    use std::collections::BTreeSet;

    #[test]
    fn every_entry_is_complete() {
        assert_eq!(KnownSet::MNIST.name, "mnist");
        let names: BTreeSet<&str> = KnownSet::all().map(|set| set.name).collect();
        assert_eq!(names.len(), KnownSet::all().count(), "names are unique");
        for set in KnownSet::all() {
            assert_eq!(KnownSet::named(set.name), Some(set));
            assert!(
                set.classes.len() > 1 && !set.description.ends_with('.'),
                "{set}"
            );
            let classes: BTreeSet<&&str> = set.classes.iter().collect();
            assert_eq!(
                classes.len(),
                set.classes.len(),
                "{set}: classes are unique"
            );
            let channels = set.image[2];
            if let Some(moments) = &set.moments {
                assert_eq!(moments.mean.len(), channels, "{set}");
                assert_eq!(moments.standard_deviation.len(), channels, "{set}");
            }
            assert!(
                set.base_url.ends_with('/') && !set.licence.is_empty(),
                "{set}"
            );
            let [height, width, _] = set.image;
            let is_one_archive = match &set.layout {
                Layout::Idx(layout) => {
                    assert_eq!(channels, 1, "{set}");
                    assert!(!layout.is_transposed || height == width, "{set}");
                    layout.folder_in_archive.is_some()
                }
                Layout::Cifar(layout) => {
                    assert!(layout.label_bytes > 0, "{set}");
                    true
                }
            };
            assert_eq!(set.files.len(), if is_one_archive { 1 } else { 4 }, "{set}");
            let sums = set.files.iter().map(|file| Some(file.sha256));
            let unpacked: Vec<Option<&str>> = match &set.layout {
                Layout::Idx(layout) => layout.files.iter().map(|file| file.sha256).collect(),
                Layout::Cifar(layout) => layout.files().map(|file| file.sha256).collect(),
            };
            for sum in sums.chain(unpacked).flatten() {
                let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
                assert!(sum.len() == 64 && sum.bytes().all(is_digit), "{set}: {sum}");
            }
        }
    }
}
