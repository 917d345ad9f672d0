//! The `report` section. It changes no result.

use super::rank_by::RankBy;
use super::selection::SelectionRule;
use crate::spec::grid::condition::UnresolvedFilter;
use crate::spec::values::config_value::string_enum;
use crate::spec::values::number::Fraction;
use crate::spec::values::section::section;

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

section! {
    /// Settings of the report. They change no result.
    #[derive(Clone, Debug)]
    pub struct ReportOptions {
        /// Metric that trials are ranked by, averaged over the validation splits.
        rank_by: RankBy = RankBy::Accuracy,
        /// Target validation accuracy: the report shows the first epoch that reaches it, if every run of
        /// the trial does.
        target_accuracy: Option<Fraction> = None,
        /// Trial that all others are compared with: the first one that matches.
        baseline: Option<UnresolvedFilter> = None,
        /// Which trial is chosen: the best, or the one with the fewest parameters (with `seconds`: the
        /// fastest) within one standard error of the best. `where` limits metrics; only trials within
        /// all limits count. `best` is the metric of the best trial, by default that of `rank_by`.
        select: SelectionRule = SelectionRule::default(),
        /// Language of the report; the CSV always has decimal points.
        language: Language = Language::English,
        /// Formats to write in addition to Markdown, CSV, HTML and SVG. Default: none.
        formats: Vec<Format> = Vec::new(),
    }
}

impl ReportOptions {
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
            .map(|sweep| sweep.options.report)
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
        let source = Source {
            name: "test.yaml".into(),
            text: "report: { baseline: { depth: b } }\n\
                   grid: { depth: { a: {}, b: { model.layers: 2 } } }"
                .into(),
        };
        let baseline = Sweep::parse(source, "test", &[]).unwrap().baseline;
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
