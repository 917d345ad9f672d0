//! Learning curves.

use super::Figures;
use crate::metrics::EpochMetrics;
use crate::record::RunResult;
use crate::report::document::figure::Figure;
use crate::report::results::frame::trial_positions;
use crate::spec::Language;
use charts::{Axis, CurvePoint, Heading, LearningCurves, TrialCurves};

/// Factors whose levels have a picture.
const MOST_FACTORS: usize = 8;

/// Trials up to which all are shown in the place of the best and the worst.
const ALL: usize = 6;

/// The pictures, as far as there are curves of two epochs or more.
pub(crate) fn figures(figures: &Figures) -> Vec<Figure> {
    let material = figures.material;
    let longest = material
        .results
        .runs
        .values()
        .map(|run| run.epochs.len())
        .max();
    if longest.is_none_or(|epochs| epochs < 2) {
        return Vec::new();
    }
    let mut made: Vec<Figure> = of_trials(figures).into_iter().collect();
    let factors = &material.sweep.factors;
    if material.plan.is_validated() && material.plan.trials.len() > ALL {
        let several = factors
            .iter()
            .enumerate()
            .filter(|(_, f)| f.levels.len() > 1);
        let levels = several
            .take(MOST_FACTORS)
            .map(|(factor, _)| of_levels(figures, factor));
        made.extend(levels.flatten());
    }
    made
}

/// Of few trials all; else of the best and the worst.
fn of_trials(figures: &Figures) -> Option<Figure> {
    let (material, words) = (figures.material, figures.words);
    let listed = trial_positions(material.frame).ok()?;
    let trials: Vec<usize> = match listed.len() <= ALL {
        true => listed,
        false => {
            let scores = &material.analysis.scores;
            let mut ranked = listed.into_iter().filter(|&trial| scores[trial].is_some());
            let first = ranked.next();
            first.into_iter().chain(ranked.next_back()).collect()
        }
    };
    let curves = |&trial: &usize| TrialCurves {
        name: material.plan.trials[trial].name.clone(),
        ..split_curves(figures, &[trial])
    };
    let caption = match (material.plan.trials.len() <= ALL, words.language) {
        (true, Language::English) => "Loss of each trial after each epoch",
        (true, Language::French) => "Perte de chaque essai après chaque époque",
        (false, Language::English) => "Loss of the best and the worst trial after each epoch",
        (false, Language::French) => "Perte du meilleur et du pire essai après chaque époque",
    };
    let trials: Vec<TrialCurves> = trials.iter().map(curves).collect();
    draw(figures, "learning-curves", caption.to_owned(), trials)
}

/// Of each level of a factor, over all trials that have it.
fn of_levels(figures: &Figures, factor: usize) -> Option<Figure> {
    let (material, words) = (figures.material, figures.words);
    let own = &material.sweep.factors[factor];
    let levels = own.levels.iter().enumerate().map(|(level, named)| {
        let trials = material.plan.trials.iter().enumerate();
        let has = trials.filter(|(_, trial)| {
            trial.included.is_none() && trial.levels.get(factor) == Some(&Some(level))
        });
        let trials: Vec<usize> = has.map(|(position, _)| position).collect();
        TrialCurves {
            name: named.label.clone(),
            ..split_curves(figures, &trials)
        }
    });
    let caption = match words.language {
        Language::English => {
            format!("Loss at each level of {}, over all other factors", own.name)
        }
        Language::French => {
            format!(
                "Perte à chaque niveau de {}, sur tous les autres facteurs",
                own.name
            )
        }
    };
    draw(
        figures,
        &file_name(factor, &own.name),
        caption,
        levels.collect(),
    )
}

/// The longest name of a factor that is part of a file's name, in characters.
const LONGEST_NAME: usize = 100;

/// The name of the picture of the factor at this position: of two factors never the same, whatever
/// they are called.
fn file_name(position: usize, factor: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let safe = factor.chars().map(|c| if is_plain(c) { c } else { '-' });
    let safe: String = safe.take(LONGEST_NAME).collect();
    match safe == factor {
        true => format!("learning-curves-{safe}"),
        false => format!("learning-curves-{safe}-{}", position + 1),
    }
}

fn draw(
    figures: &Figures,
    name: &str,
    caption: String,
    trials: Vec<TrialCurves>,
) -> Option<Figure> {
    let words = figures.words;
    let there = trials
        .iter()
        .any(|trial| !trial.training.is_empty() || !trial.validation.is_empty());
    let chart = LearningCurves {
        heading: Heading::new(&caption),
        x: Axis::linear(words.pick("epoch", "époque"), ""),
        y: Axis::linear(
            words.pick("cross-entropy loss", "perte (entropie croisée)"),
            "",
        ),
        trials,
        validation_label: words.pick("validation", "validation").to_owned(),
        training_label: words.pick("training", "entraînement").to_owned(),
        band_label: words
            .pick(
                "lowest to highest split",
                "du plus bas au plus haut partage",
            )
            .to_owned(),
    };
    there.then(|| figures.draw(name, caption, &chart))
}

/// The curves of trials taken together: the mean over trials and splits after each epoch, and the
/// lowest and highest mean of a split.
fn split_curves(figures: &Figures, trials: &[usize]) -> TrialCurves {
    let material = figures.material;
    let mut splits: Vec<Vec<&RunResult>> = Vec::new();
    for &trial in trials {
        for (split, run) in material.plan.runs_of(trial).enumerate() {
            if splits.len() <= split {
                splits.push(Vec::new());
            }
            splits[split].extend(material.results.finished(run));
        }
    }
    TrialCurves {
        name: String::new(),
        validation: curve(&splits, |epoch| epoch.val_loss),
        training: curve(&splits, |epoch| Some(epoch.train_loss)),
    }
}

fn curve(splits: &[Vec<&RunResult>], of: fn(&EpochMetrics) -> Option<f64>) -> Vec<CurvePoint> {
    let epochs = splits
        .iter()
        .flatten()
        .map(|run| run.epochs.len())
        .max()
        .unwrap_or(0);
    let point = |index: usize| {
        let mean_of_split = |runs: &Vec<&RunResult>| {
            let values = runs.iter().filter_map(|run| of(run.epochs.get(index)?));
            mean(values)
        };
        let means: Vec<f64> = splits.iter().filter_map(mean_of_split).collect();
        let [low, high] = [f64::min, f64::max].map(|of| means.iter().copied().reduce(of));
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
