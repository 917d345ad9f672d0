//! Files that the user names, which may be more than files.

use crate::cli::errors::CliError;
use crate::record::{RecordError, write_atomically};
use std::fs::OpenOptions;
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes to the file that `path` names, or to the one that it links to, whole or not at all. What is
/// there and is no file, such as a pipe or a device, is written to and stays what it is.
///
/// # Errors
/// A place that cannot be written to, a full disk.
pub(crate) fn write_output(path: &Path, contents: &[u8]) -> Result<(), CliError> {
    let target = resolve_links(path).map_err(cannot_write(path))?;
    match std::fs::metadata(&target) {
        Ok(about) if !about.is_file() => {
            write_to_special_file(&target, contents).map_err(cannot_write(path))
        }
        _ => write_atomically(&target, contents).map_err(CliError::BeforeStart),
    }
}

/// What a path leads to when its last part is a link, or a link to a link; there need not be anything.
fn resolve_links(path: &Path) -> std::io::Result<PathBuf> {
    /// As many as Linux follows.
    const MAX_LINKS: usize = 40;
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        match target.read_link() {
            // A link that is not absolute begins in the folder that it stands in.
            Ok(link) => target = target.parent().unwrap_or(Path::new("")).join(link),
            Err(_) => return Ok(target),
        }
    }
    Err(Error::other("too many links lead from one to the next"))
}

/// Writes to what is no file. A reader that has seen enough, such as `head`, is no error.
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
