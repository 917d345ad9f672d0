//! Ctrl-C and its like.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Whether the user asked to stop, and by which signal.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Listens to SIGINT (Ctrl-C) and SIGTERM: the first asks to stop, the second ends the process
    /// at once. What is complete stays on disk either way.
    ///
    /// A terminal that is closed (SIGHUP) stops nothing: a sweep goes on for whom has left it alone.
    ///
    /// # Errors
    /// A system that does not let the process listen.
    pub fn listen() -> std::io::Result<Self> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM] {
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

    /// The exit code that tells a shell of the signal: 130 after Ctrl-C.
    pub fn exit_code(&self) -> u8 {
        match self.signal.load(Ordering::Relaxed) {
            0 => 130,
            signal => u8::try_from(128 + signal).unwrap_or(130),
        }
    }
}
