//! The choice of a trial.

use super::candidate::{Candidate, Cost};
use crate::plan::Plan;
use crate::record::{Results, RunResult, compensated_mean};
use crate::spec::ReportOptions;

/// The chosen trial, and what led to the choice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// The position of the chosen trial in the plan.
    pub(crate) chosen: Option<usize>,
    /// Its mean score by the metric of the rule.
    pub(crate) chosen_score: Option<f64>,
    /// The number of ranked trials.
    pub(crate) ranked: usize,
    /// The number of ranked trials within all limits.
    pub(crate) within_limits: usize,
    /// The number of ranked trials that may be within all limits, but lack a measurement.
    pub(crate) unmeasured: usize,
    /// For each limit, the number of ranked trials that do not satisfy it.
    pub(crate) excluded: Vec<usize>,
    /// For each limit, the number of trials of `unmeasured` that lack its metric.
    pub(crate) missing: Vec<usize>,
    /// For each limit, the number of trials of `excluded` that have no value for its score.
    pub(crate) lacking_score: Vec<usize>,
    /// For each trial of the plan, whether it is within all limits; `None` if it is not ranked or
    /// lacks a measurement.
    pub(crate) is_within_limits: Vec<Option<bool>>,
    /// Whether the cost of a trial within all limits, which the rule minimises, was not measured.
    pub(crate) lacks_cost: bool,
    /// Whether further results and measurements cannot change the choice.
    pub(crate) is_final: bool,
}

/// Chooses a trial by the rule of the sweep file.
///
/// The rule chooses among the ranked trials within all limits: the best of them, or the cheapest
/// within one standard error of the best of them. A trial without a measurement that a limit or the
/// cost needs is never chosen.
pub(crate) fn select(options: &ReportOptions, plan: &Plan, results: &Results) -> Selection {
    let limits = options.select.limits.len();
    let mut selection = Selection {
        excluded: vec![0; limits],
        missing: vec![0; limits],
        lacking_score: vec![0; limits],
        is_within_limits: vec![None; plan.trials.len()],
        ..Selection::default()
    };
    let result = |run| results.runs.get(&run);
    let candidate = |trial| {
        let profile = results.profiles.get(&trial).map(|profile| &profile.profile);
        Candidate::of(options, plan, trial, result, profile)
    };
    let mut within: Vec<Candidate> = Vec::new();
    for candidate in (0..plan.trials.len()).filter_map(candidate) {
        let is_within = candidate.is_within_limits();
        selection.ranked += 1;
        selection.is_within_limits[candidate.trial] = is_within;
        selection.lacks_cost |= candidate.cost == Cost::Unmeasured && is_within != Some(false);
        for (limit, satisfied) in candidate.satisfies.iter().enumerate() {
            selection.excluded[limit] += usize::from(*satisfied == Some(false));
            selection.missing[limit] += usize::from(satisfied.is_none() && is_within.is_none());
        }
        for (limit, lacks) in candidate.lacks_score.iter().enumerate() {
            selection.lacking_score[limit] += usize::from(*lacks);
        }
        match is_within {
            Some(true) => within.push(candidate),
            Some(false) => {}
            None => selection.unmeasured += 1,
        }
    }
    selection.within_limits = within.len();
    within.sort_by_key(|candidate| candidate.rank_key);
    selection.chosen = choose(options, &within).map(|candidate| candidate.trial);
    selection.chosen_score = selection.chosen.and_then(|trial| {
        let runs = plan.runs_of(trial).filter_map(result);
        let scores = runs.map(|run| run.validation_score(options.best_by()));
        scores
            .collect::<Option<Vec<f64>>>()
            .map(|scores| compensated_mean(&scores))
    });
    let is_complete = || {
        let mut runs = plan.runs();
        runs.all(|run| result(run).is_some_and(|result: &RunResult| !result.should_retry()))
    };
    selection.is_final = selection.unmeasured == 0 && !selection.lacks_cost && is_complete();
    selection
}

