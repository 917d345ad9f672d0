//! Failures of a GPU that burn tells nobody of.
//!
//! cubecl 0.10 works for each device on threads of its own, whose names start with `DS`, such as
//! `DSD-0-1`: stage, kind and index of the device (the same for CUDA and for wgpu). A lack of memory, and much else that goes wrong
//! there, is a panic of such a thread, which it survives: what was asked of it is left undone,
//! waiting for the device succeeds, and later kernels read memory that was never written. Results
//! would be wrong without a word. A panic hook is the one place where this can be seen.
//!
//! wgpu's errors arrive in the same way: what it does not accept, and memory that it does not get, is a
//! panic of the thread that called it, one of cubecl's. A device that is lost is reported to a callback,
//! on whatever thread: nothing that is asked of it later can be trusted.

use super::panics::{first_line, message};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, OnceLock, PoisonError};

/// Hears when the threads that work for one device panic.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    device: CubeclDevice,
}

/// A device as cubecl numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CubeclDevice {
    /// What kind of device it is; each of cubecl's runtimes has its own numbers.
    pub kind: u16,
    /// Its index among those of the kind.
    pub index: usize,
}

impl CubeclDevice {
    /// The CUDA device of this index.
    pub fn cuda(index: usize) -> Self {
        Self { kind: 0, index }
    }
}

/// A device failed while it worked on something: what came of that cannot be trusted.
///
/// Where a cohort cannot be trained for it, this is what [`Executor::execute`] panics with.
///
/// [`Executor::execute`]: crate::run::Executor::execute
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DeviceFault(pub String);

/// Work that a device is busy with, and the first thing that went wrong meanwhile: what follows
/// from that says less.
struct Flight {
    device: CubeclDevice,
    fault: OnceLock<String>,
}

/// All work in flight, of all devices: a panic hook belongs to the whole process.
static FLIGHTS: Mutex<Vec<Arc<Flight>>> = Mutex::new(Vec::new());

/// The devices that are lost, and why.
static LOST: Mutex<Vec<(CubeclDevice, String)>> = Mutex::new(Vec::new());

impl Faults {
    /// Of this device. From the first call on, the process has a panic hook that
    /// hands all other panics to the one before.
    pub fn of_device(device: CubeclDevice) -> Self {
        listen();
        Self { device }
    }

    /// Takes note that the device is lost: a fault of the work in flight, and of all later work.
    pub fn report_loss(self, reason: &str) {
        let reason = match first_line(reason) {
            "" => "the device is lost".to_owned(),
            reason => format!("the device is lost: {reason}"),
        };
        lost().push((self.device, reason.clone()));
        hear(self.device, || reason);
    }

    /// The reason for which the device is lost.
    fn loss(self) -> Option<DeviceFault> {
        let lost = lost();
        let loss = lost.iter().find(|(device, _)| *device == self.device);
        loss.map(|(_, reason)| DeviceFault(reason.clone()))
    }

    /// Does work on the device and waits for its end by `settle`.
    ///
    /// # Errors
    /// A fault of the device meanwhile, whether or not it made the work panic. With several
    /// threads that work on one device, it is a fault to each of them: nobody knows whose it was.
    ///
    /// # Panics
    /// When the work does, without a fault of the device.
    pub fn watch<T>(
        self,
        settle: impl FnOnce() -> Result<(), String>,
        work: impl FnOnce() -> T,
    ) -> Result<T, DeviceFault> {
        if let Some(loss) = self.loss() {
            return Err(loss);
        }
        let flight = Arc::new(Flight {
            device: self.device,
            fault: OnceLock::new(),
        });
        flights().push(Arc::clone(&flight));
        let done = catch_unwind(AssertUnwindSafe(work));
        let settled = catch_unwind(AssertUnwindSafe(settle));
        flights().retain(|other| !Arc::ptr_eq(other, &flight));
        if let Some(fault) = flight.fault.get() {
            return Err(DeviceFault(fault.clone()));
        }
        // What the device reports at last says more than a panic of who has read its numbers.
        if let Ok(Err(reason)) = settled {
            return Err(DeviceFault(reason));
        }
        let done = done.unwrap_or_else(|panic| resume_unwind(panic));
        settled.map_or_else(|panic| resume_unwind(panic), |_| Ok(done))
    }

