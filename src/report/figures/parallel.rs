//! All trials across all factors.

use super::Figures;
use crate::report::document::figure::Figure;
use charts::{Categories, Heading, ParallelAxis, ParallelCoordinates, ParallelLine};

/// The picture, where there are two factors or more and several ranked trials.
pub(crate) fn figure(figures: &Figures) -> Option<Figure> {
    let (material, words) = (figures.material, figures.words);
    let factors = &material.sweep.factors;
    let trials = &material.plan.trials;
    let ranked = (0..trials.len()).filter(|&trial| trials[trial].included.is_none());
    let lines = ranked.filter_map(|trial| {
        let score = figures.mean_score(trial)?;
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
    let caption = words.pick(
        "Each trial as a line across its levels, coloured by its score",
        "Chaque essai comme une ligne à travers ses niveaux, colorée par son score",
    );
    let chart = ParallelCoordinates {
        heading: Heading::new(caption),
        axes: axes
            .chain([ParallelAxis::Numbers(figures.score_axis())])
            .collect(),
        lines,
        colour_axis: figures.score_axis(),
        direction: figures.direction(),
    };
    Some(figures.draw("parallel-coordinates", caption.to_owned(), &chart))
}
