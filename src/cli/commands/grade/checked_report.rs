//! The report of an archive, compared with the one generated from its results.

use crate::cli::context::{RecordedDetails, SweepContext};
use crate::cli::errors::CliError;
use crate::handin::Unpacked;
use crate::record::{Program, Results, Store};
use crate::report::{Listing, Report};

/// The report of an archive, compared with the one generated from its results.
pub(super) enum CheckedReport {
    /// They are equal.
    Equal,
    /// Another version of tp-sweep wrote it, which may write other reports.
    OtherVersion(String),
    /// The first difference of each file.
    Different(Vec<String>),
}

impl CheckedReport {
    /// Whether no difference was found.
    pub(super) fn agrees(&self) -> bool {
        !matches!(self, Self::Different(_))
    }
}

/// The formats that are compared: those that people and programs read first.
const FORMATS: [&str; 2] = ["csv", "md"];

/// Makes the report again and compares it.
///
/// # Errors
/// The report cannot be made.
pub(super) fn check_report(
    context: &SweepContext,
    store: &Store,
    results: &Results,
    unpacked: &Unpacked,
) -> Result<CheckedReport, CliError> {
    let current = Program::current();
    let manifest = &unpacked.manifest;
    let written_by = (manifest.version.as_str(), manifest.commit.as_str());
    // Builds without a known commit may differ.
    if written_by != (current.version, current.commit) || current.commit == "unknown" {
        let version = format!("{} ({})", manifest.version, manifest.commit);
        return Ok(CheckedReport::OtherVersion(version));
    }
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        remarks,
    } = context;
    let details = RecordedDetails {
        dataset_cache,
        store,
        plan,
    };
    let listing = Listing::default();
    let report = Report::new(sweep, plan, results, remarks, &listing, &details)?;
    let mut differences = Vec::new();
    for file in report.files()? {
        let is_compared = FORMATS.iter().any(|format| {
            let name = format!("{}.{format}", plan.name);
            file.path.to_str() == Some(name.as_str())
        });
        if !is_compared {
            continue;
        }
        let path = unpacked.folder.join("reports").join(&file.path);
        let packed = std::fs::read(&path).unwrap_or_default();
        if packed != file.contents {
            let name = file.path.display();
            let difference = first_difference(&packed, &file.contents);
            differences.push(format!("{name}, {difference}"));
        }
    }
    Ok(if differences.is_empty() {
        CheckedReport::Equal
    } else {
        CheckedReport::Different(differences)
    })
}

/// The first line that differs, with both texts.
fn first_difference(packed: &[u8], made: &[u8]) -> String {
    let [packed, made] = [packed, made].map(String::from_utf8_lossy);
    let (mut packed, mut made) = (packed.lines(), made.lines());
    for number in 1.. {
        match (packed.next(), made.next()) {
            (None, None) => break,
            (before, after) if before == after => {}
            (before, after) => {
                let [before, after] = [before, after].map(|line| line.unwrap_or("(no line)"));
                let (before, after) = around_difference(before, after);
                return format!(
                    "line {number}: `{before}` in the archive, `{after}` from its results"
                );
            }
        }
    }
    "the ends of lines".to_owned()
}

/// The parts of two lines around their first difference: a line of a table is long.
fn around_difference(first: &str, second: &str) -> (String, String) {
    const BEFORE: usize = 20;
    const SHOWN: usize = 60;
    let same = first
        .chars()
        .zip(second.chars())
        .take_while(|(a, b)| a == b);
    let start = same.count().saturating_sub(BEFORE);
    let part = |line: &str| line.chars().skip(start).take(SHOWN).collect();
    (part(first), part(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_shown_with_both_texts() {
        assert_eq!(
            first_difference(b"a\nb 0.95\n", b"a\nb 0.91\n"),
            "line 2: `b 0.95` in the archive, `b 0.91` from its results"
        );
        assert_eq!(
            first_difference(b"a\n", b"a\nb\n"),
            "line 2: `(no line)` in the archive, `b` from its results"
        );
        let long = format!("{}1", "x".repeat(100));
        let other = format!("{}2", "x".repeat(100));
        let (first, second) = around_difference(&long, &other);
        assert_eq!((first.len(), second.len()), (21, 21));
        assert!(first.ends_with('1') && second.ends_with('2'));
    }
}
