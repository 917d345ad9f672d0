//! The `report` section. It changes no result.

use super::limit_metric::LimitMetric;
use super::selection::SelectionRule;
use crate::metrics::Score;
use crate::spec::grid::condition::UnresolvedFilter;
use crate::values::config_value::string_enum;
use crate::values::number::Fraction;
use crate::values::section::section;

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
        /// Score that trials are ranked by, averaged over the validation splits.
        rank_by: Score = Score::ACCURACY,
        /// Scores to report in addition to accuracy, loss and macro F1. Default: none.
        metrics: Vec<Score> = Vec::new(),
        /// Target validation accuracy: the report shows the first epoch that reaches it, if every run of
        /// the trial does.
        target_accuracy: Option<Fraction> = None,
        /// Trial that all others are compared with: the first one that matches.
        baseline: Option<UnresolvedFilter> = None,
        /// Which trial is chosen: the best, or the one with the fewest parameters (with `seconds`: the
        /// fastest) within one standard error of the best. `where` limits metrics; only trials within
        /// all limits count. `best` is the score that decides which trial is best; default: `rank_by`.
        select: SelectionRule = SelectionRule::default(),
        /// Language of the report; the CSV always has decimal points.
        language: Language = Language::English,
        /// Formats to write in addition to Markdown, CSV, HTML and SVG. Default: none.
        formats: Vec<Format> = Vec::new(),
    }
}

impl ReportOptions {
    /// The score that decides which trial is best, for [`ReportOptions::select`].
    pub fn best_by(&self) -> Score {
        self.select.best.unwrap_or(self.rank_by)
    }

    /// The scores of the report, in the order of columns: [`Score::REPORTED`], those that are asked for,
    /// and those that decide something.
    pub fn scores(&self) -> Vec<Score> {
        let limits = self.select.limits.iter();
        let limited = limits.filter_map(|limit| match limit.metric {
            LimitMetric::Score(score) => Some(score),
            _ => None,
        });
        let deciding = [self.rank_by, self.best_by()].into_iter().chain(limited);
        let mut scores: Vec<Score> = Score::REPORTED
            .into_iter()
            .chain(self.metrics.iter().copied())
            .chain(deciding)
            .collect();
        scores.sort();
        scores.dedup();
        scores
    }

    /// The scores of the report other than [`Score::REPORTED`].
    pub fn further_scores(&self) -> impl Iterator<Item = Score> {
        let scores = self.scores().into_iter();
        scores.filter(|score| !Score::REPORTED.contains(score))
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
        assert_eq!(read("{ rank_by: loss }"), (Score::LOSS, true));
        let (accuracy, loss) = (Score::ACCURACY, Score::LOSS);
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
