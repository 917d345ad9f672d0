//! The optimizers, and the constants of their steps.

/// The update rule of a member's weights.
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
    /// Its code in device memory.
    pub(crate) const fn code(self) -> u32 {
        self as u32
    }

    /// The number of state lists, at most 3. Each list has one number per weight.
    ///
    /// Momentum: velocities. Adam and NAdam: moving means, then of squares. RMSprop: moving means of
    /// squares, then means (used only if centred), then velocities. Adagrad: sums of
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

/// The constants of one member in one step. Those that its rule does not use are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Step {
    /// η
    pub learning_rate: f32,
    /// λ of an L2 penalty: replaces the gradient `g` by `g + λ·w`.
    pub weight_decay: f32,
    /// The factor of the weight before the step: 1, or `1 − η·λ` for decoupled weight decay.
    pub weight_factor: f32,
    /// The L1 penalty: replaces `g` by `g + l1·sign(w)`.
    pub l1: f32,
    /// The maximum absolute value of a gradient's element, after L1; infinite without clipping.
    pub clip: f32,
    /// ε, added to a root to avoid division by zero.
    pub epsilon: f32,
    /// µ of momentum and RMSprop, β₁ of Adam and NAdam.
    pub momentum: f32,
    /// The factor of the gradient in the moving mean or velocity: 1 − dampening (1 at first), or
    /// 1 − β₁.
    pub gradient_factor: f32,
    /// β₂, or RMSprop's α.
    pub square_decay: f32,
    /// 1 − β₂, or 1 − α.
    pub square_factor: f32,
    /// Adam: 1/(1 − β₁ᵗ). NAdam: µₜ₊₁/(1 − ∏µ·µₜ₊₁), the factor of the mean. Adagrad: 1/(1 + (t − 1)·δ).
    pub correction: f32,
    /// Adam and NAdam: 1/√(1 − β₂ᵗ).
    pub square_correction: f32,
    /// NAdam: (1 − µₜ)/(1 − ∏µ), the factor of the gradient.
    pub nadam_gradient_factor: f32,
}

/// The number of constants of a member's step in device memory; three are unused.
pub(crate) const CONSTANTS: usize = 16;

impl Step {
    #[cfg(feature = "device")]
    /// The constants in the order in which kernels read them.
    pub(crate) fn constants(self) -> [f32; CONSTANTS] {
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
