//! The optimizers, and the numbers of their steps.

/// How a member's weights follow their gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// `w ← w − η·g`
    Descent,
    /// `torch.optim.SGD` with momentum: `v ← µ·v + s·g`, then `w ← w − η·v`.
    Momentum,
    /// The same in Nesterov's form: `w ← w − η·(g + µ·v)`.
    Nesterov,
    /// `torch.optim.Adam`, and AdamW by [`Step::weight_factor`].
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

impl Rule {
    #[cfg(feature = "device")]
    /// The number that stands for it in device memory.
    pub(crate) const fn code(self) -> u32 {
        self as u32
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
    pub learning_rate: f32,
    /// λ of an L2 penalty: `g + λ·w` in place of the gradient.
    pub weight_decay: f32,
    /// What the weight is multiplied by before the step: 1, or `1 − η·λ` of a decoupled decay.
    pub weight_factor: f32,
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
    pub gradient_factor: f32,
    /// β₂, or RMSprop's α.
    pub square_decay: f32,
    /// 1 − β₂, or 1 − α.
    pub square_factor: f32,
    /// Adam: 1/(1 − β₁ᵗ). NAdam: µₜ₊₁/(1 − ∏µ·µₜ₊₁), of the mean. Adagrad: 1/(1 + (t − 1)·δ).
    pub correction: f32,
    /// Adam and NAdam: 1/√(1 − β₂ᵗ).
    pub square_correction: f32,
    /// NAdam: (1 − µₜ)/(1 − ∏µ), of the gradient.
    pub nadam_gradient_factor: f32,
}

/// Numbers of a member's step in device memory; three are spare.
pub(crate) const NUMBERS: usize = 16;

impl Step {
    #[cfg(feature = "device")]
    /// In the order in which kernels read them.
    pub(crate) fn numbers(self) -> [f32; NUMBERS] {
        let Self {
            learning_rate,
            weight_decay,
            weight_factor,
            l1,
            clip,
            epsilon,
            momentum,
            gradient_factor,
            square_decay,
            square_factor,
            correction,
            square_correction,
            nadam_gradient_factor,
        } = self;
        [
            learning_rate,
            weight_decay,
            weight_factor,
            l1,
            // Finite: a device may assume that no number is infinite.
            clip.min(f32::MAX),
            epsilon,
            momentum,
            gradient_factor,
            square_decay,
            square_factor,
            correction,
            square_correction,
            nadam_gradient_factor,
            0.0,
            0.0,
            0.0,
        ]
    }
}
