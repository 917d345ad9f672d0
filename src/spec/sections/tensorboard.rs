//! The `tensorboard` section: what TensorBoard shows in addition to metrics. It changes no result.

use crate::spec::values::config_value::ConfigValue;
use crate::spec::values::number::Count;
use crate::spec::values::section_key::{SectionKey, section_schema};
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};

/// What TensorBoard shows in addition to metrics.
#[derive(Clone, Debug, Default)]
pub struct TensorBoardOptions {
    /// Histograms of the weights and gradients of each layer, in the first epoch and in every multiple of
    /// this number; `None` for no histograms.
    pub histograms: Option<usize>,
}

/// `off`, or the number of epochs between histograms.
struct Histograms(Option<Count>);

impl ConfigValue for Histograms {
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

impl TensorBoardOptions {
    /// Reads the section.
    ///
    /// # Errors
    /// A key is unknown or does not accept the value.
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

    /// The keys of the section.
    pub(crate) fn keys() -> Vec<SectionKey> {
        vec![SectionKey::new(
            "histograms",
            "Histograms of the weights and gradients of each layer, in the first epoch and in every \
             Nth.",
            Some(&Histograms(None)),
        )]
    }

    /// The JSON Schema of the section.
    pub(crate) fn schema() -> Value {
        let description = "What TensorBoard shows in addition to metrics. It changes no result.";
        section_schema(description, &Self::keys())
    }
}
