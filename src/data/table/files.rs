//! Which files are tables, by their names.

use std::path::{Path, PathBuf};

/// The format of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Parquet,
}

/// The endings of names; CSV may be gzipped, and then ends in `.gz` as well.
const ENDINGS: [(&str, Format); 5] = [
    (".csv", Format::Csv),
    (".tsv", Format::Csv),
    (".parquet", Format::Parquet),
    (".txt", Format::Csv),
    (".data", Format::Csv),
];

/// The format of the table that a file with this name is, in any case of letters.
pub(crate) fn format(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let unpacked = name.strip_suffix(".gz").unwrap_or(&name);
    let found = ENDINGS.iter().find(|(end, _)| unpacked.ends_with(end));
    found.map(|&(_, format)| format)
}

/// The table of this name in a folder, in any case of letters.
///
/// # Errors
/// A folder that cannot be read or has no such table.
pub(super) fn table(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort_unstable();
    let endings = ENDINGS
        .iter()
        .flat_map(|(end, _)| [(end, ""), (end, ".gz")]);
    let mut found = endings.filter_map(|(end, packed)| {
        let wanted = format!("{name}{end}{packed}");
        let is_wanted = |file: &&PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.eq_ignore_ascii_case(&wanted)
        };
        files.iter().find(is_wanted).cloned()
    });
    found.next().ok_or_else(|| {
        format!(
            "the folder has no {name}.csv, {name}.tsv or {name}.parquet (CSV may end in .csv.gz)"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_known_by_their_names_in_any_case() {
        let of = |name: &str| format(Path::new(name));
        for name in [
            "a.csv",
            "A.CSV",
            "a.csv.gz",
            "a.b.TSV.GZ",
            "iris.data",
            "a.txt",
        ] {
            assert_eq!(of(name), Some(Format::Csv), "{name}");
        }
        assert_eq!(of("a.Parquet"), Some(Format::Parquet));
        for name in ["a.xlsx", "a.gz", "csv", "a.csv.zip"] {
            assert_eq!(of(name), None, "{name}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert!(
            table(folder.path(), "train")
                .unwrap_err()
                .contains("train.csv")
        );
        for name in ["Train.csv.gz", "TRAIN.CSV", "test.tsv.gz", "train.parquet"] {
            std::fs::write(folder.path().join(name), "").unwrap();
            let wanted = &name[..name.find('.').unwrap()].to_lowercase();
            assert!(table(folder.path(), wanted).is_ok());
        }
        assert!(
            table(folder.path(), "train")
                .unwrap()
                .ends_with("TRAIN.CSV")
        );
        assert!(
            table(folder.path(), "test")
                .unwrap()
                .ends_with("test.tsv.gz")
        );
    }
}
