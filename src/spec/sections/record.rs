//! The `record` section: which records of a run are written, and when. It changes no result.

use crate::spec::values::config_value::{ConfigValue, string_enum};
use crate::spec::values::section_key::{SectionKey, section_schema};
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::YamlNode;
use serde_json::Value;

string_enum! {
    /// When TensorBoard events and the rows of `epochs.csv` are written.
    pub enum EventTiming {
        /// As each epoch ends.
        Epoch = "epoch",
        /// When the run is saved and when it ends: fewer, larger writes.
        Final = "final",
        /// No event file; `epochs.csv` is written when the run ends.
        None = "none",
    }
}

/// Which records of a run are written, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordOptions {
    /// When TensorBoard events and the rows of `epochs.csv` are written.
    pub events: EventTiming,
    /// Whether the predicted class of each validation sample is written.
    pub predictions: bool,
}

impl Default for RecordOptions {
    fn default() -> Self {
        Self {
            events: EventTiming::Epoch,
            predictions: true,
        }
    }
}

impl RecordOptions {
    /// Reads the section.
    ///
    /// # Errors
    /// A key is unknown or does not accept the value.
    pub(crate) fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let mut options = Self::default();
        for entry in node.entries("the settings of `record`")? {
            match entry.key.as_str() {
                "events" => options.events = ConfigValue::read(&entry.node)?,
                "predictions" => options.predictions = ConfigValue::read(&entry.node)?,
                _ => return Err(entry.unknown_key(["events", "predictions"])),
            }
        }
        Ok(options)
    }

    /// The keys of the section.
    pub(crate) fn keys() -> Vec<SectionKey> {
        let default = Self::default();
        vec![
            SectionKey::new(
                "events",
                "When TensorBoard events and the rows of `epochs.csv` are written: `epoch`: at the \
                 end of each epoch; `final`: at each checkpoint and at the end of the run; \
                 `none`: no event files, and `epochs.csv` at the end of the run.",
                Some(&default.events),
            ),
            SectionKey::new(
                "predictions",
                "Whether the predicted class of each validation sample is written \
                 (`predictions.bin`, one to two bytes per sample), for the most difficult samples in \
                 the report and for `tp-sweep diff`.",
                Some(&default.predictions),
            ),
        ]
    }

    /// The JSON Schema of the section.
    pub(crate) fn schema() -> Value {
        let description = "Which records of a run are written, and when. It changes no result.";
        section_schema(description, &Self::keys())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_reported_with_a_correction() {
        let read = |text: &str| RecordOptions::read(&YamlNode::parse(text).unwrap());
        assert_eq!(
            read("{ events: final }").unwrap().events,
            EventTiming::Final
        );
        assert!(!read("{ predictions: false }").unwrap().predictions);
        assert!(read("{ predictions: 0.5 }").is_err());
        assert_eq!(read("{}").unwrap(), RecordOptions::default());
        let diagnostic = read("{ events: finally }").unwrap_err();
        assert_eq!(diagnostic.help.as_deref(), Some("did you mean `final`?"));
        assert!(read("{ event: final }").is_err());
    }
}
