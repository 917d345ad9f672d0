//! The files of a sweep without volatile parts: timings, and the names of
//! event files.

use crate::support::{Project, events::events, files, without_timings};
use protobuf::Message;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tensorboard_proto::summary::Summary_Value;

/// Every file of a sweep, by its path: its content, as far as that is the same each time.
pub type Files = BTreeMap<String, String>;

/// Results by their paths.
pub type Results = BTreeMap<PathBuf, (u64, SystemTime)>;

/// All files that the sweep has written.
pub fn contents(project: &Project) -> Files {
    let root = project.path("");
    let written = ["runs", "reports"].map(|folder| project.path(folder));
    let paths = written.iter().filter(|folder| folder.is_dir());
    let paths = paths.flat_map(|folder| files(folder));
    let mut found = Files::new();
    for path in paths {
        let name = path.strip_prefix(&root).expect("it is in the project");
        let name = name.to_str().expect("names are valid UTF-8");
        // It exists if results may have been moved.
        if name.ends_with(".moves.lock") {
            continue;
        }
        let is_events = name.contains("tfevents");
        let name = match name.split_once("tfevents") {
            Some((before, _)) => format!("{before}tfevents"),
            None => name.to_owned(),
        };
        let content = if is_events {
            event_text(&path)
        } else {
            content(&path, &std::fs::read(&path).expect("the file exists"))
        };
        let twin = found.insert(name.clone(), content);
        assert_eq!(twin, None, "one event file: {name}");
    }
    found
}

/// Checks that a project has the files that it should have, and no others.
pub fn assert_same(project: &Project, expected: &Files, when: &str) {
    let found = contents(project);
    let only_in = |one: &Files, other: &Files| -> Vec<String> {
        let names = one.keys().filter(|name| !other.contains_key(*name));
        names.cloned().collect()
    };
    let (more, fewer) = (only_in(&found, expected), only_in(expected, &found));
    assert!(
        more.is_empty() && fewer.is_empty(),
        "files {when}: too many {more:?}, missing {fewer:?}"
    );
    for (name, content) in &found {
        let expected = &expected[name];
        assert!(
            content == expected,
            "{name} {when}\n--- it is\n{content}\n--- it should be\n{expected}"
        );
    }
}

fn content(path: &Path, bytes: &[u8]) -> String {
    let name = path.file_name().and_then(|name| name.to_str());
    let file = name.expect("names are valid UTF-8");
    let folder = path.parent().expect("a file is in a folder");
    let text = || String::from_utf8(bytes.to_vec()).expect("text");
    match file {
        "result.json" => {
            let mut result = serde_json::from_slice(bytes).expect("a complete result");
            remove_timings(&mut result);
            if let Some(events) = result.pointer_mut("/result/events") {
                let named = events.as_str().map(|name| folder.join(name).exists());
                *events = named.into();
            }
            format!("{result:#}")
        }
        "model.safetensors" | "digest" | "classes.json" | "predictions.bin" => {
            format!("{} of {} bytes", blake3::hash(bytes), bytes.len())
        }
        _ if file.ends_with(".csv") => without_timings(&without_measured(&text())),
        // They hold times or facts about the machine: it is enough that they exist and are not empty.
        ".lock" => String::new(),
        _ => (!bytes.is_empty()).to_string(),
    }
}

/// A run that goes on is not always trained together with the same others, and the peak of memory is
/// measured: with a few bytes more of the trial that a process measures first.
fn without_measured(csv: &str) -> String {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let measured = ["mean_cohort", "profile_peak_bytes"];
    let measured = measured.map(|measured| header.iter().position(|name| *name == measured));
    let kept = |cells: Vec<&str>| {
        let cells = cells.iter().enumerate();
        let kept = cells.filter(|(column, _)| !measured.contains(&Some(*column)));
        kept.map(|(_, cell)| *cell).collect::<Vec<_>>().join(",")
    };
    let all = std::iter::once(header).chain(lines);
    all.map(kept).collect::<Vec<_>>().join("\n")
}

fn remove_timings(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            for name in ["seconds", "seconds_per_epoch", "cohort"] {
                entries.remove(name);
            }
            entries.values_mut().for_each(remove_timings);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_timings),
        _ => {}
    }
}

/// The contents of an event file, event by event, without times.
fn event_text(path: &Path) -> String {
    let mut lines = Vec::new();
    for mut event in events(path) {
        event.set_wall_time(0.0);
        // The attributes of its nodes have no fixed order.
        if event.has_graph_def() {
            event.set_graph_def(event.get_graph_def().len().to_le_bytes().to_vec());
        }
        let step = event.get_step();
        let values = if event.has_summary() {
            event.mut_summary().mut_value().as_mut_slice()
        } else {
            &mut []
        };
        for value in values {
            if value.get_tag() == "Metrics/epoch_seconds" {
                value.set_simple_value(0.0);
            }
            // Sessions of the HParams tab have the times of their start and end.
            let plugin = value.get_metadata().get_plugin_data().get_plugin_name();
            if plugin == "hparams" {
                value.clear_metadata();
            }
        }
        let tags = event.get_summary().get_value().iter();
        let tags = tags.map(Summary_Value::get_tag).collect::<Vec<_>>();
        let tags = tags.join(" ");
        let bytes = event.write_to_bytes().expect("it was read from bytes");
        let hash = blake3::hash(&bytes).to_hex();
        lines.push(format!("step {step}: {tags} {}", &hash[..16]));
    }
    lines.join("\n")
}

/// The results that are there, each with its file's number and the time of its last change: a
/// result that was written again has different ones.
#[cfg(unix)]
pub fn results(project: &Project) -> Results {
    use std::os::unix::fs::MetadataExt;
    let runs = project.path("runs");
    let paths = if runs.is_dir() {
        files(&runs)
    } else {
        Vec::new()
    };
    let results = paths
        .into_iter()
        .filter(|path| path.ends_with("result.json"));
    results
        .map(|path| {
            let about = path.metadata().expect("the file exists");
            let of_file = (about.ino(), about.modified().expect("it has a time"));
            (path, of_file)
        })
        .collect()
}

/// Checks that no earlier result is gone or was written again.
#[cfg(unix)]
pub fn assert_kept(project: &Project, before: &Results, when: &str) {
    let after = results(project);
    for (path, of_file) in before {
        assert_eq!(after.get(path), Some(of_file), "{} {when}", path.display());
    }
}
