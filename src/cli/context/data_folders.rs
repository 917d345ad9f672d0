//! The folders in which data sets are looked for.

use std::path::{Path, PathBuf};

/// The folders that may contain built-in data sets: that of `--data`, or the `data` folders in these
/// places, then those of the installation.
pub(crate) fn data_folders(option: Option<&Path>, places: &[PathBuf]) -> Vec<PathBuf> {
    if let Some(folder) = option {
        return vec![folder.to_owned()];
    }
    let mut folders: Vec<PathBuf> = places.iter().map(|place| place.join("data")).collect();
    if let Ok(program) = std::env::current_exe() {
        let installed = installed_data_folders(&program).filter(|folder| folder.is_dir());
        folders.extend(installed);
    }
    folders
}

/// Where the data of an installed program may be: `share/tp-sweep/data` of an installation that has the
/// program in `bin`, a `data` folder next to the program, and that of a clone of the repository that has
/// the program in `target/release`.
fn installed_data_folders(program: &Path) -> impl Iterator<Item = PathBuf> {
    let mut above = program.ancestors().skip(1);
    let folder = above.next();
    let installation = above.next();
    let clone = above
        .next()
        .filter(|folder| folder.join("Cargo.toml").is_file());
    let shared = installation.map(|folder| folder.join("share/tp-sweep/data"));
    let beside = [folder, clone].into_iter().flatten();
    shared
        .into_iter()
        .chain(beside.map(|folder| folder.join("data")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_looked_for_where_installations_and_clones_have_it() {
        let has = |program: &str, data: &str| {
            installed_data_folders(Path::new(program)).any(|folder| folder == Path::new(data))
        };
        assert!(has("/v/bin/tp-sweep", "/v/share/tp-sweep/data"));
        assert!(has("/opt/tp-sweep/tp-sweep", "/opt/tp-sweep/data"));
        let clone = tempfile::tempdir().unwrap();
        let program = clone.path().join("target/release/tp-sweep");
        let (program, data) = (program.to_str().unwrap(), clone.path().join("data"));
        assert!(!has(program, data.to_str().unwrap()));
        std::fs::write(clone.path().join("Cargo.toml"), "").unwrap();
        assert!(has(program, data.to_str().unwrap()));
        assert!(!has(
            "/home/u/course/.venv/bin/tp-sweep",
            "/home/u/course/data"
        ));
        assert!(!has("/usr/bin/tp-sweep", "/usr/data"));
    }

    #[test]
    fn the_option_replaces_every_other_folder() {
        let places = [PathBuf::new(), PathBuf::from("/course")];
        let given = data_folders(Some(Path::new("mine")), &places);
        assert_eq!(given, [PathBuf::from("mine")]);
        let searched = data_folders(None, &places);
        assert_eq!(searched[..2], ["data", "/course/data"].map(PathBuf::from));
    }
}
