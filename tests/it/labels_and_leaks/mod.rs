//! A label is a name, with every digit of its file; a column that names the row or repeats the label is
//! not a feature; and no sample or class drops out silently.

mod folders;
mod labels;
mod leaks;

use crate::support::formats::{self, Column, npy};
use crate::support::{Done, Project, repository};
use parquet::basic::Compression;
use std::collections::HashMap;
use std::path::Path;

/// The plan of a sweep over data of this form at `path`.
fn project(set: &str, path: &str) -> Project {
    let label = if set == "table" { ", label: class" } else { "" };
    Project::new(&format!(
        "data: {{ set: {set}, path: {path}{label} }}\nmodel: {{ width: 4 }}\n\
         training: {{ epochs: 1, batch_size: 8 }}\nvalidation: {{ folds: 2 }}\n"
    ))
}

fn plan(project: &Project) -> Done {
    project.run(&["plan", "sweep.yaml"])
}

/// The message, in one line, with which a plan is refused.
fn refused(project: &Project) -> String {
    let done = plan(project);
    assert_eq!(done.code, 2, "{}{}", done.output, done.error);
    let words: Vec<&str> = done
        .error
        .split_whitespace()
        .filter(|word| *word != "│")
        .collect();
    words.join(" ")
}

/// The plan of a table of noise, whose rows end in these labels, over and over.
fn labelled(labels: &[&str]) -> Project {
    let project = project("table", "t.csv");
    project.write("t.csv", &table(labels, 60));
    project
}

fn table(labels: &[&str], rows: usize) -> String {
    let row = |row: usize| format!("{},{}\n", row * 7 % 11, labels[row % labels.len()]);
    format!("x,class\n{}", (0..rows).map(row).collect::<String>())
}

fn classes(project: &Project) -> String {
    let done = plan(project);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let words: Vec<&str> = done.output.split_whitespace().collect();
    let at = words.iter().position(|word| word.starts_with("classes"));
    words[at.expect("a plan that shows the classes") - 1].to_owned()
}
