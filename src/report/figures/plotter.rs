//! What all figures share: the report, the style, and the axis of the score.

use crate::report::analysis::conclusions::direction;
use crate::report::context::ReportContext;
use crate::report::document::figure::Figure;
use crate::report::locale::Locale;
use crate::spec::{Format, Language, RankBy};
use charts::{Axis, Chart, Direction, Style};

/// PNG pixels per SVG pixel: sharp on screens with two device pixels per pixel.
const PNG_SCALE: f64 = 2.0;

/// The inputs that all figures share.
pub(crate) struct Plotter<'a> {
    pub(super) context: &'a ReportContext<'a>,
    pub(super) locale: Locale,
    style: Style,
}

impl<'a> Plotter<'a> {
    pub(crate) fn new(context: &'a ReportContext<'a>) -> Self {
        let locale = Locale::of(context.sweep);
        let style = match locale.language {
            Language::English => Style::default(),
            Language::French => Style {
                decimal: ',',
                no_data: "aucune donnée".to_owned(),
                more: "… et {count} de plus".to_owned(),
                ..Style::default()
            },
        };
        Self {
            context,
            locale,
            style,
        }
    }

    /// Draws a chart.
    pub(super) fn draw(&self, name: &str, caption: String, chart: &dyn Chart) -> Figure {
        let drawing = chart.draw(&self.style);
        let is_png = self.context.sweep.report.formats.contains(&Format::Png);
        Figure {
            name: name.to_owned(),
            caption,
            svg: drawing.to_svg(),
            // Charts are far smaller than the maximum size of a PNG.
            png: is_png.then(|| drawing.to_png(PNG_SCALE).ok()).flatten(),
        }
    }

    /// The axis of the score that trials are ranked by.
    pub(super) fn score_axis(&self) -> Axis {
        match self.context.sweep.report.rank_by {
            RankBy::Accuracy => Axis::linear(
                self.locale
                    .tr("validation accuracy", "exactitude de validation"),
                "%",
            ),
            RankBy::Loss => {
                Axis::linear(self.locale.tr("validation loss", "perte de validation"), "")
            }
        }
    }

    /// A score in the unit of the axis.
    pub(super) fn shown_score(&self, score: f64) -> f64 {
        match self.context.sweep.report.rank_by {
            RankBy::Accuracy => 100.0 * score,
            RankBy::Loss => score,
        }
    }

    /// The direction in which scores improve.
    pub(super) fn direction(&self) -> Direction {
        direction(self.context.sweep.report.rank_by)
    }

    /// The mean score of a ranked trial, in the unit of the axis.
    pub(super) fn mean_score(&self, trial: usize) -> Option<f64> {
        let mean = self.context.analysis.mean_score(trial)?;
        Some(self.shown_score(mean))
    }
}
