//! A report's document, section by section.

use super::baseline::add_baseline_comparison;
use super::best_configuration::add_best_configuration;
use super::classes::add_class_scores;
use super::data;
use super::factor_effects::add_factor_effects;
use super::fold_scores::{fold_scores, fold_scores_note};
use super::gradient_norms::add_gradient_norms;
use super::leaderboard::unlisted_note;
use super::losses::add_losses;
use super::methodology::methodology;
use super::overview::failures;
use super::pareto::add_pareto_front;
use super::ranking::{marks_note, order_note, ranking_note, unmeasured_note};
use super::samples::add_samples;
use super::summary::summary;
use super::variance_shares::add_variance_shares;
use super::warnings::warnings;
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::figures::{Plotter, confusion_matrix, heat_map, parallel_coordinates};
use crate::report::locale::Locale;
use polars::prelude::*;

/// Makes the document of a report.
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn assemble(context: &ReportContext) -> PolarsResult<Document> {
    let ReportContext {
        sweep,
        plan,
        results,
        frame,
        ranking,
        analysis,
        detailed,
        ..
    } = *context;
    let locale = Locale::of(sweep);
    let plotter = Plotter::new(context);
    let mut document = Document {
        title: plan.name.clone(),
        summary: summary(locale, context)?,
        ..Document::default()
    };
    document.paragraph(&sweep.description);
    for warning in warnings(locale, &context.remarks.warnings) {
        document.paragraph(warning);
    }
    document.paragraph(data::sentence(locale, plan).unwrap_or_default());
    let notes = data::notes(locale, &context.remarks.notes);
    if !notes.is_empty() {
        document.list(notes);
    }
    document.section(locale.tr("Ranking", "Classement"));
    document.paragraph(ranking_note(sweep, plan));
    document.paragraph(order_note(locale, context.listed_by));
    document.table(ranking.clone());
    document.paragraph(unlisted_note(locale, frame, ranking).unwrap_or_default());
    document.paragraph(marks_note(locale, context));
    document.paragraph(unmeasured_note(locale, context)?);
    let failures = failures(locale, plan, results);
    if !failures.is_empty() {
        document.subsection(locale.tr("Failed trials", "Essais échoués"));
        document.list(failures);
    }
    add_variance_shares(&mut document, locale, context);
    add_baseline_comparison(&mut document, locale, context)?;
    add_pareto_front(&mut document, locale, context, &plotter)?;
    let rank_by = sweep.options.report.rank_by;
    if let Some(table) = fold_scores(locale, plan, frame, rank_by, analysis.tied_ranks)? {
        document.section(locale.tr("Scores of each fold", "Scores de chaque pli"));
        document.paragraph(fold_scores_note(locale, rank_by));
        document.table(table);
    }
    add_losses(&mut document, locale, context, &plotter)?;
    add_gradient_norms(&mut document, locale, context, &plotter)?;
    add_factor_effects(&mut document, locale, context, &plotter)?;
    document.figure(heat_map(&plotter)?);
    document.figure(parallel_coordinates(&plotter));
    if let Some(detailed) = detailed {
        if let Some(classes) = &detailed.classes {
            add_class_scores(&mut document, locale, plan, detailed.trial, classes);
            document.figure(confusion_matrix(&plotter, classes));
        }
        add_samples(&mut document, locale, context, &plotter);
        if plan.is_validated() {
            add_best_configuration(&mut document, locale, sweep, plan, analysis, detailed.trial);
        }
    }
    let items = methodology(sweep, plan, results, analysis);
    if !items.is_empty() {
        document.section(locale.tr("How it was measured", "Comment les mesures sont faites"));
        document.list(items);
    }
    Ok(document)
}
