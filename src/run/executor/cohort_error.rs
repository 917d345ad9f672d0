//! Why the training of a cohort did not finish.

use super::device_fault::DeviceFault;
use crate::caught::{CaughtPanic, catch};
use crate::train::Interrupted;

/// Why the training of a cohort did not finish.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CohortError {
    /// The training was asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// The device failed, not the cohort: what was reported before that can be trusted.
    #[error(transparent)]
    Device(DeviceFault),
    /// The memory of the device ran out.
    #[error("{0}")]
    OutOfMemory(String),
    /// The training panicked.
    #[error("{message}")]
    Panicked {
        /// The message of the panic.
        message: String,
        /// The source file and line, where they are known.
        location: Option<String>,
    },
}

impl CohortError {
    /// Does work that may panic. The panic is not printed.
    ///
    /// # Errors
    /// The panic, as an error.
    pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Self> {
        catch(work).map_err(Self::from)
    }

    /// Whether the device caused it, so that the same training may succeed later: another worker may have used its
    /// memory, for example.
    pub fn is_of_device(&self) -> bool {
        matches!(self, Self::Device(_) | Self::OutOfMemory(_))
    }

    /// The source file and line of a panic, where they are known.
    pub fn location(&self) -> Option<&str> {
        match self {
            Self::Panicked { location, .. } => location.as_deref(),
            _ => None,
        }
    }
}

impl From<Interrupted> for CohortError {
    fn from(Interrupted: Interrupted) -> Self {
        Self::Interrupted
    }
}

impl From<DeviceFault> for CohortError {
    fn from(fault: DeviceFault) -> Self {
        match is_out_of_memory(&fault.0) {
            true => Self::OutOfMemory(fault.0),
            false => Self::Device(fault),
        }
    }
}

impl From<CaughtPanic> for CohortError {
    fn from(CaughtPanic { message, location }: CaughtPanic) -> Self {
        match is_out_of_memory(&message) {
            true => Self::OutOfMemory(message),
            false => Self::Panicked { message, location },
        }
    }
}

/// Whether a message reports that memory ran out.
///
/// Recognises the messages of CUDA's driver (`CUDA_ERROR_OUT_OF_MEMORY`, "out of memory"), of cubecl 0.10
/// ("An out-of-memory error", "can't allocate buffer of size", "CUDA allocation error",
/// "BufferTooBig": an allocation that the driver refused for lack of memory) and of
/// Rust's allocator ("memory allocation of … bytes failed").
fn is_out_of_memory(message: &str) -> bool {
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
            let expected = CohortError::OutOfMemory(message.to_owned());
            assert_eq!(CohortError::from(DeviceFault(message.to_owned())), expected);
            let caught = CohortError::catch(|| panic!("{message}"));
            assert_eq!(caught, Err::<(), _>(expected));
        }
        assert!(!is_out_of_memory("index out of bounds: the len is 3"));
        assert!(!is_out_of_memory("members remember"));
    }

    #[test]
    fn a_panic_has_its_message_and_location() {
        let panicked = CohortError::catch(|| panic!("a bug"))
            .map(|()| 0)
            .unwrap_err();
        assert_eq!(panicked.to_string(), "a bug");
        let location = panicked.location().unwrap();
        assert!(
            location.starts_with("src/run/executor/cohort_error.rs:"),
            "{location}"
        );
        assert!(!panicked.is_of_device());
    }
}
