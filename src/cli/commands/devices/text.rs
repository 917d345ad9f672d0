//! The text of `tp-sweep devices`.

use crate::cli::messages::format_bytes;
use crate::run::{DeviceCheck, DeviceFacts, GpuKind, Requirement};
use std::fmt::Write;

/// A device and what it made of the check.
pub(super) struct CheckedDevice {
    pub(super) facts: DeviceFacts,
    pub(super) check: Result<DeviceCheck, String>,
    /// What the CPU made of it; `None` for the CPU.
    pub(super) reference: Option<DeviceCheck>,
}

impl CheckedDevice {
    /// Whether the device computes what the CPU computes.
    pub(super) fn agrees(&self) -> bool {
        match (&self.check, &self.reference) {
            (Ok(check), Some(reference)) => check.difference(reference) <= DeviceCheck::TOLERANCE,
            (Ok(_), None) => true,
            (Err(_), _) => false,
        }
    }
}

/// The width of the first column.
const NAME_WIDTH: usize = 12;

/// The lines of a device: what it is, its memory, the check.
pub(super) fn device_lines(device: &CheckedDevice) -> String {
    let facts = &device.facts;
    let name = facts.device.to_string();
    let mut text = format!("{name:<NAME_WIDTH$}  {}\n", facts.description);
    let mut line = |words: &str| {
        let _ = writeln!(text, "{:NAME_WIDTH$}  {words}", "");
    };
    if let Some(memory) = facts.memory {
        let [total, free] = [memory.total, memory.free].map(format_bytes);
        line(&format!("memory: {total}, {free} free"));
    }
    match (&device.check, &device.reference) {
        (Err(reason), _) => line(&format!("training failed: {reason}")),
        (Ok(check), None) => line(&format!("trains ({:.2} s)", check.seconds)),
        (Ok(check), Some(reference)) => {
            let difference = check.difference(reference);
            let seconds = check.seconds;
            line(&if device.agrees() {
                format!(
                    "trains ({seconds:.2} s); its loss differs from the CPU's by {difference:.0e}"
                )
            } else {
                format!(
                    "wrong results: the loss is {}, but {} on the CPU. Do not train on this device; update \
                     its driver",
                    check.loss, reference.loss
                )
            });
        }
    }
    text
}

/// The line of a kind of devices that this machine does not have.
pub(super) fn kind_line(kind: Option<GpuKind>, reason: &str) -> String {
    let name = kind.map_or("cpu", GpuKind::name);
    format!("{name:<NAME_WIDTH$}  none: {reason}\n")
}

/// The lines of what CUDA needs.
pub(super) fn requirement_lines(requirements: &[Requirement]) -> String {
    let mut text = String::new();
    for requirement in requirements {
        let name = requirement.name;
        match &requirement.state {
            Ok(found) => {
                let _ = writeln!(text, "{name:<NAME_WIDTH$}  {found}");
            }
            Err(missing) => {
                let _ = writeln!(text, "{name:<NAME_WIDTH$}  missing: {}", missing.reason);
                let _ = writeln!(text, "{:NAME_WIDTH$}  {}", "", missing.remedy);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Device, MemorySize, MissingRequirement};

    fn gpu(check: Result<DeviceCheck, String>) -> CheckedDevice {
        CheckedDevice {
            facts: DeviceFacts {
                device: Device::Cuda(1),
                description: "NVIDIA H100, driver 570.86.15, compute capability 9.0".to_owned(),
                memory: Some(MemorySize {
                    total: 80 << 30,
                    free: 79 << 30,
                }),
            },
            check,
            reference: Some(DeviceCheck {
                seconds: 0.1,
                loss: 0.5,
            }),
        }
    }

    #[test]
    fn a_gpu_that_trains_states_its_difference() {
        let device = gpu(Ok(DeviceCheck {
            seconds: 1.234,
            loss: 0.500_001,
        }));
        assert!(device.agrees());
        let text = device_lines(&device);
        assert!(text.contains("compute capability 9.0\n"), "{text}");
        assert!(
            text.contains("memory: 80.00 GiB, 79.00 GiB free\n"),
            "{text}"
        );
        assert!(
            text.contains("trains (1.23 s); its loss differs from the CPU's by 2e-6\n"),
            "{text}"
        );
    }

    #[test]
    fn a_gpu_that_computes_other_numbers_or_none_is_reported() {
        let wrong = gpu(Ok(DeviceCheck {
            seconds: 1.0,
            loss: 0.6,
        }));
        assert!(!wrong.agrees());
        let text = device_lines(&wrong);
        assert!(
            text.contains("the loss is 0.6, but 0.5 on the CPU"),
            "{text}"
        );
        let not_a_number = gpu(Ok(DeviceCheck {
            seconds: 1.0,
            loss: f64::NAN,
        }));
        assert!(!not_a_number.agrees());
        let broken = gpu(Err("out of memory".to_owned()));
        assert!(!broken.agrees());
        assert!(device_lines(&broken).contains("training failed: out of memory\n"));
    }

    #[test]
    fn what_is_missing_comes_with_its_remedy() {
        let text = requirement_lines(&[
            Requirement {
                name: "driver",
                state: Ok("570.86.15".to_owned()),
            },
            Requirement {
                name: "NVRTC",
                state: Err(MissingRequirement {
                    reason: "there is no library".to_owned(),
                    remedy: "install it",
                }),
            },
        ]);
        insta::assert_snapshot!(text, @r"
        driver        570.86.15
        NVRTC         missing: there is no library
                      install it
        ");
    }
}
