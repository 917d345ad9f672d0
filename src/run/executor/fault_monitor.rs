//! Detects failures of a GPU that burn does not report.
//!
//! cubecl 0.10 works for each device on its own threads. Where memory runs out, or another operation
//! fails, such a thread panics and goes on: the operation is skipped, waiting for the device
//! succeeds, and later kernels read memory that was never written. Results would be wrong without any
//! error. Only a panic hook can notice this.
//!
//! wgpu's errors arrive in the same way: an invalid operation, or memory that it does not get, makes
//! the calling thread panic, which is one of cubecl's. The loss of a device is reported to a callback,
//! on any thread: no later result of the device can be trusted.

use super::device_fault::{CubeclDevice, DeviceFault};
use crate::caught::{add_handler, message_of};
use crate::run::mutex::lock;
use crate::wording::first_line;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, Once, OnceLock};

/// Notices when the threads that work for one device panic.
#[derive(Clone, Copy, Debug)]
pub struct FaultMonitor {
    device: CubeclDevice,
}

/// Work that a device does, and its first fault: later ones are consequences.
struct WorkInFlight {
    device: CubeclDevice,
    fault: OnceLock<String>,
}

/// All work in flight, of all devices: a panic hook belongs to the whole process.
static IN_FLIGHT: Mutex<Vec<Arc<WorkInFlight>>> = Mutex::new(Vec::new());

/// The devices that are lost, and why.
static LOST: Mutex<Vec<(CubeclDevice, String)>> = Mutex::new(Vec::new());

impl FaultMonitor {
    /// The monitor of this device. From the first call on, the process has a panic hook; the hook
    /// before it still gets all other panics.
    pub fn new(device: CubeclDevice) -> Self {
        static HANDLER: Once = Once::new();
        HANDLER.call_once(|| {
            add_handler(|panic| {
                let device = CubeclDevice::of_current_thread();
                device.is_some_and(|device| record_fault(device, || message_of(panic.payload())))
            });
        });
        Self { device }
    }

    /// Records that the device is lost: a fault of the work in flight, and of all later work.
    pub fn report_loss(self, reason: &str) {
        let reason = match first_line(reason) {
            "" => "the device is lost".to_owned(),
            reason => format!("the device is lost: {reason}"),
        };
        lock(&LOST).push((self.device, reason.clone()));
        record_fault(self.device, || reason);
    }

    /// Why the device is lost, if it is.
    fn loss(self) -> Option<DeviceFault> {
        let lost = lock(&LOST);
        let loss = lost.iter().find(|(device, _)| *device == self.device);
        loss.map(|(_, reason)| DeviceFault(reason.clone()))
    }

    /// Does work on the device, and waits for its end with `synchronize`.
    ///
    /// # Errors
    /// A fault of the device during the work, whether or not it made the work panic. If several
    /// threads work on one device, each of them gets the fault, since its cause is unknown.
    ///
    /// # Panics
    /// If the work panics without a fault of the device.
    pub fn run<T>(
        self,
        synchronize: impl FnOnce() -> Result<(), String>,
        work: impl FnOnce() -> T,
    ) -> Result<T, DeviceFault> {
        if let Some(loss) = self.loss() {
            return Err(loss);
        }
        let in_flight = Arc::new(WorkInFlight {
            device: self.device,
            fault: OnceLock::new(),
        });
        lock(&IN_FLIGHT).push(Arc::clone(&in_flight));
        let done = catch_unwind(AssertUnwindSafe(work));
        let synchronized = catch_unwind(AssertUnwindSafe(synchronize));
        lock(&IN_FLIGHT).retain(|entry| !Arc::ptr_eq(entry, &in_flight));
        if let Some(fault) = in_flight.fault.get() {
            return Err(DeviceFault(fault.clone()));
        }
        // An error of the device explains more than the panic of code that has read its numbers.
        if let Ok(Err(reason)) = synchronized {
            return Err(DeviceFault(reason));
        }
        let done = done.unwrap_or_else(|panic| resume_unwind(panic));
        synchronized.map_or_else(|panic| resume_unwind(panic), |_| Ok(done))
    }

