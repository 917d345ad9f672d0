//! Contents of a folder, and paths relative to it.

use std::io::Result;
use std::path::{Path, PathBuf};

/// Names of a validation part. It is refused, because validation samples come from the training part.
pub(crate) const VALIDATION_NAMES: [&str; 4] = ["val", "valid", "validation", "dev"];

/// The paths in a folder, sorted.
///
/// # Errors
/// A folder that cannot be read.
pub(crate) fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?;
    let paths: Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths?;
    paths.sort_unstable();
    Ok(paths)
}

/// The name of a file or folder, for comparisons: characters that are not UTF-8 are replaced.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// A path relative to a folder, for messages.
pub(crate) fn relative(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    below.display().to_string()
}
