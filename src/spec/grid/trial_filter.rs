//! Reads and evaluates conditions on trials: `exclude`, `when` and the baseline of a report.

use super::condition::{Condition, Subject, TrialFilter};
use super::factor::{Factor, FactorKind};
use crate::spec::config::key::Key;
use crate::spec::config::trial_config::Config;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlEntry, YamlNode, YamlValue};
use crate::yaml::short_text::short_text;
use serde_json::Value;

impl TrialFilter {
    /// Reads a mapping of factors or keys to a value or a list of values.
    ///
    /// # Errors
    /// The mapping is empty, a name is unknown, or a factor or key cannot have the value.
    pub(crate) fn read(
        node: &YamlNode,
        factors: &[Factor],
        what: &str,
    ) -> Result<Self, Diagnostic> {
        let entries = node.entries(&format!("{what}, such as {{ model.layers: 3 }}"))?;
        if entries.is_empty() {
            return Err(Diagnostic::new(
                &node.span,
                format!("{what} must name at least one factor or key"),
            )
            .with_help("write a factor and its level, such as { model.layers: 3 }"));
        }
        let conditions = entries
            .iter()
            .map(|entry| Condition::read(entry, factors))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            conditions,
            span: node.span.clone(),
        })
    }

    /// Whether all conditions hold for this configuration and these levels of the factors.
    pub fn matches(&self, config: &Config, levels: &[Option<usize>], factors: &[Factor]) -> bool {
        self.conditions
            .iter()
            .all(|condition| match condition.subject {
                Subject::Key(key) => {
                    is_present(key, levels, factors)
                        && condition.values.contains(&key.value_in(config))
                }
                Subject::Factor(index) => {
                    levels.get(index).copied().flatten().is_some_and(|level| {
                        let name = factors[index].levels[level].label.as_str();
                        condition.values.iter().any(|value| value == name)
                    })
                }
            })
    }
}

/// Whether a condition can refer to a key: no factor so far sets it, or one of those that do is present.
///
/// If all factors that set it are absent, the key has its base value, but no level.
fn is_present(key: &Key, levels: &[Option<usize>], factors: &[Factor]) -> bool {
    let mut setters = factors
        .iter()
        .zip(levels)
        .filter(|(factor, _)| factor.keys().any(|set| set == key))
        .peekable();
    setters.peek().is_none() || setters.any(|(_, level)| level.is_some())
}

impl Condition {
    fn read(entry: &YamlEntry, factors: &[Factor]) -> Result<Self, Diagnostic> {
        let labelled = factors
            .iter()
            .position(|factor| factor.name == entry.key && factor.key().is_none());
        if let Some(index) = labelled {
            return Self::on_levels(entry, index, &factors[index]);
        }
        let Some(key) = Key::find(&entry.key) else {
            let mut names: Vec<&str> = factors.iter().map(|f| f.name.as_str()).collect();
            names.extend(Key::paths().map(|path: &str| path));
            return Err(entry.unknown_key(names));
        };
        // A list contains alternative values, unless the values of the key are lists.
        let values = match &entry.node.value {
            YamlValue::List(items) if key.read(&entry.node).is_err() => items
                .iter()
                .map(|item| key.read(item).map(|read| read.value))
                .collect::<Result<_, _>>()?,
            _ => vec![key.read(&entry.node)?.value],
        };
        Ok(Self {
            subject: Subject::Key(key),
            values,
        })
    }

    fn on_levels(entry: &YamlEntry, index: usize, factor: &Factor) -> Result<Self, Diagnostic> {
        let nodes = match &entry.node.value {
            YamlValue::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&entry.node),
        };
        let mut values = Vec::new();
        for node in nodes {
            let Some(text) = node.literal_text() else {
                return Err(node.unexpected("the name of a level"));
            };
            let is_level = |text: &str| factor.levels.iter().any(|level| level.label == text);
            // The levels of a zip are named by their values, regardless of the notation.
            let by_value = match (&factor.kind, &node.value) {
                (FactorKind::Zip(_), YamlValue::Integer(value)) => Some(value.to_string()),
                (FactorKind::Zip(_), YamlValue::Float(value)) => {
                    Some(short_text(&Value::from(*value)))
                }
                _ => None,
            };
            let text = by_value.filter(|text| is_level(text)).unwrap_or(text);
            if !is_level(&text) {
                let names = factor.levels.iter().map(|level| level.label.as_str());
                let diagnostic = Diagnostic::new(
                    &node.span,
                    format!("`{}` has no level `{text}`", factor.name),
                );
                return Err(diagnostic.with_help(format!(
                    "its levels are {}",
                    names.collect::<Vec<_>>().join(", ")
                )));
            }
            values.push(Value::String(text));
        }
        Ok(Self {
            subject: Subject::Factor(index),
            values,
        })
    }
}
