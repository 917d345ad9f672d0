//! Reads an archive, which may be damaged or malicious.

use super::error::HandinError;
use super::limits::{MAX_FILE_BYTES, MAX_FILES, MAX_TAR_BYTES};
use super::manifest::{FORMAT, FileEntry, MANIFEST_FILE, PackManifest};
use crate::bounded_io::catch_reader_panic;
use flate2::read::MultiGzDecoder;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Component, Path, PathBuf};

/// An unpacked archive.
#[derive(Clone, Debug)]
pub struct Unpacked {
    /// Its manifest.
    pub manifest: PackManifest,
    /// The folder of the sweep's files.
    pub folder: PathBuf,
    /// The files that are not as the manifest describes them.
    pub findings: Vec<FileFinding>,
}

/// A file that is not as the manifest describes it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFinding {
    /// It has other contents.
    #[error("{path} was changed: BLAKE3 {found}, {expected} when it was packed")]
    Changed {
        /// Its path.
        path: String,
        /// The hash of its contents.
        found: String,
        /// That of the manifest.
        expected: String,
    },
    /// The archive does not have it.
    #[error("{0} is missing")]
    Missing(String),
    /// The manifest does not have it.
    #[error("{0} was added")]
    Added(String),
}

/// Unpacks an archive below `into`, which is empty, and compares its files with its manifest.
///
/// # Errors
/// The archive cannot be read, has no manifest of this version, is too large, or has files that are not regular or
/// outside of its folder.
pub fn unpack(archive: &Path, into: &Path) -> Result<Unpacked, HandinError> {
    let not_a_pack = |reason: String| HandinError::NotAPack {
        path: archive.to_owned(),
        reason,
    };
    let damaged = |error: std::io::Error| not_a_pack(format!("a damaged archive ({error})"));
    let read = |error| HandinError::Io {
        action: "read",
        path: archive.to_owned(),
        error,
    };
    let metadata = std::fs::metadata(archive).map_err(read)?;
    if !metadata.is_file() {
        return Err(not_a_pack("not a regular file".to_owned()));
    }
    let file = BufReader::new(File::open(archive).map_err(read)?);
    let extracted =
        catch_reader_panic(|| extract(MultiGzDecoder::new(file).take(MAX_TAR_BYTES), into));
    let files = match extracted {
        Some(Ok(files)) => files,
        Some(Err(error)) => return Err(damaged(error)),
        None => return Err(not_a_pack("a damaged archive".to_owned())),
    };
    let mut manifests = files.keys().filter(|path| {
        let mut parts = path.split('/').skip(1);
        (parts.next(), parts.next()) == (Some(MANIFEST_FILE), None)
    });
    let (Some(manifest_path), None) = (manifests.next(), manifests.next()) else {
        return Err(not_a_pack(format!(
            "expected an archive of `tp-sweep pack`, with one {MANIFEST_FILE}"
        )));
    };
    let text = std::fs::read(into.join(manifest_path)).map_err(damaged)?;
    let manifest: PackManifest = serde_json::from_slice(&text)
        .map_err(|error| not_a_pack(format!("cannot read {MANIFEST_FILE}: {error}")))?;
    if manifest.format != FORMAT {
        return Err(not_a_pack(format!(
            "its format is {}; this tp-sweep reads {FORMAT}",
            manifest.format
        )));
    }
    let root = manifest_path
        .strip_suffix(MANIFEST_FILE)
        .unwrap_or(manifest_path);
    // The name becomes part of paths: one that is a path itself would lead out of the archive.
    if root != format!("{}/", manifest.sweep) || manifest.sweep.starts_with('.') {
        return Err(not_a_pack(format!(
            "the sweep of its manifest is {:?}, that of its folder {root:?}",
            manifest.sweep
        )));
    }
    let findings = compare(&manifest, &files, root);
    Ok(Unpacked {
        folder: into.join(root),
        findings,
        manifest,
    })
}

/// Writes the regular files of an archive below `into`; returns their hashes by path.
fn extract(archive: impl Read, into: &Path) -> std::io::Result<BTreeMap<String, FileEntry>> {
    let refused = |reason: String| std::io::Error::other(reason);
    let mut files = BTreeMap::new();
    for (count, entry) in tar::Archive::new(archive).entries()?.enumerate() {
        let mut entry = entry?;
        if count > MAX_FILES {
            return Err(refused(format!("more than {MAX_FILES} files")));
        }
        let path = entry.path()?.into_owned();
        let shown = path.display();
        if entry.header().entry_type().is_dir() {
            continue;
        }
        if !entry.header().entry_type().is_file() {
            return Err(refused(format!("{shown} is not a regular file")));
        }
        if !path
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            return Err(refused(format!(
                "{shown} is outside of the archive's folder"
            )));
        }
        let name = path
            .to_str()
            .ok_or_else(|| refused(format!("{shown} is not UTF-8")))?;
        let mut contents = Vec::new();
        entry
            .by_ref()
            .take(MAX_FILE_BYTES + 1)
            .read_to_end(&mut contents)?;
        if contents.len() as u64 > MAX_FILE_BYTES {
            return Err(refused(format!(
                "{shown} has more than {MAX_FILE_BYTES} bytes"
            )));
        }
        let target = into.join(&path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        // A second file of one name is refused, as an archive of `pack` has none.
        let mut file = File::create_new(&target)?;
        std::io::Write::write_all(&mut file, &contents)?;
        files.insert(name.to_owned(), FileEntry::of(&contents));
    }
    Ok(files)
}

