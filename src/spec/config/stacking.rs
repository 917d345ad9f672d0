//! Which configurations can be trained together, as one stacked program.

use super::architecture::Stage;
use super::trial_config::{Config, Optimizer, Split, Training};
use crate::spec::data::source::{DataSource, Normalise};
use crate::spec::model::network::Activation;

/// What the members of a cohort have in common. All else may differ: optimizer and its settings,
/// learning rate and schedule, epochs, activations, dropout rates, initial weights, seed and fold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StackShape {
    /// The stages of the model; which function an activation is has no meaning here.
    pub stages: Vec<Stage>,
    data: DataSource,
    normalisation: Normalise,
    shift: u64,
    flip: bool,
    batch_size: usize,
    samples: usize,
    /// The number of folds; nothing without cross-validation.
    folds: Option<usize>,
    /// Samples held out in the first split; those of other folds are at most one fewer.
    held_out: usize,
}

impl Config {
    /// What this configuration shares with those that it can be trained together with.
    pub fn stack_shape(&self) -> StackShape {
        let mut stages = self.stages();
        for stage in &mut stages {
            if let Stage::Activation { function, .. } = stage {
                *function = Activation::Identity;
            }
        }
        StackShape {
            stages,
            data: self.data.source(),
            normalisation: self.data.normalisation(),
            shift: self.data.shift,
            flip: self.data.flip,
            batch_size: self.training.batch_size.get(),
            samples: self.samples(),
            folds: match self.validation.split() {
                Split::Folds(folds) => Some(folds),
                Split::Holdout(_) => None,
            },
            held_out: self.validation_samples(0),
        }
    }
}

impl StackShape {
    /// The smallest shape that holds models of both shapes, the narrower one padded with units
    /// that are always 0; nothing where there is none.
    ///
    /// Only dense layers are padded: channels of convolutions are not, and a layer norm would
    /// count the padding to its mean.
    pub fn enclosing(&self, other: &Self) -> Option<Self> {
        let mut enclosing = self.clone();
        enclosing.stages.clone_from(&other.stages);
        if enclosing != *other {
            return None;
        }
        enclosing.stages = enclosing_stages(&self.stages, &other.stages)?;
        Some(enclosing)
    }
}

/// The stages of the smallest model that holds both, whatever functions their activations are;
/// nothing where there is none.
pub fn enclosing_stages(a: &[Stage], b: &[Stage]) -> Option<Vec<Stage>> {
    if a.len() != b.len() {
        return None;
    }
    a.iter()
        .zip(b)
        .map(|(&a, &b)| enclosing_stage(a, b))
        .collect()
}

/// What is not a number of an optimizer: members of a cohort that differ in it cannot share a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// Down the gradient of the loss as it is: no momentum, no penalty but weight decay, no bound on
    /// gradients. Then a gradient need not be computed apart from the step.
    PlainSgd,
    /// By a rule that keeps something of the gradients, or changes them.
    Optimizer {
        /// The rule.
        optimizer: Optimizer,
        /// Whether the momentum of `sgd` has Nesterov's form.
        nesterov: bool,
        /// Whether `rmsprop` divides by the deviation.
        centered: bool,
        /// Whether the gradients' norm is bounded: an infinite bound is not the same as none.
        clipped: bool,
    },
}

impl Training {
    /// How members with these settings are stepped.
    pub fn step_kind(&self) -> StepKind {
        let is_descent = self.optimizer == Optimizer::Sgd
            && self.momentum.get() == 0.0
            && self.l1.get() == 0.0
            && self.clip_value.is_none()
            && self.clip_norm.is_none();
        if is_descent {
            StepKind::PlainSgd
        } else {
            StepKind::Optimizer {
                optimizer: self.optimizer,
                nesterov: self.nesterov && self.optimizer == Optimizer::Sgd,
                centered: self.centered && self.optimizer == Optimizer::RmsProp,
                clipped: self.clip_norm.is_some(),
            }
        }
    }
}

/// The stage that holds both.
fn enclosing_stage(a: Stage, b: Stage) -> Option<Stage> {
    match (a, b) {
        _ if a == b => Some(a),
        (
            Stage::Dense { inputs, outputs },
            Stage::Dense {
                inputs: other_inputs,
                outputs: other_outputs,
            },
        ) => Some(Stage::Dense {
            inputs: inputs.max(other_inputs),
            outputs: outputs.max(other_outputs),
        }),
        (
            Stage::BatchNorm {
                units,
                positions: 1,
            },
            Stage::BatchNorm {
                units: other,
                positions: 1,
            },
        ) => Some(Stage::BatchNorm {
            units: units.max(other),
            positions: 1,
        }),
        (
            Stage::Activation { function, features },
            Stage::Activation {
                features: other, ..
            },
        ) => Some(Stage::Activation {
            function,
            features: features.max(other),
        }),
        (
            Stage::Dropout { site, features },
            Stage::Dropout {
                site: other_site,
                features: other,
            },
        ) if site == other_site => Some(Stage::Dropout {
            site,
            features: features.max(other),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Key, YamlNode};

    /// The shape of a configuration of these settings.
    fn shape(settings: &[(&str, &str)]) -> StackShape {
        let mut config = Config::default();
        for (path, value) in settings {
            let node = YamlNode::parse(value).unwrap();
            let key = Key::find(path).unwrap();
            key.read(&node).unwrap().apply(&mut config);
        }
        config.dataset_info = config.data.set.info().unwrap();
        config.stack_shape()
    }

    #[test]
    fn what_has_no_shape_does_not_part_trials() {
        for setting in [
            ("training.optimizer", "adam"),
            ("training.learning_rate", "0.5"),
            ("training.epochs", "3"),
            ("model.activation", "tanh"),
            ("model.dropout", "0.5"),
            ("validation.seed", "7"),
        ] {
            assert_eq!(shape(&[setting]), shape(&[]), "{setting:?}");
        }
    }

    #[test]
    fn what_has_a_shape_does() {
        for setting in [
            ("model.layers", "2"),
            ("model.norm", "batch"),
            ("training.batch_size", "32"),
            ("data.limit", "1000"),
            ("data.shift", "1"),
            ("validation.holdout", "0"),
            ("validation.folds", "10"),
        ] {
            assert_ne!(shape(&[setting]), shape(&[]), "{setting:?}");
            assert_eq!(
                shape(&[setting]).enclosing(&shape(&[])),
                None,
                "{setting:?}"
            );
        }
    }

    #[test]
    fn a_wider_model_holds_a_narrower_one() {
        let of_width = |width| shape(&[("model.width", width)]);
        let (narrow, wide) = (of_width("64"), of_width("128"));
        assert_ne!(narrow, wide);
        assert_eq!(narrow.enclosing(&wide), Some(wide.clone()));
        assert_eq!(wide.enclosing(&narrow), Some(wide));
        let crossed = of_width("[64, 32]").enclosing(&of_width("[16, 128]"));
        assert_eq!(crossed, Some(of_width("[64, 128]")));
        let normed = |width| shape(&[("model.norm", "layer"), ("model.width", width)]);
        assert_eq!(normed("64").enclosing(&normed("128")), None);
    }
}
