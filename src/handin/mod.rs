//! Archives of a sweep for hand-in: what `pack` writes and `grade` reads. They hold the sweep file, the results, the
//! report, and a manifest with the hash of every file.

mod error;
mod limits;
mod manifest;
mod pack;
mod unpack;

pub use error::HandinError;
pub use manifest::{FileEntry, PackManifest, SWEEP_FILE};
pub use pack::{PackedFile, pack};
pub use unpack::{FileFinding, Unpacked, unpack};
