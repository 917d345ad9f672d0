//! The validation score that training monitors.

use crate::metrics::{Part, Score};
use crate::values::config_value::{ConfigValue, read_name_in};
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::YamlNode;
use serde_json::{Value, json};

/// The score that early stopping and the schedule `plateau` monitor, on the validation samples. Its name
/// in a sweep file is that of its column, such as `val_loss`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Monitor {
    /// The score.
    pub score: Score,
}

impl Monitor {
    /// The scores that can be monitored.
    fn all() -> impl Iterator<Item = Self> {
        // The default first.
        let others = Score::all().filter(|&score| score != Score::LOSS);
        [Score::LOSS]
            .into_iter()
            .chain(others)
            .map(|score| Self { score })
    }

    /// Its name in a sweep file, such as `val_loss`.
    pub(super) fn name(self) -> String {
        Part::Validation.score(self.score).id()
    }

    fn names() -> Vec<String> {
        Self::all().map(Self::name).collect()
    }
}

impl ConfigValue for Monitor {
    fn expected() -> String {
        format!("one of {}", Self::names().join(", "))
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let names = Self::names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let index = read_name_in(node, &names)?;
        Ok(Self::all()
            .nth(index)
            .unwrap_or(Self { score: Score::LOSS }))
    }
    fn to_value(&self) -> Value {
        self.name().into()
    }
    fn schema() -> Value {
        json!({ "enum": Self::names() })
    }
}