fn compare(
    manifest: &PackManifest,
    files: &BTreeMap<String, FileEntry>,
    root: &str,
) -> Vec<FileFinding> {
    let mut findings = Vec::new();
    for (path, expected) in &manifest.files {
        match files.get(&format!("{root}{path}")) {
            None => findings.push(FileFinding::Missing(path.clone())),
            Some(found) if found != expected => findings.push(FileFinding::Changed {
                path: path.clone(),
                found: found.blake3.clone(),
                expected: expected.blake3.clone(),
            }),
            Some(_) => {}
        }
    }
    for path in files.keys() {
        let path = path.strip_prefix(root).unwrap_or(path);
        if path != MANIFEST_FILE && !manifest.files.contains_key(path) {
            findings.push(FileFinding::Added(path.to_owned()));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::pack::{PackedFile, pack};
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    fn files() -> Vec<PackedFile> {
        [
            ("sweep.yaml", "name: s\n"),
            ("runs/s/t/fold-0/result.json", "{}"),
        ]
        .map(|(path, text)| PackedFile {
            path: path.to_owned(),
            contents: text.into(),
        })
        .into()
    }

    fn unpacked(bytes: &[u8]) -> Result<Unpacked, HandinError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.tar.gz");
        std::fs::write(&path, bytes).unwrap();
        let into = folder.path().join("into");
        std::fs::create_dir(&into).unwrap();
        unpack(&path, &into)
    }

    /// An archive of these files, without a generated manifest.
    fn archive(files: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            // `append_data` refuses such paths.
            header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_cksum();
            archive.append(&header, text.as_bytes()).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let bytes = pack("s", &files()).unwrap();
        assert_eq!(bytes, pack("s", &files()).unwrap());
        let unpacked = unpacked(&bytes).unwrap();
        assert_eq!(unpacked.findings, []);
        assert_eq!(unpacked.manifest.sweep, "s");
        assert_eq!(unpacked.manifest.files.len(), 2);
        assert!(unpacked.folder.ends_with("s"));
    }

    #[test]
    fn changed_missing_and_added_files_are_found() {
        let manifest = |entries: &str| {
            format!(r#"{{"format":1,"sweep":"s","version":"","commit":"","files":{{{entries}}}}}"#)
        };
        let entry = r#""a":{"bytes":1,"blake3":"00"},"b":{"bytes":0,"blake3":""}"#;
        let bytes = archive(&[
            ("s/pack.json", &manifest(entry)),
            ("s/a", "x"),
            ("s/c", "y"),
        ]);
        let findings = unpacked(&bytes).unwrap().findings;
        let found = blake3::hash(b"x").to_hex().to_string();
        assert_eq!(
            findings,
            [
                FileFinding::Changed {
                    path: "a".to_owned(),
                    found,
                    expected: "00".to_owned()
                },
                FileFinding::Missing("b".to_owned()),
                FileFinding::Added("c".to_owned())
            ]
        );
    }

    #[test]
    fn a_manifest_that_leads_out_of_the_archive_is_refused() {
        for sweep in [
            "../../elsewhere",
            "/home/prof/runs",
            "",
            ".",
            "..",
            "other",
            "s/../s",
        ] {
            let manifest = serde_json::json!({
                "format": 1, "sweep": sweep, "version": "", "commit": "", "files": {}
            });
            let error = unpacked(&archive(&[("s/pack.json", &manifest.to_string())])).unwrap_err();
            assert!(
                error.to_string().contains("the sweep of its manifest"),
                "{error}"
            );
        }
    }

    #[test]
    fn archives_of_others_are_refused() {
        let error = |bytes: &[u8]| unpacked(bytes).unwrap_err().to_string();
        assert!(error(b"not an archive").contains("a damaged archive"));
        assert!(
            error(&archive(&[("s/a", "x")])).contains("expected an archive of `tp-sweep pack`")
        );
        let newer = r#"{"format":9,"sweep":"s","version":"","commit":"","files":{}}"#;
        assert!(error(&archive(&[("s/pack.json", newer)])).contains("its format is 9"));
        for path in ["../escaped", "/tmp/escaped-of-tp-sweep"] {
            let error = error(&archive(&[(path, "x")]));
            assert!(error.contains("outside of the archive's folder"), "{error}");
        }
        let twice = archive(&[("s/a", "x"), ("s/a", "y")]);
        assert!(error(&twice).contains("a damaged archive"));
    }

    proptest! {
        #[test]
        fn damage_never_panics(at in any::<prop::sample::Index>(), flipped in 1_u8.., cut in any::<bool>()) {
            let mut bytes = pack("s", &files()).unwrap();
            let at = at.index(bytes.len());
            if cut {
                bytes.truncate(at);
            } else {
                bytes[at] ^= flipped;
            }
            let _ = unpacked(&bytes);
        }
    }
}
