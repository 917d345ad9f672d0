//! `tp-sweep init`: a folder to start from.

use crate::cli::arguments::InitArguments;
use crate::cli::errors::CliError;
use crate::cli::messages::{print, with_count};
use crate::record::{RecordError, write_atomically};
use crate::starter::StarterFile;
use std::fmt::Write;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Writes the files of a starter project; returns the exit code. Files that are already there with the
/// same contents are left alone.
///
/// # Errors
/// A file is there with other contents, and then nothing is written, or the folder cannot be written.
pub(crate) fn init(arguments: &InitArguments) -> Result<u8, CliError> {
    let folder = &arguments.folder;
    let mut missing = Vec::new();
    let mut different = Vec::new();
    for file in arguments.kind.files(arguments.language) {
        let path = folder.join(&file.path);
        match std::fs::read(&path) {
            Ok(contents) if contents == file.contents => {}
            Ok(_) => different.push(path),
            Err(error) if error.kind() == ErrorKind::NotFound => missing.push(file),
            Err(source) => return Err(cannot("read", &path, source)),
        }
    }
    if !different.is_empty() {
        return Err(CliError::WouldReplaceFiles(different));
    }
    for file in &missing {
        write(folder, file)?;
    }
    print(&message(arguments, missing.len()))?;
    Ok(0)
}

fn write(folder: &Path, file: &StarterFile) -> Result<(), CliError> {
    let path = folder.join(&file.path);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|source| cannot("create", parent, source))?;
    }
    write_atomically(&path, &file.contents).map_err(CliError::BeforeStart)
}

fn cannot(action: &'static str, path: &Path, source: std::io::Error) -> CliError {
    CliError::BeforeStart(RecordError {
        action,
        path: path.to_owned(),
        source,
    })
}

/// What was written, and what to do next.
fn message(arguments: &InitArguments, written: usize) -> String {
    let here = Path::new(".");
    let folder: PathBuf = arguments.folder.components().collect();
    let place = match folder.as_path() {
        folder if folder == here => "this folder".to_owned(),
        folder => folder.display().to_string(),
    };
    let mut text = match written {
        0 => format!("{place} already has these files\n"),
        written => format!("wrote {} to {place}\n", with_count(written, "file")),
    };
    let _ = writeln!(text, "\nRead README.md there, or start with:\n");
    if folder != here {
        let _ = writeln!(
            text,
            "    cd {}",
            shlex::try_quote(&place).unwrap_or_default()
        );
    }
    let sweep = arguments.kind.first_sweep();
    let _ = writeln!(text, "    tp-sweep {}", sweep.display());
    let _ = writeln!(text, "    tp-sweep open {}", sweep.display());
    text
}
