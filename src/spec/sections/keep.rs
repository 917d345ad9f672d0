//! The key `keep`: which trained weights to keep. It changes no result.

use crate::values::config_value::ConfigValue;
use crate::values::section::top_level_key;
use crate::yaml::diagnostic::{Diagnostic, nearest};
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};
use std::num::NonZeroUsize;

/// Which trained weights to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepWeights {
    /// Those of this number of best trials, and of the chosen one.
    Best(NonZeroUsize),
    /// Those of all trials.
    All,
    /// None.
    None,
}

impl Default for KeepWeights {
    fn default() -> Self {
        Self::Best(NonZeroUsize::MIN)
    }
}

impl KeepWeights {
    /// Whether there are more trials than those whose weights are kept.
    pub fn is_exceeded_by(self, trials: usize) -> bool {
        match self {
            Self::All => false,
            Self::Best(count) => trials > count.get(),
            Self::None => trials > 0,
        }
    }
}

top_level_key!(
    KeepWeights,
    "Keep the final weights of the runs of the N best trials and of the chosen one, of all \
     trials or of none. It changes no result."
);

impl std::fmt::Display for KeepWeights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Best(count) => write!(f, "best {count}"),
            Self::All => f.write_str("all"),
            Self::None => f.write_str("none"),
        }
    }
}

impl ConfigValue for KeepWeights {
    fn expected() -> String {
        "best N (such as best 1), all or none".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let unexpected = || node.unexpected(&Self::expected());
        let text = match &node.value {
            YamlValue::String(text) => text,
            YamlValue::Integer(count @ 1..) => {
                return Err(unexpected().with_help(format!("did you mean `best {count}`?")));
            }
            YamlValue::Integer(0) | YamlValue::Null | YamlValue::Bool(false) => {
                return Err(unexpected().with_help("write `none` to keep no weights"));
            }
            _ => return Err(unexpected()),
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["all"] => Ok(Self::All),
            ["none"] => Ok(Self::None),
            ["best", count] if count.bytes().all(|byte| byte.is_ascii_digit()) => {
                let count = count.parse().ok().and_then(NonZeroUsize::new);
                count.map(Self::Best).ok_or_else(|| {
                    unexpected().with_help("N is at least 1; `none` keeps no weights")
                })
            }
            [word, ref rest @ ..] => Err(match nearest(word, ["best", "all", "none"]) {
                Some("best") => {
                    let count = rest
                        .iter()
                        .find_map(|word| word.parse::<NonZeroUsize>().ok());
                    let near = Self::Best(count.unwrap_or(NonZeroUsize::MIN));
                    unexpected().with_help(format!("did you mean `{near}`?"))
                }
                Some(near) => unexpected().with_help(format!("did you mean `{near}`?")),
                None => unexpected(),
            }),
            [] => Err(unexpected()),
        }
    }
    fn to_value(&self) -> Value {
        self.to_string().into()
    }
    fn schema() -> Value {
        json!({ "anyOf": [
            { "enum": ["all", "none"] },
            { "type": "string", "pattern": "^best [1-9][0-9]*$" },
        ] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<KeepWeights, Diagnostic> {
        KeepWeights::read(&YamlNode::parse(text).unwrap())
    }

    #[test]
    fn values_are_read_as_they_are_written() {
        let three = KeepWeights::Best(NonZeroUsize::new(3).unwrap());
        for keep in [
            KeepWeights::default(),
            three,
            KeepWeights::All,
            KeepWeights::None,
        ] {
            let value = keep.to_value();
            assert_eq!(read(value.as_str().unwrap()).unwrap(), keep);
        }
        assert_eq!(KeepWeights::default().to_value(), "best 1");
    }

    #[test]
    fn anything_else_is_refused_with_a_correction() {
        let help = |text: &str| read(text).unwrap_err().help.unwrap_or_default();
        for (text, near) in [
            ("best", "`best 1`"),
            ("bets 2", "`best 2`"),
            ("3", "`best 3`"),
            ("al", "`all`"),
            ("non", "`none`"),
            ("best 0", "at least 1"),
            ("best 99999999999999999999999", "at least 1"),
            ("0", "`none`"),
            ("null", "`none`"),
        ] {
            assert!(help(text).contains(near), "{text}: {}", help(text));
        }
        for text in ["best -1", "best two", "best 1 2", "[best, 1]", "1.5", "''"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_number_of_trials_is_limited() {
        assert!(!KeepWeights::All.is_exceeded_by(usize::MAX));
        assert!(!KeepWeights::default().is_exceeded_by(1));
        assert!(KeepWeights::default().is_exceeded_by(2));
        assert!(KeepWeights::None.is_exceeded_by(1));
    }
}
