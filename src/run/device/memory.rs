//! The memory that cohorts are planned for.

use super::adapter::{Adapter, AdapterClass};

/// The free memory of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreeMemory {
    /// The driver reports so many free bytes.
    Reported(u64),
    /// The interface has no query for free memory; so many bytes are assumed to be there.
    Assumed(u64),
}

/// The most bytes that are assumed of a device that does not report its memory: drivers without a limit
/// of their own name one beyond any memory.
const MAX_ASSUMED_BYTES: u64 = 4 << 30;

impl FreeMemory {
    /// The bytes to plan for.
    pub fn bytes(self) -> u64 {
        match self {
            Self::Reported(bytes) | Self::Assumed(bytes) => bytes,
        }
    }

    /// The memory of an adapter: graphics APIs have no query for what is free.
    ///
    /// A driver that grants one buffer of a size has that much memory, so the largest buffer is a lower
    /// bound of the memory. A device that shares the memory of the system has no more than the system.
    /// An estimate that is too high costs time, not results: a cohort that does not fit is halved.
    pub(super) fn of_adapter(adapter: &Adapter) -> Self {
        let shares = matches!(
            adapter.class,
            AdapterClass::Integrated | AdapterClass::Software
        );
        let system = if shares { available_bytes() } else { None };
        let bytes = adapter.max_buffer_bytes.min(MAX_ASSUMED_BYTES);
        Self::Assumed(bytes.min(system.unwrap_or(u64::MAX)))
    }
}

/// The memory that the system could hand out now; `None` where it does not report it as Linux does.
fn available_bytes() -> Option<u64> {
    available_in(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn available_in(meminfo: &str) -> Option<u64> {
    let mut lines = meminfo.lines();
    let line = lines.find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::super::choice::GpuKind;
    use super::*;

    fn adapter(class: AdapterClass, max_buffer_bytes: u64) -> Adapter {
        Adapter {
            api: GpuKind::Vulkan,
            index: 0,
            class,
            index_in_class: 0,
            model: "a model".to_owned(),
            driver: "a driver".to_owned(),
            max_buffer_bytes,
        }
    }

    #[test]
    fn the_memory_of_an_adapter_is_bounded_by_its_largest_buffer() {
        let assumed = |class, bytes| {
            FreeMemory::of_adapter(&adapter(class, bytes)) == FreeMemory::Assumed(bytes)
        };
        assert!(assumed(AdapterClass::Discrete, 1 << 30));
        assert!(assumed(AdapterClass::Software, 1 << 20));
        let limitless = adapter(AdapterClass::Discrete, u64::MAX);
        assert_eq!(
            FreeMemory::of_adapter(&limitless).bytes(),
            MAX_ASSUMED_BYTES
        );
    }

    #[test]
    fn available_memory_is_read_as_linux_writes_it() {
        let text = "MemTotal:       24105868 kB\nMemFree: 1 kB\nMemAvailable:   23105868 kB\n";
        assert_eq!(available_in(text), Some(23_105_868 * 1024));
        assert_eq!(available_in("MemTotal: 1 kB\n"), None);
        assert_eq!(available_in("MemAvailable: many kB\n"), None);
    }
}
