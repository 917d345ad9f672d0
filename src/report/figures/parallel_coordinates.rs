//! All trials as lines across all factors.

use super::figure_kind::FigureKind;
use super::plotter::Plotter;
use crate::report::document::figure::Figure;
use charts::{Categories, Heading, ParallelAxis, ParallelCoordinates, ParallelLine};

/// Draws the ranked trials of the grid. `None` for fewer than two factors or trials.
pub(crate) fn parallel_coordinates(plotter: &Plotter) -> Option<Figure> {
    let (context, locale) = (plotter.context, plotter.locale);
    let factors = &context.sweep.factors;
    let trials = &context.plan.trials;
    let ranked = (0..trials.len()).filter(|&trial| trials[trial].included.is_none());
    let lines = ranked.filter_map(|trial| {
        let score = plotter.mean_score(trial)?;
        let levels = trials[trial].levels.iter();
        // A factor that the trial does not have is a gap.
        let values = levels.map(|level| level.map_or(f64::NAN, |level| level as f64));
        Some(ParallelLine {
            name: trials[trial].name.clone(),
            values: values.chain([score]).collect(),
            colour_value: score,
        })
    });
    let lines: Vec<ParallelLine> = lines.collect();
    if factors.len() < 2 || lines.len() < 2 {
        return None;
    }
    let axes = factors.iter().map(|factor| {
        let names = factor.levels.iter().map(|level| level.label.clone());
        ParallelAxis::Categories(Categories::new(&factor.name, names))
    });
    let caption = locale.tr(
        "Each trial as a line through its levels, coloured by its score",
        "Chaque essai comme une ligne à travers ses niveaux, colorée par son score",
    );
    let chart = ParallelCoordinates {
        heading: Heading::new(caption),
        axes: axes
            .chain([ParallelAxis::Numbers(plotter.score_axis())])
            .collect(),
        lines,
        colour_axis: plotter.score_axis(),
        direction: plotter.direction(),
    };
    Some(plotter.draw(FigureKind::ParallelCoordinates, caption.to_owned(), &chart))
}
