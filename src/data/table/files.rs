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
/// A folder that cannot be read, or has no such table or several.
pub(super) fn table(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let mut found = tables(folder, name)?;
    match (found.pop(), found.pop()) {
        (Some(file), None) => Ok(file),
        (Some(_), Some(_)) => Err(format!(
            "the folder has several tables {name}.*, of which one alone would be read; leave one"
        )),
        (None, _) => Err(format!(
            "the folder has no {name}.csv, {name}.tsv or {name}.parquet (CSV may end in .csv.gz)"
        )),
    }
}

/// Refuses a part of which nothing would be learnt.
///
/// # Errors
/// A folder that cannot be read or has a table for validation.
pub(super) fn refuse_validation(folder: &Path) -> Result<(), String> {
    for name in ["val", "valid", "validation", "dev"] {
        if let Some(file) = tables(folder, name)?.pop() {
            return Err(format!(
                "{} would not be read: validation samples are taken from the training table; add its \
                 rows there, or move it elsewhere",
                file.file_name().unwrap_or_default().display()
            ));
        }
    }
    Ok(())
}

/// The tables of this name in a folder.
fn tables(folder: &Path, name: &str) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let wanted: Vec<String> = ENDINGS[..3]
        .iter()
        .flat_map(|(end, _)| [format!("{name}{end}"), format!("{name}{end}.gz")])
        .collect();
    let is_wanted = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_named = wanted.iter().any(|own| name.eq_ignore_ascii_case(own));
        is_named && path.is_file()
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_wanted)
        .collect();
    files.sort_unstable();
    Ok(files)
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
        for name in ["Train.csv.gz", "test.tsv.gz"] {
            std::fs::write(folder.path().join(name), "").unwrap();
            let wanted = &name[..name.find('.').unwrap()].to_lowercase();
            assert!(table(folder.path(), wanted).unwrap().ends_with(name));
        }
        std::fs::write(folder.path().join("TRAIN.parquet"), "").unwrap();
        let error = table(folder.path(), "train").unwrap_err();
        assert!(error.contains("several tables"), "{error}");
        refuse_validation(folder.path()).unwrap();
        std::fs::write(folder.path().join("Val.csv"), "").unwrap();
        let error = refuse_validation(folder.path()).unwrap_err();
        assert!(error.starts_with("Val.csv"), "{error}");
    }
}
