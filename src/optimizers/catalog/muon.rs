//! Muon (Jordan et al. 2024) for hidden weights, as `torch.optim.Muon`, and AdamW for all other parameters.

use super::adam::Adam;
use crate::backend::Backend;
use crate::optimizers::declaration::optimizer;
use crate::optimizers::parameter_layout::ParameterLayout;
use crate::optimizers::per_member::PerMember;
use crate::optimizers::stacked_state::StackedState;
use crate::optimizers::step::{Step, TensorOptimizer, WeightDecay};
use crate::optimizers::update::apply_update;
use crate::values::conflict::Conflict;
use crate::values::number::{Fraction, Positive};
use burn::tensor::Tensor;

optimizer! {
    /// Moves the weights of every layer except the output layer along the orthogonal matrix nearest to their momentum
    /// (Jordan et al. 2024; `torch.optim.Muon` with `match_rms_adamw`). AdamW updates all other parameters.
    pub struct Muon = "muon" {
        /// Momentum.
        momentum, "momentum": Fraction = 0.95,
        /// Use Nesterov's momentum; needs a momentum greater than 0.
        nesterov, "nesterov": bool = true,
        /// Decay of the mean of gradients, by AdamW.
        beta1, "beta1": Fraction = 0.9,
        /// Decay of the mean of squared gradients, by AdamW.
        beta2, "beta2": Fraction = 0.999,
        /// Term that avoids a division by zero, in AdamW.
        epsilon, "epsilon": Positive = 1e-8,
    }
}

/// The coefficients of the iteration, which approximates an orthogonal matrix, of Jordan et al. 2024.
const COEFFICIENTS: [f64; 3] = [3.4445, -4.775, 2.0315];
/// The number of iterations, as in `torch.optim.Muon`.
const ITERATIONS: usize = 5;
/// The minimum norm that a matrix is divided by. `torch.optim.Muon` uses the same number for `(1 − μ)·v`.
const MIN_NORM: f64 = 1e-7;
/// The root mean square of AdamW's steps, to which Muon's steps are scaled (Liu et al. 2025).
const RMS_OF_ADAMW: f64 = 0.2;

impl Step for Muon {
    const WEIGHT_DECAY: WeightDecay = WeightDecay::Decoupled;
    const DEFAULT_WEIGHT_DECAY: f64 = 0.1;
    const COUNTS_STEPS: bool = true;

    /// The momentum or AdamW's mean, and AdamW's mean of squares, which is 0 for hidden weights.
    fn lists(&self) -> Vec<bool> {
        vec![true, true]
    }

    fn parts(&self) -> Vec<bool> {
        vec![self.nesterov]
    }

    fn check(&self) -> Result<(), Conflict> {
        if self.nesterov && self.momentum == 0.0 {
            return Err(Conflict {
                keys: &["training.momentum", "training.nesterov"],
                message: "training.nesterov needs training.momentum greater than 0".to_owned(),
                help: "set training.nesterov: false".to_owned(),
            });
        }
        Ok(())
    }

    /// Three products for each iteration: of a matrix with its transpose, of that with itself, and of that with the
    /// matrix.
    fn flop(&self, hidden_weights: impl FnOnce() -> Vec<[usize; 2]>) -> f64 {
        let of_weight = |&[rows, columns]: &[usize; 2]| {
            let (small, large) = (rows.min(columns) as f64, rows.max(columns) as f64);
            2.0 * small * small * (2.0 * large + small)
        };
        ITERATIONS as f64 * hidden_weights().iter().map(of_weight).sum::<f64>()
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        let adam = |member: &Self| Adam {
            beta1: member.beta1,
            beta2: member.beta2,
            epsilon: member.epsilon,
            amsgrad: false,
        };
        let adam: Vec<Adam> = members.iter().map(adam).collect();
        Box::new(MuonOnTensors {
            momentum: PerMember::of(members, |m| m.momentum, device),
            nesterov: members[0].nesterov,
            velocities: Vec::new(),
            others: Adam::on_tensors(&adam, device),
            hidden: Vec::new(),
            scales: Vec::new(),
            device: device.clone(),
        })
    }
}

