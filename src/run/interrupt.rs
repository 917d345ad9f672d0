//! Ctrl-C and other signals that stop a sweep.

use super::progress::{NoProgress, Progress};
use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once, OnceLock};

/// The signal by which a cluster's scheduler announces that the time limit is near.
#[cfg(unix)]
const TIME_LIMIT_SIGNAL: Option<i32> = Some(signal_hook::consts::SIGUSR1);
/// Windows has no such signal.
#[cfg(not(unix))]
const TIME_LIMIT_SIGNAL: Option<i32> = None;

/// The exit code of a process that was stopped before its runs were complete: EX_TEMPFAIL of
/// sysexits.h.
pub const EXIT_RUNS_REMAIN: u8 = 75;

/// Whether the user asked to stop, and by which signal.
#[derive(Clone, Debug)]
pub struct Interrupt {
    requested: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
    /// Whether the request was acknowledged.
    acknowledged: Arc<Once>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self {
            requested: Arc::default(),
            signal: Arc::default(),
            acknowledged: Arc::new(Once::new()),
        }
    }
}

impl Interrupt {
    /// Listens to SIGINT (Ctrl-C), SIGTERM and, on Unix, SIGUSR1, by which a scheduler announces that
    /// the time limit is near. The first signal requests a stop, the second ends the process at once.
    /// Complete results stay on the disk in both cases.
    ///
    /// SIGHUP, which a closing terminal sends, is ignored: the sweep goes on.
    ///
    /// # Errors
    /// Signal handlers that the system does not accept.
    pub fn listen() -> std::io::Result<Self> {
        let interrupt = Self::default();
        for signal in stop_signals() {
            // Registered first, so that it sees the flag as it was before this signal.
            let requested = Arc::clone(&interrupt.requested);
            signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, requested)?;
            let requested = Arc::clone(&interrupt.requested);
            signal_hook::flag::register(signal, requested)?;
            let number = Arc::clone(&interrupt.signal);
            signal_hook::flag::register_usize(signal, number, signal as usize)?;
        }
        #[cfg(unix)]
        signal_hook::flag::register(signal_hook::consts::SIGHUP, Arc::default())?;
        Ok(interrupt)
    }

    /// Starts a thread that acknowledges the first signal as soon as it comes, through `display` once
    /// that is set: before it, data may be read for a long time, and after it, saving the runs in
    /// training may take seconds.
    ///
    /// # Errors
    /// Signal handlers or threads that the system does not accept.
    pub fn acknowledge_through(
        &self,
        display: Arc<OnceLock<Arc<dyn Progress>>>,
    ) -> std::io::Result<()> {
        let interrupt = self.clone();
        let wait_for_signal = signal_waiter(self)?;
        let acknowledge = move || {
            if wait_for_signal() {
                match display.get() {
                    Some(display) => interrupt.acknowledge(&**display),
                    None => interrupt.acknowledge(&NoProgress),
                }
            }
        };
        std::thread::Builder::new().spawn(acknowledge).map(drop)
    }

    /// Reports, once, that a signal was received; does nothing if there was none.
    pub fn acknowledge(&self, progress: &dyn Progress) {
        let line = match self.signal.load(Ordering::Relaxed) {
            0 => return,
            signal if signal == SIGINT as usize => {
                "stopping after saving progress; press Ctrl-C again to stop now"
            }
            _ => "stopping after saving progress",
        };
        self.acknowledged.call_once(|| progress.stopping(line));
    }

    /// Requests a stop.
    pub fn request(&self) {
        self.requested.store(true, Ordering::Relaxed);
    }

    /// Whether a stop was requested.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed)
    }

    /// Whether the last signal announced the time limit.
    pub fn is_time_limit(&self) -> bool {
        let signal = self.signal.load(Ordering::Relaxed);
        TIME_LIMIT_SIGNAL.is_some_and(|time_limit| signal == time_limit as usize)
    }

    /// The exit code that a shell expects after the signal: 130 after Ctrl-C. After the signal of the
    /// time limit [`EXIT_RUNS_REMAIN`].
    pub fn exit_code(&self) -> u8 {
        match self.signal.load(Ordering::Relaxed) {
            0 => 130,
            _ if self.is_time_limit() => EXIT_RUNS_REMAIN,
            signal => u8::try_from(128 + signal).unwrap_or(130),
        }
    }
}

/// The signals that request a stop.
fn stop_signals() -> impl Iterator<Item = i32> {
    [SIGINT, SIGTERM].into_iter().chain(TIME_LIMIT_SIGNAL)
}

/// A function that blocks until the first signal; whether one came.
#[cfg(unix)]
fn signal_waiter(_interrupt: &Interrupt) -> std::io::Result<impl FnOnce() -> bool + Send + use<>> {
    let mut signals = signal_hook::iterator::Signals::new(stop_signals())?;
    Ok(move || signals.forever().next().is_some())
}

/// A function that blocks until the first signal; whether one came. `signal_hook` has no iterator over
/// signals on Windows, so this polls.
#[cfg(not(unix))]
fn signal_waiter(interrupt: &Interrupt) -> std::io::Result<impl FnOnce() -> bool + Send + use<>> {
    const POLL_INTERVAL: std::time::Duration = std::time::Duration::from_millis(100);
    let signal = Arc::clone(&interrupt.signal);
    Ok(move || {
        while signal.load(Ordering::Relaxed) == 0 {
            std::thread::sleep(POLL_INTERVAL);
        }
        true
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::run::progress::StartSummary;
    use signal_hook::consts::SIGUSR1;
    use std::sync::mpsc::{Sender, channel};
    use std::time::Duration;

    /// Forwards the acknowledgements.
    struct Acknowledgements(Sender<String>);

    impl Progress for Acknowledgements {
        fn stopping(&self, line: &str) {
            self.0.send(line.to_owned()).unwrap();
        }
        fn started(&self, summary: &StartSummary) {
            NoProgress.started(summary);
        }
        fn tuning_cohort_size(&self, _: usize, _: usize) {}
        fn run_started(&self, _: &str) {}
        fn run_ended(&self, _: &str, _: &crate::record::RunResult) {}
        fn cohort_split(&self, _: usize, _: &str) {}
        fn run_retried(&self, _: &str, _: &str) {}
        fn profiling(&self, _: usize, _: usize) {}
        fn profile_failed(&self, _: &str, _: &str) {}
        fn finished(&self) {}
    }

    #[test]
    fn a_signal_is_acknowledged_once_and_even_when_nothing_is_trained() {
        let (sender, lines) = channel();
        let progress = Arc::new(Acknowledgements(sender));
        let display: Arc<OnceLock<Arc<dyn Progress>>> = Arc::default();
        let interrupt = Interrupt::listen().unwrap();
        interrupt.acknowledge_through(Arc::clone(&display)).unwrap();
        assert!(display.set(progress.clone()).is_ok());
        interrupt.acknowledge(&*progress);
        assert!(lines.try_recv().is_err(), "no signal yet");
        signal_hook::low_level::raise(SIGUSR1).unwrap();
        let line = lines.recv_timeout(Duration::from_secs(600)).unwrap();
        assert_eq!(line, "stopping after saving progress");
        interrupt.acknowledge(&*progress);
        assert!(lines.try_recv().is_err(), "it is acknowledged once");
    }
}
