//! Starter projects: what `tp-sweep init` writes. Pure: files by name, with their contents.

mod course;
mod project;
mod shapes;
mod single;

pub use project::{StarterFile, StarterKind};
