//! The `report` section: how the tables are made. It changes no result.

use crate::spec::grid::condition::TrialFilter;
use crate::spec::grid::factor::Factor;
use crate::spec::values::config_value::{ConfigValue, string_enum};
use crate::spec::values::number::Fraction;
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};

string_enum! {
    /// What trials are ranked by, over the validation splits.
    pub enum RankBy {
        /// The share of samples classified rightly; higher is better.
        Accuracy = "accuracy",
        /// The cross-entropy; lower is better.
        Loss = "loss",
    }
}

string_enum! {
    /// The language of a report's prose.
    pub enum Language {
        /// English.
        English = "en",
        /// French.
        French = "fr",
    }
}

string_enum! {
    /// What a trial costs.
    pub enum SelectionCost {
        /// Its weights and biases: fewer are simpler.
        Parameters = "parameters",
        /// The time of an epoch, measured alone.
        Seconds = "seconds",
    }
}

string_enum! {
    /// A form of the tables or pictures that is made on request.
    pub enum Format {
        /// The ranking for a LaTeX document.
        Latex = "latex",
        /// The columns of the CSV with their types, for programs.
        Parquet = "parquet",
        /// The rows of the CSV as objects, for programs.
        Json = "json",
        /// The pictures as pixels, beside those as SVG.
        Png = "png",
    }
}

/// Which trial is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionRule {
    /// The first of the ranking.
    Best,
    /// The cheapest whose mean score is within one standard error of the best's.
    OneStandardError(SelectionCost),
}

/// How the tables are made.
#[derive(Clone, Debug)]
pub struct ReportOptions {
    /// What trials are ranked by.
    pub rank_by: RankBy,
    /// A validation accuracy: the tables tell after how many epochs it was reached.
    pub target_accuracy: Option<Fraction>,
    /// The trial that others are compared with: the first that it matches.
    pub baseline: Option<TrialFilter>,
    /// Which trial is chosen.
    pub select: SelectionRule,
    /// The language of the prose.
    pub language: Language,
    /// What is made beside Markdown, CSV, HTML and SVG.
    pub formats: Vec<Format>,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            rank_by: RankBy::Accuracy,
            target_accuracy: None,
            baseline: None,
            select: SelectionRule::Best,
            language: Language::English,
            formats: Vec::new(),
        }
    }
}

const KEYS: [&str; 6] = [
    "rank_by",
    "target_accuracy",
    "baseline",
    "select",
    "language",
    "formats",
];

const ONE_STANDARD_ERROR: &str = "one_standard_error";

impl ReportOptions {
    /// Reads the section; `factors` are those of the grid, which a baseline may name.
    ///
    /// # Errors
    /// Unknown keys, and values that a key cannot have.
    pub(crate) fn read(node: &YamlNode, factors: &[Factor]) -> Result<Self, Diagnostic> {
        let mut options = Self::default();
        for entry in node.entries("the settings of `report`")? {
            let node = &entry.node;
            match entry.key.as_str() {
                "rank_by" => options.rank_by = ConfigValue::read(node)?,
                "target_accuracy" => options.target_accuracy = ConfigValue::read(node)?,
                "baseline" => {
                    options.baseline = match node.value {
                        YamlValue::Null => None,
                        _ => Some(TrialFilter::read(node, factors, "a trial")?),
                    }
                }
                "select" => options.select = ConfigValue::read(node)?,
                "language" => options.language = ConfigValue::read(node)?,
                "formats" => {
                    let items = node.items(&format!("a list of {}", names::<Format>()))?;
                    options.formats = items.iter().map(Format::read).collect::<Result<_, _>>()?;
                }
                _ => return Err(entry.unknown_key(KEYS)),
            }
        }
        Ok(options)
    }

