//! Speed and memory are measured once for all trials whose training steps do the same work.

use crate::support::executor::FakeExecutor;
use crate::support::made_up::{Setup, device_slot, planned, run, store};
use std::collections::HashSet;

const SWEEP: &str = "
name: s
validation: { folds: 2 }
grid: { model.width: [4, 8], training.learning_rate: [0.1, 0.01] }
";

/// The trials that an executor was asked to profile.
fn profiled(executor: &FakeExecutor) -> HashSet<usize> {
    let runs = executor.profiled().into_iter();
    runs.map(|run| run.trial).collect()
}

#[test]
fn trials_of_equal_shape_share_one_measurement() {
    let folder = tempfile::tempdir().unwrap();
    let (sweep, plan) = planned(SWEEP);
    let executor = FakeExecutor::with_accuracies(|_| 0.5);
    let profiles = run(folder.path(), &sweep, &plan, &executor)
        .results
        .profiles;
    assert_eq!(profiled(&executor), HashSet::from([0, 2]));
    assert_eq!(profiles.len(), 4);
    assert_eq!(profiles[&0], profiles[&1]);
    assert_ne!(profiles[&0], profiles[&2]);
    let error = profiles[&1].profile.relative_error;
    assert!(error.is_some_and(|error| error < 1e-12), "{error:?}");
    assert_eq!(
        profiles[&1].measured_trial.as_deref(),
        Some(plan.trials[0].name.as_str())
    );
}

#[test]
fn a_new_trial_takes_over_the_measurement_of_its_shape() {
    let folder = tempfile::tempdir().unwrap();
    let (sweep, plan) = planned(SWEEP);
    let first = FakeExecutor::with_accuracies(|_| 0.5);
    run(folder.path(), &sweep, &plan, &first);
    let (sweep, plan) = planned(&SWEEP.replace("0.01]", "0.01, 0.001]"));
    let second = FakeExecutor::with_accuracies(|_| 0.5);
    let profiles = run(folder.path(), &sweep, &plan, &second).results.profiles;
    assert_eq!(second.profiled(), []);
    assert_eq!((profiles.len(), &profiles[&2]), (6, &profiles[&0]));
    // Another device is another condition.
    let (sweep, plan) = planned(&SWEEP.replace("0.01]", "0.01, 0.001, 1]"));
    let third = FakeExecutor::with_accuracies(|_| 0.5);
    let setup = Setup::on(vec![device_slot(&third, "cuda:0", 1)]);
    let outcome = setup.run(folder.path(), &sweep, &plan).unwrap();
    assert_eq!(profiled(&third), HashSet::from([3, 7]));
    assert_eq!(outcome.results.profiles[&3].conditions.device, "cuda:0");
}

#[test]
fn a_shard_takes_over_the_measurements_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let (sweep, plan) = planned(SWEEP);
    let executors = [[0, 2], [1, 3]].map(|trials| {
        let executor = FakeExecutor::with_accuracies(|_| 0.5);
        let mut setup = Setup::new(&executor);
        let runs = plan.runs().filter(|run| trials.contains(&run.trial));
        setup.shard = Some(runs.collect());
        setup.run(folder.path(), &sweep, &plan).unwrap();
        executor
    });
    let measured = executors.map(|executor| profiled(&executor));
    assert_eq!(measured, [HashSet::from([0, 2]), HashSet::new()]);
    let profiles = store(folder.path(), &plan).read(&plan).profiles;
    assert_eq!(profiles.len(), 4);
    assert_eq!(
        (&profiles[&1], &profiles[&3]),
        (&profiles[&0], &profiles[&2])
    );
}
