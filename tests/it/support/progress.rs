//! A display that records its events.

use std::sync::Mutex;
use tp_sweep::record::RunResult;
use tp_sweep::run::{Progress, StartSummary};

/// Called with the name of a run and the number of the epoch that it has ended.
type AfterEpoch<'a> = dyn Fn(&str, usize) + Send + Sync + 'a;

/// Records failures and repeated attempts, and calls a function after each epoch of a run.
#[derive(Default)]
pub struct RecordingProgress<'a> {
    /// The runs that have started, less those that have ended.
    pub in_training: Mutex<isize>,
    /// Cohorts that were halved: their runs, and why.
    pub halved: Mutex<Vec<(usize, String)>>,
    /// Runs that were retried, and why.
    pub retried: Mutex<Vec<(String, String)>>,
    /// Runs that failed, and why.
    pub failed: Mutex<Vec<String>>,
    pub after_epoch: Option<&'a AfterEpoch<'a>>,
}

impl Progress for RecordingProgress<'_> {
    fn started(&self, _: &StartSummary) {}

    fn epoch_ended(&self, name: &str, epoch: usize, _: usize) {
        if let Some(after_epoch) = self.after_epoch {
            after_epoch(name, epoch);
        }
    }

    fn tuning_cohort_size(&self, _: usize, _: usize) {}

    fn run_started(&self, _: &str) {
        *self.in_training.lock().unwrap() += 1;
    }

    fn run_ended(&self, name: &str, result: &RunResult) {
        *self.in_training.lock().unwrap() -= 1;
        if let Some(failure) = &result.failure {
            let mut failed = self.failed.lock().unwrap();
            failed.push(format!("{name}: {failure}"));
        }
    }

    fn cohort_split(&self, runs: usize, reason: &str) {
        *self.in_training.lock().unwrap() -= runs as isize;
        self.halved.lock().unwrap().push((runs, reason.to_owned()));
    }

    fn run_retried(&self, name: &str, reason: &str) {
        *self.in_training.lock().unwrap() -= 1;
        let mut retried = self.retried.lock().unwrap();
        retried.push((name.to_owned(), reason.to_owned()));
    }

    fn profile_failed(&self, _: &str, _: &str) {}
    fn profiling(&self, _: usize, _: usize) {}

    fn finished(&self) {}
}
