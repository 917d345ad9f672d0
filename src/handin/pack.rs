//! Writes an archive.

use super::error::HandinError;
use super::limits::{MAX_FILE_BYTES, MAX_FILES, MAX_TAR_BYTES};
use super::manifest::{FORMAT, FileEntry, MANIFEST_FILE, PackManifest};
use crate::record::Program;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// A file to pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedFile {
    /// Its path in the archive, with `/` between the parts.
    pub path: String,
    /// Its contents.
    pub contents: Vec<u8>,
}

/// The bytes of the archive (tar, gzip) of a sweep: equal files give equal bytes. All files are in a folder with the
/// name of the sweep, the manifest first.
///
/// # Errors
/// A path is too long for the format.
pub fn pack(sweep: &str, files: &[PackedFile]) -> Result<Vec<u8>, HandinError> {
    let program = Program::current();
    let entry = |file: &PackedFile| (file.path.clone(), FileEntry::of(&file.contents));
    let manifest = PackManifest {
        format: FORMAT,
        sweep: sweep.to_owned(),
        version: program.version.to_owned(),
        commit: program.commit.to_owned(),
        files: files.iter().map(entry).collect::<BTreeMap<_, _>>(),
    };
    let manifest = PackedFile {
        path: MANIFEST_FILE.to_owned(),
        contents: serde_json::to_vec_pretty(&manifest).map_err(|error| HandinError::Io {
            action: "pack",
            path: MANIFEST_FILE.into(),
            error: error.into(),
        })?,
    };
    refuse_excess(sweep, files)?;
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for file in std::iter::once(&manifest).chain(files) {
        let path = Path::new(sweep).join(&file.path);
        append(&mut archive, &path, &file.contents).map_err(|error| HandinError::Io {
            action: "pack",
            path,
            error,
        })?;
    }
    let compressed = archive.into_inner().and_then(GzEncoder::finish);
    compressed.map_err(|error| HandinError::Io {
        action: "pack",
        path: sweep.into(),
        error,
    })
}

/// Refuses files that `unpack` would refuse.
fn refuse_excess(sweep: &str, files: &[PackedFile]) -> Result<(), HandinError> {
    /// A header and the padding of its file, each at most a block of 512 bytes, twice for a long name.
    const OVERHEAD_BYTES: u64 = 4 * 512;
    let sizes = files.iter().map(|file| file.contents.len() as u64);
    let total: u64 = sizes.clone().map(|size| size + OVERHEAD_BYTES).sum();
    let largest = sizes.max().unwrap_or(0);
    if files.len() < MAX_FILES && total < MAX_TAR_BYTES && largest <= MAX_FILE_BYTES {
        return Ok(());
    }
    Err(HandinError::TooLarge {
        sweep: sweep.to_owned(),
        files: files.len(),
        bytes: total,
    })
}

fn append<W: Write>(
    archive: &mut tar::Builder<W>,
    path: &Path,
    contents: &[u8],
) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(contents.len() as u64);
    header.set_mode(0o644);
    // No owner and no time: equal files give equal bytes.
    header.set_mtime(0);
    archive.append_data(&mut header, path, contents)
}
