//! Which configurations can be trained together, as one stacked program.

use super::architecture::Stage;
use super::config::{Config, Split};
use super::data::{DataSource, Normalise};
use super::model::Activation;

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
    pub fn holding(&self, other: &Self) -> Option<Self> {
        let mut held = self.clone();
        held.stages.clone_from(&other.stages);
        if held != *other {
            return None;
        }
        held.stages = holding_stages(&self.stages, &other.stages)?;
        Some(held)
    }
}

/// The stages of the smallest model that holds both, whatever functions their activations are;
/// nothing where there is none.
pub fn holding_stages(a: &[Stage], b: &[Stage]) -> Option<Vec<Stage>> {
    if a.len() != b.len() {
        return None;
    }
    a.iter().zip(b).map(|(&a, &b)| wider(a, b)).collect()
}

/// The stage that holds both.
fn wider(a: Stage, b: Stage) -> Option<Stage> {
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
    use crate::plan::Plan;
    use crate::spec::{Source, Sweep};

    fn shapes(grid: &str) -> Vec<StackShape> {
        let source = Source {
            name: "test.yaml".into(),
            text: grid.into(),
        };
        let sweep = Sweep::parse(source, "test", &[]).unwrap();
        let plan = Plan::new(&sweep).unwrap();
        plan.trials.iter().map(|t| t.config.stack_shape()).collect()
    }

    #[test]
    fn what_has_no_shape_does_not_part_trials() {
        let shapes = shapes(
            "grid: { training.optimizer: [sgd, adam], model.activation: [relu, tanh], \
             model.dropout: [0, 0.5], training.epochs: [1, 2], training.learning_rate: [0.1, 1] }",
        );
        assert_eq!(shapes.len(), 32);
        assert!(shapes.iter().all(|shape| *shape == shapes[0]));
    }

    #[test]
    fn what_has_a_shape_does() {
        for grid in [
            "grid: { model.layers: [1, 2] }",
            "grid: { model.norm: [none, batch] }",
            "grid: { training.batch_size: [32, 64] }",
            "grid: { data.limit: [1000, 2000] }",
            "grid: { validation.holdout: [0, 0.1] }",
        ] {
            let shapes = shapes(grid);
            assert_ne!(shapes[0], shapes[1], "{grid}");
            assert_eq!(shapes[0].holding(&shapes[1]), None, "{grid}");
        }
    }

    #[test]
    fn a_wider_model_holds_a_narrower_one() {
        let both = shapes("model: { layers: 2 }\ngrid: { model.width: [64, 128] }");
        assert_ne!(both[0], both[1]);
        assert_eq!(both[0].holding(&both[1]), Some(both[1].clone()));
        assert_eq!(both[1].holding(&both[0]), Some(both[1].clone()));
        let crossed = shapes("grid: { model.width: [[64, 32], [16, 128]] }");
        let widest = shapes("grid: { model.width: [[64, 128], 1] }");
        assert_eq!(crossed[0].holding(&crossed[1]), Some(widest[0].clone()));
        let normed = shapes("model: { norm: layer }\ngrid: { model.width: [64, 128] }");
        assert_eq!(normed[0].holding(&normed[1]), None);
    }
}
