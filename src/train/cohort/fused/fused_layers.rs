//! Describes the layers of a stacked model to the kernels of whole steps.

use crate::backend::{FusedActivation, FusedLayer};
use crate::spec::Model;
use crate::stages::{Dense, DropoutSite, Stage};

/// The dense layers of a stacked model, and the dropout sites at which any member drops units; `None` if
/// the kernels do not support a stage. `stages` are those of the widest model, `member_stages` those of
/// each member.
pub(super) fn fused_layers(
    stages: &[Stage],
    member_stages: &[&[Stage]],
    models: &[&Model],
) -> Option<(Vec<FusedLayer>, Vec<DropoutSite>)> {
    let (mut layers, mut sites) = (Vec::<FusedLayer>::new(), Vec::new());
    for (position, stage) in stages.iter().enumerate() {
        let members = || member_stages.iter().map(|stages| stages[position]);
        match *stage {
            Stage::Dense(Dense { inputs, outputs }) => layers.push(FusedLayer {
                inputs,
                outputs,
                widths: members().map(outputs_of).collect::<Option<_>>()?,
                norm: false,
                activations: vec![FusedActivation::Identity; member_stages.len()],
                dropout: Vec::new(),
            }),
            // Only directly after a dense layer, not after an activation.
            Stage::BatchNorm(_) if position.checked_sub(1).is_some_and(|p| is_dense(stages[p])) => {
                layers.last_mut()?.norm = true;
            }
            Stage::ActivationStage(_) => {
                layers.last_mut()?.activations =
                    members().map(activation_of).collect::<Option<_>>()?;
            }
            Stage::Dropout(dropout) => {
                let site = dropout.site;
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
    matches!(stage, Stage::Dense(_))
}

fn outputs_of(stage: Stage) -> Option<usize> {
    match stage {
        Stage::Dense(dense) => Some(dense.outputs),
        _ => None,
    }
}

fn activation_of(stage: Stage) -> Option<FusedActivation> {
    match stage {
        Stage::ActivationStage(activation) => Some(activation.function.fused()),
        _ => None,
    }
}
