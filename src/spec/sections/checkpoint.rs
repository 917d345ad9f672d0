//! The key `checkpoint`: how often checkpoints are written. It changes no result.

use crate::values::config_value::ConfigValue;
use crate::values::section::top_level_key;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};
use std::num::NonZeroUsize;

/// How often the state of a run is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointInterval {
    /// At the end of an epoch, if the last checkpoint is this many seconds old.
    Seconds(NonZeroUsize),
    /// After this number of epochs.
    Epochs(NonZeroUsize),
    /// Never: a run that is stopped starts again.
    None,
}

impl Default for CheckpointInterval {
    fn default() -> Self {
        Self::Seconds(NonZeroUsize::MIN.saturating_add(59))
    }
}

top_level_key!(
    CheckpointInterval,
    "How often the state of a run is saved, at the end of an epoch. A stopped run resumes \
     from there. It changes no result."
);

impl std::fmt::Display for CheckpointInterval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Seconds(count) => write!(f, "every {count} seconds"),
            Self::Epochs(count) => write!(f, "every {count} epochs"),
            Self::None => f.write_str("none"),
        }
    }
}

impl ConfigValue for CheckpointInterval {
    fn expected() -> String {
        "every N seconds (such as every 60 seconds), every N epochs or none".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let unexpected = || node.unexpected(&Self::expected());
        let text = match &node.value {
            YamlValue::String(text) => text,
            YamlValue::Integer(count @ 1..) => {
                return Err(
                    unexpected().with_help(format!("did you mean `every {count} seconds`?"))
                );
            }
            YamlValue::Integer(0) | YamlValue::Null | YamlValue::Bool(false) => {
                return Err(unexpected().with_help("write `none` for no checkpoints"));
            }
            _ => return Err(unexpected()),
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let (count, unit) = match words[..] {
            ["none"] => return Ok(Self::None),
            ["every", count, unit] => (count, unit),
            ["every", unit] => ("1", unit),
            _ => return Err(unexpected()),
        };
        let count = if count.bytes().all(|byte| byte.is_ascii_digit()) {
            count.parse().ok().and_then(NonZeroUsize::new)
        } else {
            return Err(unexpected());
        };
        let count = count.ok_or_else(|| unexpected().with_help("N is at least 1"))?;
        match unit {
            "second" | "seconds" => Ok(Self::Seconds(count)),
            "epoch" | "epochs" => Ok(Self::Epochs(count)),
            "minute" | "minutes" => {
                let seconds = count.saturating_mul(NonZeroUsize::MIN.saturating_add(59));
                Err(unexpected().with_help(format!("did you mean `{}`?", Self::Seconds(seconds))))
            }
            _ => Err(unexpected()),
        }
    }
    fn to_value(&self) -> Value {
        self.to_string().into()
    }
    fn schema() -> Value {
        json!({ "anyOf": [
            { "const": "none" },
            { "type": "string", "pattern": "^every ([1-9][0-9]* )?(second|epoch)s?$" },
        ] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<CheckpointInterval, Diagnostic> {
        CheckpointInterval::read(&YamlNode::parse(text).unwrap())
    }

    #[test]
    fn values_are_read_as_they_are_written() {
        let epochs = CheckpointInterval::Epochs(NonZeroUsize::new(5).unwrap());
        for interval in [
            CheckpointInterval::default(),
            epochs,
            CheckpointInterval::None,
        ] {
            assert_eq!(
                read(interval.to_value().as_str().unwrap()).ok(),
                Some(interval)
            );
        }
        assert_eq!(
            CheckpointInterval::default().to_string(),
            "every 60 seconds"
        );
        assert_eq!(
            read("every epoch").ok(),
            Some(CheckpointInterval::Epochs(NonZeroUsize::MIN))
        );
    }

    #[test]
    fn mistakes_are_reported_with_corrections() {
        for (text, help) in [
            ("60", "did you mean `every 60 seconds`?"),
            ("false", "write `none` for no checkpoints"),
            ("every 0 epochs", "N is at least 1"),
            ("every 2 minutes", "did you mean `every 120 seconds`?"),
        ] {
            assert_eq!(
                read(text).unwrap_err().help.as_deref(),
                Some(help),
                "{text}"
            );
        }
        for text in ["often", "every -1 epochs", "every 2 steps", "[]", "''"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
