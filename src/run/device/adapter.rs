//! A device of a graphics API.

use super::choice::GpuKind;
use std::fmt;

/// A device of a graphics API, as its driver describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// The graphics API: not CUDA.
    pub(super) api: GpuKind,
    /// Its position among the adapters of the API: GPUs first, software devices last.
    pub(super) index: usize,
    /// What it is.
    pub(super) kind: AdapterKind,
    /// Its position among the adapters of its kind.
    pub(super) index_in_kind: usize,
    /// Its model, such as `AMD Radeon RX 7900 XTX (RADV NAVI31)`.
    pub(super) model: String,
    /// Its driver and the driver's version.
    pub(super) driver: String,
    /// The size of the largest buffer that the driver allows, in bytes.
    pub(super) max_buffer_bytes: u64,
}

/// What an adapter is, in the order of speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdapterKind {
    /// A GPU with its own memory.
    Discrete,
    /// A GPU that shares the memory of the system.
    Integrated,
    /// A GPU that a hypervisor passes through.
    Virtual,
    /// The CPU, through a driver that computes in software.
    Software,
}

impl Adapter {
    /// Whether it is a driver that computes in software.
    pub fn is_software(&self) -> bool {
        self.kind == AdapterKind::Software
    }
}

impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.api, self.index)
    }
}
