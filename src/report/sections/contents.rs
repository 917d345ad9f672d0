//! What stands in a report, section by section.

use super::baseline::baseline;
use super::classes::classes_of_best;
use super::data;
use super::folds::folds;
use super::gradients::gradients;
use super::leaderboard::rest_note;
use super::losses::losses;
use super::marginal::effects;
use super::methodology::measured;
use super::overview::{failures, overview};
use super::pareto::pareto;
use super::ranking::{chosen_note, listed_note, marks_note, ranking_note};
use super::variance::variance;
use super::warnings::warnings;
use crate::plan::Plan;
use crate::record::Results;
use crate::report::Best;
use crate::report::analysis::conclusions::Analysis;
use crate::report::analysis::grid::{Grid, Incomplete};
use crate::report::document::blocks::Document;
use crate::report::document::table::Table;
use crate::report::figures::Figures;
use crate::report::formats::to_sweep_yaml::best_configuration;
use crate::report::locale::Locale;
use crate::spec::{DataRemarks, Sweep};
use polars::prelude::*;
use statistics::Anova;

/// All that a report is made from.
pub(crate) struct ReportContext<'a> {
    pub(crate) sweep: &'a Sweep,
    pub(crate) plan: &'a Plan,
    pub(crate) results: &'a Results,
    /// Notes and warnings about the data.
    pub(crate) remarks: &'a DataRemarks,
    /// That of [`crate::report::results::frame::trials`].
    pub(crate) frame: &'a DataFrame,
    /// As it is listed.
    pub(crate) ranking: &'a Table,
    /// The column that it is listed by, where that is not the ranking.
    pub(crate) listed_by: Option<&'a str>,
    pub(crate) analysis: &'a Analysis,
    /// The scores over the grid, or why it is not complete.
    pub(crate) grid: &'a Result<Grid<'a>, Incomplete>,
    /// What the grid's factors explain, where scores vary.
    pub(crate) anova: Option<&'a Anova>,
    /// The trial that is shown more closely.
    pub(crate) best: Option<&'a Best>,
}

/// The whole report.
///
/// # Errors
/// A frame without the columns of [`crate::report::results::frame::trials`].
pub(crate) fn content(material: &ReportContext) -> PolarsResult<Document> {
    let ReportContext {
        sweep,
        plan,
        results,
        frame,
        ranking,
        analysis,
        best,
        ..
    } = *material;
    let words = Locale::of(sweep);
    let figures = Figures::new(material);
    let mut document = Document {
        title: plan.name.clone(),
        ..Document::default()
    };
    document.paragraph(&sweep.description);
    document.paragraph(overview(words, plan, results));
    for warning in warnings(words, &material.remarks.warnings) {
        document.paragraph(warning);
    }
    document.paragraph(data::sentence(words, plan).unwrap_or_default());
    let notes = data::notes(words, &material.remarks.notes);
    if !notes.is_empty() {
        document.list(notes);
    }
    document.section(words.pick("Ranking", "Classement"));
    document.paragraph(ranking_note(sweep, plan));
    document.paragraph(listed_note(words, material.listed_by));
    document.table(ranking.clone());
    document.paragraph(rest_note(words, frame, ranking).unwrap_or_default());
    document.paragraph(marks_note(words, material));
    document.paragraph(chosen_note(words, material));
    let failures = failures(words, plan, results);
    if !failures.is_empty() {
        document.subsection(words.pick("Failed trials", "Essais échoués"));
        document.list(failures);
    }
    variance(&mut document, words, material);
    baseline(&mut document, words, material)?;
    pareto(&mut document, words, material, &figures)?;
    if let Some(folds) = folds(words, plan, frame)? {
        document.section(words.pick("Scores of each fold", "Scores de chaque pli"));
        document.paragraph(words.pick(
            "Validation accuracy in percent on each split of the best trials (with repeats: those \
             of the first repeat come first).",
            "Exactitude de validation en pour cent sur chaque partage des meilleurs essais (avec \
             répétitions : d’abord ceux de la première).",
        ));
        document.table(folds);
    }
    losses(&mut document, words, material, &figures);
    gradients(&mut document, words, material, &figures);
    effects(&mut document, words, material, &figures)?;
    document.figure(figures.heat_map());
    document.figure(figures.parallel_coordinates());
    if let Some(best) = best {
        if let Some(classes) = &best.classes {
            classes_of_best(&mut document, words, plan, best.trial, classes);
            document.figure(figures.confusion(classes));
        }
        if plan.is_validated() {
            best_configuration(&mut document, words, sweep, plan, analysis, best.trial);
        }
    }
    let items = measured(sweep, plan, results);
    if !items.is_empty() {
        document.section(words.pick("How it was measured", "Comment les mesures sont faites"));
        document.list(items);
    }
    Ok(document)
}
