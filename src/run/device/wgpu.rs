//! Devices of graphics APIs, through wgpu.

use super::adapter::{Adapter, AdapterClass};
use super::choice::GpuKind;
use super::computes;
use crate::run::executor::device_faults::{CubeclDevice, Faults, quietly};
use ::wgpu::{Backend, DeviceType, Instance, InstanceDescriptor};
use burn::backend::Wgpu;
use burn::backend::wgpu::graphics::{AutoGraphicsApi, GraphicsApi, Metal, Vulkan};
use burn::backend::wgpu::{RuntimeOptions, WgpuDevice, WgpuSetup, init_setup};
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// The adapters of a graphics API: GPUs first, software devices last.
///
/// An adapter of a kind that wgpu does not know is left out: cubecl cannot address it.
///
/// # Errors
/// An API that this system does not have.
pub(super) fn adapters(api: GpuKind) -> Result<Vec<Adapter>, String> {
    let backend = backend(api);
    if !Instance::enabled_backend_features().contains(backend.into()) {
        return Err(format!("this system has no {api}"));
    }
    let found = quietly(|| {
        let instance = Instance::new(InstanceDescriptor {
            backends: backend.into(),
            ..InstanceDescriptor::new_without_display_handle()
        });
        finished(instance.enumerate_adapters(backend.into()))
    });
    let found = found.ok_or_else(|| format!("{api} fails as its devices are listed"))?;
    let mut adapters: Vec<Adapter> = Vec::new();
    for adapter in found {
        let info = adapter.get_info();
        let Some(class) = class(info.device_type) else {
            continue;
        };
        let same = adapters.iter().filter(|other| other.class == class);
        let index_in_class = same.count();
        // cubecl addresses one software device.
        if class == AdapterClass::Software && index_in_class > 0 {
            continue;
        }
        adapters.push(Adapter {
            api,
            index: 0,
            class,
            index_in_class,
            model: info.name,
            driver: format!("{} {}", info.driver, info.driver_info),
            max_buffer_bytes: adapter.limits().max_buffer_size,
        });
    }
    adapters.sort_by_key(|adapter| adapter.class);
    for (index, adapter) in adapters.iter_mut().enumerate() {
        adapter.index = index;
    }
    Ok(adapters)
}

/// Compiles and runs a kernel on the adapter.
///
/// # Errors
/// An adapter that does not compute.
pub(super) fn probe(adapter: &Adapter) -> Result<(), String> {
    let opened = quietly(|| open(adapter));
    match opened.is_some_and(|device| computes::<Wgpu>(&device)) {
        true => Ok(()),
        false => Err(format!("a first sum on {} fails", adapter.model)),
    }
}

/// The device of an adapter, which is set up at the first call.
///
/// # Panics
/// Where the driver refuses it.
pub(super) fn open(adapter: &Adapter) -> WgpuDevice {
    /// The devices that are set up: cubecl does that once for each in a process.
    static OPEN: Mutex<Vec<WgpuDevice>> = Mutex::new(Vec::new());
    let device = match adapter.class {
        AdapterClass::Discrete => WgpuDevice::DiscreteGpu(adapter.index_in_class),
        AdapterClass::Integrated => WgpuDevice::IntegratedGpu(adapter.index_in_class),
        AdapterClass::Virtual => WgpuDevice::VirtualGpu(adapter.index_in_class),
        AdapterClass::Software => WgpuDevice::Cpu,
    };
    // A vector is never left half changed.
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if !open.contains(&device) {
        let setup = match adapter.api {
            GpuKind::Vulkan => set_up::<Vulkan>(&device),
            GpuKind::Metal => set_up::<Metal>(&device),
            GpuKind::Cuda | GpuKind::Webgpu => set_up::<AutoGraphicsApi>(&device),
        };
        let faults = faults(adapter);
        let on_loss = move |_, message: String| faults.report_loss(&message);
        setup.device.set_device_lost_callback(on_loss);
        open.push(device.clone());
    }
    device
}

/// Who hears when the adapter's device fails.
pub(super) fn faults(adapter: &Adapter) -> Faults {
    // The numbers are cubecl's (`WgpuDevice::to_id`).
    let kind = match adapter.class {
        AdapterClass::Discrete => 0,
        AdapterClass::Integrated => 1,
        AdapterClass::Virtual => 2,
        AdapterClass::Software => 3,
    };
    let index = adapter.index_in_class;
    Faults::of_device(CubeclDevice { kind, index })
}

fn set_up<G: GraphicsApi>(device: &WgpuDevice) -> WgpuSetup {
    init_setup::<G>(device, RuntimeOptions::default())
}

fn backend(api: GpuKind) -> Backend {
    match api {
        GpuKind::Vulkan => Vulkan::backend(),
        GpuKind::Metal => Metal::backend(),
        GpuKind::Cuda | GpuKind::Webgpu => AutoGraphicsApi::backend(),
    }
}

fn class(device_type: DeviceType) -> Option<AdapterClass> {
    match device_type {
        DeviceType::DiscreteGpu => Some(AdapterClass::Discrete),
        DeviceType::IntegratedGpu => Some(AdapterClass::Integrated),
        DeviceType::VirtualGpu => Some(AdapterClass::Virtual),
        DeviceType::Cpu => Some(AdapterClass::Software),
        DeviceType::Other => None,
    }
}

/// Waits for a future that is ready at once outside of browsers, as wgpu's are.
fn finished<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::yield_now(),
        }
    }
}
