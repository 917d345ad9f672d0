//! The mean score at each level of each factor.

use super::figure_kind::FigureKind;
use super::plotter::Plotter;
use crate::report::analysis::conclusions::CONFIDENCE;
use crate::report::document::figure::Figure;
use charts::{FactorEffect, Heading, LevelEffect, MainEffects};

/// Draws the mean score at each level of each factor. `None` for an incomplete grid.
pub(crate) fn main_effects(plotter: &Plotter) -> Option<Figure> {
    let (context, locale) = (plotter.context, plotter.locale);
    let grid = context.grid.as_ref().ok()?;
    let means =
        statistics::main_effects(&grid.levels, &grid.scores, grid.test_to_train, CONFIDENCE)
            .ok()?;
    let factors = context.sweep.factors.iter().zip(&means);
    let factors = factors.filter(|(factor, _)| factor.levels.len() > 1);
    let panel = |(factor, means): (&crate::spec::Factor, &Vec<statistics::LevelMean>)| {
        let levels = factor.levels.iter().zip(means);
        let effect = |(level, mean): (&crate::spec::Level, &statistics::LevelMean)| {
            let bound = |end: fn(&statistics::Interval) -> f64| {
                let interval = mean.interval.as_ref();
                plotter.shown_score(interval.map_or(f64::NAN, end))
            };
            LevelEffect {
                name: level.label.clone(),
                value: plotter.shown_score(mean.mean),
                low: bound(|interval| interval.low),
                high: bound(|interval| interval.high),
            }
        };
        FactorEffect {
            name: factor.name.clone(),
            unit: String::new(),
            levels: levels.map(effect).collect(),
        }
    };
    let all = grid.scores.iter().flat_map(|scores| scores.iter());
    let count = all.clone().count() as f64;
    let caption = locale.tr(
        "Mean score at each level of each factor, over all other factors",
        "Score moyen à chaque niveau de chaque facteur, sur tous les autres facteurs",
    );
    let chart = MainEffects {
        heading: Heading::new(caption),
        y: plotter.score_axis(),
        factors: factors.map(panel).collect(),
        reference: Some(plotter.shown_score(all.sum::<f64>() / count)),
        point_label: locale
            .tr(
                "mean over the other factors",
                "moyenne sur les autres facteurs",
            )
            .to_owned(),
        interval_label: locale.tr("95 % interval", "intervalle à 95 %").to_owned(),
        reference_label: locale
            .tr("mean of all trials", "moyenne de tous les essais")
            .to_owned(),
    };
    (!chart.factors.is_empty())
        .then(|| plotter.draw(FigureKind::MainEffects, caption.to_owned(), &chart))
}
