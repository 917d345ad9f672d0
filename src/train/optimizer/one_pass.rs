//! Any optimizer as one pass over weights, gradients and state, on backends that have it.

use super::Optimizer;
use super::step_constants::StepConstants;
use crate::backend::{Backend, FusedRule, OnePassUpdates, ParameterLists};
use crate::optimizers::{OptimizerSettings, PerMember, StackedState};
use crate::spec::{NonNegative, Training};
use crate::stages::StageGradient;
use burn::tensor::Tensor;
use smallvec::{SmallVec, smallvec};

/// The steps of members whose optimizers have one update rule, with their penalties, clipping by value and
/// weight decay. Computes the same as the optimizer of that rule on tensors, to the bit, for batches of up to 512
/// samples (of more, the product adds up in another order) and unless an element of the state is nearly 0.
pub(super) struct OnePass<B: Backend> {
    kernels: &'static dyn OnePassUpdates<B>,
    rule: FusedRule,
    constants: StepConstants,
    /// For each list of the rule, whether a member needs it.
    is_needed: Vec<bool>,
    /// The lists, with one tensor per parameter; empty before the first step, and if not needed.
    lists: Vec<Vec<Tensor<B, 3>>>,
}

impl<B: Backend> OnePass<B> {
    /// For members with these settings; `None` if the backend or the optimizer has no such steps. Penalties and
    /// clipping are those of the settings if `transforms_gradients`; otherwise gradients are used as they are.
    pub(super) fn new(members: &[&Training], transforms_gradients: bool) -> Option<Self> {
        let kernels = B::one_pass_updates()?;
        let settings = members.iter().map(|member| member.optimizer_settings());
        let settings: Vec<OptimizerSettings> = settings.collect();
        let rules = settings.iter().map(OptimizerSettings::rule);
        // Members with and without momentum share the rule with momentum, which has a state.
        let rules: Vec<FusedRule> = rules.collect::<Option<_>>()?;
        let rule = rules.into_iter().max_by_key(|rule| rule.lists())?;
        let mut is_needed = vec![false; rule.lists()];
        for member in &settings {
            for (list, is_needed_by) in is_needed.iter_mut().zip(member.lists()) {
                *list |= is_needed_by;
            }
        }
        let mut settings: Vec<Training> = members.iter().map(|&member| member.clone()).collect();
        if !transforms_gradients {
            for training in &mut settings {
                training.l1 = NonNegative::constant(0.0);
                training.clip_value = None;
            }
        }
        Some(Self {
            kernels,
            rule,
            constants: StepConstants::new(settings),
            lists: vec![Vec::new(); is_needed.len()],
            is_needed,
        })
    }

    /// Whether no member has taken a step; always true for a rule without lists, for which it does not
    /// matter.
    fn is_new(&self) -> bool {
        self.lists.first().is_none_or(Vec::is_empty)
    }

    /// Creates the lists that are needed, as zeros.
    fn create_lists(&mut self, parameters: &[Tensor<B, 3>]) {
        for (list, &is_needed) in self.lists.iter_mut().zip(&self.is_needed) {
            if is_needed && list.is_empty() {
                *list = parameters.iter().map(Tensor::zeros_like).collect();
            }
        }
    }
}

/// The gradient of one parameter.
enum Gradient<B: Backend> {
    /// That of a dense weight, as factors: `inputᵀ · output`.
    Product {
        input: Tensor<B, 3>,
        output: Tensor<B, 3>,
    },
    Value(Tensor<B, 3>),
}

impl<B: Backend> OnePass<B> {
    /// Takes one step, given the gradient of each parameter.
    fn step_parameters(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: impl Iterator<Item = Gradient<B>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let steps = self.constants.step(learning_rate.values(), self.is_new());
        self.create_lists(&parameters);
        let lists = self.lists.iter_mut();
        let mut lists: Vec<_> = lists.map(|list| std::mem::take(list).into_iter()).collect();
        let (kernels, rule) = (self.kernels, self.rule);
        let mut stepped = Vec::with_capacity(parameters.len());
        for (parameter, gradient) in parameters.into_iter().zip(gradients) {
            let state: ParameterLists<B> = lists.iter_mut().map(Iterator::next).collect();
            let (parameter, state) = match gradient {
                Gradient::Product { input, output } => {
                    kernels.update_weight(rule, &steps, parameter, input, output, state)
                }
                Gradient::Value(gradient) => {
                    kernels.update(rule, &steps, parameter, gradient, state)
                }
            };
            stepped.push(parameter);
            for (list, tensor) in self.lists.iter_mut().zip(state) {
                list.extend(tensor);
            }
        }
        stepped
    }
}