/// `v ← μ·v + g`, then `w ← w − η·0.2·√max(rows, columns)·orthogonal(v)` (Nesterov: of `g + μ·v`) for hidden weights.
struct MuonOnTensors<B: Backend> {
    momentum: PerMember<B>,
    nesterov: bool,
    /// `v` of each hidden weight; empty before the first step.
    velocities: Vec<Tensor<B, 3>>,
    /// The optimizer of all other parameters.
    others: Box<dyn TensorOptimizer<B>>,
    /// The indices of the hidden weights among all parameters.
    hidden: Vec<usize>,
    /// `0.2·√max(rows, columns)` of each hidden weight.
    scales: Vec<PerMember<B>>,
    device: B::Device,
}

impl<B: Backend> MuonOnTensors<B> {
    /// Splits a list with one item for each parameter into those of hidden weights and all others.
    fn split<T>(&self, items: Vec<T>) -> (Vec<T>, Vec<T>) {
        let (mut hidden, mut others) = (Vec::new(), Vec::new());
        for (index, item) in items.into_iter().enumerate() {
            if self.hidden.contains(&index) {
                hidden.push(item);
            } else {
                others.push(item);
            }
        }
        (hidden, others)
    }

    /// The list that [`split`](Self::split) has split.
    fn join<T>(&self, hidden: Vec<T>, others: Vec<T>) -> Vec<T> {
        let count = hidden.len() + others.len();
        let (mut hidden, mut others) = (hidden.into_iter(), others.into_iter());
        let item = |index: usize| match self.hidden.contains(&index) {
            true => hidden.next(),
            false => others.next(),
        };
        (0..count).filter_map(item).collect()
    }

    /// The directions of the steps of hidden weights with these gradients.
    fn directions(&mut self, gradients: Vec<Tensor<B, 3>>) -> Vec<Tensor<B, 3>> {
        let velocities = std::mem::take(&mut self.velocities);
        self.velocities = if velocities.is_empty() {
            gradients.clone()
        } else {
            let pairs = velocities.into_iter().zip(gradients.iter().cloned());
            pairs.map(|(v, g)| self.momentum.scale(v) + g).collect()
        };
        let velocities = self.velocities.iter().cloned();
        let with_gradients = velocities.zip(gradients).zip(&self.scales);
        let direction = |((velocity, gradient), scale): ((Tensor<B, 3>, _), &PerMember<B>)| {
            let moved = match self.nesterov {
                true => self.momentum.scale(velocity) + gradient,
                false => velocity,
            };
            scale.scale(orthogonalised(moved))
        };
        with_gradients.map(direction).collect()
    }
}

/// An approximation of the nearest orthogonal matrix to each member's matrix, by the iteration of Newton and Schulz
/// (Jordan et al. 2024).
fn orthogonalised<B: Backend>(matrices: Tensor<B, 3>) -> Tensor<B, 3> {
    let [_, rows, columns] = matrices.dims();
    // The products are smaller if there are at most as many rows as columns.
    if rows > columns {
        return orthogonalised(matrices.swap_dims(1, 2)).swap_dims(1, 2);
    }
    let squares = matrices.clone() * matrices.clone();
    let norm = squares.sum_dim(2).sum_dim(1).sqrt();
    let mut x = matrices / norm.clamp_min(MIN_NORM);
    let [a, b, c] = COEFFICIENTS;
    for _ in 0..ITERATIONS {
        let gram = B::product(x.clone(), x.clone().swap_dims(1, 2));
        let update = gram.clone().mul_scalar(b) + B::product(gram.clone(), gram).mul_scalar(c);
        x = x.clone().mul_scalar(a) + B::product(update, x);
    }
    x
}

