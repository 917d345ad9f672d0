//! What a panic says.

use super::device_faults::{DeviceFault, listen};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

/// A panic that was caught.
pub(crate) struct Caught {
    pub(crate) payload: Box<dyn Any + Send>,
    /// The file and line of the program, where they are known.
    pub(crate) place: Option<String>,
}

thread_local! {
    /// Whether a panic of this thread is caught and told.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    /// Where the last one was.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does work whose panic is told as a failure: nothing is printed of it.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Caught> {
    listen();
    PLACE.take();
    let before = CATCHING.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(before);
    done.map_err(|payload| Caught {
        payload,
        place: PLACE.take(),
    })
}

/// Takes note of where a panic of this thread is; whether it is told as a failure.
pub(crate) fn hear(location: Option<&Location>) -> bool {
    let is_caught = CATCHING.get();
    if is_caught {
        let place = location.map(|at| format!("{}:{}", in_crate(at.file()), at.line()));
        PLACE.set(place);
    }
    is_caught
}

/// A path in the source of a crate, without the folders that the crate lies in.
fn in_crate(path: &str) -> &str {
    match path.rsplit_once("/src/") {
        None => path,
        Some((folders, _)) => {
            let start = folders.rfind('/').map_or(0, |slash| slash + 1);
            &path[start..]
        }
    }
}

/// The message of a panic that was caught.
pub(crate) fn message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| Some(panic.downcast_ref::<DeviceFault>()?.to_string()))
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

/// Whether a message says that memory ran out.
///
/// The wordings of CUDA's driver (`CUDA_ERROR_OUT_OF_MEMORY`, "out of memory"), of cubecl 0.10
/// ("An out-of-memory error", "can't allocate buffer of size", "CUDA allocation error",
/// "BufferTooBig": an allocation that the driver refused for lack of memory) and of
/// Rust's allocator ("memory allocation of … bytes failed").
pub(crate) fn is_out_of_memory(message: &str) -> bool {
    const WORDINGS: [&str; 7] = [
        "out of memory",
        "out-of-memory",
        "out_of_memory",
        "allocate buffer",
        "allocation error",
        "buffertoobig",
        "memory allocation",
    ];
    let message = message.to_lowercase();
    WORDINGS.iter().any(|wording| message.contains(wording))
}

/// The first line of a message: what follows is a backtrace, or tells more than a line can.
pub(crate) fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lack_of_memory_is_told_from_other_panics() {
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
    fn a_caught_panic_tells_where_it_was() {
        let caught = caught(|| panic!("a bug")).unwrap_err();
        assert_eq!(message(caught.payload.as_ref()), "a bug");
        let place = caught.place.unwrap();
        assert!(place.starts_with("src/run/crash.rs:"), "{place}");
        assert_eq!(super::caught(|| 1).ok(), Some(1));
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
