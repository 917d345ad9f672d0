//! The `report` section. It changes no result.

use super::rank_by::RankBy;
use super::selection::SelectionRule;
use crate::spec::grid::condition::TrialFilter;
use crate::spec::grid::factor::Factor;
use crate::spec::values::config_value::{ConfigValue, string_enum};
use crate::spec::values::number::Fraction;
use crate::spec::values::section_key::{SectionKey, section_schema};
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};

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
            select: SelectionRule::default(),
            language: Language::English,
            formats: Vec::new(),
        }
    }
}

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

    /// The metric of the best trial that [`ReportOptions::select`] means.
    pub fn best_by(&self) -> RankBy {
        self.select.best.unwrap_or(self.rank_by)
    }

    /// Whether the first trial of the ranking is chosen, whatever the results.
    pub fn chooses_first_ranked(&self) -> bool {
        let rule = &self.select;
        rule.one_standard_error.is_none()
            && rule.limits.is_empty()
            && self.best_by() == self.rank_by
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
                 `seconds`: the fastest) within one standard error of the best. `where` limits \
                 metrics; only trials within all limits count. `best` is the metric of the best \
                 trial, by default that of `rank_by`.",
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
    fn the_best_is_by_the_metric_of_the_ranking_unless_the_rule_names_another() {
        let read = |yaml: &str| {
            let options = options(yaml).unwrap();
            (options.best_by(), options.chooses_first_ranked())
        };
        assert_eq!(read("{ rank_by: loss }"), (RankBy::Loss, true));
        let (accuracy, loss) = (RankBy::Accuracy, RankBy::Loss);
        assert_eq!(read("{ select: { best: accuracy } }"), (accuracy, true));
        assert_eq!(read("{ select: { best: loss } }"), (loss, false));
        assert_eq!(
            read("{ select: { best: loss }, rank_by: loss }"),
            (loss, true)
        );
        assert_eq!(read("{ select: one_standard_error }"), (accuracy, false));
        let limited = "{ select: { where: { parameters: <= 60000 } } }";
        assert_eq!(read(limited), (accuracy, false));
    }

    #[test]
    fn a_mistake_in_a_limit_is_reported_with_its_line_and_key() {
        let message = options("\n  select:\n    where:\n      parameters: 60000").unwrap_err();
        assert!(
            message.contains("test.yaml:4:19: report.select.where.parameters"),
            "{message}"
        );
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
        assert!(message("{ language: de }").contains("en, fr"));
        assert!(message("{ formats: [pdf] }").contains("latex"));
        assert!(message("{ baseline: {} }").contains("at least one factor"));
    }
}
