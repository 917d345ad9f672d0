//! Devices of graphics APIs, through wgpu.

use super::adapter::{Adapter, AdapterKind};
use super::choice::GpuKind;
use super::test_sum::computes;
use crate::run::executor::device_fault::CubeclDevice;
use crate::run::executor::fault_monitor::FaultMonitor;
use crate::run::executor::probe::probe_silently;
use crate::run::mutex::lock;
use ::wgpu::{Backend, DeviceType, Instance, InstanceDescriptor};
use burn::backend::Wgpu;
use burn::backend::wgpu::graphics::{AutoGraphicsApi, GraphicsApi, Metal, Vulkan};
use burn::backend::wgpu::{RuntimeOptions, WgpuDevice, WgpuSetup, init_setup};
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

/// The adapters of a graphics API: GPUs first, software devices last.
///
/// Omits an adapter whose kind wgpu does not know: cubecl cannot address it.
///
/// # Errors
/// An API that the system does not have.
pub(super) fn adapters(api: GpuKind) -> Result<Vec<Adapter>, String> {
    let backend = backend(api);
    if !Instance::enabled_backend_features().contains(backend.into()) {
        return Err(format!("this machine has no {api}"));
    }
    let enumerated = probe_silently(|| {
        let instance = Instance::new(InstanceDescriptor {
            backends: backend.into(),
            ..InstanceDescriptor::new_without_display_handle()
        });
        block_on(instance.enumerate_adapters(backend.into()))
    });
    let found = enumerated.ok_or_else(|| format!("{api} cannot list its devices"))?;
    let mut adapters: Vec<Adapter> = Vec::new();
    for adapter in found {
        let info = adapter.get_info();
        let Some(kind) = adapter_kind(info.device_type) else {
            continue;
        };
        let earlier = adapters.iter().filter(|earlier| earlier.kind == kind);
        let index_in_kind = earlier.count();
        // cubecl addresses one software device only.
        if kind == AdapterKind::Software && index_in_kind > 0 {
            continue;
        }
        adapters.push(Adapter {
            api,
            index: 0,
            kind,
            index_in_kind,
            model: info.name,
            driver: format!("{} {}", info.driver, info.driver_info),
            max_buffer_bytes: adapter.limits().max_buffer_size,
        });
    }
    adapters.sort_by_key(|adapter| adapter.kind);
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
    let opened = probe_silently(|| open(adapter));
    if opened.is_some_and(|device| computes::<Wgpu>(&device)) {
        Ok(())
    } else {
        Err(format!("a test computation on {} failed", adapter.model))
    }
}

/// The device of an adapter; sets it up at the first call.
///
/// # Panics
/// If the driver refuses it.
pub(super) fn open(adapter: &Adapter) -> WgpuDevice {
    /// The devices that are set up, which cubecl allows once per process.
    static OPEN: Mutex<Vec<WgpuDevice>> = Mutex::new(Vec::new());
    let device = match adapter.kind {
        AdapterKind::Discrete => WgpuDevice::DiscreteGpu(adapter.index_in_kind),
        AdapterKind::Integrated => WgpuDevice::IntegratedGpu(adapter.index_in_kind),
        AdapterKind::Virtual => WgpuDevice::VirtualGpu(adapter.index_in_kind),
        AdapterKind::Software => WgpuDevice::Cpu,
    };
    let mut open = lock(&OPEN);
    if !open.contains(&device) {
        let setup = match adapter.api {
            GpuKind::Vulkan => set_up::<Vulkan>(&device),
            GpuKind::Metal => set_up::<Metal>(&device),
            GpuKind::Cuda | GpuKind::Webgpu => set_up::<AutoGraphicsApi>(&device),
        };
        let monitor = fault_monitor(adapter);
        let on_loss = move |_, message: String| monitor.report_loss(&message);
        setup.device.set_device_lost_callback(on_loss);
        open.push(device.clone());
    }
    device
}

/// The monitor of the adapter's device.
pub(super) fn fault_monitor(adapter: &Adapter) -> FaultMonitor {
    // The numbers are cubecl's (`WgpuDevice::to_id`).
    let kind = match adapter.kind {
        AdapterKind::Discrete => 0,
        AdapterKind::Integrated => 1,
        AdapterKind::Virtual => 2,
        AdapterKind::Software => 3,
    };
    let index = adapter.index_in_kind;
    FaultMonitor::new(CubeclDevice { kind, index })
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

fn adapter_kind(device_type: DeviceType) -> Option<AdapterKind> {
    match device_type {
        DeviceType::DiscreteGpu => Some(AdapterKind::Discrete),
        DeviceType::IntegratedGpu => Some(AdapterKind::Integrated),
        DeviceType::VirtualGpu => Some(AdapterKind::Virtual),
        DeviceType::Cpu => Some(AdapterKind::Software),
        DeviceType::Other => None,
    }
}

/// Waits for a future of wgpu, which outside of browsers is ready at once.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::yield_now(),
        }
    }
}
