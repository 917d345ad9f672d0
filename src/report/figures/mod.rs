//! The pictures of a report.

mod confusion;
mod curves;
mod effects;
mod gradients;
mod heat_map;
mod parallel;
mod score_vs_time;

use super::analysis::conclusions::direction;
use super::document::figure::Figure;
use super::locale::Locale;
use super::sections::classes::TrialClasses;
use super::sections::contents::ReportContext;
use crate::spec::{Format, Language, RankBy};
use charts::{Axis, Chart, Direction, Style};

/// Pixels of a PNG for each pixel of the page: sharp on screens that have two.
const SCALE: f64 = 2.0;

/// Makes the pictures of a report; those that would show nothing are left out.
pub(crate) struct Figures<'a> {
    material: &'a ReportContext<'a>,
    words: Locale,
    style: Style,
}

impl<'a> Figures<'a> {
    pub(crate) fn new(material: &'a ReportContext<'a>) -> Self {
        let words = Locale::of(material.sweep);
        let style = match words.language {
            Language::English => Style::default(),
            Language::French => Style {
                decimal: ',',
                no_data: "aucune donnée".to_owned(),
                more: "… et {count} de plus".to_owned(),
                ..Style::default()
            },
        };
        Self {
            material,
            words,
            style,
        }
    }

    /// Learning curves: of the best and the worst trial, and of the levels of each factor.
    pub(crate) fn learning_curves(&self) -> Vec<Figure> {
        curves::figures(self)
    }

    /// The norms of the layers' gradients.
    pub(crate) fn gradient_norms(&self) -> Vec<Figure> {
        gradients::figures(self)
    }

    /// The mean score at each level of each factor.
    pub(crate) fn main_effects(&self) -> Option<Figure> {
        effects::figure(self)
    }

    /// The mean score at each pair of levels of the two factors that matter most.
    pub(crate) fn heat_map(&self) -> Option<Figure> {
        heat_map::figure(self)
    }

    /// All trials across all factors.
    pub(crate) fn parallel_coordinates(&self) -> Option<Figure> {
        parallel::figure(self)
    }

    /// Score against seconds.
    pub(crate) fn trade_off(&self) -> Option<Figure> {
        score_vs_time::figure(self)
    }

    /// The confusion matrix of the best trial.
    pub(crate) fn confusion(&self, classes: &TrialClasses) -> Option<Figure> {
        confusion::figure(self, classes)
    }

    /// Draws a chart.
    fn draw(&self, name: &str, caption: String, chart: &dyn Chart) -> Figure {
        let drawing = chart.draw(&self.style);
        let is_png = self.material.sweep.report.formats.contains(&Format::Png);
        Figure {
            name: name.to_owned(),
            caption,
            svg: drawing.to_svg(),
            // Charts stay far below the size that a PNG may have.
            png: is_png.then(|| drawing.to_png(SCALE).ok()).flatten(),
        }
    }

    /// What trials are ranked by.
    fn score_axis(&self) -> Axis {
        match self.material.sweep.report.rank_by {
            RankBy::Accuracy => Axis::linear(
                self.words
                    .pick("validation accuracy", "exactitude de validation"),
                "%",
            ),
            RankBy::Loss => Axis::linear(
                self.words.pick("validation loss", "perte de validation"),
                "",
            ),
        }
    }

    /// A score as the axis has it.
    fn shown_score(&self, score: f64) -> f64 {
        match self.material.sweep.report.rank_by {
            RankBy::Accuracy => 100.0 * score,
            RankBy::Loss => score,
        }
    }

    /// Which scores are better.
    fn direction(&self) -> Direction {
        direction(self.material.sweep.report.rank_by)
    }

    /// The mean score of a ranked trial, as the axis has it.
    fn mean_score(&self, trial: usize) -> Option<f64> {
        let mean = self.material.analysis.mean(trial)?;
        Some(self.shown_score(mean))
    }
}
