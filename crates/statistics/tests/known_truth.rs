//! How many of the trials that are truly worse are found, on a sweep of which the truth is known.

use statistics::{Direction, against_best, corrected_t_test, forecast, holm};

const SPLITS: usize = 90;
const ERROR_RATE: f64 = 0.05;
/// Three folds.
const RATIO: f64 = 0.5;
/// Truly worse by at least this much.
const LOSSES: [f64; 3] = [0.01, 0.03, 0.1];

struct Truth {
    /// Validation accuracies: `[trial][split]`.
    scores: Vec<Vec<f64>>,
    /// Means over all splits.
    means: Vec<f64>,
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

impl Truth {
    fn read() -> Self {
        let rows = include_str!("data/axe5-30x3.csv").lines().skip(1);
        let scores: Vec<Vec<f64>> = rows
            .map(|row| {
                let fields: Vec<&str> = row.split(',').collect();
                let scores = fields[fields.len() - SPLITS..].iter();
                scores.map(|score| score.parse().unwrap()).collect()
            })
            .collect();
        let means = scores.iter().map(|row| mean(row)).collect();
        Self { scores, means }
    }

    /// Judges a method on all blocks of this many splits. It gets the scores of a block and returns
    /// the best trial, and for each trial whether it is called worse.
    fn judge(&self, splits: usize, method: impl Fn(&[&[f64]]) -> (usize, Vec<bool>)) -> Judgement {
        let best_mean = self.means.iter().copied().fold(f64::MIN, f64::max);
        let mut judgement = Judgement {
            sweeps: SPLITS / splits,
            ..Judgement::default()
        };
        for block in 0..judgement.sweeps {
            let part = block * splits..(block + 1) * splits;
            let scores: Vec<&[f64]> = self.scores.iter().map(|row| &row[part.clone()]).collect();
            let (best, worse) = method(&scores);
            let is_false = |trial: usize| worse[trial] && self.means[trial] >= self.means[best];
            judgement.false_alarms += usize::from((0..scores.len()).any(is_false));
            for (trial, mean) in self.means.iter().enumerate() {
                for (index, loss) in LOSSES.into_iter().enumerate() {
                    if best_mean - mean >= loss {
                        judgement.worse[index] += 1;
                        judgement.found[index] += usize::from(worse[trial]);
                    }
                }
            }
        }
        judgement
    }

    /// The best method: it knows the variances.
    fn oracle(&self, scores: &[&[f64]]) -> (usize, Vec<bool>) {
        let splits = scores[0].len() as f64;
        let best = best(scores);
        let p_value = |trial: usize| {
            let pairs = self.scores[trial].iter().zip(&self.scores[best]);
            let differences: Vec<f64> = pairs.map(|(one, other)| one - other).collect();
            let centre = mean(&differences);
            let squares: f64 = differences.iter().map(|d| (d - centre).powi(2)).sum();
            let variance = squares / (SPLITS - 1) as f64;
            let difference = mean(scores[trial]) - mean(scores[best]);
            let z = difference.abs() / ((1.0 / splits + RATIO) * variance).sqrt();
            statrs::function::erf::erfc(z / std::f64::consts::SQRT_2)
        };
        (best, holm_for_all_pairs(scores.len(), best, p_value))
    }
}

/// The best trial.
fn best(scores: &[&[f64]]) -> usize {
    (1..scores.len()).fold(0, |best, trial| {
        if mean(scores[trial]) > mean(scores[best]) {
            trial
        } else {
            best
        }
    })
}

/// Holm's method, times half the number of trials for the selection of the best.
fn holm_for_all_pairs(trials: usize, best: usize, p_value: impl Fn(usize) -> f64) -> Vec<bool> {
    let others: Vec<usize> = (0..trials).filter(|&trial| trial != best).collect();
    let p_values: Vec<f64> = others.iter().map(|&trial| p_value(trial)).collect();
    let mut worse = vec![false; trials];
    for (&trial, p) in others.iter().zip(holm(&p_values)) {
        worse[trial] = p * trials as f64 / 2.0 <= ERROR_RATE;
    }
    worse
}

/// Separate variances: the corrected t-test of each trial and the best.
fn separate(scores: &[&[f64]]) -> (usize, Vec<bool>) {
    let best = best(scores);
    let p_value = |trial: usize| {
        let test = corrected_t_test(scores[trial], scores[best], RATIO);
        test.unwrap().p_value
    };
    (best, holm_for_all_pairs(scores.len(), best, p_value))
}

/// This crate's method.
fn moderated(scores: &[&[f64]]) -> (usize, Vec<bool>) {
    let found = against_best(scores, Direction::Maximise, RATIO).unwrap();
    let same = found.indistinguishable_from_best(ERROR_RATE);
    (found.best, same.into_iter().map(|same| !same).collect())
}

#[derive(Default)]
struct Judgement {
    sweeps: usize,
    false_alarms: usize,
    /// Trials that are worse by [`LOSSES`], in all sweeps together, and those that were found.
    worse: [usize; 3],
    found: [usize; 3],
}

impl Judgement {
    fn percent(&self, index: usize) -> f64 {
        100.0 * self.found[index] as f64 / self.worse[index] as f64
    }

