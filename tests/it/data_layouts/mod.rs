//! Data as other programs leave it is read where its meaning is certain, and else refused with what
//! to do.

mod arrays;
mod images;
mod known_sets;
mod tables;

use crate::support::formats::npy_with_header;
use crate::support::{Project, repository};
use std::fs::File;
use std::io::Write;
use std::path::Path;

const SETTINGS: &str = "training: { epochs: 1, batch_size: 10 }\nmodel: { width: 2 }\n\
                        validation: { folds: 2 }\n";

/// A project with this `data:` section.
fn project(data: &str) -> Project {
    Project::new(&format!("data: {data}\n{SETTINGS}"))
}

/// What a plan prints about the data, or its error.
fn planned(project: &Project) -> Result<String, String> {
    let done = project.run(&["plan", "sweep.yaml"]);
    match done.code {
        0 => Ok(done.output),
        2 => Err(done.error),
        code => panic!("exit code {code}: {}", done.error),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn class(index: usize) -> &'static str {
    ["a", "b"][index % 2]
}
