//! The functions behind hidden layers.

/// The function behind a hidden layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activation {
    /// No function.
    Identity,
    /// max(x, 0)
    Relu,
    /// tanh(x)
    Tanh,
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// x, or 0.01·x below 0 (`torch.nn.LeakyReLU`)
    LeakyRelu,
    /// x, or eˣ − 1 below 0
    Elu,
    /// ELU with the scale and alpha of Klambauer et al. 2017
    Selu,
    /// x·Φ(x) with the normal distribution function Φ
    Gelu,
    /// x·sigmoid(x)
    Silu,
    /// ln(1 + eˣ)
    Softplus,
}

impl Activation {
    #[cfg(feature = "device")]
    /// Its code in device memory.
    pub(crate) const fn code(self) -> u32 {
        self as u32
    }

    #[cfg(feature = "device")]
    /// Whether the derivative cannot be computed from the function's value.
    pub(crate) fn keeps_input(self) -> bool {
        matches!(self, Self::Gelu | Self::Silu | Self::Softplus)
    }
}
