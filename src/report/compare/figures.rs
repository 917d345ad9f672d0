//! The figures of a comparison: all sweeps in one frame.

use super::compared_sweep::ComparedSweep;
use super::paired::SplitGroup;
use crate::metrics::Score;
use crate::report::document::figure::Figure;
use crate::report::figures::{Canvas, FigureKind, curves_of_trial, loss_curves};
use crate::report::locale::Locale;
use crate::spec::Format;
use charts::{
    Axis, Categories, FactorEffect, Heading, LevelEffect, MainEffects, ParetoScatter, ScatterPoint,
    TrialCurves,
};
use polars::prelude::PolarsResult;
use statistics::Interval;

/// The inputs that all figures share.
pub(super) struct ComparisonFigures<'a> {
    entries: &'a [ComparedSweep<'a>],
    /// The interval of the score of each sweep's best trial.
    intervals: &'a [Option<Interval>],
    canvas: Canvas,
    rank_by: Score,
}

impl<'a> ComparisonFigures<'a> {
    /// Figures of scores show this metric. All figures are also drawn as PNG if a
    /// sweep asks for it.
    pub(super) fn new(
        locale: Locale,
        entries: &'a [ComparedSweep<'a>],
        intervals: &'a [Option<Interval>],
        rank_by: Score,
    ) -> Self {
        let is_png = entries
            .iter()
            .any(|entry| entry.sweep.options.report.formats.contains(&Format::Png));
        Self {
            entries,
            intervals,
            canvas: Canvas::new(locale, rank_by, is_png),
            rank_by,
        }
    }

    /// The sweeps that are ranked by the metric of the figures.
    fn ranked(&self) -> impl Iterator<Item = (usize, &'a ComparedSweep<'a>)> {
        let rank_by = self.rank_by;
        let entries = self.entries.iter().enumerate();
        entries
            .filter(move |(_, entry)| entry.rank_by() == rank_by && entry.ranked_best().is_some())
    }

    /// The best score of each sweep with its interval. `None` for fewer than two sweeps.
    pub(super) fn best_scores(&self) -> Option<Figure> {
        let (canvas, locale) = (&self.canvas, self.canvas.locale);
        let panels = self.ranked().filter_map(|(position, entry)| {
            let best = entry.ranked_best()?;
            let interval = self.intervals[position].as_ref();
            let bound =
                |end: fn(&Interval) -> f64| canvas.shown_score(interval.map_or(f64::NAN, end));
            // A panel for each sweep: a line between sweeps would suggest an order.
            Some(FactorEffect {
                name: entry.name().to_owned(),
                unit: String::new(),
                levels: vec![LevelEffect {
                    name: entry.plan.trials[best].name.clone(),
                    value: canvas.shown_score(entry.analysis().mean_score(best)?),
                    low: bound(|interval| interval.low),
                    high: bound(|interval| interval.high),
                }],
            })
        });
        let caption = locale.tr(
            "The score of the best trial of each sweep",
            "Le score du meilleur essai de chaque balayage",
        );
        let chart = MainEffects {
            heading: Heading::new(caption),
            y: canvas.score_axis(),
            factors: panels.collect(),
            reference: None,
            point_label: locale.tr("best trial", "meilleur essai").to_owned(),
            interval_label: locale.tr("95 % interval", "intervalle à 95 %").to_owned(),
            reference_label: String::new(),
        };
        (chart.factors.len() > 1)
            .then(|| canvas.draw(FigureKind::BestScores, caption.to_owned(), &chart))
    }

    /// The scores of all trials of a group against their times. `None` unless two sweeps have any.
    pub(super) fn score_vs_time(&self, group: &SplitGroup) -> Option<Figure> {
        let (canvas, locale) = (&self.canvas, self.canvas.locale);
        let mut has_bytes = true;
        let mut points = Vec::new();
        let mut names = Vec::new();
        for &position in &group.entries {
            let entry = &self.entries[position];
            let first = points.len();
            let analysis = entry.analysis();
            for trial in 0..entry.plan.trials.len() {
                let (Some(profile), Some(score)) = (
                    entry.results.profiles.get(&trial),
                    analysis.mean_score(trial),
                ) else {
                    continue;
                };
                let profile = profile.profile;
                has_bytes &= profile.peak_bytes.is_some();
                let is_best = analysis.best == Some(trial);
                points.push(ScatterPoint {
                    name: entry.full_name(trial),
                    x: profile.seconds_per_epoch,
                    x_error: profile.standard_error(),
                    y: canvas.shown_score(score),
                    size: profile
                        .peak_bytes
                        .map_or(f64::NAN, |bytes| bytes as f64 / f64::from(1 << 20)),
                    shape: names.len(),
                    annotation: if is_best {
                        format!("{} {}", locale.tr("best of", "meilleur de"), entry.name())
                    } else {
                        String::new()
                    },
                });
            }
            if points.len() > first {
                names.push(entry.name().to_owned());
            }
        }
        if names.len() < 2 {
            return None;
        }
        let caption = locale.tr(
            "Score against seconds per epoch, with the Pareto front, for the sweeps with the same \
             splits",
            "Score en fonction des secondes par époque, avec le front de Pareto, pour les balayages \
             qui ont les mêmes partages",
        );
        let chart = ParetoScatter {
            heading: Heading::new(caption),
            x: canvas.time_axis(),
            y: canvas.score_axis(),
            x_direction: charts::Direction::Minimise,
            y_direction: canvas.direction(),
            points,
            size_axis: has_bytes.then(|| {
                Axis::linear(
                    locale.tr("peak memory", "pic de mémoire"),
                    locale.tr("MiB", "Mio"),
                )
            }),
            size_direction: has_bytes.then_some(charts::Direction::Minimise),
            shapes: Categories::new(locale.tr("sweep", "balayage"), names),
            front_label: locale.tr("Pareto front", "front de Pareto").to_owned(),
            others_label: locale.tr("other trials", "autres essais").to_owned(),
        };
        Some(canvas.draw(FigureKind::TradeOff, caption.to_owned(), &chart))
    }

    /// The losses of the best trial of each sweep. `None` without a run of two epochs or more.
    ///
    /// # Errors
    /// Polars refuses an operation; no result can cause this.
    pub(super) fn learning_curves(&self) -> PolarsResult<Option<Figure>> {
        let locale = self.canvas.locale;
        let runs = self
            .entries
            .iter()
            .flat_map(|entry| entry.results.runs.values());
        if runs.map(|run| run.epochs.len()).max().unwrap_or(0) < 2 {
            return Ok(None);
        }
        let curves = self.entries.iter().filter_map(|entry| {
            let best = entry.shown_trial()?;
            let curves = curves_of_trial(entry.plan, entry.results, best);
            Some(curves.map(|curves| TrialCurves {
                name: entry.full_name(best),
                ..curves
            }))
        });
        let caption = locale.tr(
            "Loss of the best trial of each sweep after each epoch",
            "Perte du meilleur essai de chaque balayage après chaque époque",
        );
        let chart = loss_curves(locale, caption, curves.collect::<PolarsResult<_>>()?);
        let draw = |chart| {
            let canvas = &self.canvas;
            canvas.draw(FigureKind::LearningCurves, caption.to_owned(), &chart)
        };
        Ok(chart.map(draw))
    }
}
