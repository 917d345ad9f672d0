//! Learning curves.

use super::figure_kind::FigureKind;
use super::plotter::Plotter;
use crate::metrics::{Part, Score};
use crate::plan::Plan;
use crate::record::Results;
use crate::report::document::figure::Figure;
use crate::report::locale::Locale;
use crate::report::results::epoch_frame::{EpochFrame, EpochMean, EpochMetric};
use crate::report::results::trial_frame::trial_positions;
use crate::spec::Language;
use charts::{Axis, CurvePoint, Heading, LearningCurves, TrialCurves};
use polars::prelude::PolarsResult;

/// Maximum number of factors with a figure.
const MAX_FACTORS: usize = 8;

/// Maximum number of trials that are all shown; of more trials, only the best and the worst are.
const MAX_SHOWN_TRIALS: usize = 6;

/// Draws the curves of trials and of the levels of each factor, if a run has two epochs or more.
///
/// # Errors
/// Polars refuses an operation; no result can cause this.
pub(crate) fn learning_curves(plotter: &Plotter) -> PolarsResult<Vec<Figure>> {
    let context = plotter.context;
    let max_epochs = context
        .results
        .runs
        .values()
        .map(|run| run.epochs.len())
        .max();
    if max_epochs.is_none_or(|epochs| epochs < 2) {
        return Ok(Vec::new());
    }
    let mut figures: Vec<Figure> = trial_curves(plotter)?.into_iter().collect();
    let factors = &context.sweep.factors;
    if context.plan.is_validated() && context.plan.trials.len() > MAX_SHOWN_TRIALS {
        let several = factors
            .iter()
            .enumerate()
            .filter(|(_, f)| f.levels.len() > 1);
        let planned = context.plan.trials.iter().enumerate();
        let planned = planned.filter(|(_, trial)| trial.included.is_none());
        let epochs = epoch_losses(plotter, planned.map(|(position, _)| position))?;
        for (factor, _) in several.take(MAX_FACTORS) {
            figures.extend(level_curves(plotter, factor, &epochs)?);
        }
    }
    Ok(figures)
}

/// The curves of all trials, or of the best and the worst if there are many.
fn trial_curves(plotter: &Plotter) -> PolarsResult<Option<Figure>> {
    let (context, locale) = (plotter.context, plotter.locale);
    let listed = trial_positions(context.frame)?;
    let trials: Vec<usize> = if listed.len() <= MAX_SHOWN_TRIALS {
        listed
    } else {
        let scores = &context.analysis.scores;
        let mut ranked = listed.into_iter().filter(|&trial| scores[trial].is_some());
        let first = ranked.next();
        first.into_iter().chain(ranked.next_back()).collect()
    };
    let epochs = epoch_losses(plotter, trials.iter().copied())?;
    let position = |trial: usize| trials.iter().position(|&shown| shown == trial);
    let mut curves = split_curves(&epochs, trials.len(), position)?;
    for (curves, &trial) in curves.iter_mut().zip(&trials) {
        curves.name.clone_from(&context.plan.trials[trial].name);
    }
    let caption = match (
        context.plan.trials.len() <= MAX_SHOWN_TRIALS,
        locale.language,
    ) {
        (true, Language::English) => "Loss of each trial after each epoch",
        (true, Language::French) => "Perte de chaque essai après chaque époque",
        (false, Language::English) => "Loss of the best and the worst trial after each epoch",
        (false, Language::French) => "Perte du meilleur et du pire essai après chaque époque",
    };
    let chart = loss_curves(plotter.locale, caption, curves);
    let draw = |chart| plotter.draw(FigureKind::LearningCurves, caption.to_owned(), &chart);
    Ok(chart.map(draw))
}

