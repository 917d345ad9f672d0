//! Catches panics of the current thread, and describes them.

use super::hook;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind};
use std::sync::Once;

/// A panic that was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CaughtPanic {
    pub(crate) message: String,
    /// The source file and line, where they are known.
    pub(crate) location: Option<String>,
}

thread_local! {
    /// Whether [`catch`] catches a panic of this thread.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    /// The location of the last panic that was caught.
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does work whose panic the caller reports: nothing is printed.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, CaughtPanic> {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| hook::add_handler(record_panic));
    LOCATION.take();
    let outer = CATCHING.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(outer);
    done.map_err(|payload| CaughtPanic {
        message: message_of(payload.as_ref()),
        location: LOCATION.take(),
    })
}

/// Records the location of a panic on this thread; whether it is caught.
fn record_panic(panic: &PanicHookInfo) -> bool {
    let is_caught = CATCHING.get();
    if is_caught {
        LOCATION.set(panic.location().map(source_line));
    }
    is_caught
}

/// A location as `src/run/mod.rs:12`.
fn source_line(location: &Location) -> String {
    format!("{}:{}", in_crate(location.file()), location.line())
}

/// A path in the source of a crate, without the folders above the crate.
fn in_crate(path: &str) -> &str {
    match path.rsplit_once("/src/") {
        None => path,
        Some((folders, _)) => {
            let start = folders.rfind('/').map_or(0, |slash| slash + 1);
            &path[start..]
        }
    }
}

/// The message of a panic.
pub(crate) fn message_of(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caught_panic_has_its_location() {
        let caught = catch(|| panic!("a bug")).unwrap_err();
        assert_eq!(caught.message, "a bug");
        let location = caught.location.unwrap();
        let file = "src/caught/catch.rs:";
        assert!(location.starts_with(file), "{location}");
        assert_eq!(catch(|| 1).ok(), Some(1));
        assert!(!CATCHING.get());
        assert_eq!(
            in_crate("/x/registry/gemm-1.0/src/a/b.rs"),
            "gemm-1.0/src/a/b.rs"
        );
    }

    #[test]
    fn the_message_of_a_panic_is_kept() {
        assert_eq!(message_of(&"text"), "text");
        assert_eq!(message_of(&"text".to_owned()), "text");
        assert_eq!(message_of(&1_u8), "a panic without a message");
    }
}