    /// Fails as soon as a fault of the device has been heard in the work in flight: what is told
    /// after that cannot be trusted.
    ///
    /// # Panics
    /// With the [`DeviceFault`].
    pub fn assert_none(self) {
        let heard = flights().iter().find_map(|flight| {
            let fault = flight.fault.get();
            fault.filter(|_| flight.device == self.device).cloned()
        });
        if let Some(fault) = heard {
            resume_unwind(Box::new(DeviceFault(fault)));
        }
    }
}

/// Gives the process its panic hook, once and for all.
pub(crate) fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let thread = std::thread::current();
            let device = thread.name().and_then(device_of);
            // Who watches tells; a fault that nobody watches for is shown as any panic is.
            let is_told = device.is_some_and(|device| hear(device, || message(panic.payload())));
            let is_probed = QUIET.get() || device.is_some() && PROBES.load(Ordering::Relaxed) > 0;
            let is_caught = super::panics::hear(panic.location());
            if !is_told && !is_probed && !is_caught {
                previous(panic);
            }
        }));
    });
}

thread_local! {
    /// Whether this thread expects to panic, and catches it.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Probes at work, which may make a device's threads panic.
static PROBES: AtomicUsize = AtomicUsize::new(0);

/// Runs `probe`, which panics where there is no such device or no driver: nothing then, and not a
/// word.
#[cfg_attr(
    not(any(feature = "cuda", feature = "wgpu")),
    allow(dead_code, reason = "only GPUs are probed")
)]
pub(crate) fn quietly<T>(probe: impl FnOnce() -> T) -> Option<T> {
    listen();
    PROBES.fetch_add(1, Ordering::Relaxed);
    let before = QUIET.replace(true);
    let answer = catch_unwind(AssertUnwindSafe(probe)).ok();
    QUIET.set(before);
    PROBES.fetch_sub(1, Ordering::Relaxed);
    answer
}

/// The device that the thread of this name works for.
fn device_of(thread: &str) -> Option<CubeclDevice> {
    let (stage_and_kind, index) = thread.strip_prefix("DS")?.rsplit_once('-')?;
    let (_, kind) = stage_and_kind.rsplit_once('-')?;
    Some(CubeclDevice {
        kind: kind.parse().ok()?,
        index: index.parse().ok()?,
    })
}

/// Tells all work in flight on a device; whether there was any.
fn hear(device: CubeclDevice, fault: impl FnOnce() -> String) -> bool {
    let flights = flights();
    let mut here = flights
        .iter()
        .filter(|flight| flight.device == device)
        .peekable();
    if here.peek().is_none() {
        return false;
    }
    let fault = fault();
    for flight in here {
        flight.fault.get_or_init(|| first_line(&fault).to_owned());
    }
    true
}