/// The mean curves of each level of a factor, over all trials that have it.
fn level_curves(
    plotter: &Plotter,
    factor: usize,
    epochs: &EpochFrame,
) -> PolarsResult<Option<Figure>> {
    let (context, locale) = (plotter.context, plotter.locale);
    let varied = &context.sweep.factors[factor];
    let level_of = |trial: usize| *context.plan.trials[trial].levels.get(factor)?;
    let mut levels = split_curves(epochs, varied.levels.len(), level_of)?;
    for (curves, level) in levels.iter_mut().zip(&varied.levels) {
        curves.name.clone_from(&level.label);
    }
    let caption = match locale.language {
        Language::English => {
            format!(
                "Loss at each level of {}, over all other factors",
                varied.name
            )
        }
        Language::French => {
            format!(
                "Perte à chaque niveau de {}, sur tous les autres facteurs",
                varied.name
            )
        }
    };
    let name = name_in_file(factor, &varied.name);
    let chart = loss_curves(plotter.locale, &caption, levels);
    Ok(chart.map(|chart| plotter.draw_of(FigureKind::FactorCurves, &name, caption, &chart)))
}

/// Maximum number of characters of a factor's name in a file name.
const MAX_NAME_CHARS: usize = 100;

/// The name of the factor at this position in the name of its figure's file, unique for each factor.
fn name_in_file(position: usize, factor: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let safe = factor.chars().map(|c| if is_plain(c) { c } else { '-' });
    let safe: String = safe.take(MAX_NAME_CHARS).collect();
    if safe == factor {
        safe
    } else {
        format!("{safe}-{}", position + 1)
    }
}

/// The chart of the losses of trials over the epochs; `None` without any value.
pub(crate) fn loss_curves(
    locale: Locale,
    caption: &str,
    trials: Vec<TrialCurves>,
) -> Option<LearningCurves> {
    let has_points = trials
        .iter()
        .any(|trial| !trial.training.is_empty() || !trial.validation.is_empty());
    has_points.then(|| LearningCurves {
        heading: Heading::new(caption),
        x: Axis::linear(locale.tr("epoch", "époque"), ""),
        y: Axis::linear(
            locale.tr("cross-entropy loss", "perte (entropie croisée)"),
            "",
        ),
        trials,
        validation_label: locale.tr("validation", "validation").to_owned(),
        training_label: locale.tr("training", "entraînement").to_owned(),
        band_label: locale
            .tr("range across splits", "étendue entre les partages")
            .to_owned(),
    })
}

/// The mean curves of a trial over its splits, without a name.
///
/// # Errors
/// Polars refuses an operation; no result can cause this.
pub(crate) fn curves_of_trial(
    plan: &Plan,
    results: &Results,
    trial: usize,
) -> PolarsResult<TrialCurves> {
    let epochs = EpochFrame::new(plan, results, [trial], &loss_metrics())?;
    let curves = split_curves(&epochs, 1, |_| Some(0))?;
    Ok(curves.into_iter().next().unwrap_or_default())
}

/// For each of the `groups` groups of trials, the mean over the trials and splits after each epoch, with the lowest and
/// highest mean of a split; without names.
///
/// # Errors
/// Polars refuses an operation; no result can cause this.
fn split_curves(
    epochs: &EpochFrame,
    groups: usize,
    group_of: impl Fn(usize) -> Option<usize>,
) -> PolarsResult<Vec<TrialCurves>> {
    let means = epochs.over_splits(&loss_metrics(), groups, group_of)?;
    let curves = means.into_iter().map(|means| {
        let mut means = means.into_iter();
        let mut next = || {
            let means: Vec<EpochMean> = means.next().unwrap_or_default();
            means.into_iter().map(curve_point).collect()
        };
        TrialCurves {
            name: String::new(),
            validation: next(),
            training: next(),
        }
    });
    Ok(curves.collect())
}

/// The losses of the epochs of these trials.
fn epoch_losses(
    plotter: &Plotter,
    trials: impl IntoIterator<Item = usize>,
) -> PolarsResult<EpochFrame> {
    let context = plotter.context;
    EpochFrame::new(context.plan, context.results, trials, &loss_metrics())
}

/// The losses on the validation and on the training samples.
fn loss_metrics() -> [EpochMetric; 2] {
    [Part::Validation, Part::Training].map(|part| EpochMetric::Score(part.score(Score::LOSS)))
}

/// The point of a curve, with its band.
pub(super) fn curve_point(mean: EpochMean) -> CurvePoint {
    CurvePoint::with_band(mean.epoch as f64, mean.mean, mean.low, mean.high)
}
