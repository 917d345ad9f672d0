//! What the records of a run contain before it starts.

use crate::escape::markdown;
use crate::plan::{ParameterColumn, Plan, RunId, ValueKind};
use crate::record::{EpochColumns, HParam, RunMetadata, model_graph};
use crate::run::context::{DeviceSlot, ExecutionContext};
use crate::spec::{Sweep, short_text};
use crate::stages::Stage;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is known of a run before it starts.
pub(crate) fn run_metadata(
    context: &ExecutionContext,
    slot: &DeviceSlot,
    run: RunId,
) -> RunMetadata {
    let (sweep, plan) = (context.sweep, context.plan);
    let config = &plan.trials[run.trial].config;
    RunMetadata {
        group: hparams_group(plan, run.trial),
        hparams: hparams(sweep, plan, run.trial),
        configuration: configuration_table(&config.to_applicable_value()),
        hardware: slot.hardware.clone(),
        event_timing: sweep.options.record.events,
        epoch_columns: EpochColumns {
            monitored: config.training.monitored_score(),
            layers: count_layers(&config.stages()),
        },
        graph: model_graph(config),
    }
}

/// The name of a trial's row in the HParams tab, unique among all sweeps in one folder.
pub(crate) fn hparams_group(plan: &Plan, trial: usize) -> String {
    format!("{}/{}", plan.name, plan.trials[trial].name)
}

/// The values that distinguish a trial, for the HParams tab. All trials have values of one kind for a
/// factor: TensorBoard filters and sorts by the kind that it sees first.
pub(crate) fn hparams(sweep: &Sweep, plan: &Plan, trial: usize) -> BTreeMap<String, HParam> {
    let trial = &plan.trials[trial];
    let hparam = |(column, kind): (&ParameterColumn, &ValueKind)| -> Option<(String, HParam)> {
        let value = match (kind, trial.value(sweep, column)?) {
            (ValueKind::Number, Value::Number(number)) => HParam::Number(number.as_f64()?),
            (ValueKind::Flag, Value::Bool(flag)) => HParam::Flag(flag),
            (_, other) => HParam::Text(short_text(&other)),
        };
        Some((column.name.clone(), value))
    };
    let columns = plan.columns.iter().zip(plan.value_kinds(sweep));
    columns.filter_map(hparam).collect()
}

/// The number of layers among these stages.
fn count_layers(stages: &[Stage]) -> usize {
    stages.iter().filter(|stage| stage.is_layer()).count()
}

/// A configuration as a Markdown table.
fn configuration_table(config: &Value) -> String {
    let mut text = String::from("key | value\n---|---\n");
    for (section, fields) in config.as_object().into_iter().flatten() {
        for (field, value) in fields.as_object().into_iter().flatten() {
            let value = markdown(&short_text(value));
            text.push_str(&format!("{section}.{field} | {value}\n"));
        }
    }
    text
}
