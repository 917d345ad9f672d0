//! What stands in a report, section by section.

use super::Best;
use super::analysis::Analysis;
use super::baseline::baseline;
use super::best::as_sweep;
use super::classes::TrialClasses;
use super::document::Document;
use super::figures::Figures;
use super::folds::folds;
use super::gradients::gradients;
use super::grid::{Grid, Incomplete};
use super::leaderboard::rest_note;
use super::losses::losses;
use super::marginal::marginal;
use super::measured::measured;
use super::metric::stops_early;
use super::overview::{failures, overview};
use super::pareto::pareto;
use super::ranking::{chosen_note, marks_note, ranking_note};
use super::status::Status;
use super::table::Table;
use super::variance::variance;
use super::wording::Wording;
use crate::plan::Plan;
use crate::record::Results;
use crate::spec::{Language, Sweep};
use polars::prelude::*;
use statistics::Anova;

/// All that a report is made from.
pub(super) struct Material<'a> {
    pub(super) sweep: &'a Sweep,
    pub(super) plan: &'a Plan,
    pub(super) results: &'a Results,
    /// That of [`super::frame::trials`].
    pub(super) frame: &'a DataFrame,
    /// As it is listed.
    pub(super) ranking: &'a Table,
    pub(super) analysis: &'a Analysis,
    /// The scores over the grid, or why it is not complete.
    pub(super) grid: &'a Result<Grid<'a>, Incomplete>,
    /// What the grid's factors explain, where scores vary.
    pub(super) anova: Option<&'a Anova>,
    /// The trial that is shown more closely.
    pub(super) best: Option<&'a Best>,
}

