//! Shows the progress of a sweep on standard error.

use super::mutex::lock;
use super::progress::{NoProgress, Progress, StartSummary};
use crate::metrics::{Score, ScoreUnit};
use crate::plan::Plan;
use crate::record::RunResult;
use crate::wording::{duration, plural};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use statistics::Direction;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The display for standard error: a progress bar on a terminal, plain lines otherwise.
pub fn display(plan: &Plan, rank_by: Score, quiet: bool) -> Arc<dyn Progress> {
    if quiet {
        return Arc::new(NoProgress);
    }
    let is_terminal = std::io::stderr().is_terminal();
    let bar =
        is_terminal.then(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()));
    Arc::new(Display::new(&plan.name, rank_by, bar))
}

struct Display {
    name: String,
    bar: Option<ProgressBar>,
    state: Mutex<State>,
}

struct State {
    rank_by: Score,
    runs: usize,
    /// Runs that were done before this start.
    done_before: usize,
    done: usize,
    failed: usize,
    running: usize,
    best: Option<(f64, String)>,
    started: Option<Instant>,
    /// When a plain line was printed last.
    last_line: Option<Instant>,
    /// When an epoch was shown last, or a plain line.
    last_epoch: Option<Instant>,
    /// The epoch that was shown last: `lr0.1/fold-0: epoch 3 of 10`.
    epoch: Option<String>,
    /// Whether shapes are being profiled.
    is_profiling: bool,
}

/// The minimum time between two plain lines.
const LINE_INTERVAL: Duration = Duration::from_secs(5);

/// The minimum time between a plain line and a line about an epoch, which only shows that training
/// goes on.
const EPOCH_INTERVAL: Duration = Duration::from_secs(30);

/// The minimum time between two epochs on a terminal, so that they can be read.
const TERMINAL_EPOCH_INTERVAL: Duration = Duration::from_millis(500);

impl Display {
    fn new(name: &str, rank_by: Score, bar: Option<ProgressBar>) -> Self {
        Self {
            name: name.to_owned(),
            bar,
            state: Mutex::new(State {
                rank_by,
                runs: 0,
                done_before: 0,
                done: 0,
                failed: 0,
                running: 0,
                best: None,
                started: None,
                last_line: None,
                last_epoch: None,
                epoch: None,
                is_profiling: false,
            }),
        }
    }

    fn with_state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut lock(&self.state))
    }

    fn redraw(&self, state: &State) {
        let Some(bar) = &self.bar else { return };
        bar.set_position(state.done as u64);
        bar.set_message(state.pace());
        bar.set_prefix(state.best());
    }

    /// Prints a plain line, if there is no terminal.
    fn print_status(&self, state: &mut State) {
        if self.bar.is_some() {
            return;
        }
        let mut line = format!("{}/{} runs, {}", state.done, state.runs, state.pace());
        if state.best.is_some() {
            line = format!("{line}; {}", state.best());
        }
        self.print_line(&line);
        let now = Some(Instant::now());
        (state.last_line, state.last_epoch) = (now, now);
    }

    fn print_line(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            // The sweep goes on even if standard error is closed.
            None => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }
}

impl State {
    /// `2 running, 24.1 runs/s, 7 s left, 1 failed`
    fn pace(&self) -> String {
        let mut parts = Vec::new();
        if self.running > 0 {
            parts.push(format!("{} running", self.running));
        }
        let done_now = self.done - self.done_before;
        if let (Some(started), true) = (self.started, done_now > 0) {
            let rate = done_now as f64 / started.elapsed().as_secs_f64().max(1e-9);
            parts.push(if rate >= 1.0 {
                format!("{rate:.1} runs/s")
            } else {
                format!("{} per run", duration(1.0 / rate))
            });
            if self.done < self.runs {
                let left = (self.runs - self.done) as f64 / rate;
                parts.push(format!("{} left", duration(left)));
            }
        }
        if self.failed > 0 {
            parts.push(format!("{} failed", self.failed));
        }
        if let (Some(epoch), true) = (&self.epoch, self.running > 0) {
            parts.push(epoch.clone());
        }
        parts.join(", ")
    }

    /// `best run 93.90 %: layers1_lr0.1`
    fn best(&self) -> String {
        match (&self.best, self.rank_by.unit) {
            (None, _) => String::new(),
            (Some((score, name)), ScoreUnit::Percent) => {
                format!("best run {:.2} %: {name}", 100.0 * score)
            }
            (Some((score, name)), ScoreUnit::Number) => format!("best run {score:.4}: {name}"),
        }
    }
}

impl Progress for Display {
    fn stopping(&self, line: &str) {
        self.print_line(line);
    }

