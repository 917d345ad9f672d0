//! `tp-sweep data`: the built-in data sets on this machine.

use crate::cli::arguments::{CheckArguments, DataCommand, FetchArguments, ListArguments};
use crate::cli::context::data_folders;
use crate::cli::errors::CliError;
use crate::cli::messages::{print, warn};
use crate::data::{CheckedFile, Client, FileState, fetch, find_dataset, verify_files};
use crate::datasets::KnownSet;
use crate::spec::DatasetKind;
use crate::wording::grouped;
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Runs a command of `data`; returns the exit code.
///
/// # Errors
/// A file cannot be downloaded or written.
pub(crate) fn data(command: &DataCommand) -> Result<u8, CliError> {
    match command {
        DataCommand::List(arguments) => list(arguments),
        DataCommand::Fetch(arguments) => fetch_set(arguments),
        DataCommand::Check(arguments) => check_sets(arguments),
    }
}

/// The width of a column of names.
fn name_width() -> usize {
    let lengths = KnownSet::all().map(|set| set.name.len());
    lengths.max().unwrap_or(0)
}

fn list(arguments: &ListArguments) -> Result<u8, CliError> {
    let folders = data_folders(arguments.data.as_deref(), &[PathBuf::new()]);
    let width = name_width();
    let mut text = format!("{:<width$}  training    test  classes  where\n", "name");
    for set in KnownSet::all() {
        let location = match find_dataset(set, &folders) {
            Some(folder) => folder.display().to_string(),
            None => format!("missing; run `tp-sweep data fetch {set}`"),
        };
        let _ = writeln!(
            text,
            "{:<width$}  {:>8}  {:>6}  {:>7}  {location}",
            set.name,
            grouped(set.training_samples as u64),
            grouped(set.test_samples as u64),
            set.classes.len(),
        );
    }
    let custom: Vec<&str> = DatasetKind::all()
        .filter(|set| !set.is_builtin())
        .map(DatasetKind::name)
        .collect();
    let _ = writeln!(
        text,
        "\nCustom data: data.set: {}, with data.path; see docs/data.md",
        custom.join(", ")
    );
    print(&text)?;
    Ok(0)
}

fn fetch_set(arguments: &FetchArguments) -> Result<u8, CliError> {
    let dataset = arguments.set;
    let folder = arguments.data.join(dataset.folder);
    let home = arguments.mirror.as_deref().unwrap_or(dataset.base_url);
    let fetch_error = |error| CliError::Fetch {
        error,
        help: manual_instructions(dataset, &arguments.data),
    };
    std::fs::create_dir_all(&folder)?;
    let states = verify_files(dataset, std::slice::from_ref(&folder));
    let is_complete = |index: usize| {
        // A data set may be present as extracted files instead of its archive.
        let is_present =
            |file: &CheckedFile| matches!(file.state, FileState::Ok | FileState::Unknown);
        if dataset.files.len() == states.len() {
            is_present(&states[index])
        } else {
            states.iter().all(is_present)
        }
    };
    let mut client = None;
    for (index, file) in dataset.files.iter().enumerate() {
        if is_complete(index) {
            print(&format!(
                "{}: already present\n",
                folder.join(file.name).display()
            ))?;
            continue;
        }
        let client = match &client {
            Some(client) => client,
            None => {
                let https = home.starts_with("https:");
                let made = Client::new(arguments.proxy.as_deref(), https).map_err(fetch_error)?;
                client.insert(made)
            }
        };
        let bar = progress_bar(file.name, file.size_bytes);
        let fetched = fetch(client, home, file, &folder, &mut |bytes| {
            bar.set_position(bytes);
        });
        bar.finish_and_clear();
        fetched.map_err(fetch_error)?;
        print(&format!("{}: fetched\n", folder.join(file.name).display()))?;
    }
    Ok(0)
}

fn progress_bar(name: &str, bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{prefix} {bar:30} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left",
    );
    let bar = ProgressBar::new(bytes).with_prefix(name.to_owned());
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Instructions to download the files by hand into `data`, the folder of the data sets.
fn manual_instructions(dataset: KnownSet, data: &Path) -> String {
    let mut text = format!(
        "to download by hand, put these files with these SHA-256 checksums into {}, then run \
         tp-sweep data check {} --data {}",
        data.join(dataset.folder).display(),
        dataset,
        data.display()
    );
    for file in dataset.definition().files {
        let _ = write!(
            text,
            "\n{}{}\n    {}",
            dataset.base_url, file.name, file.sha256
        );
    }
    text
}

/// The state of a data set's files in the first of the folders that has any of them.
fn verify_in_first(dataset: KnownSet, folders: &[PathBuf]) -> Vec<CheckedFile> {
    let states = folders
        .iter()
        .map(|folder| verify_files(dataset, std::slice::from_ref(folder)));
    let is_any_present =
        |files: &Vec<CheckedFile>| files.iter().any(|file| file.state != FileState::Missing);
    let mut present = states.filter(is_any_present);
    present
        .next()
        .unwrap_or_else(|| verify_files(dataset, folders))
}

fn check_sets(arguments: &CheckArguments) -> Result<u8, CliError> {
    let folders = data_folders(arguments.data.as_deref(), &[PathBuf::new()]);
    let sets: Vec<KnownSet> = match arguments.set {
        Some(dataset) => vec![dataset],
        None => KnownSet::all().collect(),
    };
    let mut all_ok = true;
    let width = name_width();
    for dataset in sets {
        let files = verify_in_first(dataset, &folders);
        let is = |state: FileState| files.iter().filter(|file| file.state == state).count();
        // Without a name, a data set may be missing entirely.
        let absent = arguments.set.is_none() && is(FileState::Missing) == files.len();
        all_ok &= absent || is(FileState::Ok) + is(FileState::Unknown) == files.len();
        for CheckedFile { file, state } in &files {
            let state = match state {
                FileState::Ok => "ok",
                FileState::Damaged => "damaged",
                FileState::Unknown => "unknown",
                FileState::Missing => "missing",
            };
            print(&format!(
                "{:<width$}  {state:<7}  {}\n",
                dataset.name,
                file.display()
            ))?;
        }
        for file in files.iter().filter(|file| file.state == FileState::Damaged) {
            warn(&format!(
                "{} is damaged or modified; delete it and run `tp-sweep data fetch {}`",
                file.file.display(),
                dataset
            ));
        }
    }
    Ok(u8::from(!all_ok))
}
