//! Finds the devices that `--device` selects.

use super::choice::{DeviceChoice, GpuKind};
use super::compute_device::Device;
use super::error::DeviceError;
use super::{cuda, wgpu};

impl DeviceChoice {
    /// Finds the devices: at least one, without duplicates.
    ///
    /// # Errors
    /// A named device that does not exist or does not compute.
    pub fn resolve(&self) -> Result<Vec<Device>, DeviceError> {
        match self {
            Self::Cpu => Ok(vec![Device::Cpu]),
            Self::Auto => {
                let gpu = first_cuda().or_else(first_gpu_adapter);
                Ok(vec![gpu.unwrap_or(Device::Cpu)])
            }
            Self::Gpus(kind, indices) => {
                let found = of_kind(*kind);
                let device = |&index: &usize| {
                    match &found {
                        Ok(found) => match found.get(index) {
                            Some(device) => device.probe().map(|()| device.clone()),
                            None => Err(format!(
                                "this machine has {}",
                                count_devices(found.len(), *kind)
                            )),
                        },
                        Err(reason) => Err(reason.clone()),
                    }
                    .map_err(|reason| DeviceError::Missing {
                        device: format!("{kind}:{index}"),
                        reason,
                        available: available(),
                    })
                };
                indices.iter().map(device).collect()
            }
        }
    }
}

/// The devices of a kind, in the order of their indices.
pub(super) fn of_kind(kind: GpuKind) -> Result<Vec<Device>, String> {
    match kind {
        GpuKind::Cuda => cuda::count().map(|count| (0..count).map(Device::Cuda).collect()),
        GpuKind::Vulkan | GpuKind::Metal | GpuKind::Webgpu => {
            let adapters = wgpu::adapters(kind)?;
            Ok(adapters.into_iter().map(Device::Wgpu).collect())
        }
    }
}

/// The first CUDA device, if it computes.
fn first_cuda() -> Option<Device> {
    let first = of_kind(GpuKind::Cuda).ok()?.into_iter().next()?;
    first.probe().is_ok().then_some(first)
}

/// The first GPU of the system's graphics API that computes. Never a software device, which is slower
/// than the CPU backend.
fn first_gpu_adapter() -> Option<Device> {
    let adapters = wgpu::adapters(native_api()).ok()?;
    let gpus = adapters.into_iter().filter(|found| !found.is_software());
    gpus.map(Device::Wgpu).find(|device| device.probe().is_ok())
}

/// The graphics API of the system.
pub(super) fn native_api() -> GpuKind {
    if cfg!(target_os = "macos") {
        GpuKind::Metal
    } else {
        GpuKind::Vulkan
    }
}

/// The available devices, as arguments of the command line.
fn available() -> String {
    let kinds = [GpuKind::Cuda, native_api()];
    let found = kinds.into_iter().filter_map(|kind| of_kind(kind).ok());
    let gpus = found.flatten().map(|device| match device.model() {
        Some(model) => format!("--device {device} ({model})"),
        None => format!("--device {device}"),
    });
    let cpu = "--device cpu".to_owned();
    std::iter::once(cpu)
        .chain(gpus)
        .collect::<Vec<_>>()
        .join(", ")
}

fn count_devices(count: usize, kind: GpuKind) -> String {
    match count {
        0 => format!("no {kind} device"),
        1 => format!("1 {kind} device"),
        _ => format!("{count} {kind} devices"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_always_finds_a_device() {
        let found = DeviceChoice::Auto.resolve().unwrap();
        let is_software = |device: &Device| matches!(device, Device::Wgpu(a) if a.is_software());
        assert_eq!(found.len(), 1);
        assert!(!found.iter().any(is_software));
        assert_eq!(DeviceChoice::Cpu.resolve(), Ok(vec![Device::Cpu]));
    }

    #[test]
    fn a_missing_device_is_an_error_that_lists_the_available_ones() {
        for kind in GpuKind::ALL {
            let error = DeviceChoice::Gpus(kind, vec![9999]).resolve().unwrap_err();
            let error = error.to_string();
            assert!(error.contains(&format!("no device {kind}:9999")), "{error}");
            assert!(error.contains("--device cpu"), "{error}");
        }
    }
}
