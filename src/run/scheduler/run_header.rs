//! What records tell of a run before it starts.

use super::dispatch::{DeviceSlot, Scheduler};
use crate::escape::markdown;
use crate::plan::{ParameterColumn, Plan, RunId, ValueKind};
use crate::record::model_graph;
use crate::record::{HParam, RunHeader};
use crate::spec::{Stage, Sweep};
use serde_json::Value;
use std::collections::BTreeMap;

impl Scheduler<'_> {
    /// What is known of a run before it starts.
    pub(crate) fn header(&self, place: &DeviceSlot, run: RunId) -> RunHeader {
        let trial = &self.plan.trials[run.trial];
        RunHeader {
            group: group(self.plan, run.trial),
            hparams: hparams(self.sweep, self.plan, run.trial),
            configuration: configuration_text(&trial.config.to_applicable_value()),
            hardware: place.hardware.clone(),
            events: self.sweep.record.events,
            layers: layers(&trial.config.stages()),
            graph: model_graph(&trial.config),
        }
    }
}

/// What the HParams tab shows as one row; unique over all sweeps below one folder.
pub(crate) fn group(plan: &Plan, trial: usize) -> String {
    format!("{}/{}", plan.name, plan.trials[trial].name)
}

/// What tells a trial apart, for the HParams tab. All trials have values of one kind for a factor:
/// TensorBoard filters and sorts by the kind that it sees first.
pub(crate) fn hparams(sweep: &Sweep, plan: &Plan, trial: usize) -> BTreeMap<String, HParam> {
    let trial = &plan.trials[trial];
    let hparam = |(column, kind): (&ParameterColumn, &ValueKind)| -> Option<(String, HParam)> {
        let value = match (kind, trial.value(sweep, column)?) {
            (ValueKind::Number, Value::Number(number)) => HParam::Number(number.as_f64()?),
            (ValueKind::Flag, Value::Bool(flag)) => HParam::Flag(flag),
            (_, other) => HParam::Text(crate::spec::short_text(&other)),
        };
        Some((column.name.clone(), value))
    };
    let columns = plan.columns.iter().zip(plan.value_kinds(sweep));
    columns.filter_map(hparam).collect()
}

/// Dense and convolution layers among these stages.
fn layers(stages: &[Stage]) -> usize {
    let is_layer =
        |stage: &&Stage| matches!(stage, Stage::Dense { .. } | Stage::Convolution { .. });
    stages.iter().filter(is_layer).count()
}

/// A configuration as a Markdown table.
fn configuration_text(config: &Value) -> String {
    let mut text = String::from("key | value\n---|---\n");
    for (section, fields) in config.as_object().into_iter().flatten() {
        for (field, value) in fields.as_object().into_iter().flatten() {
            let value = markdown(&crate::spec::short_text(value));
            text.push_str(&format!("{section}.{field} | {value}\n"));
        }
    }
    text
}
