//! Score against seconds per epoch, with the peak memory as the area of points.

use super::figure_kind::FigureKind;
use super::plotter::Plotter;
use crate::report::document::figure::Figure;
use charts::{Axis, Categories, Direction, Heading, ParetoScatter, ScatterPoint};

/// Draws the trials that have a score and a profile. `None` for fewer than two.
pub(crate) fn score_vs_time(plotter: &Plotter) -> Option<Figure> {
    let (context, locale) = (plotter.context, plotter.locale);
    let mut has_bytes = true;
    let points = (0..context.plan.trials.len()).filter_map(|trial| {
        let profile = context.results.profiles.get(&trial)?.profile;
        has_bytes &= profile.peak_bytes.is_some();
        let is_best = context.analysis.best == Some(trial);
        let is_chosen = context.analysis.chosen == Some(trial) && !is_best;
        Some(ScatterPoint {
            name: context.plan.trials[trial].name.clone(),
            x: profile.seconds_per_epoch,
            x_error: profile.standard_error(),
            y: plotter.mean_score(trial)?,
            size: profile
                .peak_bytes
                .map_or(f64::NAN, |bytes| bytes as f64 / f64::from(1 << 20)),
            shape: 0,
            annotation: match (is_best, is_chosen) {
                (true, _) => locale.tr("best", "meilleur").to_owned(),
                (_, true) => locale.tr("chosen", "choisi").to_owned(),
                _ => String::new(),
            },
        })
    });
    let points: Vec<ScatterPoint> = points.collect();
    if points.len() < 2 {
        return None;
    }
    let caption = locale.tr(
        "Score against seconds per epoch, with the Pareto front",
        "Score en fonction des secondes par époque, avec le front de Pareto",
    );
    let chart = ParetoScatter {
        heading: Heading::new(caption),
        x: plotter.canvas.time_axis(),
        y: plotter.score_axis(),
        x_direction: Direction::Minimise,
        y_direction: plotter.direction(),
        points,
        size_axis: has_bytes.then(|| {
            Axis::linear(
                locale.tr("peak memory", "pic de mémoire"),
                locale.tr("MiB", "Mio"),
            )
        }),
        size_direction: has_bytes.then_some(Direction::Minimise),
        shapes: Categories::default(),
        front_label: locale.tr("Pareto front", "front de Pareto").to_owned(),
        others_label: locale.tr("other trials", "autres essais").to_owned(),
    };
    Some(plotter.draw(FigureKind::TradeOff, caption.to_owned(), &chart))
}
