//! The texts of `tp-sweep grade`.

use super::check::{Checked, CheckedContents};
use super::checked_report::CheckedReport;
use super::checked_run::CheckedRun;
use crate::cli::errors::CliError;
use crate::cli::messages::Tolerance;
use crate::escape;
use crate::handin::SWEEP_FILE;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// The maximum number of differences of one kind that are shown.
const MAX_SHOWN: usize = 5;

const COLUMNS: [&str; 7] = [
    "archive",
    "sweep",
    "results",
    "files",
    "report",
    "trained again",
    "verdict",
];

/// The cells of an archive's row.
fn cells(checked: &Checked) -> [String; 7] {
    let archive = checked.archive.clone();
    let contents = match &checked.contents {
        Ok(contents) => contents,
        Err(error) => {
            let none = || "–".to_owned();
            let is_unreadable = matches!(
                error,
                CliError::Handin(_) | CliError::NotResultsOfSweep { .. }
            );
            // Anything else, such as missing data, may be for this machine to mend.
            let verdict = if is_unreadable {
                "cannot be read"
            } else {
                "cannot be checked"
            };
            let verdict = verdict.to_owned();
            return [archive, none(), none(), none(), none(), none(), verdict];
        }
    };
    let files = match contents.findings.len() {
        0 => "unchanged".to_owned(),
        count => format!("{count} changed"),
    };
    let report = match &contents.report {
        CheckedReport::Equal => "equal",
        CheckedReport::OtherVersion(_) => "other version",
        CheckedReport::Different(_) => "differs",
    };
    let verdict = if contents.sample.is_empty() {
        "no result to check"
    } else if contents.differs() {
        "differs, see above"
    } else if contents.sample.iter().any(|run| run.is_stopped) {
        "not checked in time"
    } else if contents.results < contents.runs {
        "reproduced, incomplete"
    } else if matches!(contents.report, CheckedReport::OtherVersion(_)) {
        "reproduced, report not compared"
    } else {
        "reproduced"
    };
    [
        archive,
        printable(&contents.sweep),
        format!("{} of {}", contents.results, contents.runs),
        files,
        report.to_owned(),
        sample_text(contents),
        verdict.to_owned(),
    ]
}

fn sample_text(contents: &CheckedContents) -> String {
    let sample = &contents.sample;
    let equal = sample.iter().filter(|run| run.agrees()).count();
    let is_rounded = |run: &CheckedRun| run.tolerance == Some(Tolerance::Rounding);
    let how = if !sample.iter().any(is_rounded) {
        "identical"
    } else {
        "within rounding"
    };
    let stopped = sample.iter().filter(|run| run.is_stopped).count();
    match (sample.len(), stopped) {
        (0, _) => "none".to_owned(),
        (count, 0) => format!("{equal} of {count} {how}"),
        (count, stopped) => format!("{equal} of {count}, {stopped} stopped"),
    }
}

/// The table of all archives.
pub(super) fn table(table: &[Checked]) -> String {
    let rows: Vec<[String; 7]> = std::iter::once(COLUMNS.map(str::to_owned))
        .chain(table.iter().map(cells))
        .collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].width());
        widths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            format!("{cell}{padding}")
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// The table as CSV.
pub(super) fn csv(table: &[Checked]) -> String {
    let mut text = String::new();
    for row in std::iter::once(COLUMNS.map(str::to_owned)).chain(table.iter().map(cells)) {
        let cells = row.map(|cell| escape::csv(&cell));
        let _ = writeln!(text, "{}", cells.join(","));
    }
    text
}

/// What an archive's checks found, with the numbers; empty if all agrees.
pub(super) fn details(checked: &Checked) -> String {
    let mut lines = Vec::new();
    match &checked.contents {
        Err(error) => lines.push(error.to_string()),
        Ok(contents) => {
            if !contents.has_same_sweep_file {
                lines.push(format!(
                    "files: {SWEEP_FILE} is not the sweep file of the results"
                ));
            }
            let findings = contents.findings.iter().map(ToString::to_string);
            shorten(&mut lines, "files: ", findings.collect());
            let invalid = contents.invalid_results.iter();
            let invalid = invalid.map(|path| format!("{path} is not a valid result of this sweep"));
            shorten(&mut lines, "results: ", invalid.collect());
            match &contents.report {
                CheckedReport::Equal => {}
                CheckedReport::OtherVersion(version) => lines.push(format!(
                    "report: not compared, because tp-sweep {version} wrote it"
                )),
                CheckedReport::Different(differences) => {
                    shorten(&mut lines, "report: ", differences.clone());
                }
            }
            let is_rounded = |run: &CheckedRun| run.tolerance == Some(Tolerance::Rounding);
            if contents.sample.iter().any(is_rounded) {
                lines.push(if contents.computes_alike {
                    "runs trained on a GPU are compared within rounding".to_owned()
                } else {
                    "compared within rounding: trained on a processor that differs or was not fully \
                     recorded"
                        .to_owned()
                });
            }
            if contents.sample.iter().any(|run| run.is_stopped) {
                lines.push("not all runs were trained again: raise --time-limit".to_owned());
            }
            for run in &contents.sample {
                let name = format!("{}: ", run.name);
                shorten(&mut lines, &name, run.differences.clone());
            }
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    let mut text = format!("{}:\n", checked.archive);
    for line in lines {
        let _ = writeln!(text, "  {}", printable(&line));
    }
    text.push('\n');
    text
}

/// Text from an archive without control characters, which could rewrite what the terminal shows.
fn printable(text: &str) -> String {
    let visible = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(visible).collect()
}

/// Appends the first of these texts, and how many more there are.
fn shorten(lines: &mut Vec<String>, prefix: &str, texts: Vec<String>) {
    let more = texts.len().saturating_sub(MAX_SHOWN);
    lines.extend(
        texts
            .into_iter()
            .take(MAX_SHOWN)
            .map(|text| format!("{prefix}{text}")),
    );
    if more > 0 {
        lines.push(format!("{prefix}and {more} more"));
    }
}
