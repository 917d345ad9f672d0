//! Removes what unfinished attempts left in the folder of a run.

use super::checkpoint::{CHECKPOINT_FILE, Checkpoint, remove_checkpoint};
use super::result::RunResult;
use crate::plan::RunHash;
use crate::record::error::RecordError;
use crate::record::fs::folder::{entry_names, remove_file};
use crate::record::fs::temp_file::{is_abandoned_temp, is_held_temp, is_temp};
use crate::record::tensorboard::event_file::{is_abandoned_event_file, is_event_file};
use std::path::Path;

/// Removes the leftovers of all attempts at a complete run: its checkpoint, temporary files, and all
/// event files except the one that the result names.
///
/// Another process that is still training the run finds the result when it ends, and discards its own.
///
/// # Errors
/// The folder cannot be read, or a file cannot be removed.
pub fn remove_leftovers(folder: &Path, result: &RunResult) -> Result<(), RecordError> {
    let Some(events) = &result.events else {
        return remove_leftovers_of_unnamed(folder, &result.run_hash);
    };
    let has_events = folder.join(events).exists();
    for name in entry_names(folder)? {
        let path = folder.join(&name);
        let is_old_events = has_events && is_event_file(&name) && name != *events;
        let is_unused_temp = is_temp(&name) && !is_held_temp(&path);
        if is_old_events || is_unused_temp || name == CHECKPOINT_FILE {
            remove_file(&path)?;
        }
    }
    Ok(())
}

/// Like [`remove_leftovers`], for a result of an earlier version, which does not name its event file:
/// the event file that the checkpoint names is the old one, if there is another.
fn remove_leftovers_of_unnamed(folder: &Path, run_hash: &RunHash) -> Result<(), RecordError> {
    if let Some(checkpoint) = Checkpoint::read(folder, run_hash) {
        // An attempt that has resumed but not saved a checkpoint since writes a new event file.
        let old = checkpoint.events.file;
        let mut events = entry_names(folder)?;
        events.retain(|name| is_event_file(name));
        if events.iter().any(|name| *name != old) && events.contains(&old) {
            remove_file(&folder.join(old))?;
        }
    }
    remove_checkpoint(folder)
}

/// Removes the event files and temporary files of ended processes of this machine, except the file
/// named `kept` and the event file that the result names.
///
/// # Errors
/// The folder cannot be read, or a file cannot be removed.
pub(super) fn remove_abandoned_files(folder: &Path, kept: Option<&str>) -> Result<(), RecordError> {
    let mut abandoned = entry_names(folder)?;
    abandoned.retain(|name| {
        let path = folder.join(name);
        kept != Some(name.as_str()) && (is_abandoned_event_file(&path) || is_abandoned_temp(&path))
    });
    if abandoned.is_empty() {
        return Ok(());
    }
    // Reads the result after the listing: its writer holds the event file until the result exists.
    let result = RunResult::read_any(folder);
    let named = match result.map(|result| result.events) {
        None => None,
        // The result names no event file: any of them may belong to it.
        Some(None) => return Ok(()),
        Some(named) => named,
    };
    for name in abandoned.iter().filter(|name| named.as_ref() != Some(name)) {
        remove_file(&folder.join(name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::plausibility;
    use super::*;
    use crate::random::Seed;
    use crate::record::tensorboard::event_file::EventFilePosition;
    use crate::spec::Config;
    use crate::training_state::{SavedOptimizer, TrainingState};

    #[test]
    fn leftovers_of_a_complete_run_are_removed_but_never_its_only_event_file() {
        let seed = Seed {
            sweep: 0,
            repeat: 0,
            fold: 0,
        };
        let run_hash = RunHash::new(&Config::default(), seed, "data");
        let file = |number: usize| format!("events.out.tfevents.{number}");
        let checkpoint = Checkpoint {
            run_hash: run_hash.clone(),
            device: "cpu".to_owned(),
            state: TrainingState {
                epoch: 0,
                network: Vec::new(),
                optimizer: SavedOptimizer {
                    steps: 0,
                    lists: Vec::new(),
                },
                plateau: None,
                stopping: None,
                best_epoch: 0,
                best: None,
            },
            epochs: Vec::new(),
            seconds: 0.0,
            events: EventFilePosition {
                file: file(1),
                bytes: 0,
            },
        };
        for (before, named, after) in [
            // Results of earlier versions do not name their event file.
            (vec![1], None, vec![1]),
            (vec![1, 2], None, vec![2]),
            (vec![2], None, vec![2]),
            // A result copied without its event file keeps the existing ones.
            (vec![1], Some(2), vec![1]),
            (vec![1, 2, 3], Some(2), vec![2]),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for &number in &before {
                std::fs::write(folder.path().join(file(number)), "").unwrap();
            }
            checkpoint.write(folder.path()).unwrap();
            assert!(Checkpoint::read(folder.path(), &run_hash).is_some());
            let result = RunResult {
                run_hash: run_hash.clone(),
                events: named.map(file),
                ..plausibility::tests::result()
            };
            remove_leftovers(folder.path(), &result).unwrap();
            let entries = std::fs::read_dir(folder.path()).unwrap();
            let mut left: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            left.sort();
            assert_eq!(left, after.into_iter().map(file).collect::<Vec<_>>());
        }
    }
}
