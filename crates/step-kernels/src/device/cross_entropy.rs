//! Softmax cross-entropy: its gradient, and the sums of an epoch, in one kernel.

use super::units::owner_of;
use cubecl::prelude::*;

/// Units that work on one member.
pub(crate) const UNITS: u32 = 128;

/// The length of a member's `sums`: the loss, the rounding error of its sum, and the number of correct predictions.
pub(crate) const SUMS: usize = 3;

/// Writes the gradient of the mean loss by the logits, and adds the batch's losses
/// and right answers to `sums`.
///
/// - `logits`, `gradient`: `[members, rows, classes]`
/// - `targets`: unit vectors of the data set's samples, `[samples, classes]`
/// - `positions`: of the batch's samples from `first` on, owner by owner
/// - `smoothing`: `[members]`, as `torch.nn.CrossEntropyLoss`'s `label_smoothing`; losses are without
/// - `sums`: `[members, 3]`
#[cube(launch_unchecked)]
pub(crate) fn cross_entropy(
    logits: &Array<f32>,
    targets: &Array<f32>,
    positions: &Array<u32>,
    smoothing: &Array<f32>,
    gradient: &mut Array<f32>,
    sums: &mut Array<f32>,
    rows: u32,
    classes: u32,
    first: u32,
    #[comptime] shares_input: bool,
) {
    let member = CUBE_POS_X;
    let owner = owner_of(member, shares_input);
    let epsilon = smoothing[member as usize];
    let spread = epsilon / f32::cast_from(classes);
    let share = 1.0 / f32::cast_from(rows);
    let mut loss = 0.0f32;
    let mut right = 0.0f32;
    let mut row = UNIT_POS;
    while row < rows {
        let start = ((member * rows + row) * classes) as usize;
        let sample = positions[(first + owner * rows + row) as usize];
        let target = sample as usize * classes as usize;
        let mut highest = logits[start];
        let mut answer = 0u32;
        for class in 1..classes {
            let logit = logits[start + class as usize];
            if logit > highest {
                highest = logit;
                answer = class;
            }
        }
        let mut sum = 0.0f32;
        for class in 0..classes {
            sum += f32::exp(logits[start + class as usize] - highest);
        }
        let log_sum = f32::ln(sum) + highest;
        for class in 0..classes {
            let logit = logits[start + class as usize];
            let one = targets[target + class as usize];
            loss += one * (log_sum - logit);
            let smoothed_target = one * (1.0 - epsilon) + spread;
            gradient[start + class as usize] =
                (f32::exp(logit - highest) / sum - smoothed_target) * share;
        }
        right += targets[target + answer as usize];
        row += CUBE_DIM_X;
    }
    let mut losses = SharedMemory::<f32>::new(comptime!(UNITS as usize));
    let mut rights = SharedMemory::<f32>::new(comptime!(UNITS as usize));
    losses[UNIT_POS as usize] = loss;
    rights[UNIT_POS as usize] = right;
    sync_cube();
    #[unroll]
    for halving in 1..comptime!(UNITS.ilog2() + 1) {
        let distance = comptime!(UNITS >> halving);
        if UNIT_POS < distance {
            losses[UNIT_POS as usize] += losses[(UNIT_POS + distance) as usize];
            rights[UNIT_POS as usize] += rights[(UNIT_POS + distance) as usize];
        }
        sync_cube();
    }
    if UNIT_POS == 0 {
        // Kahan's sum: an epoch has many steps.
        let offset = (member * 3) as usize;
        let value = losses[0] - sums[offset + 1];
        let total = sums[offset] + value;
        sums[offset + 1] = (total - sums[offset]) - value;
        sums[offset] = total;
        sums[offset + 2] += rights[0];
    }
}
