//! The mean score at each level of each factor.

use super::Figures;
use crate::report::analysis::conclusions::LEVEL;
use crate::report::document::figure::Figure;
use charts::{FactorEffect, Heading, LevelEffect, MainEffects};

/// The picture, over a complete grid.
pub(crate) fn figure(figures: &Figures) -> Option<Figure> {
    let (material, words) = (figures.material, figures.words);
    let grid = material.grid.as_ref().ok()?;
    let means =
        statistics::main_effects(&grid.levels, &grid.scores, grid.test_to_train, LEVEL).ok()?;
    let factors = material.sweep.factors.iter().zip(&means);
    let factors = factors.filter(|(factor, _)| factor.levels.len() > 1);
    let panel = |(factor, means): (&crate::spec::Factor, &Vec<statistics::LevelMean>)| {
        let levels = factor.levels.iter().zip(means);
        let effect = |(level, mean): (&crate::spec::Level, &statistics::LevelMean)| {
            let end = |of: fn(&statistics::Interval) -> f64| {
                let interval = mean.interval.as_ref();
                figures.shown_score(interval.map_or(f64::NAN, of))
            };
            LevelEffect {
                name: level.label.clone(),
                value: figures.shown_score(mean.mean),
                low: end(|interval| interval.low),
                high: end(|interval| interval.high),
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
    let caption = words.pick(
        "Mean score at each level of each factor, over all other factors",
        "Score moyen à chaque niveau de chaque facteur, sur tous les autres facteurs",
    );
    let chart = MainEffects {
        heading: Heading::new(caption),
        y: figures.score_axis(),
        factors: factors.map(panel).collect(),
        reference: Some(figures.shown_score(all.sum::<f64>() / count)),
        point_label: words
            .pick(
                "mean over the other factors",
                "moyenne sur les autres facteurs",
            )
            .to_owned(),
        interval_label: words.pick("95 % interval", "intervalle à 95 %").to_owned(),
        reference_label: words
            .pick("mean of all trials", "moyenne de tous les essais")
            .to_owned(),
    };
    (!chart.factors.is_empty()).then(|| figures.draw("main-effects", caption.to_owned(), &chart))
}