    fn started(&self, summary: &StartSummary) {
        let runs = summary.runs;
        let done = summary.finished + summary.failed;
        self.with_state(|state| {
            state.runs = runs;
            state.done = done;
            state.done_before = done;
            state.started = Some(Instant::now());
            // The first line about an epoch comes after the interval.
            state.last_epoch = state.started;
        });
        if let Some(bar) = &self.bar {
            bar.set_length(runs as u64);
            // The first line is cut to the terminal's width, the second to 78 columns.
            let lines = "{bar:24} {pos}/{len} runs, {wide_msg}\n{prefix:78!}";
            if let Ok(style) = ProgressStyle::with_template(lines) {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        self.print_line(&format!("{}: {}", self.name, summary.line()));
    }

    fn epoch_ended(&self, name: &str, epoch: usize, epochs: usize) {
        self.with_state(|state| {
            let interval = match &self.bar {
                Some(_) => TERMINAL_EPOCH_INTERVAL,
                None => EPOCH_INTERVAL,
            };
            if state
                .last_epoch
                .is_some_and(|last| last.elapsed() < interval)
            {
                return;
            }
            state.last_epoch = Some(Instant::now());
            state.epoch = Some(format!("{name}: epoch {epoch} of {epochs}"));
            self.redraw(state);
            self.print_status(state);
        });
    }

    fn tuning_cohort_size(&self, done: usize, groups: usize) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!(
                "measuring the cohort size: {done} of {groups} {}",
                plural(groups, "model shape")
            ));
        }
    }

    fn run_started(&self, _name: &str) {
        self.with_state(|state| {
            state.running += 1;
            self.redraw(state);
            let is_due = state
                .last_line
                .is_none_or(|last| last.elapsed() >= LINE_INTERVAL);
            if state.done > state.done_before && is_due {
                self.print_status(state);
            }
        });
    }

    fn run_ended(&self, name: &str, result: &RunResult) {
        self.with_state(|state| {
            state.running -= 1;
            state.done += 1;
            state.epoch = None;
            if let Some(failure) = &result.failure {
                state.failed += 1;
                self.print_line(&format!("{name}: {failure}"));
            } else if let Some(score) = result.validation_score(state.rank_by) {
                let better = |best: f64| match state.rank_by.direction {
                    Direction::Maximise => score > best,
                    Direction::Minimise => score < best,
                };
                if state.best.as_ref().is_none_or(|(best, _)| better(*best)) {
                    state.best = Some((score, result.trial.clone()));
                }
            }
            if state.done == state.runs {
                self.print_status(state);
            }
            // Otherwise the next run, which starts at once, redraws.
            if state.done + state.running == state.runs {
                self.redraw(state);
            }
        });
    }

    fn cohort_split(&self, runs: usize, reason: &str) {
        self.with_state(|state| state.running -= runs);
        self.print_line(&format!(
            "a cohort of {runs} runs failed ({reason}); retrying in two halves"
        ));
    }

    fn run_retried(&self, name: &str, reason: &str) {
        self.with_state(|state| state.running -= 1);
        self.print_line(&format!("{name}: failed ({reason}); retrying"));
    }

    fn profile_failed(&self, trial: &str, reason: &str) {
        self.print_line(&format!(
            "{trial}: speed and memory could not be measured ({reason})"
        ));
    }

    fn profiling(&self, done: usize, shapes: usize) {
        let line = format!("profiling each kind of training step alone: {done} of {shapes}");
        let is_first = self.with_state(|state| !std::mem::replace(&mut state.is_profiling, true));
        match &self.bar {
            Some(bar) => bar.set_message(line),
            None if is_first => self.print_line(&format!(
                "profiling speed and memory of {shapes} {} of training step, one after the other",
                plural(shapes, "kind")
            )),
            None => {}
        }
    }

    fn finished(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_shown_when_nothing_was_shown_for_the_interval() {
        let display = Display::new("sweep", Score::ACCURACY, None);
        display.started(&StartSummary {
            runs: 3,
            ..StartSummary::default()
        });
        display.run_started("a");
        let pace = || display.with_state(|state| state.pace());
        display.epoch_ended("a", 1, 9);
        assert_eq!(pace(), "1 running");
        for epoch in [2, 3] {
            // The third comes right after the line about the second.
            if epoch == 2 {
                let long_ago = Instant::now().checked_sub(EPOCH_INTERVAL);
                display.with_state(|state| state.last_epoch = long_ago);
            }
            display.epoch_ended("a", epoch, 9);
            assert_eq!(pace(), "1 running, a: epoch 2 of 9");
        }
    }
}
