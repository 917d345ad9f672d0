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
    /// A run starts.
    fn run_started(&self, name: &str);
    /// A run has ended.
    fn run_ended(&self, name: &str, result: &RunResult);
    /// The sweep has ended.
    fn finished(&self);
}

/// Tells nobody.
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _runs: usize, _done: usize) {}
    fn run_started(&self, _name: &str) {}
    fn run_ended(&self, _name: &str, _result: &RunResult) {}
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
        rank_by,
        bar,
        state: Mutex::new(State::default()),
    })
}

struct Display {
    name: String,
    rank_by: RankBy,
    bar: Option<ProgressBar>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    runs: usize,
    /// Done before this start.
    kept: usize,
    done: usize,
    failed: usize,
    running: Vec<String>,
    best: Option<(f64, String)>,
    started: Option<Instant>,
    said: Option<Instant>,
}

/// The least time between two plain lines.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

impl Display {
    fn with_state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn redraw(&self, state: &State) {
        let Some(bar) = &self.bar else { return };
        let running = match state.running.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        };
        bar.set_position(state.done as u64);
        bar.set_message(format!("{}\n  running {running}", state.line()));
    }
}

impl State {
    /// `1.2 runs/s, 40 s left, best 96.95 % (lr0.1), 1 failed`
    fn line(&self) -> String {
        let mut parts = Vec::new();
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
        if let Some((score, name)) = &self.best {
            parts.push(format!("best {score:.4} ({name})"));
        }
        if self.failed > 0 {
            parts.push(format!("{} failed", self.failed));
        }
        parts.join(", ")
    }
}

impl Progress for Display {
    fn started(&self, runs: usize, done: usize) {
        self.with_state(|state| {
            *state = State {
                runs,
                done,
                kept: done,
                started: Some(Instant::now()),
                ..State::default()
            };
        });
        let kept = match done {
            0 => String::new(),
            _ => format!(", {done} of them already done"),
        };
        let line = format!("{}: {runs} {}{kept}", self.name, plural(runs, "run"));
        match &self.bar {
            Some(bar) => {
                bar.set_length(runs as u64);
                let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
                if let Ok(style) = style {
                    bar.set_style(style);
                }
                bar.println(line);
                bar.enable_steady_tick(Duration::from_millis(250));
            }
            None => say(&line),
        }
    }

    fn run_started(&self, name: &str) {
        self.with_state(|state| {
            state.running.push(name.to_owned());
            self.redraw(state);
        });
    }

    fn run_ended(&self, name: &str, result: &RunResult) {
        self.with_state(|state| {
            state.running.retain(|running| running != name);
            state.done += 1;
            if let Some(failure) = &result.failure {
                state.failed += 1;
                let line = format!("{name}: {failure}");
                match &self.bar {
                    Some(bar) => bar.println(line),
                    None => say(&line),
                }
            } else if let Some(score) = score(result, self.rank_by) {
                let better = |best: f64| match self.rank_by {
                    RankBy::Accuracy => score > best,
                    RankBy::Loss => score < best,
                };
                if state.best.as_ref().is_none_or(|(best, _)| better(*best)) {
                    state.best = Some((score, result.trial.clone()));
                }
            }
            let due = state
                .said
                .is_none_or(|said| said.elapsed() >= BETWEEN_LINES);
            if self.bar.is_none() && (due || state.done == state.runs) {
                say(&format!(
                    "{}/{} runs, {}",
                    state.done,
                    state.runs,
                    state.line()
                ));
                state.said = Some(Instant::now());
            }
            self.redraw(state);
        });
    }

    fn finished(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn score(result: &RunResult, rank_by: RankBy) -> Option<f64> {
    let last = result.last_epoch.as_ref()?;
    match rank_by {
        RankBy::Accuracy => last.val_accuracy,
        RankBy::Loss => last.val_loss,
    }
}

/// Writes a line to standard error; a closed one is no reason to stop a sweep.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
