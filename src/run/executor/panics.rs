//! Catches panics, and describes them.

use super::device_fault::DeviceFault;
use crate::panic_hook;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind};
use std::sync::Once;

/// A panic that was caught.
pub(crate) struct CaughtPanic {
    pub(crate) payload: Box<dyn Any + Send>,
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
    HANDLER.call_once(|| panic_hook::add_handler(record_panic));
    LOCATION.take();
    let outer = CATCHING.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(outer);
    done.map_err(|payload| CaughtPanic {
        payload,
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
pub(crate) fn message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| Some(panic.downcast_ref::<DeviceFault>()?.to_string()))
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

/// Whether a message reports that memory ran out.
///
/// Recognises the messages of CUDA's driver (`CUDA_ERROR_OUT_OF_MEMORY`, "out of memory"), of cubecl 0.10
/// ("An out-of-memory error", "can't allocate buffer of size", "CUDA allocation error",
/// "BufferTooBig": an allocation that the driver refused for lack of memory) and of
/// Rust's allocator ("memory allocation of … bytes failed").
pub(crate) fn is_out_of_memory(message: &str) -> bool {
    const PHRASES: [&str; 7] = [
        "out of memory",
        "out-of-memory",
        "out_of_memory",
        "allocate buffer",
        "allocation error",
        "buffertoobig",
        "memory allocation",
    ];
    let message = message.to_lowercase();
    PHRASES.iter().any(|phrase| message.contains(phrase))
}

/// The first line of a message, without a backtrace and other details.
pub(crate) fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_out_of_memory_is_recognised() {
        for message in [
            "DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")",
            "can't allocate buffer of size: 123\n  0: cubecl",
            "An out-of-memory error happened during launch",
            "memory allocation of 8 bytes failed",
            "called `Result::unwrap()` on an `Err` value: BufferTooBig { size: 8, backtrace: … }",
        ] {
            assert!(is_out_of_memory(message), "{message}");
        }
        assert!(!is_out_of_memory("index out of bounds: the len is 3"));
        assert!(!is_out_of_memory("members remember"));
    }

    #[test]
    fn a_caught_panic_has_its_location() {
        let caught = catch(|| panic!("a bug")).unwrap_err();
        assert_eq!(message(caught.payload.as_ref()), "a bug");
        let location = caught.location.unwrap();
        let file = "src/run/executor/panics.rs:";
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
        assert_eq!(message(&"text"), "text");
        assert_eq!(message(&"text".to_owned()), "text");
        assert_eq!(message(&DeviceFault("fault".to_owned())), "fault");
        assert_eq!(message(&1_u8), "a panic without a message");
        assert_eq!(first_line("one\ntwo"), "one");
    }
}
