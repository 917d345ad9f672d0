//! Optimizers, chosen at run time: members of a cohort may differ.

use crate::rule::Rule;
use cubecl::prelude::*;

const MOMENTUM: u32 = Rule::Momentum.code();
const NESTEROV: u32 = Rule::Nesterov.code();
const ADAM: u32 = Rule::Adam.code();
const NADAM: u32 = Rule::NAdam.code();
const RMSPROP: u32 = Rule::RmsProp.code();
const CENTERED_RMSPROP: u32 = Rule::CenteredRmsProp.code();
const ADAGRAD: u32 = Rule::Adagrad.code();

/// One weight's step, in place.
///
/// `state` holds all weights of a layer, then each list that the optimizers of the cohort remember, of the
/// same length: `lists` of them, `stride` numbers apart.
#[cube]
pub(crate) fn step_weight(
    state: &mut Array<f32>,
    place: usize,
    stride: usize,
    gradient: f32,
    code: u32,
    steps: &Array<f32>,
    first: usize,
    #[comptime] lists: usize,
) {
    let weight = state[place];
    let list1 = place + stride;
    let list2 = list1 + stride;
    let list3 = list2 + stride;
    let rate = steps[first];
    let l1 = steps[first + 3];
    let clip = steps[first + 4];
    let epsilon = steps[first + 5];
    let momentum = steps[first + 6];
    let share = steps[first + 7];
    let decay2 = steps[first + 8];
    let share2 = steps[first + 9];
    let correction = steps[first + 10];
    let correction2 = steps[first + 11];
    let mut g = gradient;
    if l1 > 0.0 {
        g += select(weight > 0.0, l1, select(weight < 0.0, -l1, 0.0f32));
    }
    // An infinite gradient stays infinite where nothing is clipped.
    if clip < f32::MAX {
        g = select(g > clip, clip, select(g < -clip, -clip, g));
    }
    g += steps[first + 1] * weight;
    let mut direction = g;
    if comptime!(lists >= 1) {
        if code == MOMENTUM || code == NESTEROV {
            let velocity = momentum * state[list1] + share * g;
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
            let mean = momentum * state[list1] + share * g;
            let square = decay2 * state[list2] + share2 * (g * g);
            state[list1] = mean;
            state[list2] = square;
            let divisor = f32::sqrt(square) * correction2 + epsilon;
            let mut numerator = correction * mean;
            if code == NADAM {
                numerator += steps[first + 12] * g;
            }
            direction = numerator / divisor;
        }
    }
    if comptime!(lists >= 3) {
        if code == RMSPROP || code == CENTERED_RMSPROP {
            let square = decay2 * state[list1] + share2 * (g * g);
            state[list1] = square;
            let mut spread = square;
            if code == CENTERED_RMSPROP {
                let mean = decay2 * state[list2] + share2 * g;
                state[list2] = mean;
                spread -= mean * mean;
            }
            // A fused multiply-add can round a variance of 0 to less.
            spread = select(spread < 0.0, 0.0f32, spread);
            direction = g / (f32::sqrt(spread) + epsilon);
            if momentum > 0.0 {
                direction += momentum * state[list3];
                state[list3] = direction;
            }
        }
    }
    state[place] = steps[first + 2] * weight - rate * direction;
}