    /// The JSON Schema of the section.
    pub(crate) fn schema() -> Value {
        let described = |mut schema: Value, about: &str| {
            schema["description"] = about.into();
            schema
        };
        json!({
            "type": "object",
            "description": "How the tables are made; it changes no result.",
            "properties": {
                "rank_by": described(RankBy::schema(), "What trials are ranked by, over the validation splits."),
                "target_accuracy": described(Option::<Fraction>::schema(), "A validation accuracy: the tables tell after how many epochs it was reached."),
                "baseline": described(json!({ "type": "object", "minProperties": 1 }), "The trial that others are compared with: factors or keys and their values; the first trial that matches."),
                "select": described(SelectionRule::schema(), "Which trial is chosen: the best, or the simplest or fastest within one standard error of it."),
                "language": described(Language::schema(), "The language of the report."),
                "formats": described(json!({ "type": "array", "items": Format::schema() }), "What is made beside Markdown, CSV, HTML and SVG."),
            },
            "additionalProperties": false,
        })
    }
}

fn names<T: ConfigValue>() -> String {
    T::expected().replacen("one of ", "", 1)
}

impl ConfigValue for SelectionRule {
    fn expected() -> String {
        format!(
            "best, {ONE_STANDARD_ERROR}, or {{ {ONE_STANDARD_ERROR}: {} }}",
            SelectionCost::ALL
                .iter()
                .map(|cost| cost.name())
                .collect::<Vec<_>>()
                .join(" or ")
        )
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            YamlValue::String(text) if text == "best" => Ok(Self::Best),
            YamlValue::String(text) if text == ONE_STANDARD_ERROR => {
                Ok(Self::OneStandardError(SelectionCost::Parameters))
            }
            YamlValue::Map(entries) => match &entries[..] {
                [entry] if entry.key == ONE_STANDARD_ERROR => {
                    SelectionCost::read(&entry.node).map(Self::OneStandardError)
                }
                [entry] => Err(entry.unknown_key([ONE_STANDARD_ERROR])),
                _ => Err(node.unexpected(&Self::expected())),
            },
            _ => Err(node.unexpected(&Self::expected())),
        }
    }
    fn to_value(&self) -> Value {
        match self {
            Self::Best => "best".into(),
            Self::OneStandardError(cost) => json!({ ONE_STANDARD_ERROR: cost.to_value() }),
        }
    }
    fn schema() -> Value {
        json!({ "anyOf": [
            { "enum": ["best", ONE_STANDARD_ERROR] },
            { "type": "object", "required": [ONE_STANDARD_ERROR], "additionalProperties": false,
              "properties": { ONE_STANDARD_ERROR: SelectionCost::schema() } },
        ] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Source, Sweep};

    fn options(yaml: &str) -> Result<ReportOptions, String> {
        let source = Source {
            name: "test.yaml".into(),
            text: format!("report: {yaml}\ngrid: {{ model.layers: [1, 2] }}"),
        };
        let sweep = Sweep::parse(source, "test", &[]);
        sweep
            .map(|sweep| sweep.report)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_way_to_select_is_read_as_it_is_shown() {
        for (yaml, expected) in [
            ("best", SelectionRule::Best),
            (
                "one_standard_error",
                SelectionRule::OneStandardError(SelectionCost::Parameters),
            ),
            (
                "{ one_standard_error: seconds }",
                SelectionRule::OneStandardError(SelectionCost::Seconds),
            ),
        ] {
            let select = options(&format!("{{ select: {yaml} }}")).unwrap().select;
            assert_eq!(select, expected);
            let again = format!("{{ select: {} }}", select.to_value());
            assert_eq!(options(&again).unwrap().select, select);
        }
    }

    #[test]
    fn a_baseline_may_name_a_factor_that_stands_below() {
        let baseline = options("{ baseline: { model.layers: 2 } }")
            .unwrap()
            .baseline;
        assert_eq!(baseline.unwrap().conditions.len(), 1);
    }

    #[test]
    fn mistakes_are_told_with_what_would_be_right() {
        let message = |yaml: &str| options(yaml).unwrap_err();
        assert!(
            message("{ select: { one_standard_error: bytes } }").contains("parameters, seconds")
        );
        assert!(message("{ select: worst }").contains("one_standard_error"));
        assert!(message("{ language: de }").contains("en, fr"));
        assert!(message("{ formats: [pdf] }").contains("latex"));
        assert!(message("{ baseline: {} }").contains("names no factor"));
    }
}
