//! `tp-sweep devices`.

mod text;

use crate::cli::errors::CliError;
use crate::cli::messages::print;
use crate::run::{Device, DeviceCheck, DeviceChoice, DeviceFacts, cuda_requirements, devices};
use text::{CheckedDevice, device_lines, kind_line, requirement_lines};

/// Lists the devices of this machine and trains a small model on each; returns the exit code: 1 if a
/// device does not compute what the CPU computes.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn devices_command() -> Result<u8, CliError> {
    let mut all_agree = true;
    let mut reference = None;
    for kind in devices() {
        match kind.found {
            Ok(found) if !found.is_empty() => {
                for facts in found {
                    let checked = check(facts, reference);
                    all_agree &= checked.agrees();
                    // The CPU comes first.
                    if checked.facts.device == Device::Cpu {
                        reference = checked.check.as_ref().ok().copied();
                    }
                    print(&device_lines(&checked))?;
                }
            }
            Ok(_) => print(&kind_line(kind.kind, "this machine has no such device"))?,
            Err(reason) => print(&kind_line(kind.kind, &reason))?,
        }
    }
    print("\nRequirements for NVIDIA GPUs:\n")?;
    print(&requirement_lines(&cuda_requirements()))?;
    let chosen = DeviceChoice::Auto.resolve()?;
    let names: Vec<String> = chosen.iter().map(ToString::to_string).collect();
    print(&format!(
        "\nWithout --device, tp-sweep trains on {}.\n",
        names.join(", ")
    ))?;
    Ok(u8::from(!all_agree))
}

fn check(facts: DeviceFacts, reference: Option<DeviceCheck>) -> CheckedDevice {
    let check = DeviceCheck::run(&facts.device);
    CheckedDevice {
        facts,
        check,
        reference,
    }
}
