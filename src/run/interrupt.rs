//! Ctrl-C and its like.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The exit code of a process that was stopped and has more to do: EX_TEMPFAIL of sysexits.h.
const MORE_TO_DO: u8 = 75;

/// Whether the user asked to stop, and by which signal.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
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
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM, SIGUSR1] {
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
        self.signal.load(Ordering::Relaxed) == signal_hook::consts::SIGUSR1 as usize
    }

    /// The exit code that tells a shell of the signal: 130 after Ctrl-C; 75, which says that there is
    /// more to do, where the time limit is near.
    pub fn exit_code(&self) -> u8 {
        match self.signal.load(Ordering::Relaxed) {
            0 => 130,
            _ if self.is_time_limit() => MORE_TO_DO,
            signal => u8::try_from(128 + signal).unwrap_or(130),
        }
    }
}
