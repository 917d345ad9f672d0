//! Which runs are trained together: groups of stackable runs, cut into cohorts.

use super::run_id::RunId;
use super::sweep_plan::Plan;
use crate::spec::{StackShape, StepKind};
use crate::stages::Stage;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The maximum number of parameters of a padded model, as a multiple of those of its narrowest member.
///
/// An estimate, not a measurement. Padding is wasted arithmetic, but costs little on a device that is
/// limited by kernel launches; the narrowest member wastes the most.
const MAX_PADDING_RATIO: u64 = 2;

impl Plan {
    /// Groups runs that can be trained together as one stacked model. Each run is in one group; the
    /// groups are in the order of their first runs.
    ///
    /// The runs of a group have equal [`StackShape`]s. With `padded`, models that differ only in width
    /// share a group too, if the model that encloses them all has at most twice the parameters of the
    /// narrowest.
    ///
    /// A group is sorted for being cut into cohorts: first by repeat and fold, since a cohort shares
    /// batches only if all its members have the same; then by epochs, so that few members wait for
    /// longer ones; then by what splits a stacked step into segments (kind of optimizer, activation);
    /// then in the order of the plan. A cohort that spans several folds shares no batches anyway:
    /// [`Plan::cohorts`] sorts it by segments only.
    pub fn stack_groups(
        &self,
        runs: impl IntoIterator<Item = RunId>,
        padded: bool,
    ) -> Vec<Vec<RunId>> {
        let mut shapes: Vec<StackShape> = Vec::new();
        let mut positions: HashMap<StackShape, usize> = HashMap::new();
        let mut equal_shapes: Vec<Vec<RunId>> = Vec::new();
        // The runs of a trial are mostly adjacent.
        let mut previous = None;
        for run in runs {
            let position = match previous {
                Some((trial, position)) if trial == run.trial => position,
                _ => match positions.entry(self.trials[run.trial].config.stack_shape()) {
                    Entry::Occupied(entry) => *entry.get(),
                    Entry::Vacant(entry) => {
                        if padded {
                            shapes.push(entry.key().clone());
                        }
                        equal_shapes.push(Vec::new());
                        *entry.insert(equal_shapes.len() - 1)
                    }
                },
            };
            previous = Some((run.trial, position));
            equal_shapes[position].push(run);
        }
        let mut groups = if padded {
            merge_groups(equal_shapes, &assign_groups(&shapes))
        } else {
            equal_shapes
        };
        for group in &mut groups {
            group.sort_by_cached_key(|&run| {
                let epochs = self.trials[run.trial].config.training.epochs.get();
                (self.batch_key(run), epochs, self.segment_key(run), run)
            });
        }
        groups
    }

    /// Cuts a group of [`Plan::stack_groups`] into cohorts of at most `max_size` runs, whose sizes
    /// differ by at most one, each in the order of [`Plan::sort_members`].
    pub fn cohorts(&self, group: &[RunId], max_size: usize) -> Vec<Vec<RunId>> {
        let mut cohorts = split_evenly(group, max_size);
        for cohort in &mut cohorts {
            self.sort_members(cohort);
        }
        cohorts
    }

    /// Sorts the members of a cohort by kind of optimizer, then by activation, so that a step has as
    /// few segments as possible.
    pub fn sort_members(&self, cohort: &mut [RunId]) {
        cohort.sort_by_cached_key(|&run| (self.segment_key(run), self.batch_key(run), run));
    }

    /// Equal for runs that share their batches.
    fn batch_key(&self, run: RunId) -> (u64, u32, u32) {
        let seed = self.seed(run);
        (seed.sweep, seed.repeat, seed.fold)
    }

    /// Equal for members of one segment of a stacked step: kind of optimizer step, and activation.
    fn segment_key(&self, run: RunId) -> (StepKind, &'static str) {
        let config = &self.trials[run.trial].config;
        (config.training.step_kind(), config.model.activation.name())
    }
}

/// Cuts runs, in their order, into pieces of at most `max_size`, whose sizes differ by at most one.
pub fn split_evenly(runs: &[RunId], max_size: usize) -> Vec<Vec<RunId>> {
    let count = runs.len().div_ceil(max_size.max(1));
    let bounds = (0..=count).map(|piece| piece * runs.len() / count.max(1));
    let ends = bounds.clone().skip(1);
    bounds
        .zip(ends)
        .map(|(start, end)| runs[start..end].to_vec())
        .collect()
}

