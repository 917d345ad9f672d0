//! Multilayer perceptrons, stacked: one for each member of a cohort.

use super::activation;
use super::dense::Dense;
use super::dropout::DropoutNoise;
use super::init;
use crate::random::Seed;
use crate::spec::Activation;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// The networks of a cohort: hidden layers of linear map, activation and dropout, then a linear
/// map to one logit for each class.
#[derive(Clone, Debug)]
pub struct Mlp<B: Backend> {
    layers: Vec<Dense<B>>,
    activation: Activation,
}

/// What a forward pass leaves behind for the backward pass.
pub struct Trace<B: Backend> {
    /// What went into the first layer: `[members or 1, batch, features]`.
    input: Tensor<B, 3>,
    hidden: Vec<HiddenTrace<B>>,
}

struct HiddenTrace<B: Backend> {
    /// `[members, batch, units]`
    activated: Tensor<B, 3>,
    /// What dropout made of it, with the factors: `[members, batch, units]` both.
    dropped: Option<(Tensor<B, 3>, Tensor<B, 3>)>,
}

impl<B: Backend> HiddenTrace<B> {
    fn output(&self) -> Tensor<B, 3> {
        match &self.dropped {
            Some((output, _)) => output.clone(),
            None => self.activated.clone(),
        }
    }
}

impl<B: Backend> Mlp<B> {
    /// Networks with these hidden widths, one for each seed, with PyTorch's default weights.
    pub fn new(
        seeds: &[Seed],
        features: usize,
        hidden: &[usize],
        classes: usize,
        activation: Activation,
        device: &B::Device,
    ) -> Self {
        let inputs = std::iter::once(features).chain(hidden.iter().copied());
        let outputs = hidden.iter().copied().chain([classes]);
        let layers = inputs
            .zip(outputs)
            .enumerate()
            .map(|(layer, (inputs, outputs))| init::dense(seeds, layer, inputs, outputs, device))
            .collect();
        Self { layers, activation }
    }

    /// Logits without dropout: `[members, batch, classes]`.
    pub fn predict(&self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        let (last, hidden) = self.split();
        let output = hidden.iter().fold(input, |input, layer| {
            activation::forward(self.activation, layer.forward(input))
        });
        last.forward(output)
    }

    /// Logits (`[members, batch, classes]`) while training, and what the backward pass needs.
    ///
    /// `input` is `[members, batch, features]`, or `[1, batch, features]` where members share it.
    pub fn forward(
        &self,
        input: Tensor<B, 3>,
        noise: Option<&mut DropoutNoise>,
    ) -> (Tensor<B, 3>, Trace<B>) {
        let (last, layers) = self.split();
        let mut noise = noise;
        let mut current = input.clone();
        let mut hidden = Vec::with_capacity(layers.len());
        for (index, layer) in layers.iter().enumerate() {
            let activated = activation::forward(self.activation, layer.forward(current));
            let dropped = noise.as_mut().map(|noise| {
                let [_, batch, units] = activated.dims();
                let factors = noise.factors(index, [batch, units], &activated.device());
                (activated.clone() * factors.clone(), factors)
            });
            let trace = HiddenTrace { activated, dropped };
            current = trace.output();
            hidden.push(trace);
        }
        (last.forward(current), Trace { input, hidden })
    }

    /// The gradients of all parameters, in the order of [`Mlp::parameters`], given the gradient
    /// of the logits (`[members, batch, classes]`).
    pub fn backward(&self, trace: Trace<B>, logits_gradient: Tensor<B, 3>) -> Vec<Tensor<B, 3>> {
        let Trace { input, mut hidden } = trace;
        let mut gradient = logits_gradient;
        let mut reversed = Vec::with_capacity(2 * self.layers.len());
        for layer in self.layers.iter().rev() {
            let below = hidden.pop();
            let layer_input = below.as_ref().map_or(input.clone(), HiddenTrace::output);
            let own = layer.gradients(layer_input, gradient.clone());
            reversed.push(own.bias);
            reversed.push(own.weight);
            if let Some(HiddenTrace { activated, dropped }) = below {
                gradient = layer.input_gradient(gradient);
                if let Some((_, factors)) = dropped {
                    gradient = gradient * factors;
                }
                gradient = activation::backward(self.activation, activated, gradient);
            }
        }
        reversed.reverse();
        reversed
    }

    /// Weight and bias of each layer, from the input side: `[members, …, outputs]`.
    pub fn parameters(&self) -> Vec<Tensor<B, 3>> {
        let pair = |layer: &Dense<B>| [layer.weight.clone(), layer.bias.clone()];
        self.layers.iter().flat_map(pair).collect()
    }

    /// Replaces all parameters by what `change` makes of them.
    ///
    /// The tensors are handed over whole, so that a backend may change them in place.
    ///
    /// # Panics
    /// When `change` returns another number of tensors.
    pub fn update(&mut self, change: impl FnOnce(Vec<Tensor<B, 3>>) -> Vec<Tensor<B, 3>>) {
        let count = self.layers.len();
        let parameters = std::mem::take(&mut self.layers)
            .into_iter()
            .flat_map(|layer| [layer.weight, layer.bias])
            .collect();
        let mut changed = change(parameters).into_iter();
        while let (Some(weight), Some(bias)) = (changed.next(), changed.next()) {
            self.layers.push(Dense { weight, bias });
        }
        assert_eq!(self.layers.len(), count, "an update keeps every parameter");
    }

    fn split(&self) -> (&Dense<B>, &[Dense<B>]) {
        self.layers
            .split_last()
            .expect("a network has at least its output layer")
    }
}
