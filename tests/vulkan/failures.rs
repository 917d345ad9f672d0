//! A Vulkan device that has too little memory, and one that is lost in the middle.
//!
//! Both are real failures of a real device: an allocation beyond the limits that the device was set up
//! with, and a device that is destroyed while it trains. Not the driver fails, but wgpu refuses as it does
//! when the driver has failed.

use crate::has_vulkan;
use crate::support::made_up::planned;
use crate::support::progress::RecordingProgress;
use crate::training::{data, on_the_cpu, train, worst_difference};
use burn::backend::Wgpu;
use burn::backend::wgpu::{RuntimeOptions, WgpuDevice, WgpuSetup, init_device};
use std::collections::BTreeSet;
use std::path::Path;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use tp_sweep::plan::RunId;
use tp_sweep::record::{Results, RunResult};
use tp_sweep::run::{CubeclDevice, Executor, FaultMonitor, TensorExecutor, TensorMemory};

/// 32 runs of one shape.
const SWEEP: &str = "
data: { limit: 200 }
model: { width: 64 }
training: { epochs: 2, batch_size: 32 }
validation: { folds: 2 }
grid:
  training.learning_rate: [0.2, 0.1, 0.05, 0.02]
  training.momentum: [0, 0.5, 0.8, 0.9]
";

/// What one tensor can take on the small device: the weights of 20 runs' first layers (784 × 64 floats
/// each), but not of 32.
const SMALL: u64 = 6 << 20;

/// A separate Vulkan device, and how cubecl's backend and faults know it.
struct OwnDevice {
    device: wgpu::Device,
    name: WgpuDevice,
    faults: FaultMonitor,
}

/// Sets up a device on the first Vulkan adapter, on which a tensor takes at most so many bytes.
fn own_device(max_tensor: Option<u64>) -> OwnDevice {
    let backends = wgpu::Backends::VULKAN;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapter = finished(instance.enumerate_adapters(backends)).remove(0);
    let mut limits = adapter.limits();
    if let Some(bytes) = max_tensor {
        limits.max_storage_buffer_binding_size = bytes;
    }
    // cubecl takes for granted what the adapter has.
    let features = adapter.features()
        - wgpu::Features::MAPPABLE_PRIMARY_BUFFERS
        - wgpu::Features::all_experimental_mask();
    let requested = adapter.request_device(&wgpu::DeviceDescriptor {
        required_features: features,
        required_limits: limits,
        ..wgpu::DeviceDescriptor::default()
    });
    let (device, queue) = finished(requested).expect("the adapter has a device");
    let setup = WgpuSetup {
        instance,
        adapter,
        device: device.clone(),
        queue,
        backend: wgpu::Backend::Vulkan,
    };
    let name = init_device(setup, RuntimeOptions::default());
    let WgpuDevice::Existing(index) = name else {
        unreachable!("a device that was set up before cubecl");
    };
    // 5 is cubecl's number for such devices.
    let (kind, index) = (5, index as usize);
    let faults = FaultMonitor::new(CubeclDevice { kind, index });
    // As the program does it for its own devices.
    device.set_device_lost_callback(move |_, message| faults.report_loss(&message));
    OwnDevice {
        device,
        name,
        faults,
    }
}

/// Waits for a future that is ready at once, as wgpu's are.
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

/// An executor on the device, whose memory is believed to be without limits.
fn on(device: &OwnDevice) -> TensorExecutor<Wgpu> {
    let memory = TensorMemory::Device {
        free: 1 << 40,
        workers: 1,
    };
    TensorExecutor::monitored(data(SWEEP), &device.name, memory, device.faults)
        .expect("enough memory")
}

/// Trains the runs without results in the folder on the device.
fn trained(
    folder: &Path,
    executor: &dyn Executor,
    cohort: usize,
    progress: &RecordingProgress,
) -> Results {
    train(SWEEP, folder, executor, Some(cohort), progress)
}

fn assert_agrees_with_the_cpu(results: &Results) {
    let difference = worst_difference(&on_the_cpu(SWEEP), results);
    println!("{difference:?}");
    assert!(difference.0 <= 1e-5, "{difference:?}");
}

#[test]
fn a_cohort_that_does_not_fit_is_halved_and_no_result_is_lost() {
    if !has_vulkan("too little memory") {
        return;
    }
    let device = own_device(Some(SMALL));
    let executor = on(&device);
    let folder = tempfile::tempdir().unwrap();
    let reported = RecordingProgress::default();
    let results = trained(folder.path(), &executor, 32, &reported);
    let halved = reported.halved.into_inner().unwrap();
    println!("{halved:?}");
    assert_eq!(halved.len(), 1, "{halved:?}");
    assert_eq!(halved[0].0, 32);
    let cohorts = results.runs.values().map(|result| result.cohort);
    assert_eq!(cohorts.max(), Some(16));
    assert_agrees_with_the_cpu(&results);
    // Sizes that are measured end where a tensor has no room.
    let (_, plan) = planned(SWEEP);
    let runs: Vec<RunId> = plan.runs().collect();
    let size = executor.cohort_size(&plan, &runs);
    assert!(size <= 16, "{size}");
}

#[test]
fn results_finished_before_a_device_is_lost_are_kept() {
    if !has_vulkan("a lost device") {
        return;
    }
    let device = own_device(None);
    let folder = tempfile::tempdir().unwrap();
    let is_lost = Mutex::new(false);
    let cohorts = Mutex::new(BTreeSet::new());
    // In the second cohort's first epoch: the first member of a cohort speaks for all.
    let after_epoch = |name: &str, epoch: usize| {
        let mut names = cohorts.lock().unwrap();
        names.insert(name.to_owned());
        let mut is_lost = is_lost.lock().unwrap();
        if names.len() == 2 && epoch == 1 && !*is_lost {
            *is_lost = true;
            device.device.destroy();
        }
    };
    let reported = RecordingProgress {
        after_epoch: Some(&after_epoch),
        ..RecordingProgress::default()
    };
    let results = trained(folder.path(), &on(&device), 8, &reported);
    assert!(*is_lost.lock().unwrap());
    let is_finished = |result: &&RunResult| result.failure.is_none();
    let finished = results.runs.values().filter(is_finished).count();
    println!("{finished} finished; {:?}", reported.halved.into_inner());
    assert_eq!(finished, 8, "the first cohort");
    let failed = reported.failed.into_inner().unwrap();
    assert!(
        failed
            .iter()
            .all(|failure| failure.contains("the device is lost")),
        "{failed:?}"
    );
    // Another start, on a device that works, trains the others.
    let whole = own_device(None);
    let results = trained(folder.path(), &on(&whole), 8, &RecordingProgress::default());
    assert_agrees_with_the_cpu(&results);
}
