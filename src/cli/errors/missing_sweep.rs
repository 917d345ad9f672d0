//! What the user may have meant by a command or a sweep file that does not exist.

use crate::spec::nearest;
use std::path::{Path, PathBuf};

/// The command that the first word of a command line is a misspelling of, if the word is neither a command nor a file.
///
/// Without a command, the first word is a sweep file: `opne` would be one.
pub(in crate::cli) fn misspelt_command<'a>(
    word: &str,
    commands: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let mut intended = None;
    for command in commands {
        match strsim::damerau_levenshtein(word, command) {
            0 => return None,
            1 => intended = intended.or(Some(command)),
            _ => {}
        }
    }
    let is_something = word.starts_with('-') || Path::new(word).exists();
    intended.filter(|_| !is_something)
}

/// A sweep file with a similar name, in the same folder or in its folder `sweeps`, as a question.
pub(super) fn suggest_for_missing_sweep(path: &Path) -> Option<String> {
    let stem = |path: &Path| Some(path.file_stem()?.to_str()?.to_lowercase());
    let folder = path.parent()?;
    let files: Vec<PathBuf> = [folder.to_owned(), folder.join("sweeps")]
        .iter()
        .flat_map(|folder| sweep_files(folder))
        .collect();
    let stems: Vec<String> = files.iter().filter_map(|file| stem(file)).collect();
    let found = nearest(&stem(path)?, stems.iter().map(String::as_str))?;
    let file = files
        .iter()
        .find(|file| stem(file).as_deref() == Some(found))?;
    Some(format!("did you mean {}?", file.display()))
}

/// The YAML files of a folder, in alphabetical order.
fn sweep_files(folder: &Path) -> Vec<PathBuf> {
    let here = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let entries = std::fs::read_dir(here).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| folder.join(entry.file_name()))
        .filter(|path| {
            path.extension()
                .is_some_and(|end| end == "yaml" || end == "yml")
        })
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_command_is_found() {
        let found = |word| misspelt_command(word, ["open", "board", "report"].into_iter());
        assert_eq!(found("opne"), Some("open"));
        assert_eq!(found("bord"), Some("board"));
        // A command, a file name, another word, an option, a folder.
        for word in ["open", "opne.yaml", "start", "-open", "."] {
            assert_eq!(found(word), None, "{word}");
        }
    }

    #[test]
    fn a_misspelt_sweep_file_is_found_in_its_folder_and_in_sweeps() {
        let folder = tempfile::tempdir().unwrap();
        let sweeps = folder.path().join("sweeps");
        std::fs::create_dir(&sweeps).unwrap();
        let file = sweeps.join("Axe2.yaml");
        std::fs::write(&file, "").unwrap();
        let suggest = |path: &str| suggest_for_missing_sweep(&folder.path().join(path));
        let found = Some(format!("did you mean {}?", file.display()));
        for wrong in ["sweeps/axe2.yml", "sweeps/axe22.yaml", "axe2.yaml", "AXE2"] {
            assert_eq!(suggest(wrong), found, "{wrong}");
        }
        assert_eq!(suggest("optimizers.yaml"), None);
    }
}