    fn row(&self, splits: usize, method: &str) -> String {
        let [one, three, ten] = [0, 1, 2].map(|index| format!("{:.0} %", self.percent(index)));
        let Self {
            sweeps,
            false_alarms,
            ..
        } = self;
        format!("| {splits} | {method} | {false_alarms} of {sweeps} | {one} | {three} | {ten} |")
    }
}

#[test]
fn most_trials_that_are_worse_are_found_and_no_others() {
    let truth = Truth::read();
    assert_eq!(truth.scores.len(), 108);
    let document = include_str!("../../../docs/statistics.md");
    let judge = |splits: usize| {
        let methods = [
            ("separate variances", truth.judge(splits, separate)),
            ("moderated variances", truth.judge(splits, moderated)),
            (
                "variances known",
                truth.judge(splits, |scores| truth.oracle(scores)),
            ),
        ];
        for (method, judgement) in &methods {
            println!("{}", judgement.row(splits, method));
        }
        (splits, methods)
    };
    let judged = [3, 5, 10, 30].map(judge);
    for (splits, [separate, ours, oracle]) in judged {
        for (method, judgement) in [&separate, &ours, &oracle] {
            let row = judgement.row(splits, method);
            assert!(
                document.contains(&row),
                "docs/statistics.md should have\n{row}"
            );
        }
        let (ours, oracle) = (ours.1, oracle.1);
        assert_eq!(ours.false_alarms, 0);
        let wanted = if splits == 3 {
            [60.0, 85.0, 97.0]
        } else {
            [0, 1, 2].map(|index| oracle.percent(index) - 10.0)
        };
        for (index, wanted) in wanted.into_iter().enumerate() {
            assert!(ours.percent(index) >= wanted, "{splits} splits, {index}");
        }
    }
}

/// Forecasts from three splits, compared with what as many splits show as they name. One forecast may be
/// wrong by much, since three splits show little; over all blocks they are right.
#[test]
fn forecasts_promise_what_more_splits_show() {
    let truth = Truth::read();
    let (mut promised, mut shown, mut tried) = (0, 0, 0);
    for block in 0..SPLITS / 3 {
        let part = |count: usize| -> Vec<Vec<f64>> {
            let splits = (0..count).map(|split| (3 * block + split) % SPLITS);
            let rows = truth.scores.iter();
            rows.map(|row| splits.clone().map(|split| row[split]).collect())
                .collect()
        };
        let now = part(3);
        let Some(found) = forecast(&now, Direction::Maximise, RATIO, ERROR_RATE).unwrap() else {
            continue;
        };
        let Some(splits) = found.splits.filter(|&splits| splits <= SPLITS) else {
            continue;
        };
        let marks = |scores: &[Vec<f64>]| {
            let found = against_best(scores, Direction::Maximise, RATIO).unwrap();
            found.indistinguishable_from_best(ERROR_RATE)
        };
        let splits = splits.div_ceil(3) * 3;
        let (before, after) = (marks(&now), marks(&part(splits)));
        let pairs = before.iter().zip(&after);
        let gained = pairs.filter(|&(&before, &after)| before && !after).count();
        println!(
            "block {block}: {} ties, {} separable, promised {} at {splits} splits, shown {gained}",
            before.iter().filter(|&&tie| tie).count() - 1,
            found.separable,
            found.separable.div_ceil(2),
        );
        promised += found.separable.div_ceil(2);
        shown += gained;
        tried += 1;
    }
    println!("{tried} blocks: promised {promised}, shown {shown}");
    assert!(tried >= 20, "{tried}");
    let ratio = shown as f64 / promised as f64;
    assert!(
        (0.75..1.33).contains(&ratio),
        "promised {promised}, shown {shown}"
    );
}
