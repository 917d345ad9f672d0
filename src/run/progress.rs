//! How a sweep is coming along, for people.

use crate::plan::{Plan, duration, plural};
use crate::record::RunResult;
use crate::spec::RankBy;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Who is told how a sweep is coming along.
pub trait Progress: Sync {
    /// The sweep starts: its runs, and those of them that are already done.
    fn started(&self, runs: usize, done: usize);
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
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _runs: usize, _done: usize) {}
    fn sizing(&self, _done: usize, _classes: usize) {}
    fn run_started(&self, _name: &str) {}
    fn run_ended(&self, _name: &str, _result: &RunResult) {}
    fn halved(&self, _runs: usize, _reason: &str) {}
    fn tried_again(&self, _name: &str, _reason: &str) {}
    fn measuring(&self, _done: usize, _trials: usize) {}
    fn finished(&self) {}
}

/// The display that suits standard error: a live line on a terminal, plain lines elsewhere.
pub fn display(plan: &Plan, rank_by: RankBy, quiet: bool) -> Box<dyn Progress> {
    if quiet {
        return Box::new(Silent);
    }
    let bar = match std::io::stderr().is_terminal() {
        true => Some(ProgressBar::with_draw_target(
            None,
            ProgressDrawTarget::stderr(),
        )),
        false => None,
    };
    Box::new(Display {
        name: plan.name.clone(),
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
            measuring: false,
        }),
    })
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
    /// Whether all runs have ended, and trials are being measured.
    measuring: bool,
}

/// The least time between two plain lines.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

impl Display {
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
        state.said = Some(Instant::now());
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
    fn started(&self, runs: usize, done: usize) {
        self.with_state(|state| {
            state.runs = runs;
            state.done = done;
            state.kept = done;
            state.started = Some(Instant::now());
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
        let kept = match done {
            0 => String::new(),
            _ => format!(", {done} of them already done"),
        };
        self.say(&format!(
            "{}: {runs} {}{kept}",
            self.name,
            plural(runs, "run")
        ));
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
            if let Some(failure) = &result.failure {
                state.failed += 1;
                self.say(&format!("{name}: {failure}"));
            } else if let Some(score) = score(result, state.rank_by) {
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

fn score(result: &RunResult, rank_by: RankBy) -> Option<f64> {
    let validation = result.validation?;
    Some(match rank_by {
        RankBy::Accuracy => validation.accuracy,
        RankBy::Loss => validation.loss,
    })
}