impl<B: Backend> TensorOptimizer<B> for MuonOnTensors<B> {
    fn set_layout(&mut self, layout: &ParameterLayout) {
        self.hidden.clone_from(&layout.hidden_weights);
        let has_every_member = layout.shapes.len() == self.momentum.values().len();
        assert!(has_every_member, "a layout has the shapes of every member");
        let scale = |weight: usize| {
            let of_member = |shapes: &Vec<[usize; 2]>| {
                let [rows, columns] = shapes[weight];
                RMS_OF_ADAMW * (rows.max(columns) as f64).sqrt()
            };
            PerMember::of(&layout.shapes, of_member, &self.device)
        };
        self.scales = (0..self.hidden.len()).map(scale).collect();
    }

    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let (weights, others) = self.split(parameters);
        let (of_weights, of_others) = self.split(gradients);
        let directions = self.directions(of_weights);
        let weights = apply_update(weights, directions, learning_rate);
        let others = self.others.step(others, of_others, learning_rate);
        self.join(weights, others)
    }

    fn stacked_state(&self) -> StackedState<B> {
        let mut state = self.others.stacked_state();
        let [means, squares] = [0, 1].map(|list| state.take_list(list));
        let zeros = self.velocities.iter().map(Tensor::zeros_like).collect();
        state.lists = vec![
            self.join(self.velocities.clone(), means),
            self.join(zeros, squares),
        ];
        state
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        let (velocities, means) = self.split(state.take_list(0));
        let (_, squares) = self.split(state.take_list(1));
        self.velocities = velocities;
        state.lists = vec![means, squares];
        self.others.set_stacked_state(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizers::declaration::Declaration;
    use crate::optimizers::setting::OptimizerKeys;
    use crate::random::{Purpose, Seed};
    use burn::backend::Flex;
    use burn::tensor::{TensorData, Tolerance};

    type T = Tensor<Flex, 3>;

    const SEED: Seed = Seed {
        sweep: 7,
        repeat: 0,
        fold: 0,
    };

    /// Numbers of a normal distribution, different for each `number`.
    fn random(number: u32, shape: [usize; 2]) -> T {
        let [rows, columns] = shape;
        let mut values = vec![0.0; rows * columns];
        let mut stream = SEED.stream(Purpose::InitialWeights, [number, 0]);
        stream.fill_normal(&mut values);
        let data = TensorData::new(values, [1, rows, columns]);
        Tensor::from_data(data, &Default::default())
    }

    /// The hidden weight and the other parameter after two steps of members of these shapes.
    fn stepped(shapes: &[[usize; 2]], start: &[T; 2], gradients: &[[T; 2]]) -> Vec<T> {
        let device = Default::default();
        let settings = vec![Muon::from_keys(&OptimizerKeys::default()); shapes.len()];
        let mut optimizer = <Muon as Step>::on_tensors::<Flex>(&settings, &device);
        optimizer.set_layout(&ParameterLayout {
            hidden_weights: vec![1],
            shapes: shapes.iter().map(|&shape| vec![shape]).collect(),
        });
        let rate = PerMember::new(&vec![0.1; shapes.len()], &device);
        let mut parameters = start.to_vec();
        for gradients in gradients {
            parameters = optimizer.step(parameters, gradients.to_vec(), &rate);
            // As at a checkpoint.
            let state = optimizer.stacked_state();
            optimizer.set_stacked_state(state);
        }
        parameters
    }

    #[test]
    fn a_padded_member_takes_its_own_steps() {
        // The padded matrices have more rows than columns, the last member alone has fewer.
        const SHAPES: [[usize; 2]; 3] = [[6, 5], [4, 2], [2, 5]];
        const WIDEST: [usize; 2] = [6, 5];
        let tensors = |(member, shape): (u32, [usize; 2])| {
            [0, 1, 2].map(|step| {
                let number = 10 * member + 2 * step;
                [random(number, [1, 3]), random(number + 1, shape)]
            })
        };
        let alone: Vec<[[T; 2]; 3]> = (0..).zip(SHAPES).map(tensors).collect();
        let padded = |tensor: &T| {
            let [_, rows, columns] = tensor.dims();
            T::zeros([1, WIDEST[0], WIDEST[1]], &Default::default())
                .slice_assign([0..1, 0..rows, 0..columns], tensor.clone())
        };
        let stacked = [0, 1, 2].map(|step: usize| {
            let others = alone.iter().map(|member| member[step][0].clone());
            let weights = alone.iter().map(|member| padded(&member[step][1]));
            [Tensor::cat(others.collect(), 0), Tensor::cat(weights.collect(), 0)]
        });
        let together = stepped(&SHAPES, &stacked[0], &stacked[1..]);
        for (member, own) in alone.iter().enumerate() {
            let expected = stepped(&[SHAPES[member]], &own[0], &own[1..]);
            for (found, expected) in together.iter().zip(expected) {
                let [_, rows, columns] = expected.dims();
                let found = found.clone();
                let found = found.slice([member..member + 1, 0..rows, 0..columns]);
                let tolerance = Tolerance::<f32>::rel_abs(1e-3, 1e-3);
                found.to_data().assert_approx_eq(&expected.to_data(), tolerance);
            }
        }
    }
}
