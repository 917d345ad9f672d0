//! Which trials train with the same steps, and so have the same speed and memory.

use super::sweep_plan::Plan;
use crate::spec::{Config, StackShape, StepKind};
use crate::stages::{DropoutSite, Stage};
use std::collections::HashMap;

/// Everything in a configuration that determines the time and memory of a training step on a given
/// device. Trials of equal shape are profiled once.
///
/// Not part of it are numbers that a step only multiplies by, such as the learning rate, the dropout
/// probability or the weight decay, but whether they are 0: a step without weight decay skips its
/// operations. (It also skips a multiplication by exactly 1, which this type ignores.) Nor are the
/// initial weights, seeds, the schedule, the number of epochs, and what happens between epochs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProfileShape {
    /// The data, the batch size, the number of samples, and the stages with their activations.
    stack: StackShape,
    /// The sites at which units are dropped.
    dropout: Vec<DropoutSite>,
    /// The optimizer.
    step: StepKind,
    /// Which parts of the optimizer's step are computed.
    optimizer_parts: Vec<bool>,
    weight_decay: bool,
    l1: bool,
    label_smoothing: bool,
    clip_value: bool,
    max_norm: bool,
}

impl ProfileShape {
    /// The shape of a configuration.
    pub fn of(config: &Config) -> Self {
        let training = &config.training;
        let stages = config.stages();
        let drops = |stage: &Stage| {
            let site = stage.dropout_site();
            site.filter(|&site| config.model.dropout_rate(site) > 0.0)
        };
        let dropout = stages.iter().filter_map(drops).collect();
        let mut stack = config.stack_shape();
        // With the functions of the activations.
        stack.stages = stages;
        Self {
            stack,
            dropout,
            step: training.step_kind(),
            optimizer_parts: training.optimizer_settings().parts(),
            weight_decay: training.weight_decay() > 0.0,
            l1: training.l1.get() > 0.0,
            label_smoothing: training.label_smoothing.get() > 0.0,
            clip_value: training.clip_value.is_some(),
            max_norm: training.max_norm.is_some(),
        }
    }
}

impl Plan {
    /// Groups trials of equal [`ProfileShape`]s. The groups are in the order of their first trials,
    /// and the trials of a group in the given order.
    pub fn profile_groups(&self, trials: impl IntoIterator<Item = usize>) -> Vec<Vec<usize>> {
        let mut positions: HashMap<ProfileShape, usize> = HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for trial in trials {
            let shape = ProfileShape::of(&self.trials[trial].config);
            let position = *positions.entry(shape).or_insert(groups.len());
            if position == groups.len() {
                groups.push(Vec::new());
            }
            groups[position].push(trial);
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Source, Sweep};

    fn groups(text: &str) -> Vec<Vec<usize>> {
        let source = Source {
            name: "test.yaml".into(),
            text: text.into(),
        };
        let plan = Plan::new(&Sweep::parse(source, "test", &[]).unwrap()).unwrap();
        plan.profile_groups(0..plan.trials.len())
    }

    /// The number of shapes of trials that differ in one key.
    fn shapes(base: &str, key: &str, levels: &str) -> usize {
        groups(&format!("{base}\ngrid: {{ {key}: {levels} }}")).len()
    }

    #[test]
    fn settings_that_change_no_operation_share_a_shape() {
        for (key, levels) in [
            ("training.learning_rate", "[0.5, 0.1, 0.01]"),
            (
                "training.schedule",
                "[constant, cosine, { step: { every: 1 } }]",
            ),
            ("training.epochs", "[1, 9]"),
            ("training.patience", "[null, 3]"),
            ("training.weight_decay", "[0.1, 1.0e-4]"),
            ("training.l1", "[0.1, 1.0e-4]"),
            ("training.momentum", "[0.5, 0.9]"),
            ("model.dropout", "[0.2, 0.5]"),
            ("model.init", "[default, orthogonal, zeros]"),
            ("model.same_init", "[true, false]"),
            ("validation.seed", "[1, 2, 3]"),
        ] {
            assert_eq!(shapes("", key, levels), 1, "{key}");
        }
        let adam = "training: { optimizer: adam }";
        assert_eq!(shapes(adam, "training.beta1", "[0.5, 0.9]"), 1);
    }

    #[test]
    fn settings_that_change_the_operations_of_a_step_separate_shapes() {
        for (key, levels) in [
            ("model.layers", "[1, 2]"),
            ("model.width", "[64, 128]"),
            ("model.activation", "[relu, tanh]"),
            ("model.norm", "[none, batch]"),
            ("model.dropout", "[0, 0.2]"),
            ("model.input_dropout", "[0, 0.2]"),
            ("training.batch_size", "[32, 64]"),
            ("training.optimizer", "[adam, adamw]"),
            ("training.momentum", "[0, 0.9]"),
            ("training.weight_decay", "[null, 0.1]"),
            ("training.l1", "[0, 0.1]"),
            ("training.label_smoothing", "[0, 0.1]"),
            ("training.clip_value", "[null, 1]"),
            ("training.clip_norm", "[null, 1]"),
            ("training.max_norm", "[null, 1]"),
            ("data.limit", "[1000, 2000]"),
            ("data.shift", "[0, 1]"),
            ("validation.holdout", "[0.1, 0.2]"),
        ] {
            assert_eq!(shapes("", key, levels), 2, "{key}");
        }
        let momentum = "training: { momentum: 0.9 }";
        assert_eq!(shapes(momentum, "training.dampening", "[0, 0.1]"), 2);
        assert_eq!(shapes(momentum, "training.nesterov", "[true, false]"), 2);
    }

    #[test]
    fn groups_are_in_the_order_of_their_first_trials() {
        let text = "grid: { training.learning_rate: [1, 0.1], model.width: [8, 4] }";
        assert_eq!(groups(text), [[0, 2], [1, 3]]);
    }
}
