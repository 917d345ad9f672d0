//! Output files named by the user, which may be links, pipes or devices.

use crate::cli::errors::CliError;
use crate::record::{RecordError, write_atomically};
use std::fs::OpenOptions;
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes atomically to the file at `path`, or to the target of the link there. A pipe or a device is
/// written in place.
///
/// # Errors
/// The path cannot be written, or the disk is full.
pub(crate) fn write_output(path: &Path, contents: &[u8]) -> Result<(), CliError> {
    let target = resolve_links(path).map_err(cannot_write(path))?;
    match std::fs::metadata(&target) {
        Ok(about) if !about.is_file() => {
            write_to_special_file(&target, contents).map_err(cannot_write(path))
        }
        _ => write_atomically(&target, contents).map_err(CliError::BeforeStart),
    }
}

/// Follows a chain of links from `path`; the final target need not exist.
fn resolve_links(path: &Path) -> std::io::Result<PathBuf> {
    /// The limit of Linux.
    const MAX_LINKS: usize = 40;
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        match target.read_link() {
            // A relative link is relative to the folder that contains it.
            Ok(link) => target = target.parent().unwrap_or(Path::new("")).join(link),
            Err(_) => return Ok(target),
        }
    }
    Err(Error::other("too many levels of symbolic links"))
}

/// Writes to a pipe or a device. A pipe closed by its reader, such as `head`, is not an error.
fn write_to_special_file(path: &Path, contents: &[u8]) -> std::io::Result<()> {
    let mut open = OpenOptions::new().write(true).open(path)?;
    match open.write_all(contents).and_then(|()| open.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn cannot_write(path: &Path) -> impl FnOnce(Error) -> CliError + use<'_> {
    move |source| {
        CliError::BeforeStart(RecordError {
            action: "write",
            path: path.to_owned(),
            source,
        })
    }
}
