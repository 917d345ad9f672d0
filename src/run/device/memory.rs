//! The device memory that limits the size of cohorts.

use super::adapter::{Adapter, AdapterKind};
use super::memory_size::MemorySize;

/// The free memory of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreeMemory {
    /// The number of free bytes that the driver reports.
    Reported(u64),
    /// The number of bytes assumed to be free: the interface has no query for free memory.
    Assumed(u64),
}

/// The maximum that is assumed for a device that does not report its memory, in bytes: drivers without a
/// limit on buffers report one beyond any memory.
const MAX_ASSUMED_BYTES: u64 = 4 << 30;

impl FreeMemory {
    /// The number of bytes that cohorts can use.
    pub fn bytes(self) -> u64 {
        match self {
            Self::Reported(bytes) | Self::Assumed(bytes) => bytes,
        }
    }

    /// The memory of an adapter: graphics APIs have no query for free memory.
    ///
    /// The size of the largest buffer is a lower bound of the memory. A device that shares the system's
    /// memory has no more than the system. An estimate that is too high costs time, not results: a
    /// cohort that does not fit is halved.
    pub(super) fn of_adapter(adapter: &Adapter) -> Self {
        let is_shared = matches!(
            adapter.kind,
            AdapterKind::Integrated | AdapterKind::Software
        );
        let system = MemorySize::of_system().filter(|_| is_shared);
        let bytes = adapter.max_buffer_bytes.min(MAX_ASSUMED_BYTES);
        Self::Assumed(bytes.min(system.map_or(u64::MAX, |system| system.free)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::choice::GpuKind;
    use super::*;

    fn adapter(kind: AdapterKind, max_buffer_bytes: u64) -> Adapter {
        Adapter {
            api: GpuKind::Vulkan,
            index: 0,
            kind,
            index_in_kind: 0,
            model: "a model".to_owned(),
            driver: "a driver".to_owned(),
            max_buffer_bytes,
        }
    }

    #[test]
    fn the_memory_of_an_adapter_is_bounded_by_its_largest_buffer() {
        let assumed = |kind, bytes| {
            FreeMemory::of_adapter(&adapter(kind, bytes)) == FreeMemory::Assumed(bytes)
        };
        assert!(assumed(AdapterKind::Discrete, 1 << 30));
        assert!(assumed(AdapterKind::Software, 1 << 20));
        let limitless = adapter(AdapterKind::Discrete, u64::MAX);
        assert_eq!(
            FreeMemory::of_adapter(&limitless).bytes(),
            MAX_ASSUMED_BYTES
        );
    }
}
