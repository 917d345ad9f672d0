//! The command line that is being completed.

use super::is_sweep_file;
use crate::spec::Sweep;
use std::path::PathBuf;

/// The sweep whose file is named on the command line, with the `--set` options on it.
pub(super) fn sweep() -> Option<Sweep> {
    sweep_in(std::env::args().skip_while(|word| word != "--").skip(1))
}

fn sweep_in(words: impl Iterator<Item = String>) -> Option<Sweep> {
    let words: Vec<String> = words.collect();
    let file = words
        .iter()
        .map(PathBuf::from)
        .find(|path| is_sweep_file(path) && path.is_file())?;
    let options = words.windows(2).filter(|pair| pair[0] == "--set");
    let overrides: Vec<String> = options.map(|pair| pair[1].clone()).collect();
    // An option that is still being written can be invalid.
    Sweep::load(&file, &overrides)
        .or_else(|_| Sweep::load(&file, &[]))
        .ok()
}
