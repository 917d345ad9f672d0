//! The mean score at each pair of levels of two factors.

use super::figure_kind::FigureKind;
use super::plotter::Plotter;
use crate::metrics::ScoreUnit;
use crate::report::analysis::variance::main_effects;
use crate::report::document::figure::Figure;
use crate::spec::Language;
use charts::{Categories, Heading, HeatMap, HeatMapCell};

/// Draws the two factors with the largest main effects. `None` for an incomplete grid.
pub(crate) fn heat_map(plotter: &Plotter) -> Option<Figure> {
    let (context, locale) = (plotter.context, plotter.locale);
    let grid = context.grid.as_ref().ok()?;
    let effects = main_effects(context.anova?);
    let [mut first, mut second] = [effects.first()?.0, effects.get(1)?.0];
    // The slower factor of the grid is the vertical one.
    if first > second {
        std::mem::swap(&mut first, &mut second);
    }
    let (rows, columns) = (grid.levels[first], grid.levels[second]);
    let mut sums = vec![vec![(0.0, 0_u32); columns]; rows];
    let levels = grid.cell_levels(first).zip(grid.cell_levels(second));
    for ((row, column), scores) in levels.zip(&grid.scores) {
        let (sum, count) = &mut sums[row][column];
        *sum += scores.iter().sum::<f64>();
        *count += scores.len() as u32;
    }
    let cell =
        |&(sum, count): &(f64, u32)| HeatMapCell::new(plotter.shown_score(sum / f64::from(count)));
    let factor = |index: usize| &context.sweep.factors[index];
    let names = |index: usize| {
        let factor = factor(index);
        Categories::new(
            &factor.name,
            factor.levels.iter().map(|level| level.label.clone()),
        )
    };
    let [a, b] = [first, second].map(|index| factor(index).name.as_str());
    let caption = match locale.language {
        Language::English => format!("Mean score at each level of {a} and {b}"),
        Language::French => format!("Score moyen à chaque niveau de {a} et de {b}"),
    };
    let chart = HeatMap {
        heading: Heading::new(&caption),
        rows: names(first),
        columns: names(second),
        cells: sums
            .iter()
            .map(|row| row.iter().map(cell).collect())
            .collect(),
        colour_axis: plotter.score_axis(),
        range: None,
        decimals: match context.sweep.options.report.rank_by.unit {
            ScoreUnit::Percent => 2,
            ScoreUnit::Number => 4,
        },
    };
    Some(plotter.draw(FigureKind::HeatMap, caption, &chart))
}
