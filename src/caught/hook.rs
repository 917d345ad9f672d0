//! The panic hook of the process, which several handlers share.

use std::panic::PanicHookInfo;
use std::sync::{Once, PoisonError, RwLock};

/// Inspects a panic on the thread that panics; whether somebody reports it, so that it need not be
/// printed.
pub(crate) type PanicHandler = fn(&PanicHookInfo) -> bool;

static HANDLERS: RwLock<Vec<PanicHandler>> = RwLock::new(Vec::new());

/// Adds a handler, once and for all. Every handler sees every panic; the hook that the process had
/// before prints those that none of them reports.
pub(crate) fn add_handler(handler: PanicHandler) {
    static INSTALLED: Once = Once::new();
    let mut handlers = HANDLERS.write().unwrap_or_else(PoisonError::into_inner);
    handlers.push(handler);
    drop(handlers);
    INSTALLED.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let handlers = HANDLERS.read().unwrap_or_else(PoisonError::into_inner);
            let mut is_reported = false;
            for handler in handlers.iter() {
                is_reported |= handler(panic);
            }
            drop(handlers);
            if !is_reported {
                previous(panic);
            }
        }));
    });
}
