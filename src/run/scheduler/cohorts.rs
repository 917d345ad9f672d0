//! Divides the remaining runs into cohorts.

use super::queue::Queue;
use crate::plan::RunId;
use crate::run::context::ExecutionContext;
use crate::run::recording::resume::usable_checkpoint;
use std::collections::BTreeMap;

/// Runs by the epoch that they resume from; 0 for those that start anew.
pub(super) type RunsByEpoch = BTreeMap<usize, Vec<RunId>>;

/// Groups the open runs by the epoch of their checkpoints.
pub(super) fn by_epoch(context: &ExecutionContext, open: &[RunId]) -> RunsByEpoch {
    let device_kind = context.devices[0].kind();
    let mut runs_by_epoch = RunsByEpoch::new();
    for &run in open {
        let checkpoint = usable_checkpoint(context, run, device_kind);
        let epoch = checkpoint.map_or(0, |saved| saved.state.epoch);
        runs_by_epoch.entry(epoch).or_default().push(run);
    }
    runs_by_epoch
}

/// Cuts the open runs into cohorts. The runs of one cohort resume from the same epoch.
pub(super) fn queue_cohorts(context: &ExecutionContext, runs_by_epoch: RunsByEpoch) -> Queue {
    let plan = context.plan;
    let pads = context
        .devices
        .iter()
        .all(|slot| slot.executor.allows_padding());
    let open: usize = runs_by_epoch.values().map(Vec::len).sum();
    let groups: Vec<Vec<RunId>> = runs_by_epoch
        .into_values()
        .flat_map(|runs| plan.stack_groups(runs, pads))
        .collect();
    let workers: usize = context.devices.iter().map(|slot| slot.workers).sum();
    // Larger cohorts would leave other workers idle.
    let fair_share = open.div_ceil(workers.max(1)).max(1);
    let max_size = |(done, group): (usize, &Vec<RunId>)| {
        let size = match context.max_cohort_size {
            Some(size) => size,
            None if group.len() == 1 || context.interrupt.is_requested() => 1,
            None => {
                context.progress.tuning_cohort_size(done, groups.len());
                context.devices[0].executor.cohort_size(plan, group)
            }
        };
        size.clamp(1, fair_share)
    };
    let max_sizes = groups.iter().enumerate().map(max_size).collect();
    Queue::new(plan, &groups, max_sizes)
}
