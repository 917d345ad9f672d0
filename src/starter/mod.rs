//! Starter projects: what `tp-sweep init` writes. Pure: files by name, with their contents.

mod course;
mod file;
mod kind;
mod project;
mod shapes;
mod single;

pub use file::StarterFile;
pub use kind::StarterKind;
