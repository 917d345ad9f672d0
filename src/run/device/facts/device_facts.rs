//! The devices of this machine.

use crate::record::Machine;
use crate::run::device::choice::GpuKind;
use crate::run::device::compute_device::Device;
use crate::run::device::cuda;
use crate::run::device::memory_size::MemorySize;
use crate::run::device::resolve::{native_api, of_kind};
use crate::wording::plural;

/// A device of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceFacts {
    /// The device.
    pub device: Device,
    /// Model, driver and abilities, such as `NVIDIA H100 80GB HBM3, driver 570.86.15, compute capability
    /// 9.0`.
    pub description: String,
    /// The memory that it reports.
    pub memory: Option<MemorySize>,
}

impl DeviceFacts {
    /// What the drivers report about a device.
    pub fn of(device: Device) -> Self {
        let memory = match &device {
            Device::Cpu => MemorySize::of_system(),
            Device::Cuda(index) => cuda::memory(*index),
            // Graphics APIs do not report memory.
            Device::Wgpu(_) => None,
        };
        Self {
            description: description(&device),
            memory,
            device,
        }
    }
}

fn description(device: &Device) -> String {
    let mut parts = Vec::new();
    match device {
        Device::Cpu => {
            let Machine {
                processor,
                cores,
                vector_unit,
                ..
            } = Machine::current();
            parts.extend(processor);
            parts.push(format!("{cores} {}", plural(cores, "core")));
            parts.extend(vector_unit);
        }
        gpu @ (Device::Cuda(_) | Device::Wgpu(_)) => {
            parts.push(gpu.model().unwrap_or_else(|| gpu.to_string()));
            parts.extend(gpu.driver().map(|version| format!("driver {version}")));
        }
    }
    if let Device::Cuda(index) = device
        && let Some((major, minor)) = cuda::compute_capability(*index)
    {
        parts.push(format!("compute capability {major}.{minor}"));
    }
    parts.join(", ")
}

/// The devices of one kind, or why there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevicesOfKind {
    /// The interface; `None` for the CPU.
    pub kind: Option<GpuKind>,
    /// The devices.
    pub found: Result<Vec<DeviceFacts>, String>,
}

/// The devices of this machine: the CPU, CUDA devices, and those of the system's graphics API.
pub fn devices() -> Vec<DevicesOfKind> {
    let facts = |devices: Vec<Device>| devices.into_iter().map(DeviceFacts::of).collect();
    let cpu = DevicesOfKind {
        kind: None,
        found: Ok(facts(vec![Device::Cpu])),
    };
    let gpus = [GpuKind::Cuda, native_api()].map(|kind| DevicesOfKind {
        kind: Some(kind),
        found: of_kind(kind).map(facts),
    });
    std::iter::once(cpu).chain(gpus).collect()
}
