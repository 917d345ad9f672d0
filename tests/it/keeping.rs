//! Exactly the weights of the best trials are kept, whatever happens during the sweep, and keeping them
//! changes nothing else.

use crate::support::executor::{Ending, FakeExecutor};
use crate::support::made_up::{Setup, device_slot, file, planned, store};
#[cfg(unix)]
use crate::support::recovery::process::{paused_when, results, start, until_caught};
use crate::support::{Project, files, repository};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::report::{Listing, NoDetails, Report};
use tp_sweep::run::Interrupt;
use tp_sweep::spec::{DataRemarks, Sweep};

/// An executor whose runs have these tenths of accuracy above a half, in the order of the plan, and losses in
/// another order, which tie where accuracies do and for some more; a run with 0 tenths diverges.
fn with_tenths(tenths: &[u32], folds: usize) -> FakeExecutor<'_> {
    FakeExecutor::new(move |run| ending(tenths, folds, run))
}

fn ending(tenths: &[u32], folds: usize, run: RunId) -> Ending {
    match tenths[run.trial * folds + run.fold as usize] {
        0 => Ending::Diverged,
        tenths => Ending::Finished {
            accuracy: 0.5 + f64::from(tenths) / 10.0,
            loss: [0.3, 0.1, 0.3, 0.2][(tenths as usize - 1) % 4],
        },
    }
}

/// Trains what has no result, in cohorts of two, until it is interrupted.
fn run(
    folder: &Path,
    sweep: &Sweep,
    plan: &Plan,
    executor: &FakeExecutor,
    workers: usize,
    interrupt: Interrupt,
) {
    let setup = Setup {
        cohort: Some(2),
        interrupt,
        ..Setup::on(vec![device_slot(executor, "cpu", workers)])
    };
    setup.run(folder, sweep, plan).unwrap();
}

/// The trials that have weights, and the number of runs that do.
fn kept(folder: &Path) -> (BTreeSet<String>, usize) {
    let weights: Vec<_> = files(folder)
        .into_iter()
        .filter(|path| path.ends_with("model.safetensors"))
        .collect();
    let trial = |path: &PathBuf| {
        let trial = path.ancestors().nth(2).unwrap().file_name().unwrap();
        trial.to_string_lossy().into_owned()
    };
    (weights.iter().map(trial).collect(), weights.len())
}

/// The tables of the results in this folder.
fn csv(folder: &Path, sweep: &Sweep, plan: &Plan) -> String {
    let results = store(folder, plan).read(plan);
    let remarks = DataRemarks::default();
    let report = Report::new(
        sweep,
        plan,
        &results,
        &remarks,
        &Listing::default(),
        &NoDetails,
    );
    file(&report.unwrap(), "csv")
}

/// The names of the trials that the tables rank, the best first.
fn ranked(folder: &Path, sweep: &Sweep, plan: &Plan) -> Vec<String> {
    let csv = csv(folder, sweep, plan);
    let rows = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>());
    rows.filter(|row| !row[0].is_empty())
        .map(|row| row[1].to_owned())
        .collect()
}

fn sweep_text(keep: &str, rank_by: &str) -> String {
    format!(
        "data: {{ limit: 100 }}\nmodel: {{ width: 2 }}\ntraining: {{ epochs: 1 }}\n\
         validation: {{ folds: 3 }}\nkeep: {keep}\nreport: {{ rank_by: {rank_by} }}\n\
         grid:\n  training.learning_rate: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]\n"
    )
}

/// Rules that may choose another trial than the best. A width of 2 means 1,600 parameters, one of 3 means
/// 2,395; the executor makes up times and bytes in proportion.
const RULES: [&str; 8] = [
    "{ where: { parameters: <= 2000 } }",
    "{ where: { seconds_per_epoch: <= 0.002 } }",
    "{ where: { peak_memory: < 30 kB, accuracy: '> 0.6' } }",
    "{ where: { accuracy: <= 0.7 } }",
    "{ best: loss }",
    "one_standard_error",
    "{ one_standard_error: seconds }",
    "{ best: loss, one_standard_error: seconds, where: { peak_memory: '> 30 kB', accuracy: <= 0.8 } }",
];