    /// Whether the device had a fault during the work in flight: numbers that are read back after a fault cannot be
    /// trusted.
    pub(super) fn has_fault(self) -> bool {
        let is_faulty =
            |work: &Arc<WorkInFlight>| work.device == self.device && work.fault.get().is_some();
        lock(&IN_FLIGHT).iter().any(is_faulty)
    }
}

/// Records a fault of a device for all its work in flight; whether there is any.
fn record_fault(device: CubeclDevice, describe: impl FnOnce() -> String) -> bool {
    let in_flight = lock(&IN_FLIGHT);
    let mut of_device = in_flight
        .iter()
        .filter(|work| work.device == device)
        .peekable();
    if of_device.peek().is_none() {
        return false;
    }
    let fault = describe();
    for work in of_device {
        work.fault.get_or_init(|| first_line(&fault).to_owned());
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    /// Panics on a thread of this name, as cubecl's threads do.
    fn panic_on(thread: &str, text: &'static str) {
        let thread = std::thread::Builder::new().name(thread.to_owned());
        let panics = move || panic!("{text}");
        assert!(thread.spawn(panics).unwrap().join().is_err());
    }

    fn synchronized() -> Result<(), String> {
        Ok(())
    }

    #[test]
    fn the_first_panic_of_a_device_s_thread_is_a_fault_of_the_work_in_flight() {
        let monitor = FaultMonitor::new(CubeclDevice::cuda(40));
        assert_eq!(monitor.run(synchronized, || 1), Ok(1));
        let fault = monitor.run(synchronized, || {
            panic_on("DSD-0-40", "BufferTooBig { size: 8 }\n0: a backtrace");
            panic_on("DSU-0-40", "no such memory");
        });
        let first = DeviceFault("BufferTooBig { size: 8 }".to_owned());
        assert_eq!(fault, Err(first));
        assert_eq!(
            monitor.run(synchronized, || 2),
            Ok(2),
            "earlier monitor do not count"
        );
    }

    #[test]
    fn a_fault_while_waiting_for_the_device_counts() {
        let monitor = FaultMonitor::new(CubeclDevice::cuda(41));
        let late = || {
            panic_on("DSD-0-41", "late");
            Ok(())
        };
        let late = monitor.run(late, || ());
        assert_eq!(late, Err(DeviceFault("late".to_owned())));
        let reported = monitor.run(|| Err("reported".to_owned()), || ());
        assert_eq!(reported, Err(DeviceFault("reported".to_owned())));
    }

    #[test]
    fn a_fault_takes_precedence_over_the_panic_that_it_causes() {
        let monitor = FaultMonitor::new(CubeclDevice::cuda(42));
        let fault = monitor.run(synchronized, || {
            panic_on("DSD-0-42", "the cause");
            panic!("CallError");
        });
        assert_eq!(fault, Err(DeviceFault("the cause".to_owned())));
        let late = monitor.run(|| Err("no kernel".to_owned()), || panic!("garbage"));
        assert_eq!(late, Err(DeviceFault("no kernel".to_owned())));
        let panic = catch_unwind(|| monitor.run(synchronized, || panic!("a bug"))).unwrap_err();
        assert_eq!(message_of(panic.as_ref()), "a bug");
    }

    #[test]
    fn panics_of_other_threads_and_other_devices_are_no_fault() {
        let monitor = FaultMonitor::new(CubeclDevice::cuda(43));
        let done = monitor.run(synchronized, || {
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
        let monitor = FaultMonitor::new(CubeclDevice { kind: 3, index: 46 });
        let lost = Err(DeviceFault("the device is lost: reset".to_owned()));
        let during = monitor.run(synchronized, || monitor.report_loss("reset\nmore"));
        assert_eq!(during, lost);
        let later = monitor.run(synchronized, || panic!("nothing is tried on a lost device"));
        assert_eq!(later, lost);
        let other = FaultMonitor::new(CubeclDevice { kind: 3, index: 47 });
        assert_eq!(other.run(synchronized, || ()), Ok(()));
    }

    #[test]
    fn all_work_on_the_device_gets_the_fault() {
        let monitor = FaultMonitor::new(CubeclDevice::cuda(45));
        let [started, over] = [Barrier::new(3), Barrier::new(3)];
        let worker = || {
            monitor.run(synchronized, || {
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
