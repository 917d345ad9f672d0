//! The mean score at each pair of levels of two factors.

use super::figure_kind::FigureKind;
use super::plotter::Plotter;
use crate::metrics::ScoreUnit;
use crate::report::analysis::score_grid::ScoreGrid;
use crate::report::analysis::variance::main_effects;
use crate::report::document::figure::Figure;
use crate::report::results::aggregate;
use crate::spec::Language;
use charts::{Categories, Heading, HeatMap, HeatMapCell};
use polars::prelude::{PolarsResult, df};

/// Draws the two factors with the largest main effects. `None` for an incomplete grid.
pub(crate) fn heat_map(plotter: &Plotter) -> PolarsResult<Option<Figure>> {
    let (context, locale) = (plotter.context, plotter.locale);
    let (Ok(grid), Some(anova)) = (context.grid.as_ref(), context.anova) else {
        return Ok(None);
    };
    let effects = main_effects(anova);
    let [(mut first, ..), (mut second, ..), ..] = effects[..] else {
        return Ok(None);
    };
    // The slower factor of the grid is the vertical one.
    if first > second {
        std::mem::swap(&mut first, &mut second);
    }
    let means = mean_scores(grid, [first, second])?;
    let cell = |&mean: &f64| HeatMapCell::new(plotter.shown_score(mean));
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
        cells: means
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
    Ok(Some(plotter.draw(FigureKind::HeatMap, caption, &chart)))
}

/// The mean score at each pair of levels of two factors: one row for each level of the first.
fn mean_scores(grid: &ScoreGrid, [first, second]: [usize; 2]) -> PolarsResult<Vec<Vec<f64>>> {
    let (mut rows, mut columns, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    let levels = grid.cell_levels(first).zip(grid.cell_levels(second));
    for ((row, column), of_cell) in levels.zip(&grid.scores) {
        for &score in *of_cell {
            rows.push(row as u32);
            columns.push(column as u32);
            scores.push(score);
        }
    }
    let frame = df!("row" => rows, "column" => columns, "score" => scores)?;
    let means = aggregate::means(&frame, &["row", "column"], &["score"])?;
    let mut found = vec![vec![f64::NAN; grid.levels[second]]; grid.levels[first]];
    let places = means
        .column("row")?
        .u32()?
        .iter()
        .zip(means.column("column")?.u32()?.iter());
    for ((row, column), mean) in places.zip(means.column("mean_score")?.f64()?.iter()) {
        if let (Some(row), Some(column), Some(mean)) = (row, column, mean) {
            found[row as usize][column as usize] = mean;
        }
    }
    Ok(found)
}