/// The whole report.
///
/// # Errors
/// A frame without the columns of [`super::frame::trials`].
pub(super) fn content(material: &Material) -> PolarsResult<Document> {
    let Material {
        sweep,
        plan,
        results,
        frame,
        ranking,
        analysis,
        best,
        ..
    } = *material;
    let words = Wording::of(sweep);
    let figures = Figures::new(material);
    let mut document = Document {
        title: plan.name.clone(),
        ..Document::default()
    };
    document.paragraph(&sweep.description);
    document.paragraph(overview(words, plan, results));
    document.section(words.pick("Ranking", "Classement"));
    document.paragraph(ranking_note(sweep, plan));
    document.table(ranking.clone());
    document.paragraph(rest_note(words, frame, ranking).unwrap_or_default());
    document.paragraph(marks_note(words, material));
    document.paragraph(chosen_note(words, material));
    let failures = failures(words, plan, results);
    if !failures.is_empty() {
        document.subsection(words.pick("Failed trials", "Essais échoués"));
        document.list(failures);
    }
    variance(&mut document, words, material)?;
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
    let losses = losses(words, plan, results);
    let curves = figures.learning_curves();
    if losses.is_some() || !curves.is_empty() {
        document.section(words.pick("Losses by epoch", "Pertes par époque"));
        document.paragraph(losses_note(words, plan));
        curves
            .into_iter()
            .for_each(|curve| document.figure(Some(curve)));
        losses.into_iter().for_each(|table| document.table(table));
    }
    if let Some(gradients) = gradients(words, plan, results) {
        document.section(words.pick("Gradient norms", "Normes des gradients"));
        document.paragraph(words.pick(GRADIENTS_NOTE[0], GRADIENTS_NOTE[1]));
        let pictures = figures.gradient_norms();
        pictures
            .into_iter()
            .for_each(|figure| document.figure(Some(figure)));
        document.table(gradients);
    }
    let finished = |trial: usize| Status::of(plan, results, trial).word() == "finished";
    if !plan.columns.is_empty() && (0..plan.trials.len()).any(finished) {
        document.section(words.pick("Effect of each factor", "Effet de chaque facteur"));
        document.paragraph(words.pick(
            "Each level's mean over the trials of the grid that have it, that is over all other \
             factors; ± is the sample standard deviation between those trials.",
            "La moyenne de chaque niveau sur les essais de la grille qui l’ont, donc sur tous les \
             autres facteurs ; ± est l’écart-type d’échantillon entre ces essais.",
        ));
        document.figure(figures.main_effects());
    }
    for factor in &plan.columns {
        if let Some(marginal) = marginal(sweep, plan, factor, frame)? {
            document.subsection(&factor.name);
            document.table(marginal.table);
            if marginal.uneven {
                document.paragraph(words.pick(
                    "The levels stand in different numbers of trials, with different levels of \
                     the other factors: part of a difference between them can come from those.",
                    "Les niveaux figurent dans des nombres d’essais différents, avec d’autres \
                     niveaux des autres facteurs : une partie d’une différence peut en venir.",
                ));
            }
        }
    }
    document.figure(figures.heat_map());
    document.figure(figures.parallel_coordinates());
    if let Some(best) = best {
        if let Some(classes) = &best.classes {
            classes_section(&mut document, words, plan, best.trial, classes);
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

/// What to see in the gradients' norms, in English and in French.
const GRADIENTS_NOTE: [&str; 2] = [
    "The norm of the gradient of each layer's weights, in the last step of the first epoch → of the \
     last; layer1 is next to the input; means over the runs. Norms that fall from the last layer \
     toward layer1 are a vanishing gradient: the layers near the input hardly learn. Norms that \
     rise that way are an exploding one. A layer with a norm of 0, or next to it, does not learn, \
     as where all weights start at 0.",
    "La norme du gradient des poids de chaque couche, au dernier pas de la première époque → de la \
     dernière ; couche1 touche l’entrée ; moyennes sur les entraînements. Des normes qui diminuent \
     de la dernière couche vers couche1 sont un gradient évanescent : les couches proches de \
     l’entrée n’apprennent presque pas. Des normes qui augmentent dans ce sens sont un gradient \
     explosif. Une couche de norme nulle, ou presque, n’apprend pas, comme lorsque tous les poids \
     partent de 0.",
];

fn losses_note(words: Wording, plan: &Plan) -> String {
    let mut text = match plan.is_validated() {
        true => words.pick(
            "Training loss / validation loss after each epoch, means over the runs. Where the \
             training loss goes on falling and the validation loss no longer does, the model \
             over-fits. The last row is the gap of the final model, validation minus training.",
            "Perte d’entraînement / perte de validation après chaque époque, moyennes sur les \
             entraînements. Là où la perte d’entraînement baisse encore et la perte de validation \
             non, le modèle est en surapprentissage. La dernière ligne est l’écart du modèle \
             final, validation moins entraînement.",
        ),
        false => words.pick(
            "Training loss of each epoch, means over the runs.",
            "Perte d’entraînement de chaque époque, moyennes sur les entraînements.",
        ),
    }
    .to_owned();
    if stops_early(plan) {
        text.push_str(words.pick(
            " Runs that stopped early are in the means of their own epochs alone.",
            " Les entraînements arrêtés tôt ne comptent que dans les moyennes de leurs époques.",
        ));
    }
    text
}

fn classes_section(
    document: &mut Document,
    words: Wording,
    plan: &Plan,
    trial: usize,
    classes: &TrialClasses,
) {
    let validated = classes.scores.validation.is_some();
    document.section(match plan.trials.len() {
        1 => words.pick("Classes", "Classes"),
        _ => words.pick("Classes of the best trial", "Classes du meilleur essai"),
    });
    let name = &plan.trials[trial].name;
    document.paragraph(match (words.language, validated) {
        (Language::English, true) => format!(
            "The share of each class that `{name}` classifies rightly on the validation samples \
             and on the test set, over all of its runs."
        ),
        (Language::English, false) => format!(
            "The share of each class that `{name}` classifies rightly on the test set, over all \
             of its runs."
        ),
        (Language::French, true) => format!(
            "La part de chaque classe que `{name}` classe bien sur les exemples de validation et \
             sur l’ensemble de test, sur tous ses entraînements."
        ),
        (Language::French, false) => format!(
            "La part de chaque classe que `{name}` classe bien sur l’ensemble de test, sur tous \
             ses entraînements."
        ),
    });
    document.table(classes.accuracies(words));
    if classes.unlisted() > 0 {
        let count = classes.unlisted();
        document.paragraph(match words.language {
            Language::English => format!("{count} more classes are left out."),
            Language::French => format!("{count} autres classes sont omises."),
        });
    }
    if let Some(confusion) = classes.confusion(words) {
        document.paragraph(match validated {
            true => words.pick(
                "Confusion matrix: validation samples by their true class (row) and the predicted \
                 one (column), over all runs.",
                "Matrice de confusion : exemples de validation selon leur vraie classe (ligne) et \
                 la classe prédite (colonne), sur tous les entraînements.",
            ),
            false => words.pick(
                "Confusion matrix: test samples by their true class (row) and the predicted one \
                 (column), over all runs.",
                "Matrice de confusion : exemples de test selon leur vraie classe (ligne) et la \
                 classe prédite (colonne), sur tous les entraînements.",
            ),
        });
        document.table(confusion);
    }
}

/// The configuration of the chosen trial or, without a choice of another, of the best.
fn best_configuration(
    document: &mut Document,
    words: Wording,
    sweep: &Sweep,
    plan: &Plan,
    analysis: &Analysis,
    best: usize,
) {
    let chosen = analysis.chosen.unwrap_or(best);
    let trial = &plan.trials[chosen];
    document.section(match chosen == best {
        true => words.pick("Best configuration", "Meilleure configuration"),
        false => words.pick("Chosen configuration", "Configuration choisie"),
    });
    document.paragraph(match words.language {
        Language::English => format!("`{}`, as a sweep file of its own:", trial.name),
        Language::French => format!("`{}`, comme fichier de balayage à part :", trial.name),
    });
    let name = best_name(&sweep.name);
    let yaml = as_sweep(&name, &trial.config, sweep.report.rank_by);
    document.blocks.push(super::document::Block::Yaml(yaml));
}

/// The sweep's name with `-best` behind it, within the length that a name may have.
fn best_name(name: &str) -> String {
    let kept: String = name.chars().take(59).collect();
    format!("{kept}-best")
}
