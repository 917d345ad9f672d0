//! The rule that chooses a trial.

use super::limit::Limit;
use crate::metrics::Score;
use crate::values::config_value::{ConfigValue, string_enum};
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Map, Value, json};

string_enum! {
    /// The cost of a trial.
    pub enum SelectionCost {
        /// The number of trainable parameters.
        Parameters = "parameters",
        /// The time per epoch, if trained alone.
        Seconds = "seconds",
    }
}

/// Which trial is chosen: the best, or the cheapest within one standard error of the best, of the
/// trials within the limits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SelectionRule {
    /// The score of the best trial; `None` for the one that trials are ranked by.
    pub best: Option<Score>,
    /// The cost by which the cheapest trial is chosen whose mean score is within one standard error
    /// of the best one; `None` to choose the best.
    pub one_standard_error: Option<SelectionCost>,
    /// The limits that the chosen trial satisfies.
    pub limits: Vec<Limit>,
}

const BEST: &str = "best";
const ONE_STANDARD_ERROR: &str = "one_standard_error";
const WHERE: &str = "where";

impl SelectionRule {
    /// The cheapest by `cost` within one standard error of the best.
    fn cheapest(cost: SelectionCost) -> Self {
        Self {
            one_standard_error: Some(cost),
            ..Self::default()
        }
    }
}

impl ConfigValue for SelectionRule {
    fn expected() -> String {
        let names = |names: Vec<&str>| names.join(" or ");
        let costs = SelectionCost::ALL.iter().map(|cost| cost.name());
        format!(
            "{BEST}, {ONE_STANDARD_ERROR}, or some of {{ {BEST}: a score, {ONE_STANDARD_ERROR}: {}, \
             {WHERE}: limits }}",
            names(costs.collect()),
        )
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            YamlValue::String(text) if text == BEST => Ok(Self::default()),
            YamlValue::String(text) if text == ONE_STANDARD_ERROR => {
                Ok(Self::cheapest(SelectionCost::Parameters))
            }
            YamlValue::Map(entries) if !entries.is_empty() => {
                let mut rule = Self::default();
                for entry in entries {
                    let node = &entry.node;
                    match entry.key.as_str() {
                        BEST => rule.best = Some(Score::read(node)?),
                        ONE_STANDARD_ERROR => {
                            rule.one_standard_error = Some(SelectionCost::read(node)?);
                        }
                        WHERE => rule.limits = Limit::read_all(node)?,
                        _ => return Err(entry.unknown_key([BEST, ONE_STANDARD_ERROR, WHERE])),
                    }
                }
                Ok(rule)
            }
            _ => Err(node.unexpected(&Self::expected())),
        }
    }
    fn to_value(&self) -> Value {
        let mut keys = Map::new();
        if let Some(best) = self.best {
            keys.insert(BEST.to_owned(), best.to_value());
        }
        if let Some(cost) = self.one_standard_error {
            keys.insert(ONE_STANDARD_ERROR.to_owned(), cost.to_value());
        }
        if !self.limits.is_empty() {
            keys.insert(WHERE.to_owned(), Limit::to_value(&self.limits));
        }
        if keys.is_empty() {
            BEST.into()
        } else {
            keys.into()
        }
    }
    fn schema() -> Value {
        json!({ "anyOf": [
            { "enum": [BEST, ONE_STANDARD_ERROR] },
            { "type": "object", "minProperties": 1, "additionalProperties": false,
              "properties": {
                  BEST: Score::schema(),
                  ONE_STANDARD_ERROR: SelectionCost::schema(),
                  WHERE: Limit::schema(),
              } },
        ] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<SelectionRule, Diagnostic> {
        SelectionRule::read(&YamlNode::parse(yaml).unwrap())
    }

    #[test]
    fn every_rule_is_read_as_it_is_written() {
        let simplest = SelectionRule::cheapest(SelectionCost::Parameters);
        let fastest = SelectionRule::cheapest(SelectionCost::Seconds);
        assert_eq!(read("best").unwrap(), SelectionRule::default());
        assert_eq!(read("one_standard_error").unwrap(), simplest);
        assert_eq!(read("{ one_standard_error: seconds }").unwrap(), fastest);
        let all = "{ best: loss, one_standard_error: seconds, where: { parameters: <= 60000 } }";
        let rule = read(all).unwrap();
        assert_eq!(rule.best, Some(Score::LOSS));
        assert_eq!(rule.one_standard_error, Some(SelectionCost::Seconds));
        assert_eq!(rule.limits.len(), 1);
        for rule in [SelectionRule::default(), simplest, fastest, rule] {
            assert_eq!(read(&rule.to_value().to_string()).unwrap(), rule);
        }
    }

    #[test]
    fn anything_else_is_refused_with_a_correction() {
        for (yaml, correction) in [
            ("worst", "one_standard_error"),
            ("{}", "one_standard_error"),
            ("{ one_standard_error: bytes }", "parameters, seconds"),
            ("{ best: accurcy }", "did you mean `accuracy`?"),
            ("{ best: parameters }", "accuracy, loss"),
            ("{ were: { parameters: <= 8 } }", "did you mean `where`?"),
        ] {
            let diagnostic = read(yaml).unwrap_err();
            let text = format!("{} {:?}", diagnostic.message, diagnostic.help);
            assert!(text.contains(correction), "{yaml}: {text}");
        }
    }
}