fn flights() -> MutexGuard<'static, Vec<Arc<Flight>>> {
    // A vector is never left half changed.
    FLIGHTS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lost() -> MutexGuard<'static, Vec<(CubeclDevice, String)>> {
    LOST.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    /// What cubecl's threads do, at worst.
    fn panic_on(thread: &str, text: &'static str) {
        let thread = std::thread::Builder::new().name(thread.to_owned());
        let panics = move || panic!("{text}");
        assert!(thread.spawn(panics).unwrap().join().is_err());
    }

    fn settled() -> Result<(), String> {
        Ok(())
    }

    #[test]
    fn the_first_panic_of_a_device_s_thread_is_a_fault_of_the_work_in_flight() {
        let faults = Faults::of_device(CubeclDevice::cuda(40));
        assert_eq!(faults.watch(settled, || 1), Ok(1));
        let fault = faults.watch(settled, || {
            panic_on("DSD-0-40", "BufferTooBig { size: 8 }\n0: a backtrace");
            panic_on("DSU-0-40", "no such memory");
        });
        let first = DeviceFault("BufferTooBig { size: 8 }".to_owned());
        assert_eq!(fault, Err(first));
        assert_eq!(faults.watch(settled, || 2), Ok(2), "what is past is past");
    }

    #[test]
    fn what_is_late_is_heard_as_the_device_is_waited_for() {
        let faults = Faults::of_device(CubeclDevice::cuda(41));
        let late = || {
            panic_on("DSD-0-41", "late");
            Ok(())
        };
        let late = faults.watch(late, || ());
        assert_eq!(late, Err(DeviceFault("late".to_owned())));
        let told = faults.watch(|| Err("told".to_owned()), || ());
        assert_eq!(told, Err(DeviceFault("told".to_owned())));
    }

    #[test]
    fn a_fault_says_more_than_the_panic_that_it_led_to() {
        let faults = Faults::of_device(CubeclDevice::cuda(42));
        let fault = faults.watch(settled, || {
            panic_on("DSD-0-42", "the cause");
            panic!("CallError");
        });
        assert_eq!(fault, Err(DeviceFault("the cause".to_owned())));
        let late = faults.watch(|| Err("no kernel".to_owned()), || panic!("garbage"));
        assert_eq!(late, Err(DeviceFault("no kernel".to_owned())));
        let panic = catch_unwind(|| faults.watch(settled, || panic!("a bug"))).unwrap_err();
        assert_eq!(message(panic.as_ref()), "a bug");
    }

    #[test]
    fn a_probe_that_panics_has_no_answer() {
        assert_eq!(quietly(|| 1), Some(1));
        assert_eq!(quietly(|| -> u8 { panic!("no driver") }), None);
        assert!(!QUIET.get());
    }

    #[test]
    fn other_threads_and_other_devices_are_no_fault() {
        let faults = Faults::of_device(CubeclDevice::cuda(43));
        let done = faults.watch(settled, || {
            for thread in [
                "DSD-0-44",
                "DSD-0-4",
                "DSD-3-43",
                "worker-43",
                "DS",
                "DSD-0-x",
                "DSD-43",
            ] {
                panic_on(thread, "elsewhere");
            }
        });
        assert_eq!(done, Ok(()));
    }

    #[test]
    fn a_lost_device_stays_lost() {
        let faults = Faults::of_device(CubeclDevice { kind: 3, index: 46 });
        let lost = Err(DeviceFault("the device is lost: reset".to_owned()));
        let during = faults.watch(settled, || faults.report_loss("reset\nmore"));
        assert_eq!(during, lost);
        let later = faults.watch(settled, || panic!("nothing is tried on a lost device"));
        assert_eq!(later, lost);
        let other = Faults::of_device(CubeclDevice { kind: 3, index: 47 });
        assert_eq!(other.watch(settled, || ()), Ok(()));
    }

    #[test]
    fn all_that_work_on_the_device_meet_the_fault() {
        let faults = Faults::of_device(CubeclDevice::cuda(45));
        let [started, over] = [Barrier::new(3), Barrier::new(3)];
        let worker = || {
            faults.watch(settled, || {
                started.wait();
                over.wait();
            })
        };
        let answers = std::thread::scope(|scope| {
            let workers = [scope.spawn(worker), scope.spawn(worker)];
            started.wait();
            panic_on("DSD-0-45", "out of memory");
            over.wait();
            workers.map(|worker| worker.join().unwrap())
        });
        let fault = DeviceFault("out of memory".to_owned());
        assert_eq!(answers, [Err(fault.clone()), Err(fault)]);
    }
}
