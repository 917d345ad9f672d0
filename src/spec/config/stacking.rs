//! Which configurations can be trained together, as one stacked model.

use super::trial_config::{Config, Split, Training};
use crate::optimizers::OptimizerKind;
use crate::spec::data::source::{DataSource, Normalise};
use crate::stages::Stage;

/// The properties that all members of a cohort share. Everything else may differ: the optimizer and
/// its settings, learning rate, schedule, epochs, activation functions where only dense layers have them, slopes of
/// PReLU before training, dropout rates, initial weights, seed and fold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StackShape {
    /// The stages of the model. What may differ between members, such as initial slopes, has no meaning
    /// here.
    pub stages: Vec<Stage>,
    data: DataSource,
    normalisation: Normalise,
    shift: u64,
    flip: bool,
    batch_size: usize,
    samples: usize,
    /// The number of folds; `None` without cross-validation.
    folds: Option<usize>,
    /// Samples held out in the first split; other folds have the same number or one fewer.
    held_out: usize,
}

impl Config {
    /// The properties that this configuration shares with those that can be stacked with it.
    pub fn stack_shape(&self) -> StackShape {
        let mut stages = self.stages();
        // Kernels for a convolution with its activation round differently from those for each stage. The
        // results of a member would depend on the other members.
        if !stages.iter().any(|stage| stage.is_fused()) {
            for stage in &mut stages {
                *stage = stage.stacking_shape();
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
    /// The smallest shape that contains both shapes, if the narrower one is padded with units that are
    /// always 0; `None` if padding is not possible.
    ///
    /// Only dense layers and the activations after them can be padded. Channels of convolutions are not padded, and the
    /// mean of a layer norm would include the padding.
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

/// The stages of the smallest model that contains both, regardless of the functions of their
/// activations; `None` if there is no such model.
pub fn enclosing_stages(a: &[Stage], b: &[Stage]) -> Option<Vec<Stage>> {
    if a.len() != b.len() {
        return None;
    }
    a.iter().zip(b).map(|(a, &b)| a.enclosing(b)).collect()
}

/// The settings of an optimizer that are not numbers. Members of a cohort share an optimizer step only
/// if these settings are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// SGD without momentum, penalties other than weight decay, and gradient clipping. Its step can be
    /// fused with the computation of the gradient.
    PlainSgd,
    /// Any other optimizer, or SGD that has a state or modifies the gradients.
    Optimizer {
        /// The optimizer.
        optimizer: OptimizerKind,
        /// Its flags, such as Nesterov's momentum.
        flags: Vec<bool>,
        /// Whether the norm of the gradients is clipped. An infinite bound differs from no clipping.
        clipped: bool,
    },
}

impl Training {
    /// The kind of optimizer step that these settings need.
    pub fn step_kind(&self) -> StepKind {
        let settings = self.optimizer_settings();
        let is_plain_sgd = settings.is_plain_descent()
            && self.l1.get() == 0.0
            && self.clip_value.is_none()
            && self.clip_norm.is_none();
        if is_plain_sgd {
            StepKind::PlainSgd
        } else {
            StepKind::Optimizer {
                optimizer: self.optimizer,
                flags: settings.flags(),
                clipped: self.clip_norm.is_some(),
            }
        }
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
    fn settings_without_a_shape_do_not_separate_trials() {
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
    fn settings_with_a_shape_do() {
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
    fn a_wider_model_contains_a_narrower_one() {
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
