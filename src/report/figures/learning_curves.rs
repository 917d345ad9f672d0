//! Learning curves.

use super::figure_kind::FigureKind;
use super::plotter::Plotter;
use crate::metrics::{Part, PartScore, Score};
use crate::plan::Plan;
use crate::record::{Results, RunResult};
use crate::report::document::figure::Figure;
use crate::report::locale::Locale;
use crate::report::results::trial_frame::trial_positions;
use crate::spec::Language;
use charts::{Axis, CurvePoint, Heading, LearningCurves, TrialCurves};

/// Maximum number of factors with a figure.
const MAX_FACTORS: usize = 8;

/// Maximum number of trials that are all shown; of more trials, only the best and the worst are.
const MAX_SHOWN_TRIALS: usize = 6;

/// Draws the curves of trials and of the levels of each factor, if a run has two epochs or more.
pub(crate) fn learning_curves(plotter: &Plotter) -> Vec<Figure> {
    let context = plotter.context;
    let max_epochs = context
        .results
        .runs
        .values()
        .map(|run| run.epochs.len())
        .max();
    if max_epochs.is_none_or(|epochs| epochs < 2) {
        return Vec::new();
    }
    let mut figures: Vec<Figure> = trial_curves(plotter).into_iter().collect();
    let factors = &context.sweep.factors;
    if context.plan.is_validated() && context.plan.trials.len() > MAX_SHOWN_TRIALS {
        let several = factors
            .iter()
            .enumerate()
            .filter(|(_, f)| f.levels.len() > 1);
        let levels = several
            .take(MAX_FACTORS)
            .map(|(factor, _)| level_curves(plotter, factor));
        figures.extend(levels.flatten());
    }
    figures
}

/// The curves of all trials, or of the best and the worst if there are many.
fn trial_curves(plotter: &Plotter) -> Option<Figure> {
    let (context, locale) = (plotter.context, plotter.locale);
    let listed = trial_positions(context.frame).ok()?;
    let trials: Vec<usize> = if listed.len() <= MAX_SHOWN_TRIALS {
        listed
    } else {
        let scores = &context.analysis.scores;
        let mut ranked = listed.into_iter().filter(|&trial| scores[trial].is_some());
        let first = ranked.next();
        first.into_iter().chain(ranked.next_back()).collect()
    };
    let curves = |&trial: &usize| TrialCurves {
        name: context.plan.trials[trial].name.clone(),
        ..split_curves(context.plan, context.results, &[trial])
    };
    let caption = match (
        context.plan.trials.len() <= MAX_SHOWN_TRIALS,
        locale.language,
    ) {
        (true, Language::English) => "Loss of each trial after each epoch",
        (true, Language::French) => "Perte de chaque essai après chaque époque",
        (false, Language::English) => "Loss of the best and the worst trial after each epoch",
        (false, Language::French) => "Perte du meilleur et du pire essai après chaque époque",
    };
    let trials: Vec<TrialCurves> = trials.iter().map(curves).collect();
    let chart = loss_curves(plotter.locale, caption, trials)?;
    Some(plotter.draw(FigureKind::LearningCurves, caption.to_owned(), &chart))
}

/// The mean curves of each level of a factor, over all trials that have it.
fn level_curves(plotter: &Plotter, factor: usize) -> Option<Figure> {
    let (context, locale) = (plotter.context, plotter.locale);
    let varied = &context.sweep.factors[factor];
    let levels = varied.levels.iter().enumerate().map(|(level, named)| {
        let trials = context.plan.trials.iter().enumerate();
        let has = trials.filter(|(_, trial)| {
            trial.included.is_none() && trial.levels.get(factor) == Some(&Some(level))
        });
        let trials: Vec<usize> = has.map(|(position, _)| position).collect();
        TrialCurves {
            name: named.label.clone(),
            ..split_curves(context.plan, context.results, &trials)
        }
    });
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
    let chart = loss_curves(plotter.locale, &caption, levels.collect())?;
    let name = name_in_file(factor, &varied.name);
    Some(plotter.draw_of(FigureKind::FactorCurves, &name, caption, &chart))
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

/// The mean over the trials and splits after each epoch, with the lowest and highest mean of a
/// split.
pub(crate) fn split_curves(plan: &Plan, results: &Results, trials: &[usize]) -> TrialCurves {
    let mut splits: Vec<Vec<&RunResult>> = Vec::new();
    for &trial in trials {
        for (split, run) in plan.runs_of(trial).enumerate() {
            if splits.len() <= split {
                splits.push(Vec::new());
            }
            splits[split].extend(results.finished(run));
        }
    }
    TrialCurves {
        name: String::new(),
        validation: curve(&splits, Part::Validation.score(Score::LOSS)),
        training: curve(&splits, Part::Training.score(Score::LOSS)),
    }
}

fn curve(splits: &[Vec<&RunResult>], score: PartScore) -> Vec<CurvePoint> {
    let epochs = splits
        .iter()
        .flatten()
        .map(|run| run.epochs.len())
        .max()
        .unwrap_or(0);
    let point = |index: usize| {
        let mean_of_split = |runs: &Vec<&RunResult>| {
            let values = runs
                .iter()
                .filter_map(|run| run.epochs.get(index)?.score(score));
            mean(values)
        };
        let means: Vec<f64> = splits.iter().filter_map(mean_of_split).collect();
        let [low, high] = [f64::min, f64::max].map(|extreme| means.iter().copied().reduce(extreme));
        Some(CurvePoint::with_band(
            (index + 1) as f64,
            mean(means.iter().copied())?,
            low?,
            high?,
        ))
    };
    (0..epochs).filter_map(point).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