/// The trial that the tables mark as chosen.
fn chosen(folder: &Path, sweep: &Sweep, plan: &Plan) -> Option<String> {
    let csv = csv(folder, sweep, plan);
    let mut rows = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let column = header.iter().position(|name| *name == "chosen").unwrap();
    let chosen = rows.find(|row| row[column] == "true");
    chosen.map(|row| row[1].to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_chosen_trial_is_kept_too_whatever_the_rule(
        tenths in prop::collection::vec(0_u32..5, 24),
        rule in 0_usize..RULES.len(),
        keep in 1_usize..3,
        workers in 1_usize..4,
        interrupted_after in prop::option::of(1_usize..20),
    ) {
        let rank_by = format!("accuracy, select: {}", RULES[rule]);
        let text = sweep_text(&format!("best {keep}"), &rank_by)
            .replace("[0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]", "[0.9, 0.8, 0.7, 0.6]")
            .replace("grid:", "grid:\n  model.width: [3, 2]");
        let (sweep, plan) = planned(&text);
        prop_assert_eq!(plan.trials.len(), 8);
        let folder = tempfile::tempdir().unwrap();
        let interrupt = Interrupt::default();
        let started = AtomicUsize::new(0);
        let first = FakeExecutor::new(|run| {
            if interrupted_after == Some(1 + started.fetch_add(1, Ordering::SeqCst)) {
                interrupt.request();
            }
            ending(&tenths, 3, run)
        });
        run(folder.path(), &sweep, &plan, &first, workers, interrupt.clone());
        run(folder.path(), &sweep, &plan, &with_tenths(&tenths, 3), workers, Interrupt::default());
        let ranked = ranked(folder.path(), &sweep, &plan);
        let mut expected: BTreeSet<String> = ranked.into_iter().take(keep).collect();
        expected.extend(chosen(folder.path(), &sweep, &plan));
        let (trials, runs) = kept(folder.path());
        prop_assert_eq!(runs, 3 * expected.len());
        prop_assert_eq!(trials, expected, "{}", RULES[rule]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_best_ranked_trials_are_kept_despite_ties_failures_and_interrupts(
        // Few different accuracies, so that many trials tie; 0 diverges, 1 crashes once.
        tenths in prop::collection::vec(0_u32..5, 24),
        keep in 1_usize..4,
        by_loss in any::<bool>(),
        workers in 1_usize..4,
        interrupted_after in prop::option::of(1_usize..20),
    ) {
        let rank_by = if by_loss { "loss" } else { "accuracy" };
        let (sweep, plan) = planned(&sweep_text(&format!("best {keep}"), rank_by));
        let folder = tempfile::tempdir().unwrap();
        let interrupt = Interrupt::default();
        let started = AtomicUsize::new(0);
        let first = FakeExecutor::new(|run| {
            let is_last = interrupted_after == Some(1 + started.fetch_add(1, Ordering::SeqCst));
            if is_last {
                interrupt.request();
            }
            match tenths[run.trial * 3 + run.fold as usize] {
                1 => Ending::Panic("the executor fell over"),
                _ => ending(&tenths, 3, run),
            }
        });
        run(folder.path(), &sweep, &plan, &first, workers, interrupt.clone());
        let second = with_tenths(&tenths, 3);
        run(folder.path(), &sweep, &plan, &second, workers, Interrupt::default());
        let ranked = ranked(folder.path(), &sweep, &plan);
        let best: BTreeSet<String> = ranked.into_iter().take(keep).collect();
        let (trials, runs) = kept(folder.path());
        prop_assert_eq!(runs, 3 * best.len());
        prop_assert_eq!(trials, best);
    }
}

#[test]
fn without_validation_the_first_trials_are_kept() {
    let text = sweep_text("best 2", "accuracy").replace("folds: 3", "holdout: 0");
    let (sweep, plan) = planned(&text);
    let folder = tempfile::tempdir().unwrap();
    // The first diverges, and the others are the better the later they come.
    let tenths: Vec<u32> = (0..8).collect();
    let executor = with_tenths(&tenths, 1);
    run(
        folder.path(),
        &sweep,
        &plan,
        &executor,
        3,
        Interrupt::default(),
    );
    let first = ["lr0.8", "lr0.7"].map(str::to_owned);
    assert_eq!(kept(folder.path()), (BTreeSet::from(first), 2));
}

const SWEEP: &str = "
data: { limit: 300 }
model: { width: 8 }
training: { epochs: 1 }
validation: { folds: 2 }
grid: { training.learning_rate: [0.001, 0.2, 0.01, 0.1] }
";

fn ranks(project: &Project) -> Vec<String> {
    let table = project.read("reports/sweep.csv");
    let rows = table.lines().skip(1);
    rows.map(|row| row.split(',').nth(1).unwrap().to_owned())
        .collect()
}

#[test]
fn the_keep_rule_can_change_without_training() {
    let project = Project::new(SWEEP);
    let runs = project.path("runs");
    let train = |keep: &str| {
        let keep = format!("keep={keep}");
        let done = project.train(&["--set", &keep]);
        assert_eq!(done.code, 0, "{}", done.error);
        done.error
    };
    let all = |count: usize| ranks(&project)[..count].iter().cloned().collect();
    train("all");
    assert_eq!(kept(&runs), (all(4), 8));
    let before = project.read("reports/sweep.csv");
    for (keep, count) in [("best 3", 3), ("best 1", 1), ("none", 0), ("all", 0)] {
        let error = train(keep);
        assert!(error.contains("8 already finished"), "{error}");
        assert_eq!(kept(&runs), (all(count), 2 * count), "{keep}");
    }
    assert_eq!(project.read("reports/sweep.csv"), before);
}

/// The weights that are kept, by the names of their files.
fn weights(project: &Project) -> Vec<(String, Vec<u8>)> {
    let runs = project.path("runs");
    files(&runs)
        .into_iter()
        .filter(|path| path.ends_with("model.safetensors"))
        .map(|path| {
            let name = path.strip_prefix(&runs).unwrap().display().to_string();
            (name, std::fs::read(&path).unwrap())
        })
        .collect()
}

#[cfg(unix)]
#[test]
fn a_killed_and_resumed_sweep_keeps_the_same_weights() {
    let text = SWEEP.replace("epochs: 1", "epochs: 20");
    let whole = Project::new(&text);
    assert_eq!(whole.train(&["--quiet"]).code, 0);
    let killed = until_caught(|| {
        let killed = Project::new(&text);
        for count in [2, 5] {
            let arguments = ["sweep.yaml", "--device", "cpu", "--workers", "1", "--quiet"];
            let mut command = killed.command(&arguments);
            command.arg("--data").arg(repository().join("data"));
            let mut child = start(command);
            let is_caught = paused_when(&mut child, || results(&killed) >= count);
            // It is killed when it goes out of scope.
            (is_caught && results(&killed) < 8).then_some(())?;
        }
        Some(killed)
    });
    assert_eq!(killed.train(&["--quiet"]).code, 0);
    let kept = weights(&whole);
    assert_eq!(kept.len(), 2);
    assert_eq!(kept, weights(&killed));
}

#[test]
fn weights_are_the_same_bytes_in_every_cohort() {
    let (one, three) = (Project::new(SWEEP), Project::new(SWEEP));
    assert_eq!(one.train(&["--quiet", "--workers", "1"]).code, 0);
    assert_eq!(
        three
            .train(&["--quiet", "--workers", "3", "--cohort", "3"])
            .code,
        0
    );
    let kept = weights(&one);
    assert_eq!(kept.len(), 2);
    assert_eq!(kept, weights(&three));
}