/// Shapes that are padded to one model.
struct PaddedGroup {
    /// The shape of the padded model.
    enclosing: StackShape,
    /// The maximum number of parameters of the padded model.
    max_parameters: u64,
}

/// The group of each shape: the shapes of a group are padded to one model without too much padding.
fn assign_groups(shapes: &[StackShape]) -> Vec<usize> {
    let mut order: Vec<(u64, usize)> = shapes.iter().map(parameters).zip(0..).collect();
    // From the narrowest to the widest: the first shape of a group limits its size.
    order.sort_unstable();
    let mut groups: Vec<PaddedGroup> = Vec::new();
    // The groups that a shape as large as the current one can still join.
    let mut open: Vec<usize> = Vec::new();
    let mut group_of = vec![0; shapes.len()];
    for (parameters_of_shape, position) in order {
        open.retain(|&group| parameters_of_shape <= groups[group].max_parameters);
        let joins = open.iter().find_map(|&group| {
            let enclosing = groups[group].enclosing.enclosing(&shapes[position])?;
            let fits = parameters(&enclosing) <= groups[group].max_parameters;
            fits.then_some((group, enclosing))
        });
        group_of[position] = match joins {
            Some((group, enclosing)) => {
                groups[group].enclosing = enclosing;
                group
            }
            None => {
                groups.push(PaddedGroup {
                    enclosing: shapes[position].clone(),
                    max_parameters: MAX_PADDING_RATIO.saturating_mul(parameters_of_shape),
                });
                open.push(groups.len() - 1);
                groups.len() - 1
            }
        };
    }
    group_of
}

/// Merges the runs of all shapes of a group; the groups are in the order of their first shapes.
fn merge_groups(runs_by_shape: Vec<Vec<RunId>>, group_of: &[usize]) -> Vec<Vec<RunId>> {
    let mut merged: Vec<Vec<RunId>> = Vec::new();
    let mut positions = HashMap::new();
    for (runs, group) in runs_by_shape.into_iter().zip(group_of) {
        match positions.entry(group) {
            Entry::Occupied(entry) => {
                let position: &usize = entry.get();
                merged[*position].extend(runs);
            }
            Entry::Vacant(entry) => {
                entry.insert(merged.len());
                merged.push(runs);
            }
        }
    }
    merged
}

