//! What all figures share: the report, the style, and the axis of the score.

use super::figure_kind::FigureKind;
use crate::metrics::{Score, ScoreUnit};
use crate::report::context::ReportContext;
use crate::report::document::figure::Figure;
use crate::report::locale::Locale;
use crate::spec::{Format, Language};
use charts::{Axis, Chart, Direction, Style};

/// PNG pixels per SVG pixel: sharp on screens with two device pixels per pixel.
const PNG_SCALE: f64 = 2.0;

/// The language and style of figures, and the score that they show.
pub(crate) struct Canvas {
    pub(crate) locale: Locale,
    rank_by: Score,
    is_png: bool,
    style: Style,
}

impl Canvas {
    /// A canvas for figures that show this score; they are also drawn as PNG if `is_png`.
    pub(crate) fn new(locale: Locale, rank_by: Score, is_png: bool) -> Self {
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
            locale,
            rank_by,
            is_png,
            style,
        }
    }

    /// Draws the only figure of a kind.
    pub(crate) fn draw(&self, kind: FigureKind, caption: String, chart: &dyn Chart) -> Figure {
        self.draw_of(kind, "", caption, chart)
    }

    /// Draws the figure of a factor or a trial.
    fn draw_of(&self, kind: FigureKind, of: &str, caption: String, chart: &dyn Chart) -> Figure {
        let drawing = chart.draw(&self.style);
        Figure {
            name: kind.file_name(of),
            caption,
            svg: drawing.to_svg(),
            // Charts are far smaller than the maximum size of a PNG.
            png: self
                .is_png
                .then(|| drawing.to_png(PNG_SCALE).ok())
                .flatten(),
        }
    }

    /// The axis of the score that trials are ranked by.
    pub(crate) fn score_axis(&self) -> Axis {
        let name = self.locale.validation_score_name(self.rank_by);
        let unit = match self.rank_by.unit {
            ScoreUnit::Percent => "%",
            ScoreUnit::Number => "",
        };
        Axis::linear(name, unit)
    }

    /// The axis of the measured time of an epoch.
    pub(crate) fn time_axis(&self) -> Axis {
        let label = self.locale.tr(
            "seconds per epoch, trial measured alone",
            "secondes par époque, essai mesuré seul",
        );
        Axis::log(label, "s")
    }

    /// A score in the unit of the axis.
    pub(crate) fn shown_score(&self, score: f64) -> f64 {
        match self.rank_by.unit {
            ScoreUnit::Percent => 100.0 * score,
            ScoreUnit::Number => score,
        }
    }

    /// The direction in which scores improve.
    pub(crate) fn direction(&self) -> Direction {
        self.rank_by.direction
    }
}

/// The inputs that the figures of one sweep share.
pub(crate) struct Plotter<'a> {
    pub(super) context: &'a ReportContext<'a>,
    pub(super) locale: Locale,
    pub(super) canvas: Canvas,
}

impl<'a> Plotter<'a> {
    pub(crate) fn new(context: &'a ReportContext<'a>) -> Self {
        let locale = Locale::of(context.sweep);
        let options = &context.sweep.options.report;
        let is_png = options.formats.contains(&Format::Png);
        Self {
            context,
            locale,
            canvas: Canvas::new(locale, options.rank_by, is_png),
        }
    }

    /// Draws the only figure of a kind.
    pub(super) fn draw(&self, kind: FigureKind, caption: String, chart: &dyn Chart) -> Figure {
        self.canvas.draw(kind, caption, chart)
    }

    /// Draws the figure of a factor or a trial, given its name.
    pub(super) fn draw_of(
        &self,
        kind: FigureKind,
        of: &str,
        caption: String,
        chart: &dyn Chart,
    ) -> Figure {
        self.canvas.draw_of(kind, of, caption, chart)
    }

    /// The axis of the score that trials are ranked by.
    pub(super) fn score_axis(&self) -> Axis {
        self.canvas.score_axis()
    }

    /// A score in the unit of the axis.
    pub(super) fn shown_score(&self, score: f64) -> f64 {
        self.canvas.shown_score(score)
    }

    /// The direction in which scores improve.
    pub(super) fn direction(&self) -> Direction {
        self.canvas.direction()
    }

    /// The mean score of a ranked trial, in the unit of the axis.
    pub(super) fn mean_score(&self, trial: usize) -> Option<f64> {
        let mean = self.context.analysis.mean_score(trial)?;
        Some(self.shown_score(mean))
    }
}
