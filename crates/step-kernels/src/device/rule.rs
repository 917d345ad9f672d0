//! The optimizers. Each member selects its own at run time.

use crate::rule::Rule;
use cubecl::prelude::*;

const MOMENTUM: u32 = Rule::Momentum.code();
const NESTEROV: u32 = Rule::Nesterov.code();
const ADAM: u32 = Rule::Adam.code();
const NADAM: u32 = Rule::NAdam.code();
const RMSPROP: u32 = Rule::RmsProp.code();
const CENTERED_RMSPROP: u32 = Rule::CenteredRmsProp.code();
const ADAGRAD: u32 = Rule::Adagrad.code();

/// Takes the step of one weight, in place.
///
/// `state` contains all weights of a layer, then `lists` state lists of the same length, `stride` numbers
/// apart.
#[cube]
pub(crate) fn step_weight(
    state: &mut Array<f32>,
    index: usize,
    stride: usize,
    gradient: f32,
    code: u32,
    steps: &Array<f32>,
    first: usize,
    #[comptime] lists: usize,
) {
    let weight = state[index];
    let list1 = index + stride;
    let list2 = list1 + stride;
    let list3 = list2 + stride;
    let learning_rate = steps[first];
    let l1 = steps[first + 3];
    let clip = steps[first + 4];
    let epsilon = steps[first + 5];
    let momentum = steps[first + 6];
    let gradient_factor = steps[first + 7];
    let square_decay = steps[first + 8];
    let square_factor = steps[first + 9];
    let correction = steps[first + 10];
    let square_correction = steps[first + 11];
    let mut g = gradient;
    if l1 > 0.0 {
        g += select(weight > 0.0, l1, select(weight < 0.0, -l1, 0.0f32));
    }
    // Without clipping, an infinite gradient stays infinite.
    if clip < f32::MAX {
        g = select(g > clip, clip, select(g < -clip, -clip, g));
    }
    g += steps[first + 1] * weight;
    let mut direction = g;
    if comptime!(lists >= 1) {
        if code == MOMENTUM || code == NESTEROV {
            let velocity = momentum * state[list1] + gradient_factor * g;
            state[list1] = velocity;
            direction = select(code == NESTEROV, g + momentum * velocity, velocity);
        } else if code == ADAGRAD {
            let sum = state[list1] + g * g;
            state[list1] = sum;
            direction = correction * (g / (f32::sqrt(sum) + epsilon));
        }
    }
    if comptime!(lists >= 2) {
        if code == ADAM || code == NADAM {
            let mean = momentum * state[list1] + gradient_factor * g;
            let square = square_decay * state[list2] + square_factor * (g * g);
            state[list1] = mean;
            state[list2] = square;
            let divisor = f32::sqrt(square) * square_correction + epsilon;
            let mut numerator = correction * mean;
            if code == NADAM {
                numerator += steps[first + 12] * g;
            }
            direction = numerator / divisor;
        }
    }
    if comptime!(lists >= 3) {
        if code == RMSPROP || code == CENTERED_RMSPROP {
            let square = square_decay * state[list1] + square_factor * (g * g);
            state[list1] = square;
            let mut variance = square;
            if code == CENTERED_RMSPROP {
                let mean = square_decay * state[list2] + square_factor * g;
                state[list2] = mean;
                variance -= mean * mean;
            }
            // A fused multiply-add can round a variance of 0 to less.
            variance = select(variance < 0.0, 0.0f32, variance);
            direction = g / (f32::sqrt(variance) + epsilon);
            if momentum > 0.0 {
                direction += momentum * state[list3];
                state[list3] = direction;
            }
        }
    }
    state[index] = steps[first + 2] * weight - learning_rate * direction;
}
