//! The `record` section: when a run's records are written. It changes no result.

use crate::spec::values::config_value::{ConfigValue, string_enum};
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::YamlNode;
use serde_json::{Value, json};

string_enum! {
    /// When what TensorBoard shows of a run is written, and the rows of `epochs.csv`.
    pub enum EventTiming {
        /// As each epoch ends.
        Epoch = "epoch",
        /// When the run is saved, and when it ends: fewer, larger writes.
        Final = "final",
        /// There is no event file; `epochs.csv` is written when the run ends.
        None = "none",
    }
}

/// When a run's records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordOptions {
    /// What TensorBoard shows, and the rows of `epochs.csv`.
    pub events: EventTiming,
}

impl Default for RecordOptions {
    fn default() -> Self {
        Self {
            events: EventTiming::Epoch,
        }
    }
}

impl RecordOptions {
    pub(crate) fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let mut options = Self::default();
        for entry in node.entries("the settings of `record`")? {
            match entry.key.as_str() {
                "events" => options.events = ConfigValue::read(&entry.node)?,
                _ => return Err(entry.unknown_key(["events"])),
            }
        }
        Ok(options)
    }

    /// The JSON Schema of the section.
    pub(crate) fn schema() -> Value {
        let mut events = EventTiming::schema();
        events["description"] = "When what TensorBoard shows of a run is written: as each epoch \
                                 ends, when the run is saved or ends, or never."
            .into();
        events["default"] = Self::default().events.to_value();
        json!({ "type": "object", "additionalProperties": false,
                "properties": { "events": events } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_answered_with_what_would_be_right() {
        let read = |text: &str| RecordOptions::read(&YamlNode::parse(text).unwrap());
        assert_eq!(
            read("{ events: final }").unwrap().events,
            EventTiming::Final
        );
        assert_eq!(read("{}").unwrap(), RecordOptions::default());
        let slip = read("{ events: finally }").unwrap_err();
        assert_eq!(slip.help.as_deref(), Some("did you mean `final`?"));
        assert!(read("{ event: final }").is_err());
    }
}
