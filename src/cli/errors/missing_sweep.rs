//! What the user may have meant by the path of a sweep file that does not exist.

use crate::spec::nearest;
use std::path::{Path, PathBuf};

/// A command or a sweep file with a similar name, as a question.
pub(super) fn suggest_for_missing_sweep(path: &Path, commands: &[String]) -> Option<String> {
    let name = path.file_stem()?.to_str()?;
    // `tp-sweep opne …`: without a command, the first word is a sweep file.
    if path.as_os_str() == name {
        let commands = commands.iter().map(String::as_str);
        // A command is short: two wrong letters of four are another word.
        if let Some(command) = nearest(name, commands).filter(|&command| is_typo(name, command)) {
            return Some(format!("did you mean the command `{command}`?"));
        }
    }
    let folder = path.parent()?;
    let files: Vec<PathBuf> = [folder.to_owned(), folder.join("sweeps")]
        .iter()
        .flat_map(|folder| sweep_files(folder))
        .collect();
    let stems = files.iter().filter_map(|file| file.file_stem()?.to_str());
    let stem = nearest(name, stems)?;
    let file = files
        .iter()
        .find(|file| file.file_stem() == Some(stem.as_ref()))?;
    Some(format!("did you mean {}?", file.display()))
}

/// Whether a word is another one with a letter missing, added, changed or two swapped.
fn is_typo(word: &str, intended: &str) -> bool {
    strsim::damerau_levenshtein(word, intended) <= 1
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

    fn suggest(path: &str) -> Option<String> {
        let commands = ["open", "board", "report"].map(str::to_owned);
        suggest_for_missing_sweep(Path::new(path), &commands)
    }

    #[test]
    fn a_misspelt_command_is_found() {
        assert_eq!(suggest("opne").unwrap(), "did you mean the command `open`?");
        assert_eq!(
            suggest("bord").unwrap(),
            "did you mean the command `board`?"
        );
        // Neither a file nor another word.
        assert_eq!(suggest("opne.yaml"), None);
        assert_eq!(suggest("start"), None);
    }

    #[test]
    fn a_misspelt_sweep_file_is_found_in_its_folder_and_in_sweeps() {
        let folder = tempfile::tempdir().unwrap();
        let sweeps = folder.path().join("sweeps");
        std::fs::create_dir(&sweeps).unwrap();
        let file = sweeps.join("axe2.yaml");
        std::fs::write(&file, "").unwrap();
        let found = Some(format!("did you mean {}?", file.display()));
        for wrong in ["sweeps/axe2.yml", "sweeps/axe22.yaml", "axe2.yaml", "axe2"] {
            let path = folder.path().join(wrong);
            assert_eq!(suggest(path.to_str().unwrap()), found, "{wrong}");
        }
        let path = folder.path().join("optimizers.yaml");
        assert_eq!(suggest(path.to_str().unwrap()), None);
    }
}
