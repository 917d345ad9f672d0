//! Compares the peak memory of a trial with a manual count of its tensors.

use crate::support::made_up::planned;
use crate::training::data;
use crate::vulkan;
use tp_sweep::plan::RunId;

/// Checks the peak memory of a sweep's first run; `expected` is in four-byte values.
fn check(name: &str, sweep: &str, expected: usize) {
    let Some(device) = vulkan(name) else {
        return;
    };
    let executor = device.executor(data(sweep), 1).expect("enough memory");
    let (_, plan) = planned(sweep);
    let run = RunId {
        trial: 0,
        repeat: 0,
        fold: 0,
    };
    let profile = executor
        .profile(&plan, run)
        .expect("no fault")
        .expect("it is measured");
    let peak = profile.peak_bytes.expect("the device counts its memory") as f64;
    let ratio = peak / (4 * expected) as f64;
    println!("{name}: {peak} bytes, {ratio:.3} of what is expected");
    assert!((0.95..1.05).contains(&ratio), "{name}: {peak}");
}

const INPUTS: usize = 784;
const WIDTH: usize = 512;
const CLASSES: usize = 10;
const BATCH: usize = 64;
const PARAMETERS: usize = (INPUTS + 1) * WIDTH + (WIDTH + 1) * CLASSES;

#[test]
fn of_steps_by_kernels() {
    // Parameters and velocities, in the kernels and outside; output and gradient of each layer; the epoch's
    // 15 batches.
    let expected = 4 * PARAMETERS + 2 * BATCH * (WIDTH + CLASSES) + 15 * BATCH;
    let sweep = "
data: { limit: 1000 }
model: { layers: 1, width: 512 }
training: { epochs: 1, batch_size: 64, momentum: 0.9 }
validation: { holdout: 0 }
";
    check("memory of whole steps", sweep, expected);
}

#[test]
fn of_steps_by_operations() {
    // Parameters, velocities and gradients; the batch, the output of the hidden layer and its gradient.
    let expected = 3 * PARAMETERS + BATCH * (INPUTS + 2 * WIDTH);
    let sweep = "
data: { limit: 1000 }
model: { layers: 1, width: 512 }
training: { epochs: 1, batch_size: 64, momentum: 0.9, clip_norm: 1 }
validation: { holdout: 0 }
";
    check("memory of operations", sweep, expected);
}
