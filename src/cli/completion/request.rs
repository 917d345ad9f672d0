//! The command line that is being completed.

use super::is_sweep_file;
use crate::spec::Sweep;
use std::ffi::OsString;
use std::path::PathBuf;

/// The sweep whose file is named on the command line, with the `--set` options on it.
pub(super) fn sweep() -> Option<Sweep> {
    let words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    sweep_of(&words.collect::<Vec<_>>())
}

fn sweep_of(words: &[OsString]) -> Option<Sweep> {
    let file = words
        .iter()
        .map(PathBuf::from)
        .find(|path| is_sweep_file(path) && path.is_file())?;
    let mut overrides = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let word = word.to_str().unwrap_or_default();
        let next = words.get(index + 1).and_then(|word| word.to_str());
        match word.strip_prefix("--set=") {
            Some(option) => overrides.push(option.to_owned()),
            None if word == "--set" => overrides.extend(next.map(str::to_owned)),
            None => {}
        }
    }
    // The last option may still be incomplete.
    let all_but_last = overrides.len().saturating_sub(1);
    Sweep::load(&file, &overrides)
        .or_else(|_| Sweep::load(&file, &overrides[..all_but_last]))
        .ok()
}
