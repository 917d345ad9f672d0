//! The layers of a stack of models, as kernels of whole steps have them.

use crate::backend::{FusedActivation, FusedLayer};
use crate::spec::{Activation, DropoutSite, Model, Stage};

/// The dense layers of a stack whose stages hold those of each member, `own`, and the places of dropout at
/// which any member drops units; nothing where there are stages of other kinds.
pub(super) fn of(
    held: &[Stage],
    own: &[&[Stage]],
    models: &[&Model],
) -> Option<(Vec<FusedLayer>, Vec<DropoutSite>)> {
    let (mut layers, mut sites) = (Vec::<FusedLayer>::new(), Vec::new());
    for (position, stage) in held.iter().enumerate() {
        let members = || own.iter().map(|stages| stages[position]);
        match *stage {
            Stage::Dense { inputs, outputs } => layers.push(FusedLayer {
                inputs,
                outputs,
                widths: members().map(outputs_of).collect::<Option<_>>()?,
                norm: false,
                activations: vec![FusedActivation::Identity; own.len()],
                dropout: Vec::new(),
            }),
            // Only directly after a dense layer, not after an activation.
            Stage::BatchNorm { .. }
                if position.checked_sub(1).is_some_and(|p| is_dense(held[p])) =>
            {
                layers.last_mut()?.norm = true;
            }
            Stage::Activation { .. } => {
                layers.last_mut()?.activations =
                    members().map(activation_of).collect::<Option<_>>()?;
            }
            Stage::Dropout { site, .. } => {
                let rates: Vec<f32> = models
                    .iter()
                    .map(|model| model.dropout_rate(site) as f32)
                    .collect();
                if rates.iter().any(|&rate| rate > 0.0) {
                    layers.last_mut()?.dropout = rates;
                    sites.push(site);
                }
            }
            _ => return None,
        }
    }
    (!layers.is_empty()).then_some((layers, sites))
}

fn is_dense(stage: Stage) -> bool {
    matches!(stage, Stage::Dense { .. })
}

fn outputs_of(stage: Stage) -> Option<usize> {
    match stage {
        Stage::Dense { outputs, .. } => Some(outputs),
        _ => None,
    }
}

fn activation_of(stage: Stage) -> Option<FusedActivation> {
    let Stage::Activation { function, .. } = stage else {
        return None;
    };
    Some(match function {
        Activation::Relu => FusedActivation::Relu,
        Activation::Tanh => FusedActivation::Tanh,
        Activation::Sigmoid => FusedActivation::Sigmoid,
        Activation::LeakyRelu => FusedActivation::LeakyRelu,
        Activation::Elu => FusedActivation::Elu,
        Activation::Selu => FusedActivation::Selu,
        Activation::Gelu => FusedActivation::Gelu,
        Activation::Silu => FusedActivation::Silu,
        Activation::Softplus => FusedActivation::Softplus,
        Activation::Identity => FusedActivation::Identity,
    })
}
