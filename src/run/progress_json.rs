//! The progress of a sweep for programs: one JSON object per line on standard error.

use super::mutex::lock;
use super::progress::{Progress, StartSummary};
use crate::record::RunResult;
use serde::Serialize;
use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Writes the progress to standard error as JSON, one object per line.
#[derive(Default)]
pub struct JsonProgress {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    runs: usize,
    done: usize,
    failed: usize,
    /// When an epoch was written last.
    last_epoch: Option<Instant>,
}

/// A line. Counts are those after the event.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Line<'a> {
    Started {
        runs: usize,
        done: usize,
        failed: usize,
        message: &'a str,
    },
    Epoch {
        run: &'a str,
        epoch: usize,
        epochs: usize,
    },
    Run {
        run: &'a str,
        runs: usize,
        done: usize,
        failed: usize,
    },
    Profiling {
        done: usize,
        kinds: usize,
    },
    Message {
        message: &'a str,
    },
    Finished,
}

/// The minimum time between two lines about epochs.
const EPOCH_INTERVAL: Duration = Duration::from_millis(200);

impl Line<'_> {
    fn write(&self) {
        // The lines hold text and numbers alone, which serde always writes. The sweep goes on even if standard
        // error is closed.
        if let Ok(line) = serde_json::to_string(self) {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }
}

fn message(message: &str) {
    Line::Message { message }.write();
}

impl Progress for JsonProgress {
    fn started(&self, summary: &StartSummary) {
        let done = summary.finished + summary.failed;
        let mut state = lock(&self.state);
        state.runs = summary.runs;
        state.done = done;
        state.failed = summary.failed;
        Line::Started {
            runs: summary.runs,
            done,
            failed: summary.failed,
            message: &summary.line(),
        }
        .write();
    }

    fn epoch_ended(&self, name: &str, epoch: usize, epochs: usize) {
        let mut state = lock(&self.state);
        let is_early = |last: Instant| last.elapsed() < EPOCH_INTERVAL;
        if state.last_epoch.is_some_and(is_early) {
            return;
        }
        state.last_epoch = Some(Instant::now());
        Line::Epoch {
            run: name,
            epoch,
            epochs,
        }
        .write();
    }

    fn stopping(&self, line: &str) {
        message(line);
    }

    fn tuning_cohort_size(&self, _done: usize, _groups: usize) {}

    fn run_started(&self, _name: &str) {}

    fn run_ended(&self, name: &str, result: &RunResult) {
        let mut state = lock(&self.state);
        state.done += 1;
        if let Some(failure) = &result.failure {
            state.failed += 1;
            message(&format!("{name}: {failure}"));
        }
        Line::Run {
            run: name,
            runs: state.runs,
            done: state.done,
            failed: state.failed,
        }
        .write();
    }

    fn cohort_split(&self, runs: usize, reason: &str) {
        message(&format!(
            "a cohort of {runs} runs failed ({reason}); retrying in two halves"
        ));
    }

    fn run_retried(&self, name: &str, reason: &str) {
        message(&format!("{name}: failed ({reason}); retrying"));
    }

    fn profiling(&self, done: usize, kinds: usize) {
        Line::Profiling { done, kinds }.write();
    }

    fn profile_failed(&self, trial: &str, reason: &str) {
        message(&format!(
            "{trial}: speed and memory could not be measured ({reason})"
        ));
    }

    fn finished(&self) {
        Line::Finished.write();
    }
}