/// The number of parameters of a model of this shape.
fn parameters(shape: &StackShape) -> u64 {
    let counts = shape
        .stages
        .iter()
        .map(|stage: &Stage| stage.parameter_count());
    counts.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Source, Sweep};
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn plan(text: &str) -> Plan {
        let source = Source {
            name: "test.yaml".into(),
            text: text.into(),
        };
        Plan::new(&Sweep::parse(source, "test", &[]).unwrap()).unwrap()
    }

    fn groups(text: &str, padded: bool) -> Vec<Vec<RunId>> {
        let plan = plan(text);
        plan.stack_groups(plan.runs(), padded)
    }

    #[test]
    fn only_the_model_shape_separates_runs() {
        let text = "validation: { folds: 3, repeats: 2 }\n\
                    grid: { model.layers: [1, 2], training.optimizer: [sgd, adam], \
                    training.epochs: [1, 2], training.batch_size: [32, 64] }";
        let groups = groups(text, false);
        assert_eq!(groups.len(), 4);
        assert!(groups.iter().all(|group| group.len() == 4 * 6));
        let first: Vec<usize> = groups.iter().map(|group| group[0].trial).collect();
        assert_eq!(first, [0, 1, 8, 9], "in the order of the plan");
    }

    #[test]
    fn widths_share_a_group_within_the_padding_limit() {
        let text = "grid: { model.width: [64, 100, 120, 1000, 128, 300] }";
        assert_eq!(groups(text, false).len(), 6);
        let trials = |group: &Vec<RunId>| group.iter().map(|run| run.trial).collect::<Vec<_>>();
        let padded = groups(text, true);
        let padded: Vec<_> = padded.iter().map(trials).collect();
        // A group that starts with 64 ends at a width of about 128.
        assert_eq!(padded, [vec![0, 1, 2, 4], vec![3], vec![5]]);
        // Each is narrow where the other is wide: the enclosing model is larger than both.
        let crossed = "grid: { model.width: [[1000, 10], [10, 1000]] }";
        assert_eq!(groups(crossed, true).len(), 2);
        let normed = "model: { norm: layer }\ngrid: { model.width: [64, 65] }";
        assert_eq!(groups(normed, true).len(), 2);
    }

    #[test]
    fn cohorts_share_batches_and_have_few_segments() {
        let text = "validation: { folds: 2 }\n\
                    grid: { training.learning_rate: [1, 0.1], training.optimizer: [sgd, adam], \
                    model.activation: [relu, tanh] }";
        let plan = plan(text);
        let [group] = &plan.stack_groups(plan.runs(), false)[..] else {
            panic!("one shape");
        };
        let folds = |cohort: &Vec<RunId>| {
            let folds: HashSet<u32> = cohort.iter().map(|run| run.fold).collect();
            folds.len()
        };
        let segments = |cohort: &Vec<RunId>| {
            let mut segments: Vec<_> = cohort.iter().map(|&run| plan.segment_key(run)).collect();
            segments.dedup();
            segments.len()
        };
        for cohort in plan.cohorts(group, 8) {
            assert_eq!((cohort.len(), folds(&cohort), segments(&cohort)), (8, 1, 4));
        }
        for cohort in plan.cohorts(group, 4) {
            assert_eq!((cohort.len(), folds(&cohort), segments(&cohort)), (4, 1, 2));
        }
        for cohort in plan.cohorts(group, 16) {
            assert_eq!(
                (cohort.len(), folds(&cohort), segments(&cohort)),
                (16, 2, 4)
            );
        }
    }

    #[test]
    fn momentum_separates_segments_whatever_its_value() {
        let text = "grid: { training.learning_rate: [1, 0.1], training.momentum: [0, 0.5, 0.9] }";
        let plan = plan(text);
        let [group] = &plan.stack_groups(plan.runs(), false)[..] else {
            panic!("one shape");
        };
        let momenta = plan.cohorts(group, 6).concat().into_iter().map(|run| {
            let training = &plan.trials[run.trial].config.training;
            !training.optimizer_settings().is_plain_descent()
        });
        let momenta: Vec<bool> = momenta.collect();
        assert_eq!(momenta, [false, false, true, true, true, true]);
    }

    #[test]
    fn long_trainings_are_separated_from_short_ones() {
        let text = "grid: { training.epochs: [1, 9], training.learning_rate: [1, 0.1] }";
        let plan = plan(text);
        let [group] = &plan.stack_groups(plan.runs(), false)[..] else {
            panic!("one shape");
        };
        let trials = |cohort: Vec<RunId>| cohort.iter().map(|run| run.trial).collect::<Vec<_>>();
        let cohorts: Vec<_> = plan.cohorts(group, 2).into_iter().map(trials).collect();
        assert_eq!(cohorts, [[0, 1], [2, 3]]);
    }

    proptest! {
        #[test]
        fn a_group_is_cut_into_equal_pieces(runs in 0_usize..200, max_size in 1_usize..50) {
            let run = |trial| RunId { trial, repeat: 0, fold: 0 };
            let group: Vec<RunId> = (0..runs).map(run).collect();
            let pieces = split_evenly(&group, max_size);
            prop_assert_eq!(pieces.len(), runs.div_ceil(max_size));
            let sizes = pieces.iter().map(Vec::len);
            if let (Some(smallest), Some(largest)) = (sizes.clone().min(), sizes.max()) {
                prop_assert!(largest <= max_size && largest - smallest <= 1);
            }
            prop_assert_eq!(pieces.concat(), group);
        }

        #[test]
        fn every_run_is_in_one_group(
            widths in prop::collection::hash_set(1_usize..300, 1..6),
            layers in 1_usize..3,
            folds in 2_usize..4,
            padded: bool,
        ) {
            let widths: Vec<usize> = widths.into_iter().collect();
            let text = format!(
                "validation: {{ folds: {folds} }}\nmodel: {{ layers: {layers} }}\n\
                 grid: {{ model.width: {widths:?}, training.optimizer: [sgd, adam] }}",
            );
            let plan = plan(&text);
            let groups = plan.stack_groups(plan.runs(), padded);
            let mut all: Vec<RunId> = groups.concat();
            all.sort_unstable();
            prop_assert_eq!(all, plan.runs().collect::<Vec<_>>());
            for group in &groups {
                let shape = |run: &RunId| plan.trials[run.trial].config.stack_shape();
                let enclosing = group.iter().map(shape).reduce(|enclosing, next| {
                    enclosing.enclosing(&next).expect("a group can be stacked")
                });
                let narrowest = group.iter().map(|run| parameters(&shape(run))).min();
                let padded = enclosing.map(|enclosing| parameters(&enclosing));
                prop_assert!(padded <= narrowest.map(|count| count * MAX_PADDING_RATIO));
            }
        }
    }
}
