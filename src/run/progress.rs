//! How a sweep is coming along, for people.

use crate::plan::{Plan, duration, plural};
use crate::record::RunResult;
use crate::spec::RankBy;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a sweep, or a share of it, starts with, in runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartSummary {
    /// All of them.
    pub runs: usize,
    /// Those that have finished.
    pub finished: usize,
    /// Those that failed, and are left as they are.
    pub failed: usize,
    /// Those that go on from a checkpoint.
    pub resumed: usize,
}

/// Who is told how a sweep is coming along.
pub trait Progress: Send + Sync {
    /// The sweep starts.
    fn started(&self, beginning: &StartSummary);
    /// An epoch of a run has ended, of so many that it has at most.
    fn epoch_ended(&self, _name: &str, _epoch: usize, _epochs: usize) {}
    /// Somebody asked to stop. This is an answer, and is given to who wants to hear nothing else too.
    fn stopping(&self, line: &str) {
        // A closed standard error is no reason not to stop.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    /// It is measured how many runs to train together, for each class of runs: so many are done.
    fn sizing(&self, done: usize, classes: usize);
    /// A run starts.
    fn run_started(&self, name: &str);
    /// A run has ended.
    fn run_ended(&self, name: &str, result: &RunResult);
    /// Runs that had started were given up as they were trained together: they start again, in
    /// two halves.
    fn halved(&self, runs: usize, reason: &str);
    /// A run that had started alone was given up, since its device failed or its folder is gone: it
    /// starts again.
    fn tried_again(&self, name: &str, reason: &str);
    /// All runs have ended; trials are measured, one after the other: so many are done.
    fn measuring(&self, done: usize, trials: usize);
    /// The sweep has ended.
    fn finished(&self);
}

/// Tells nobody.
pub struct NoProgress;

impl Progress for NoProgress {
    fn started(&self, _beginning: &StartSummary) {}
    fn sizing(&self, _done: usize, _classes: usize) {}
    fn run_started(&self, _name: &str) {}
    fn run_ended(&self, _name: &str, _result: &RunResult) {}
    fn halved(&self, _runs: usize, _reason: &str) {}
    fn tried_again(&self, _name: &str, _reason: &str) {}
    fn measuring(&self, _done: usize, _trials: usize) {}
    fn finished(&self) {}
}

/// The display that suits standard error: a live line on a terminal, plain lines elsewhere.
pub fn display(plan: &Plan, rank_by: RankBy, quiet: bool) -> Arc<dyn Progress> {
    if quiet {
        return Arc::new(NoProgress);
    }
    let bar = match std::io::stderr().is_terminal() {
        true => Some(ProgressBar::with_draw_target(
            None,
            ProgressDrawTarget::stderr(),
        )),
        false => None,
    };
    Arc::new(Display::new(&plan.name, rank_by, bar))
}

struct Display {
    name: String,
    bar: Option<ProgressBar>,
    state: Mutex<State>,
}

struct State {
    rank_by: RankBy,
    runs: usize,
    /// Done before this start.
    kept: usize,
    done: usize,
    failed: usize,
    running: usize,
    best: Option<(f64, String)>,
    started: Option<Instant>,
    said: Option<Instant>,
    /// When an epoch, or more, was told of last.
    told: Option<Instant>,
    /// The epoch that was told of last: `lr0.1/fold-0: epoch 3 of 10`.
    epoch: Option<String>,
    /// Whether all runs have ended, and trials are being measured.
    measuring: bool,
}

/// The least time between two plain lines.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// The least time between a plain line and one about an epoch: a sign of life.
const BETWEEN_EPOCHS: Duration = Duration::from_secs(30);

/// The least time between two epochs that are shown on a terminal: nobody reads faster.
const BETWEEN_EPOCHS_ON_A_TERMINAL: Duration = Duration::from_millis(500);

impl StartSummary {
    /// `8 runs, 3 of them already done, 2 failed earlier (--retry-failed trains them again)`
    fn told(&self) -> String {
        let counted = |count: usize| format!("{count} {}", plural(count, "run"));
        let mut text = counted(self.runs);
        if self.finished > 0 {
            text.push_str(&format!(", {} of them already done", self.finished));
        }
        if self.failed > 0 {
            let them = if self.failed == 1 { "it" } else { "them" };
            text.push_str(&format!(
                ", {} failed earlier (--retry-failed trains {them} again)",
                self.failed
            ));
        }
        if self.resumed > 0 {
            let (go, their) = match self.resumed {
                1 => ("goes", "its checkpoint"),
                _ => ("go", "their checkpoints"),
            };
            text.push_str(&format!("; {} {go} on from {their}", counted(self.resumed)));
        }
        text
    }
}

impl Display {
    fn new(name: &str, rank_by: RankBy, bar: Option<ProgressBar>) -> Self {
        Self {
            name: name.to_owned(),
            bar,
            state: Mutex::new(State {
                rank_by,
                runs: 0,
                kept: 0,
                done: 0,
                failed: 0,
                running: 0,
                best: None,
                started: None,
                said: None,
                told: None,
                epoch: None,
                measuring: false,
            }),
        }
    }

    fn with_state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn redraw(&self, state: &State) {
        let Some(bar) = &self.bar else { return };
        bar.set_position(state.done as u64);
        bar.set_message(state.pace());
        bar.set_prefix(state.best());
    }

