//! The `tensorboard` section: what TensorBoard shows in addition to the metrics.

use crate::spec::values::config_value::ConfigValue;
use crate::spec::values::number::Count;
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};

/// What is recorded for TensorBoard beside the metrics. It changes no result.
#[derive(Clone, Debug, Default)]
pub struct TensorBoardOptions {
    /// Histograms of each layer's weights and gradients: of the first epoch and of each whose
    /// number this divides; nothing for none.
    pub histograms: Option<usize>,
}

/// `off`, or every how many epochs.
struct Histograms(Option<Count>);

impl ConfigValue for Histograms {
    fn expected() -> String {
        "off, or every how many epochs: 1, 2, …".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            YamlValue::String(text) if text == "off" => Ok(Self(None)),
            // What YAML 1.1 takes `off` for.
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

impl TensorBoardOptions {
    /// Reads the section.
    ///
    /// # Errors
    /// Unknown keys, and values that a key does not accept.
    pub(crate) fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let mut options = Self::default();
        for entry in node.entries("the settings of `tensorboard`")? {
            match entry.key.as_str() {
                "histograms" => {
                    let Histograms(every) = ConfigValue::read(&entry.node)?;
                    options.histograms = every.map(Count::get);
                }
                _ => return Err(entry.unknown_key(["histograms"])),
            }
        }
        Ok(options)
    }

    /// The JSON Schema of the section.
    pub(crate) fn schema() -> Value {
        let mut histograms = Histograms::schema();
        histograms["description"] = "Histograms of each layer's weights and gradients: off, or \
                                     of every so many epochs."
            .into();
        histograms["default"] = Histograms(None).to_value();
        json!({ "type": "object", "additionalProperties": false,
                            "properties": { "histograms": histograms } })
    }
}
