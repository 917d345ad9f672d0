//! Candidates for `--set`: keys, and the fixed values of a key.

use crate::spec::{SettableKey, settable_keys};
use clap_complete::CompletionCandidate;
use std::ffi::OsStr;

/// The keys that begin with `current`, or what can follow the `=` after a key.
pub(in crate::cli) fn assignments(current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let keys = settable_keys();
    let Some((path, start)) = current.split_once('=') else {
        let matching = keys
            .into_iter()
            .filter(|key| key.path.starts_with(&*current));
        let candidate = |key: SettableKey| {
            let help = key.description.into();
            CompletionCandidate::new(format!("{}=", key.path)).help(Some(help))
        };
        return matching.map(candidate).collect();
    };
    let values = keys.into_iter().filter(|key| key.path == path);
    values
        .flat_map(|key| key.values)
        .filter(|value| value.starts_with(start))
        .map(|value| CompletionCandidate::new(format!("{path}={value}")))
        .collect()
}