    /// Where there is no terminal: a line now and then.
    fn say_plainly(&self, state: &mut State) {
        if self.bar.is_some() {
            return;
        }
        let mut line = format!("{}/{} runs, {}", state.done, state.runs, state.pace());
        if state.best.is_some() {
            line = format!("{line}; {}", state.best());
        }
        self.say(&line);
        let now = Some(Instant::now());
        (state.said, state.told) = (now, now);
    }

    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            // A closed standard error is no reason to stop a sweep.
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
        let here = self.done - self.kept;
        if let (Some(started), true) = (self.started, here > 0) {
            let rate = here as f64 / started.elapsed().as_secs_f64().max(1e-9);
            parts.push(match rate >= 1.0 {
                true => format!("{rate:.1} runs/s"),
                false => format!("{} a run", duration(1.0 / rate)),
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
        match (&self.best, self.rank_by) {
            (None, _) => String::new(),
            (Some((score, name)), RankBy::Accuracy) => {
                format!("best run {:.2} %: {name}", 100.0 * score)
            }
            (Some((score, name)), RankBy::Loss) => format!("best run {score:.4}: {name}"),
        }
    }
}

impl Progress for Display {
    fn stopping(&self, line: &str) {
        self.say(line);
    }

    fn started(&self, beginning: &StartSummary) {
        let runs = beginning.runs;
        let done = beginning.finished + beginning.failed;
        self.with_state(|state| {
            state.runs = runs;
            state.done = done;
            state.kept = done;
            state.started = Some(Instant::now());
            // The first line that tells more is due after a while.
            state.told = state.started;
        });
        if let Some(bar) = &self.bar {
            bar.set_length(runs as u64);
            // The first line is cut to the terminal's width, the second to that of a small one.
            let lines = "{bar:24} {pos}/{len} runs, {wide_msg}\n{prefix:78!}";
            if let Ok(style) = ProgressStyle::with_template(lines) {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        self.say(&format!("{}: {}", self.name, beginning.told()));
    }

    fn epoch_ended(&self, name: &str, epoch: usize, epochs: usize) {
        self.with_state(|state| {
            let wait = match &self.bar {
                Some(_) => BETWEEN_EPOCHS_ON_A_TERMINAL,
                None => BETWEEN_EPOCHS,
            };
            if state.told.is_some_and(|told| told.elapsed() < wait) {
                return;
            }
            state.told = Some(Instant::now());
            state.epoch = Some(format!("{name}: epoch {epoch} of {epochs}"));
            self.redraw(state);
            self.say_plainly(state);
        });
    }

    fn sizing(&self, done: usize, classes: usize) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!(
                "how many runs to train together: {done} of {classes} {}",
                plural(classes, "shape")
            ));
        }
    }

    fn run_started(&self, _name: &str) {
        self.with_state(|state| {
            state.running += 1;
            self.redraw(state);
            let due = state
                .said
                .is_none_or(|said| said.elapsed() >= BETWEEN_LINES);
            if state.done > state.kept && due {
                self.say_plainly(state);
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
                self.say(&format!("{name}: {failure}"));
            } else if let Some(score) = result.validation_score(state.rank_by) {
                let better = |best: f64| match state.rank_by {
                    RankBy::Accuracy => score > best,
                    RankBy::Loss => score < best,
                };
                if state.best.as_ref().is_none_or(|(best, _)| better(*best)) {
                    state.best = Some((score, result.trial.clone()));
                }
            }
            if state.done == state.runs {
                self.say_plainly(state);
            }
            // The next start, which follows at once, redraws; without one, this end does.
            if state.done + state.running == state.runs {
                self.redraw(state);
            }
        });
    }

    fn halved(&self, runs: usize, reason: &str) {
        self.with_state(|state| state.running -= runs);
        self.say(&format!(
            "{runs} runs trained together failed ({reason}): they start again, in two halves"
        ));
    }

    fn tried_again(&self, name: &str, reason: &str) {
        self.with_state(|state| state.running -= 1);
        self.say(&format!("{name}: given up ({reason}): it starts again"));
    }

    fn measuring(&self, done: usize, trials: usize) {
        let line = format!("speed and memory of each trial, alone: {done} of {trials}");
        let is_first = self.with_state(|state| !std::mem::replace(&mut state.measuring, true));
        match &self.bar {
            Some(bar) => bar.set_message(line),
            None if is_first => self.say(&format!(
                "measuring speed and memory of {trials} {}, one after the other",
                plural(trials, "trial")
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
    fn an_epoch_is_told_of_where_nothing_was_said_for_a_while() {
        let display = Display::new("sweep", RankBy::Accuracy, None);
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
                let long_ago = Instant::now().checked_sub(BETWEEN_EPOCHS);
                display.with_state(|state| state.told = long_ago);
            }
            display.epoch_ended("a", epoch, 9);
            assert_eq!(pace(), "1 running, a: epoch 2 of 9");
        }
    }

    #[test]
    fn a_beginning_tells_what_is_done_what_failed_and_what_goes_on() {
        let told = |runs, finished, failed, resumed| {
            let beginning = StartSummary {
                runs,
                finished,
                failed,
                resumed,
            };
            beginning.told()
        };
        assert_eq!(told(1, 0, 0, 0), "1 run");
        assert_eq!(
            told(8, 3, 2, 1),
            "8 runs, 3 of them already done, 2 failed earlier (--retry-failed trains them again); \
             1 run goes on from its checkpoint"
        );
        assert_eq!(
            told(8, 0, 1, 2),
            "8 runs, 1 failed earlier (--retry-failed trains it again); 2 runs go on from their \
             checkpoints"
        );
    }
}
