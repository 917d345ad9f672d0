//! The data sets known by name: what a plan needs to know of each, and where its files come from.
//!
//! A data set is one file in `catalog`. Its files are read by `data`, which has a reader for each [`Layout`].

mod catalog;
mod known_dataset;
mod known_set;
mod layout;

pub use known_dataset::{KnownDataset, KnownFile, Moments};
pub use known_set::KnownSet;
pub use layout::{CifarFiles, IdxFiles, Layout, UnpackedFile};
