//! Initialisation of weights and biases.

use crate::values::config_value::string_enum;
use crate::values::number::{Finite, NonNegative, Positive};
use crate::values::tagged_enum::tagged_enum;

tagged_enum! {
    /// The initial weights of every dense and convolution layer, with the names of `torch.nn.init`.
    ///
    /// The gain of the Kaiming initialisations is that of the activation of the model.
    pub enum Init, "initialisation",
        "an initialisation: default, zeros, kaiming_normal, { normal: { std: 0.01 } } or another one in \
         docs/sweep-file.md"
    {
        /// Uniform in ±1/√fan-in, as `nn.Linear` and `nn.Conv2d` start.
        Default = "default" {},
        /// All 0.
        Zeros = "zeros" {},
        /// All equal.
        Constant = "constant" {
            /// The value of each weight.
            value: Finite,
        } example "{ value: 0.1 }",
        /// Normal around 0.
        Normal = "normal" {
            /// The standard deviation.
            std: NonNegative = NonNegative::constant(1.0),
        },
        /// Uniform around 0.
        Uniform = "uniform" {
            /// The maximum absolute value.
            bound: Positive = Positive::constant(1.0),
        },
        /// Normal, standard deviation gain·√(2/(fan-in + fan-out)) (Glorot and Bengio 2010).
        XavierNormal = "xavier_normal" {
            /// The gain.
            gain: Positive = Positive::constant(1.0),
        },
        /// Uniform in ±gain·√(6/(fan-in + fan-out)) (Glorot and Bengio 2010).
        XavierUniform = "xavier_uniform" {
            /// The gain.
            gain: Positive = Positive::constant(1.0),
        },
        /// Normal, standard deviation gain/√fan (He et al. 2015).
        KaimingNormal = "kaiming_normal" {
            /// The fan.
            mode: FanMode = FanMode::FanIn,
        },
        /// Uniform in ±gain·√(3/fan) (He et al. 2015).
        KaimingUniform = "kaiming_uniform" {
            /// The fan.
            mode: FanMode = FanMode::FanIn,
        },
        /// Orthonormal rows or columns, whichever are fewer (Saxe et al. 2014).
        Orthogonal = "orthogonal" {},
    }
}

tagged_enum! {
    /// The initial biases of every dense and convolution layer.
    pub enum BiasInit, "initialisation of biases",
        "an initialisation of biases: default, zeros, { constant: 0.1 }, { normal: { std: 0.01 } } \
         or { uniform: { bound: 0.01 } }"
    {
        /// Uniform in ±1/√fan-in, as `nn.Linear` and `nn.Conv2d` start.
        Default = "default" {},
        /// All 0.
        Zeros = "zeros" {},
        /// All equal.
        Constant = "constant" {
            /// The value of each weight.
            value: Finite,
        } example "{ value: 0.1 }",
        /// Normal around 0.
        Normal = "normal" {
            /// The standard deviation.
            std: NonNegative = NonNegative::constant(1.0),
        },
        /// Uniform around 0.
        Uniform = "uniform" {
            /// The maximum absolute value.
            bound: Positive = Positive::constant(1.0),
        },
    }
}

string_enum! {
    /// The fan that keeps the variance of a layer.
    pub enum FanMode {
        /// Inputs of one unit: keeps the variance in the forward pass.
        FanIn = "fan_in",
        /// Outputs of one input: keeps the variance in the backward pass.
        FanOut = "fan_out",
    }
}