impl<B: Backend> Optimizer<B> for OnePass<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let gradients = gradients.into_iter().map(Gradient::Value);
        self.step_parameters(parameters, gradients, learning_rate)
    }

    fn step_stages(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<StageGradient<B>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let of_stage = |gradient| -> SmallVec<[Gradient<B>; 2]> {
            match gradient {
                StageGradient::Linear { input, output } => {
                    let of_bias = Gradient::Value(B::sum_rows(output.clone()));
                    smallvec![Gradient::Product { input, output }, of_bias]
                }
                StageGradient::Values(values) => values.into_iter().map(Gradient::Value).collect(),
            }
        };
        let gradients = gradients.into_iter().flat_map(of_stage);
        self.step_parameters(parameters, gradients, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        StackedState {
            steps: self.constants.steps(),
            lists: self.lists.clone(),
        }
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        self.constants.restore(&state);
        for (index, (list, &is_needed)) in self.lists.iter_mut().zip(&self.is_needed).enumerate() {
            if is_needed {
                *list = state.take_list(index);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::new_optimizer::{of_kind, on_tensors};
    use super::*;
    use crate::optimizers::ParameterLayout;
    use crate::plan::Plan;
    use crate::spec::{Source, Sweep};
    use burn::backend::Flex;
    use burn::tensor::{Distribution, TensorData};

    /// The training of a sweep file with these settings.
    fn training(settings: &str) -> Training {
        let source = Source {
            name: "test.yaml".into(),
            text: format!("training: {{ {settings} }}\n"),
        };
        let sweep = Sweep::parse(source, "test", &[]).unwrap();
        let plan = Plan::new(&sweep).unwrap();
        plan.trials[0].config.training.clone()
    }

    fn random(shape: [usize; 3]) -> Tensor<Flex, 3> {
        Tensor::random(shape, Distribution::Normal(0.0, 1.0), &Default::default())
    }

    /// The parameters and the state after each of three steps, by the optimizer on tensors and by the one
    /// pass. The weight has two blocks of different sizes, and lengths that are no multiples of a vector.
    fn after_steps(members: &[&Training]) -> [Vec<TensorData>; 2] {
        const INPUTS: usize = 301;
        const OUTPUTS: usize = 203;
        let device = Default::default();
        let count = members.len();
        let kind = members[0].step_kind();
        let layout = ParameterLayout::default();
        let mut optimizers = [
            on_tensors::<Flex>(kind.clone(), members, &layout, &device),
            of_kind::<Flex>(kind, members, &layout, &device),
        ];
        let shapes = [[INPUTS, OUTPUTS], [1, OUTPUTS], [1, OUTPUTS], [1, OUTPUTS]];
        let start = shapes.map(|[rows, columns]| random([count, rows, columns]).mul_scalar(0.1));
        let mut parameters = [start.to_vec(), start.to_vec()];
        let mut found = [Vec::new(), Vec::new()];
        for step in 0..3 {
            let owners = if step == 1 { 1 } else { count };
            let batch = [9, 1, 2][step];
            let gradients = || {
                vec![
                    StageGradient::Linear {
                        input: random([owners, batch, INPUTS]),
                        output: random([count, batch, OUTPUTS]),
                    },
                    StageGradient::Values(smallvec![
                        random([count, 1, OUTPUTS]),
                        random([count, 1, OUTPUTS]),
                    ]),
                ]
            };
            let gradients = gradients();
            let rates: Vec<f64> = (0..count).map(|m| 0.01 * (m + step + 1) as f64).collect();
            let rates = PerMember::new(&rates, &device);
            for ((optimizer, parameters), found) in
                optimizers.iter_mut().zip(&mut parameters).zip(&mut found)
            {
                let before = std::mem::take(parameters);
                *parameters = optimizer.step_stages(before, gradients.clone(), &rates);
                // As at the end of an epoch, when the state may be saved.
                let state = optimizer.stacked_state();
                found.extend(parameters.iter().map(Tensor::to_data));
                found.extend(state.lists.iter().flatten().map(Tensor::to_data));
                optimizer.set_stacked_state(state);
            }
        }
        found
    }

    #[test]
    fn one_pass_gives_the_bits_of_the_optimizer_on_tensors() {
        let optimizers = [
            "optimizer: sgd, momentum: 0.9",
            "optimizer: sgd, momentum: 0.9, dampening: 0.1",
            "optimizer: sgd, momentum: 0.9, nesterov: true",
            "optimizer: adam",
            "optimizer: adam, beta1: 0.8, beta2: 0.99, epsilon: 0.001",
            "optimizer: adamw",
            "optimizer: nadam",
            "optimizer: rmsprop",
            "optimizer: rmsprop, momentum: 0.5",
            "optimizer: rmsprop, centered: true",
            "optimizer: rmsprop, centered: true, momentum: 0.5",
            "optimizer: adagrad, learning_rate_decay: 0.01",
        ];
        let changes = [
            "",
            ", weight_decay: 0.1",
            ", l1: 0.01, clip_value: 0.5, weight_decay: 0.1",
            ", clip_norm: 1",
        ];
        for optimizer in optimizers {
            for change in changes {
                let settings = format!("{optimizer}{change}");
                let training = training(&settings);
                let [tensors, one_pass] = after_steps(&[&training]);
                assert_eq!(tensors, one_pass, "{settings}");
            }
        }
    }

    #[test]
    fn members_of_a_cohort_have_their_own_constants() {
        let pairs = [
            [
                "optimizer: sgd, momentum: 0.9",
                "optimizer: sgd, momentum: 0.5, clip_value: 0.1",
            ],
            [
                "optimizer: sgd, l1: 0.1",
                "optimizer: sgd, momentum: 0.5, weight_decay: 0.1",
            ],
            [
                "optimizer: adam",
                "optimizer: adam, beta1: 0.5, weight_decay: 0.1",
            ],
            ["optimizer: nadam", "optimizer: nadam, momentum_decay: 0.1"],
            ["optimizer: rmsprop", "optimizer: rmsprop, momentum: 0.5"],
            [
                "optimizer: adagrad, clip_norm: 1",
                "optimizer: adagrad, clip_norm: 2, clip_value: 0.1",
            ],
        ];
        for pair in pairs {
            let [one, other] = pair.map(training);
            let [tensors, one_pass] = after_steps(&[&one, &other]);
            assert_eq!(tensors, one_pass, "{pair:?}");
        }
    }
}
