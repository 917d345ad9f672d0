//! The `report` section. It changes no result.

use crate::spec::grid::condition::TrialFilter;
use crate::spec::grid::factor::Factor;
use crate::spec::values::config_value::{ConfigValue, string_enum};
use crate::spec::values::number::Fraction;
use crate::spec::values::section_key::{SectionKey, section_schema};
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};

string_enum! {
    /// The metric that trials are ranked by, averaged over the validation splits.
    pub enum RankBy {
        /// The share of correctly classified samples; higher is better.
        Accuracy = "accuracy",
        /// The cross-entropy; lower is better.
        Loss = "loss",
    }
}

string_enum! {
    /// The language of a report.
    pub enum Language {
        /// English.
        English = "en",
        /// French.
        French = "fr",
    }
}

string_enum! {
    /// The cost of a trial.
    pub enum SelectionCost {
        /// The number of weights and biases.
        Parameters = "parameters",
        /// The time per epoch, if trained alone.
        Seconds = "seconds",
    }
}

string_enum! {
    /// An additional format of the tables or figures.
    pub enum Format {
        /// The ranking, for LaTeX documents.
        Latex = "latex",
        /// The columns of the CSV, with types.
        Parquet = "parquet",
        /// The rows of the CSV, as objects.
        Json = "json",
        /// The figures as PNG, in addition to SVG.
        Png = "png",
    }
}

/// Which trial is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionRule {
    /// The first of the ranking.
    Best,
    /// The cheapest trial whose mean score is within one standard error of the best one.
    OneStandardError(SelectionCost),
}

/// Settings of the report.
#[derive(Clone, Debug)]
pub struct ReportOptions {
    /// The metric that trials are ranked by.
    pub rank_by: RankBy,
    /// A validation accuracy: the tables show the epoch that first reaches it.
    pub target_accuracy: Option<Fraction>,
    /// The trial that all others are compared with: the first one that matches.
    pub baseline: Option<TrialFilter>,
    /// Which trial is selected.
    pub select: SelectionRule,
    /// The language of the report.
    pub language: Language,
    /// Formats to write in addition to Markdown, CSV, HTML and SVG.
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

const ONE_STANDARD_ERROR: &str = "one_standard_error";

impl ReportOptions {
    /// Reads the section; `factors` are those of the grid, which a baseline can name.
    ///
    /// # Errors
    /// A key is unknown or does not accept the value.
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
                    let items = node.items(&format_list())?;
                    options.formats = items.iter().map(Format::read).collect::<Result<_, _>>()?;
                }
                _ => return Err(entry.unknown_key(Self::keys().iter().map(|key| key.name))),
            }
        }
        Ok(options)
    }

    /// The keys of the section.
    pub(crate) fn keys() -> Vec<SectionKey> {
        let defaults = Self::default();
        vec![
            SectionKey::new(
                "rank_by",
                "Metric that trials are ranked by, averaged over the validation splits.",
                Some(&defaults.rank_by),
            ),
            SectionKey::new(
                "target_accuracy",
                "Target validation accuracy: the report shows the first epoch that reaches it, if \
                 every run of the trial does.",
                Some(&defaults.target_accuracy),
            ),
            SectionKey::untyped(
                "baseline",
                "Trial that all others are compared with: the first one that matches.",
                "factors or keys, each with a value or a list of values".to_owned(),
                json!({ "type": "object", "minProperties": 1 }),
            ),
            SectionKey::new(
                "select",
                "Which trial is chosen: the best, or the one with the fewest parameters (with \
                 `seconds`: the fastest) within one standard error of the best.",
                Some(&defaults.select),
            ),
            SectionKey::new(
                "language",
                "Language of the report; the CSV always has decimal points.",
                Some(&defaults.language),
            ),
            SectionKey::untyped(
                "formats",
                "Formats to write in addition to Markdown, CSV, HTML and SVG. Default: none.",
                format_list(),
                json!({ "type": "array", "items": Format::schema() }),
            ),
        ]
    }

    /// The JSON Schema of the section.
    pub(crate) fn schema() -> Value {
        section_schema(
            "Settings of the report. They change no result.",
            &Self::keys(),
        )
    }
}

fn format_list() -> String {
    Format::expected().replacen("one of", "a list of", 1)
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
    fn every_selection_rule_is_read_as_it_is_written() {
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
            let written = format!("{{ select: {} }}", select.to_value());
            assert_eq!(options(&written).unwrap().select, select);
        }
    }

    #[test]
    fn a_baseline_can_name_a_factor_of_a_later_section() {
        let baseline = options("{ baseline: { model.layers: 2 } }")
            .unwrap()
            .baseline;
        assert_eq!(baseline.unwrap().conditions.len(), 1);
    }

    #[test]
    fn mistakes_are_reported_with_corrections() {
        let message = |yaml: &str| options(yaml).unwrap_err();
        assert!(
            message("{ select: { one_standard_error: bytes } }").contains("parameters, seconds")
        );
        assert!(message("{ select: worst }").contains("one_standard_error"));
        assert!(message("{ language: de }").contains("en, fr"));
        assert!(message("{ formats: [pdf] }").contains("latex"));
        assert!(message("{ baseline: {} }").contains("at least one factor"));
    }
}
