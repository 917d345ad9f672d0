//! Table files by their names.

use crate::data::folder::{VALIDATION_NAMES, file_name, list};
use std::path::{Path, PathBuf};

/// The format of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Parquet,
}

/// The extensions of tables; `.gz` may follow that of a CSV.
const EXTENSIONS: [(&str, Format); 5] = [
    (".csv", Format::Csv),
    (".tsv", Format::Csv),
    (".parquet", Format::Parquet),
    (".txt", Format::Csv),
    (".data", Format::Csv),
];

/// The format of a table by its name, in any letter case.
pub(crate) fn format(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let unpacked = name.strip_suffix(".gz").unwrap_or(&name);
    let found = EXTENSIONS.iter().find(|(end, _)| unpacked.ends_with(end));
    found.map(|&(_, format)| format)
}

/// The table of this name in a folder, in any letter case.
///
/// # Errors
/// A folder that cannot be read, or has no such table or several.
pub(super) fn find_table(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let mut found = tables(folder, name)?;
    match (found.pop(), found.pop()) {
        (Some(file), None) => Ok(file),
        (Some(_), Some(_)) => Err(format!(
            "the folder has several tables {name}.*, but only one would be read; remove the others"
        )),
        (None, _) => Err(format!(
            "the folder has no {name}.csv, {name}.tsv or {name}.parquet (CSV may end in .csv.gz)"
        )),
    }
}

/// Refuses a validation table, which would not be read.
///
/// # Errors
/// A folder that cannot be read or has a validation table.
pub(super) fn refuse_validation(folder: &Path) -> Result<(), String> {
    for name in VALIDATION_NAMES {
        if let Some(file) = tables(folder, name)?.pop() {
            return Err(format!(
                "{} would not be read: validation samples are taken from the training table; add its \
                 rows there, or move it out of this folder",
                file.file_name().unwrap_or_default().display()
            ));
        }
    }
    Ok(())
}

/// The tables of this name in a folder.
fn tables(folder: &Path, name: &str) -> Result<Vec<PathBuf>, String> {
    let mut files = list(folder).map_err(|error| error.to_string())?;
    let file_names: Vec<String> = EXTENSIONS[..3]
        .iter()
        .flat_map(|(end, _)| [format!("{name}{end}"), format!("{name}{end}.gz")])
        .collect();
    files.retain(|path| {
        let found = file_name(path);
        let is_named = file_names
            .iter()
            .any(|name| found.eq_ignore_ascii_case(name));
        is_named && path.is_file()
    });
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
            find_table(folder.path(), "train")
                .unwrap_err()
                .contains("train.csv")
        );
        for name in ["Train.csv.gz", "test.tsv.gz"] {
            std::fs::write(folder.path().join(name), "").unwrap();
            let wanted = &name[..name.find('.').unwrap()].to_lowercase();
            assert!(find_table(folder.path(), wanted).unwrap().ends_with(name));
        }
        std::fs::write(folder.path().join("TRAIN.parquet"), "").unwrap();
        let error = find_table(folder.path(), "train").unwrap_err();
        assert!(error.contains("several tables"), "{error}");
        refuse_validation(folder.path()).unwrap();
        std::fs::write(folder.path().join("Val.csv"), "").unwrap();
        let error = refuse_validation(folder.path()).unwrap_err();
        assert!(error.starts_with("Val.csv"), "{error}");
    }
}
