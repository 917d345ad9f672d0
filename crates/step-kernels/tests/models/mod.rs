//! Models and data of the tests.

use step_kernels::{Activation, Layer, Model, Rule};

pub const ACTIVATIONS: [Activation; 10] = [
    Activation::Identity,
    Activation::Relu,
    Activation::Tanh,
    Activation::Sigmoid,
    Activation::LeakyRelu,
    Activation::Elu,
    Activation::Selu,
    Activation::Gelu,
    Activation::Silu,
    Activation::Softplus,
];

pub const RULES: [Rule; 8] = [
    Rule::Descent,
    Rule::Momentum,
    Rule::Nesterov,
    Rule::Adam,
    Rule::NAdam,
    Rule::RmsProp,
    Rule::CenteredRmsProp,
    Rule::Adagrad,
];

/// Numbers from -1 to 1 that look random.
pub struct Noise(pub u64);

impl Noise {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        f64::from((self.0 >> 33) as u32) / f64::from(1_u32 << 31) * 2.0 - 1.0
    }

    pub fn floats(&mut self, count: usize, scale: f64) -> Vec<f32> {
        (0..count).map(|_| (self.next() * scale) as f32).collect()
    }
}

pub fn layer(inputs: usize, outputs: usize, activations: &[Activation]) -> Layer {
    Layer {
        inputs,
        outputs,
        widths: vec![outputs; activations.len()],
        norm: false,
        activations: activations.to_vec(),
        dropout: Vec::new(),
    }
}

/// `sizes` of layers, all hidden ones with these activations.
pub fn model(sizes: &[usize], activations: &[Activation], rules: &[Rule]) -> Model {
    let last = vec![Activation::Identity; activations.len()];
    let pairs = sizes.windows(2).enumerate();
    let layers = pairs.map(|(index, pair)| {
        let functions = if index + 2 == sizes.len() {
            &last
        } else {
            activations
        };
        layer(pair[0], pair[1], functions)
    });
    Model {
        layers: layers.collect(),
        rules: rules.to_vec(),
        smoothing: (0..rules.len()).map(|m| 0.1 * (m % 2) as f32).collect(),
    }
}