/// Chooses one of the candidates within the limits, the best first.
fn choose<'a>(options: &ReportOptions, within: &'a [Candidate]) -> Option<&'a Candidate> {
    if options.select.one_standard_error.is_none() {
        return within.first();
    }
    let candidate = |candidate: &Candidate| {
        let (cost, cost_error) = match candidate.cost {
            Cost::Known(cost, error) => (cost, error),
            Cost::Irrelevant | Cost::Unmeasured => (f64::NAN, 0.0),
        };
        statistics::Candidate {
            mean: candidate.mean,
            standard_error: candidate.standard_error,
            cost,
            cost_error,
        }
    };
    let candidates: Vec<statistics::Candidate> = within.iter().map(candidate).collect();
    let choice = statistics::one_standard_error(&candidates, options.best_by().direction)?;
    Some(&within[choice.chosen])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Profile, Score, Scores};
    use crate::plan::RunHash;
    use crate::random::Seed;
    use crate::record::{ProfileConditions, TrialProfile};
    use crate::spec::{Config, Source, Sweep};
    use proptest::prelude::*;

    /// Two shapes of four trials each, on two splits.
    fn planned(select: &str) -> (Sweep, Plan) {
        let text = format!(
            "validation: {{ folds: 2 }}\nreport: {{ select: {select} }}\n\
             grid:\n  training.learning_rate: [0.1, 0.2, 0.3, 0.4]\n  model.width: [2, 3]\n"
        );
        let source = Source {
            name: "test.yaml".into(),
            text,
        };
        let sweep = Sweep::parse(source, "test", &[]).unwrap();
        let plan = Plan::new(&sweep).unwrap();
        (sweep, plan)
    }

    fn run(accuracy: f64, loss: f64) -> RunResult {
        let seed = Seed {
            sweep: 0,
            repeat: 0,
            fold: 0,
        };
        RunResult {
            run_hash: RunHash::new(&Config::default(), seed, "data"),
            trial: "made-up".to_owned(),
            repeat: 0,
            fold: 0,
            failure: None,
            final_epoch: Some(1),
            validation: Some(Scores::from([
                (Score::LOSS, loss),
                (Score::ACCURACY, accuracy),
                (Score::MACRO_F1, accuracy),
            ])),
            test: None,
            epochs: Vec::new(),
            seconds_per_epoch: None,
            seconds: 1.0,
            parameters: 1,
            device: "cpu".to_owned(),
            workers: 1,
            cohort: 1,
            precision: "float32".to_owned(),
            config: serde_json::Value::Null,
            events: None,
        }
    }

    /// A profile of this many milliseconds and kilobytes.
    fn profile(size: u8) -> TrialProfile {
        TrialProfile {
            conditions: ProfileConditions {
                device: "cpu".to_owned(),
                program: None,
                processor: None,
            },
            measured_trial: None,
            profile: Profile {
                seconds_per_epoch: 1e-3 * f64::from(size),
                relative_error: Some(0.2),
                steps: 1,
                peak_bytes: Some(1000 * u64::from(size)),
            },
        }
    }

    /// Results with these tenths of accuracy, in the order of the plan, and losses that fall with it.
    fn results(plan: &Plan, tenths: &[u8]) -> Results {
        let losses: Vec<u8> = tenths.iter().map(|tenths| 10 - tenths).collect();
        results_with_losses(plan, tenths, &losses)
    }

    /// Results with these tenths of accuracy and of loss.
    fn results_with_losses(plan: &Plan, tenths: &[u8], losses: &[u8]) -> Results {
        let scores = tenths.iter().zip(losses);
        let result = |(&accuracy, &loss): (&u8, &u8)| {
            let [accuracy, loss] = [accuracy, loss].map(|tenths| 0.1 * f64::from(tenths));
            run(accuracy, loss)
        };
        Results {
            runs: plan.runs().zip(scores.map(result)).collect(),
            ..Results::default()
        }
    }

    const RULES: [&str; 7] = [
        "one_standard_error",
        "{ one_standard_error: seconds }",
        "{ where: { seconds_per_epoch: <= 4 ms } }",
        "{ best: loss, where: { peak_memory: < 5 kB, accuracy: '>= 0.3' } }",
        "{ one_standard_error: parameters, where: { seconds_per_epoch: < 4 ms } }",
        "{ one_standard_error: seconds, where: { peak_memory: '> 3 kB' } }",
        "{ best: loss, one_standard_error: seconds, where: { parameters: < 2000 } }",
    ];

    proptest! {
        #[test]
        fn a_candidate_that_another_precludes_is_never_chosen(
            tenths in prop::collection::vec(0_u8..8, 16),
            losses in prop::collection::vec(0_u8..8, 16),
            rule in 0..RULES.len(),
            order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
            early in prop::collection::vec(prop::option::of(1_u8..8), 8),
            late in prop::collection::vec(1_u8..8, 2),
        ) {
            let (sweep, plan) = planned(RULES[rule]);
            let mut results = results_with_losses(&plan, &tenths, &losses);
            for (trial, &size) in early.iter().enumerate() {
                results.profiles.extend(size.map(|size| (trial, profile(size))));
            }
            let mut left: Vec<Candidate> = Vec::new();
            for trial in order {
                let known = results.profiles.get(&trial).map(|known| &known.profile);
                let result = |run| results.runs.get(&run);
                let new = Candidate::of(&sweep.options.report, &plan, trial, result, known).unwrap();
                if new.is_within_limits() != Some(false) && !left.iter().any(|old| old.precludes(&new)) {
                    left.retain(|old| !new.precludes(old));
                    left.push(new);
                }
            }
            // Trials of one shape get the same profile.
            for (group, &size) in plan.profile_groups(0..8).into_iter().zip(&late) {
                for trial in group {
                    results.profiles.entry(trial).or_insert_with(|| profile(size));
                }
            }
            let selection = select(&sweep.options.report, &plan, &results);
            prop_assert!(selection.is_final);
            if let Some(chosen) = selection.chosen {
                prop_assert!(left.iter().any(|candidate| candidate.trial == chosen), "{}", RULES[rule]);
            }
        }
    }

    #[test]
    fn the_metric_of_the_rule_decides_whatever_the_ranking() {
        let accuracies = [7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0];
        let losses = [7, 7, 6, 6, 1, 1, 4, 4, 3, 3, 2, 2, 5, 5, 6, 6];
        for (rule, chosen) in [
            ("{ best: accuracy }", 0),
            ("{ best: loss }", 2),
            ("{ best: loss, where: { accuracy: < 0.5 } }", 5),
            ("{ best: loss, one_standard_error: parameters }", 2),
        ] {
            let (sweep, plan) = planned(rule);
            let results = results_with_losses(&plan, &accuracies, &losses);
            let selection = select(&sweep.options.report, &plan, &results);
            assert_eq!(selection.chosen, Some(chosen), "{rule}");
        }
    }

    #[test]
    fn trials_are_counted_by_what_keeps_them_from_being_chosen() {
        let (sweep, plan) =
            planned("{ where: { seconds_per_epoch: <= 4 ms, parameters: < 2000 } }");
        let mut results = results(&plan, &[1, 1, 7, 7, 2, 2, 6, 6, 3, 3, 5, 5, 4, 4, 4, 4]);
        // Of the trials of width 2, which have fewer than 2,000 parameters, one is too slow and one
        // has no profile; of width 3, one is too slow, too.
        for (trial, size) in [(0, 3), (2, 4), (4, 5), (1, 5)] {
            results.profiles.insert(trial, profile(size));
        }
        let selection = select(&sweep.options.report, &plan, &results);
        assert_eq!(selection.chosen, Some(2));
        assert_eq!((selection.ranked, selection.within_limits), (8, 2));
        assert_eq!((selection.unmeasured, selection.excluded), (1, vec![2, 4]));
        assert_eq!(selection.missing, [1, 0]);
        let is_within = selection.is_within_limits;
        assert_eq!(is_within[..3], [Some(true), Some(false), Some(true)]);
        assert_eq!(is_within[6], None);
        assert!(
            !selection.is_final,
            "trial 6 may still be within the limits"
        );
    }

    #[test]
    fn a_missing_run_leaves_its_trial_out_and_the_choice_open() {
        let (sweep, plan) = planned("{ where: { parameters: < 2000 } }");
        let mut results = results(&plan, &[7, 7, 0, 0, 6, 6, 0, 0, 5, 5, 0, 0, 4, 4, 0, 0]);
        let all = select(&sweep.options.report, &plan, &results);
        assert_eq!((all.chosen, all.is_final), (Some(0), true));
        assert!((all.chosen_score.unwrap() - 0.7).abs() < 1e-12);
        let first = plan.runs().next().unwrap();
        results.runs.remove(&first);
        let open = select(&sweep.options.report, &plan, &results);
        assert_eq!(
            (open.chosen, open.is_final, open.ranked),
            (Some(2), false, 7)
        );
    }
}
