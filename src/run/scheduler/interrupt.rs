//! Ctrl-C and its like.

use crate::run::progress::{NoProgress, Progress};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once, OnceLock};

/// The signals that ask to stop.
const SIGNALS: [i32; 3] = [SIGINT, SIGTERM, SIGUSR1];

/// The exit code of a process that was stopped and has more to do: EX_TEMPFAIL of sysexits.h.
pub const EXIT_RUNS_REMAIN: u8 = 75;

/// Whether the user asked to stop, and by which signal.
#[derive(Clone, Debug)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
    /// Whether whoever asked was told that it is heard.
    answered: Arc<Once>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self {
            asked: Arc::default(),
            signal: Arc::default(),
            answered: Arc::new(Once::new()),
        }
    }
}

impl Interrupt {
    /// Listens to SIGINT (Ctrl-C), SIGTERM, and SIGUSR1, by which a scheduler says that the time
    /// limit is near: the first asks to stop, the second ends the process
    /// at once. What is complete stays on disk either way.
    ///
    /// A terminal that is closed (SIGHUP) stops nothing: a sweep goes on for whom has left it alone.
    ///
    /// # Errors
    /// A system that does not let the process listen.
    pub fn listen() -> std::io::Result<Self> {
        let interrupt = Self::default();
        for signal in SIGNALS {
            // Registered first, so that it sees the flag as it was before this signal.
            let asked = Arc::clone(&interrupt.asked);
            signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, asked)?;
            let asked = Arc::clone(&interrupt.asked);
            signal_hook::flag::register(signal, asked)?;
            let number = Arc::clone(&interrupt.signal);
            signal_hook::flag::register_usize(signal, number, signal as usize)?;
        }
        signal_hook::flag::register(SIGHUP, Arc::default())?;
        Ok(interrupt)
    }

    /// Has a thread answer the first signal as soon as it comes, through `display` once there is one:
    /// data may be read for long before that, and what is in training may take seconds until it has
    /// been saved.
    ///
    /// # Errors
    /// A system that does not let the process listen.
    pub fn answer_through(&self, display: Arc<OnceLock<Arc<dyn Progress>>>) -> std::io::Result<()> {
        let mut signals = signal_hook::iterator::Signals::new(SIGNALS)?;
        let interrupt = self.clone();
        let answer = move || {
            if signals.forever().next().is_some() {
                match display.get() {
                    Some(display) => interrupt.answer(&**display),
                    None => interrupt.answer(&NoProgress),
                }
            }
        };
        std::thread::Builder::new().spawn(answer).map(drop)
    }

    /// Says, once, that a signal is heard; nothing where none came.
    pub fn answer(&self, progress: &dyn Progress) {
        let line = match self.signal.load(Ordering::Relaxed) {
            0 => return,
            signal if signal == SIGINT as usize => {
                "stopping: what is complete is saved first; Ctrl-C again ends now"
            }
            _ => "stopping: what is complete is saved first",
        };
        self.answered.call_once(|| progress.stopping(line));
    }

    /// Asks to stop.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked to stop.
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Whether it was asked for since a time limit is near, and by nothing else.
    pub fn is_time_limit(&self) -> bool {
        self.signal.load(Ordering::Relaxed) == SIGUSR1 as usize
    }

    /// The exit code that tells a shell of the signal: 130 after Ctrl-C; 75, which says that there is
    /// more to do, where the time limit is near.
    pub fn exit_code(&self) -> u8 {
        match self.signal.load(Ordering::Relaxed) {
            0 => 130,
            _ if self.is_time_limit() => EXIT_RUNS_REMAIN,
            signal => u8::try_from(128 + signal).unwrap_or(130),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::StartSummary;
    use std::sync::mpsc::{Sender, channel};
    use std::time::Duration;

    /// Hands on what is answered.
    struct Told(Sender<String>);

    impl Progress for Told {
        fn stopping(&self, line: &str) {
            self.0.send(line.to_owned()).unwrap();
        }
        fn started(&self, beginning: &StartSummary) {
            NoProgress.started(beginning);
        }
        fn sizing(&self, _: usize, _: usize) {}
        fn run_started(&self, _: &str) {}
        fn run_ended(&self, _: &str, _: &crate::record::RunResult) {}
        fn halved(&self, _: usize, _: &str) {}
        fn tried_again(&self, _: &str, _: &str) {}
        fn measuring(&self, _: usize, _: usize) {}
        fn finished(&self) {}
    }

    #[test]
    fn a_signal_is_answered_once_and_without_anybody_at_work() {
        let (sender, answers) = channel();
        let progress = Arc::new(Told(sender));
        let display: Arc<OnceLock<Arc<dyn Progress>>> = Arc::default();
        let interrupt = Interrupt::listen().unwrap();
        interrupt.answer_through(Arc::clone(&display)).unwrap();
        assert!(display.set(progress.clone()).is_ok());
        interrupt.answer(&*progress);
        assert!(answers.try_recv().is_err(), "nobody has asked");
        signal_hook::low_level::raise(SIGUSR1).unwrap();
        let answer = answers.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(answer, "stopping: what is complete is saved first");
        interrupt.answer(&*progress);
        assert!(answers.try_recv().is_err(), "it is said once");
    }
}
