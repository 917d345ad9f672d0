//! A device, and its failure.

/// A device as cubecl numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CubeclDevice {
    /// The kind of the device; each of cubecl's runtimes has its own numbers.
    pub kind: u16,
    /// Its index among the devices of this kind.
    pub index: usize,
}

impl CubeclDevice {
    /// The CUDA device of this index.
    pub fn cuda(index: usize) -> Self {
        Self { kind: 0, index }
    }

    /// The device that cubecl's thread of this name works for.
    ///
    /// cubecl 0.10 names such threads by stage, kind and index of the device, for CUDA and for wgpu:
    /// `DSD-0-1`.
    pub(super) fn of_thread(name: &str) -> Option<Self> {
        let (stage_and_kind, index) = name.strip_prefix("DS")?.rsplit_once('-')?;
        let (_, kind) = stage_and_kind.rsplit_once('-')?;
        Some(Self {
            kind: kind.parse().ok()?,
            index: index.parse().ok()?,
        })
    }

    /// The device that the current thread works for.
    pub(super) fn of_current_thread() -> Option<Self> {
        std::thread::current().name().and_then(Self::of_thread)
    }
}

/// A device failed during some work: no result of that work can be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DeviceFault(pub String);
