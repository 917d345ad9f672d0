//! The `tensorboard` section: what TensorBoard shows in addition to metrics. It changes no result.

use crate::values::config_value::ConfigValue;
use crate::values::number::Count;
use crate::values::section::section;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};

section! {
    /// What TensorBoard shows in addition to metrics. It changes no result.
    #[derive(Clone, Debug)]
    pub struct TensorBoardOptions {
        /// Histograms of the weights and gradients of each layer, in the first epoch and in every Nth.
        histograms: HistogramInterval = HistogramInterval(None),
    }
}

/// The number of epochs between histograms; `None` for no histograms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistogramInterval(Option<Count>);

impl HistogramInterval {
    /// Whether histograms are written in this epoch; the first is 1.
    pub fn includes(self, epoch: usize) -> bool {
        self.0
            .is_some_and(|every| epoch == 1 || epoch.is_multiple_of(every.get()))
    }
}

impl ConfigValue for HistogramInterval {
    fn expected() -> String {
        "off, or a number N of epochs: 1, 2, …".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            YamlValue::String(text) if text == "off" => Ok(Self(None)),
            // YAML 1.1 reads `off` as `false`.
            YamlValue::Bool(false) | YamlValue::Null => Ok(Self(None)),
            YamlValue::Integer(_) => Count::read(node).map(|every| Self(Some(every))),
            _ => Err(node.unexpected(&Self::expected())),
        }
    }
    fn to_value(&self) -> Value {
        match self.0 {
            None => "off".into(),
            Some(every) => every.to_value(),
        }
    }
    fn schema() -> Value {
        json!({ "anyOf": [{ "enum": ["off", false] }, Count::schema()] })
    }
}
