//! From what `--device` asks for to the devices that are there.

use super::choice::{DeviceChoice, GpuKind};
use super::{Device, DeviceError, cuda, wgpu};

impl DeviceChoice {
    /// Finds the devices: at least one, each once.
    ///
    /// # Errors
    /// A device asked for by name that cannot be had.
    pub fn resolve(&self) -> Result<Vec<Device>, DeviceError> {
        match self {
            Self::Cpu => Ok(vec![Device::Cpu]),
            Self::Auto => {
                let gpu = first_cuda().or_else(first_real_adapter);
                Ok(vec![gpu.unwrap_or(Device::Cpu)])
            }
            Self::Gpus(kind, indices) => {
                let found = of_kind(*kind);
                let device = |&index: &usize| {
                    match &found {
                        Ok(found) => match found.get(index) {
                            Some(device) => device.probe().map(|()| device.clone()),
                            None => Err(format!("the system has {}", counted(found.len(), *kind))),
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
fn of_kind(kind: GpuKind) -> Result<Vec<Device>, String> {
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

/// The first GPU of the system's graphics API that computes: never a software device, which is slower
/// than the CPU by itself.
fn first_real_adapter() -> Option<Device> {
    let adapters = wgpu::adapters(native_api()).ok()?;
    let real = adapters.into_iter().filter(|found| !found.is_software());
    real.map(Device::Wgpu).find(|device| device.probe().is_ok())
}

/// The graphics API of the system.
fn native_api() -> GpuKind {
    if cfg!(target_os = "macos") {
        GpuKind::Metal
    } else {
        GpuKind::Vulkan
    }
}

/// The devices that are there, as they are named on the command line.
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

fn counted(count: usize, kind: GpuKind) -> String {
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
    fn a_device_that_is_not_there_is_an_error_that_lists_what_is() {
        for kind in GpuKind::ALL {
            let error = DeviceChoice::Gpus(kind, vec![9999]).resolve().unwrap_err();
            let error = error.to_string();
            assert!(error.contains(&format!("no device {kind}:9999")), "{error}");
            assert!(error.contains("--device cpu"), "{error}");
        }
    }
}
