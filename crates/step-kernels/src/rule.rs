//! The optimizers, chosen at run time: members of a cohort may differ.

use cubecl::prelude::*;

/// How a member's weights follow their gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// `w ← w − η·g`
    Descent,
    /// `torch.optim.SGD` with momentum: `v ← µ·v + s·g`, then `w ← w − η·v`.
    Momentum,
    /// The same in Nesterov's form: `w ← w − η·(g + µ·v)`.
    Nesterov,
    /// `torch.optim.Adam`, and AdamW by [`Step::keep`].
    Adam,
    /// `torch.optim.NAdam`
    NAdam,
    /// `torch.optim.RMSprop`
    RmsProp,
    /// The same, centred (Graves 2013).
    CenteredRmsProp,
    /// `torch.optim.Adagrad`
    Adagrad,
}

const DESCENT: u32 = 0;
const MOMENTUM: u32 = 1;
const NESTEROV: u32 = 2;
const ADAM: u32 = 3;
const NADAM: u32 = 4;
const RMSPROP: u32 = 5;
const CENTERED_RMSPROP: u32 = 6;
const ADAGRAD: u32 = 7;

impl Rule {
    /// The number that stands for it in device memory.
    pub(crate) fn code(self) -> u32 {
        match self {
            Self::Descent => DESCENT,
            Self::Momentum => MOMENTUM,
            Self::Nesterov => NESTEROV,
            Self::Adam => ADAM,
            Self::NAdam => NADAM,
            Self::RmsProp => RMSPROP,
            Self::CenteredRmsProp => CENTERED_RMSPROP,
            Self::Adagrad => ADAGRAD,
        }
    }

    /// The lists of numbers that it remembers, one number for each weight in each; at most 3.
    ///
    /// Momentum: velocities. Adam and NAdam: moving means, then of squares. RMSprop: moving means of
    /// squares, then means (read and written where it is centred), then velocities. Adagrad: sums of
    /// squares.
    pub fn lists(self) -> usize {
        match self {
            Self::Descent => 0,
            Self::Momentum | Self::Nesterov | Self::Adagrad => 1,
            Self::Adam | Self::NAdam => 2,
            Self::RmsProp | Self::CenteredRmsProp => 3,
        }
    }
}

/// The numbers of one member in one step. What a rule does not use is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Step {
    /// η
    pub rate: f32,
    /// λ of an L2 penalty: `g + λ·w` in place of the gradient.
    pub decay: f32,
    /// What the weight is multiplied by before the step: 1, or `1 − η·λ` of a decoupled decay.
    pub keep: f32,
    /// The L1 penalty: `g + l1·sign(w)`.
    pub l1: f32,
    /// The largest absolute value of a gradient's element, after L1; infinite where there is none.
    pub clip: f32,
    /// ε, added to a root before it divides.
    pub epsilon: f32,
    /// µ of momentum and RMSprop, β₁ of Adam and NAdam.
    pub momentum: f32,
    /// What the gradient is multiplied by as it enters the moving mean or velocity: 1 − dampening
    /// (1 at first), or 1 − β₁.
    pub share: f32,
    /// β₂, or RMSprop's α.
    pub decay2: f32,
    /// 1 − β₂, or 1 − α.
    pub share2: f32,
    /// Adam: 1/(1 − β₁ᵗ). NAdam: µₜ₊₁/(1 − ∏µ·µₜ₊₁), of the mean. Adagrad: 1/(1 + (t − 1)·δ).
    pub correction: f32,
    /// Adam and NAdam: 1/√(1 − β₂ᵗ).
    pub correction2: f32,
    /// NAdam: (1 − µₜ)/(1 − ∏µ), of the gradient.
    pub of_gradient: f32,
}

/// Numbers of a member's step in device memory; three are spare.
pub(crate) const NUMBERS: usize = 16;

impl Step {
    /// In the order in which kernels read them.
    pub(crate) fn numbers(self) -> [f32; NUMBERS] {
        let Self {
            rate,
            decay,
            keep,
            l1,
            clip,
            epsilon,
            momentum,
            share,
            decay2,
            share2,
            correction,
            correction2,
            of_gradient,
        } = self;
        [
            rate,
            decay,
            keep,
            l1,
            // Finite: a device may assume that no number is infinite.
            clip.min(f32::MAX),
            epsilon,
            momentum,
            share,
            decay2,
            share2,
            correction,
            correction2,
            of_gradient,
            0.0,
            0.0,
            0.0,
        ]
    }
}

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
    g = select(g > clip, clip, select(g < -clip, -clip, g));
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
            direction = g / (f32::sqrt(spread) + epsilon);
            if momentum > 0.0 {
                direction += momentum * state[list3];
                state[list3] = direction;
            }
        }
    }
    state[place] = steps[first + 2] * weight - rate * direction;
}
