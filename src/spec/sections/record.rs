//! The `record` section: which records of a run are written, and when. It changes no result.

use crate::values::config_value::string_enum;
use crate::values::section::section;

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

section! {
    /// Which records of a run are written, and when. It changes no result.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RecordOptions {
        /// When TensorBoard events and the rows of `epochs.csv` are written: `epoch`: at the end of each
        /// epoch; `final`: at each checkpoint and at the end of the run; `none`: no event files, and
        /// `epochs.csv` at the end of the run.
        events: EventTiming = EventTiming::Epoch,
        /// Whether the predicted class of each validation sample is written (`predictions.bin`, one to
        /// two bytes per sample), for the most difficult samples in the report and for `tp-sweep diff`.
        predictions: bool = true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::values::section::SweepOption;
    use crate::yaml::diagnostic::{Diagnostic, Diagnostics};
    use crate::yaml::node::YamlNode;

    #[test]
    fn a_mistake_is_reported_with_a_correction() {
        let read = |text: &str| -> Result<RecordOptions, Vec<Diagnostic>> {
            let mut diagnostics = Diagnostics::default();
            let options = RecordOptions::read_option(
                "section",
                &YamlNode::parse(text).unwrap(),
                &mut diagnostics,
            );
            diagnostics.into_result(options)
        };
        assert_eq!(
            read("{ events: final }").unwrap().events,
            EventTiming::Final
        );
        assert!(!read("{ predictions: false }").unwrap().predictions);
        assert!(read("{ predictions: 0.5 }").is_err());
        assert_eq!(read("{}").unwrap(), RecordOptions::default());
        let diagnostics = read("{ events: finally, event: final }").unwrap_err();
        assert_eq!(diagnostics.len(), 2);
        assert_eq!(
            diagnostics[0].help.as_deref(),
            Some("did you mean `final`?")
        );
    }
}
