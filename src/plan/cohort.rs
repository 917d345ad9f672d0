//! Which runs are trained together: classes of stackable runs, cut into cohorts.

use super::{Plan, RunId};
use crate::spec::{StackShape, Stage, StepKind};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The most parameters of a padded model, as a multiple of those of its narrowest member.
///
/// An estimate, not a measurement: padding is arithmetic in vain, which a device that waits for
/// launches does for nothing up to a point; and the narrowest member pays the most for it.
const MOST_PADDING: u64 = 2;

impl Plan {
    /// Groups runs into classes, any runs of which can be trained as one stacked program; both the
    /// classes and the runs cover all of `runs`, and the classes come in the order of their first
    /// run.
    ///
    /// The runs of a class have equal [`StackShape`]s. With `padded`, models that differ in width
    /// alone are in one class too, where the model that holds them all ([`StackShape::enclosing`])
    /// has at most twice the parameters of the narrowest.
    ///
    /// Within a class, runs stand in the order in which it is to be cut: first by repeat and fold,
    /// since members of the same share their batches, and a cohort shares them only where all of
    /// its members do; then by epochs, so that few members wait for longer ones; then by what
    /// splits a stacked step into segments (kind of optimizer, activation); then as in the plan.
    /// A cohort that spans several folds shares no batches anyway: [`Plan::cohorts`] sorts it anew
    /// by segments alone.
    pub fn classes(&self, runs: impl IntoIterator<Item = RunId>, padded: bool) -> Vec<Vec<RunId>> {
        let mut shapes: Vec<StackShape> = Vec::new();
        let mut positions: HashMap<StackShape, usize> = HashMap::new();
        let mut equal: Vec<Vec<RunId>> = Vec::new();
        // The runs of a trial mostly follow each other.
        let mut last = None;
        for run in runs {
            let position = match last {
                Some((trial, position)) if trial == run.trial => position,
                _ => match positions.entry(self.trials[run.trial].config.stack_shape()) {
                    Entry::Occupied(entry) => *entry.get(),
                    Entry::Vacant(entry) => {
                        if padded {
                            shapes.push(entry.key().clone());
                        }
                        equal.push(Vec::new());
                        *entry.insert(equal.len() - 1)
                    }
                },
            };
            last = Some((run.trial, position));
            equal[position].push(run);
        }
        let mut classes = match padded {
            true => united(equal, &joined(&shapes)),
            false => equal,
        };
        for class in &mut classes {
            class.sort_by_cached_key(|&run| {
                let epochs = self.trials[run.trial].config.training.epochs.get();
                (self.sharing(run), epochs, self.segment(run), run)
            });
        }
        classes
    }

    /// Cuts a class of [`Plan::classes`] into cohorts of at most `most` runs, whose sizes differ by
    /// at most one, each in the order of [`Plan::stack`].
    pub fn cohorts(&self, class: &[RunId], most: usize) -> Vec<Vec<RunId>> {
        let mut cohorts = split_evenly(class, most);
        for cohort in &mut cohorts {
            self.stack(cohort);
        }
        cohorts
    }

    /// Sorts the members of a cohort so that those of one kind of optimizer, and among them those
    /// of one activation, stand together: segments of a step are then as few as they can be.
    pub fn stack(&self, cohort: &mut [RunId]) {
        cohort.sort_by_cached_key(|&run| (self.segment(run), self.sharing(run), run));
    }

    /// What runs that share their batches have in common.
    fn sharing(&self, run: RunId) -> (u64, u32, u32) {
        let seed = self.seed(run);
        (seed.sweep, seed.repeat, seed.fold)
    }

    /// What members have in common that a stacked step treats as one: how they are stepped, and
    /// the activation.
    fn segment(&self, run: RunId) -> (StepKind, usize) {
        let config = &self.trials[run.trial].config;
        (
            config.training.step_kind(),
            config.model.activation as usize,
        )
    }
}

/// Cuts runs into pieces of at most `most`, whose sizes differ by at most one, in their order.
pub fn split_evenly(runs: &[RunId], most: usize) -> Vec<Vec<RunId>> {
    let count = runs.len().div_ceil(most.max(1));
    let bounds = (0..=count).map(|piece| piece * runs.len() / count.max(1));
    let ends = bounds.clone().skip(1);
    bounds
        .zip(ends)
        .map(|(start, end)| runs[start..end].to_vec())
        .collect()
}

/// Shapes that one padded model holds.
struct Padded {
    held: StackShape,
    /// Parameters that the padded model may have.
    most: u64,
}

/// The group of each shape: shapes of a group are held by one padded model for which the padding
/// pays.
fn joined(shapes: &[StackShape]) -> Vec<usize> {
    let mut order: Vec<(u64, usize)> = shapes.iter().map(parameters).zip(0..).collect();
    // From the narrowest to the widest: the first of a group says how large it may grow.
    order.sort_unstable();
    let mut groups: Vec<Padded> = Vec::new();
    // Groups that a shape as large as the current one may still join.
    let mut open: Vec<usize> = Vec::new();
    let mut group_of = vec![0; shapes.len()];
    for (parameters_of_shape, position) in order {
        open.retain(|&group| parameters_of_shape <= groups[group].most);
        let joins = open.iter().find_map(|&group| {
            let held = groups[group].held.enclosing(&shapes[position])?;
            (parameters(&held) <= groups[group].most).then_some((group, held))
        });
        group_of[position] = match joins {
            Some((group, held)) => {
                groups[group].held = held;
                group
            }
            None => {
                groups.push(Padded {
                    held: shapes[position].clone(),
                    most: MOST_PADDING.saturating_mul(parameters_of_shape),
                });
                open.push(groups.len() - 1);
                groups.len() - 1
            }
        };
    }
    group_of
}

/// The runs of the shapes of each group, in the order of the groups' first shapes.
fn united(shapes: Vec<Vec<RunId>>, group_of: &[usize]) -> Vec<Vec<RunId>> {
    let mut classes: Vec<Vec<RunId>> = Vec::new();
    let mut class_of = HashMap::new();
    for (runs, group) in shapes.into_iter().zip(group_of) {
        match class_of.entry(group) {
            Entry::Occupied(entry) => {
                let class: &usize = entry.get();
                classes[*class].extend(runs);
            }
            Entry::Vacant(entry) => {
                entry.insert(classes.len());
                classes.push(runs);
            }
        }
    }
    classes
}

fn parameters(shape: &StackShape) -> u64 {
    let counts = shape.stages.iter().map(|stage: &Stage| stage.parameters());
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

    fn classes(text: &str, padded: bool) -> Vec<Vec<RunId>> {
        let plan = plan(text);
        plan.classes(plan.runs(), padded)
    }

    #[test]
    fn only_what_has_a_shape_parts_runs() {
        let text = "validation: { folds: 3, repeats: 2 }\n\
                    grid: { model.layers: [1, 2], training.optimizer: [sgd, adam], \
                    training.epochs: [1, 2], training.batch_size: [32, 64] }";
        let classes = classes(text, false);
        assert_eq!(classes.len(), 4);
        assert!(classes.iter().all(|class| class.len() == 4 * 6));
        let first: Vec<usize> = classes.iter().map(|class| class[0].trial).collect();
        assert_eq!(first, [0, 1, 8, 9], "in the order of the plan");
    }

    #[test]
    fn widths_are_joined_where_padding_pays() {
        let text = "grid: { model.width: [64, 100, 120, 1000, 128, 300] }";
        assert_eq!(classes(text, false).len(), 6);
        let trials = |class: &Vec<RunId>| class.iter().map(|run| run.trial).collect::<Vec<_>>();
        let padded = classes(text, true);
        let padded: Vec<_> = padded.iter().map(trials).collect();
        // 64 holds up to a width of 128 or so; from 128 on the next.
        assert_eq!(padded, [vec![0, 1, 2, 4], vec![3], vec![5]]);
        // Each narrow where the other is wide: what holds both is larger than either.
        let crossed = "grid: { model.width: [[1000, 10], [10, 1000]] }";
        assert_eq!(classes(crossed, true).len(), 2);
        let normed = "model: { norm: layer }\ngrid: { model.width: [64, 65] }";
        assert_eq!(classes(normed, true).len(), 2);
    }

    #[test]
    fn cohorts_share_batches_and_have_few_segments() {
        let text = "validation: { folds: 2 }\n\
                    grid: { training.learning_rate: [1, 0.1], training.optimizer: [sgd, adam], \
                    model.activation: [relu, tanh] }";
        let plan = plan(text);
        let [class] = &plan.classes(plan.runs(), false)[..] else {
            panic!("one shape");
        };
        let folds = |cohort: &Vec<RunId>| {
            let folds: HashSet<u32> = cohort.iter().map(|run| run.fold).collect();
            folds.len()
        };
        let segments = |cohort: &Vec<RunId>| {
            let mut segments: Vec<_> = cohort.iter().map(|&run| plan.segment(run)).collect();
            segments.dedup();
            segments.len()
        };
        for cohort in plan.cohorts(class, 8) {
            assert_eq!((cohort.len(), folds(&cohort), segments(&cohort)), (8, 1, 4));
        }
        for cohort in plan.cohorts(class, 4) {
            assert_eq!((cohort.len(), folds(&cohort), segments(&cohort)), (4, 1, 2));
        }
        for cohort in plan.cohorts(class, 16) {
            assert_eq!(
                (cohort.len(), folds(&cohort), segments(&cohort)),
                (16, 2, 4)
            );
        }
    }

    #[test]
    fn a_momentum_parts_segments_and_its_size_does_not() {
        let text = "grid: { training.learning_rate: [1, 0.1], training.momentum: [0, 0.5, 0.9] }";
        let plan = plan(text);
        let [class] = &plan.classes(plan.runs(), false)[..] else {
            panic!("one shape");
        };
        let momenta = plan.cohorts(class, 6).concat().into_iter().map(|run| {
            let training = &plan.trials[run.trial].config.training;
            training.momentum.get() > 0.0
        });
        let momenta: Vec<bool> = momenta.collect();
        assert_eq!(momenta, [false, false, true, true, true, true]);
    }

    #[test]
    fn long_trainings_are_cut_apart_from_short_ones() {
        let text = "grid: { training.epochs: [1, 9], training.learning_rate: [1, 0.1] }";
        let plan = plan(text);
        let [class] = &plan.classes(plan.runs(), false)[..] else {
            panic!("one shape");
        };
        let trials = |cohort: Vec<RunId>| cohort.iter().map(|run| run.trial).collect::<Vec<_>>();
        let cohorts: Vec<_> = plan.cohorts(class, 2).into_iter().map(trials).collect();
        assert_eq!(cohorts, [[0, 1], [2, 3]]);
    }

    proptest! {
        #[test]
        fn a_class_is_cut_into_equal_pieces(runs in 0_usize..200, most in 1_usize..50) {
            let run = |trial| RunId { trial, repeat: 0, fold: 0 };
            let class: Vec<RunId> = (0..runs).map(run).collect();
            let pieces = split_evenly(&class, most);
            prop_assert_eq!(pieces.len(), runs.div_ceil(most));
            let sizes = pieces.iter().map(Vec::len);
            if let (Some(least), Some(largest)) = (sizes.clone().min(), sizes.max()) {
                prop_assert!(largest <= most && largest - least <= 1);
            }
            prop_assert_eq!(pieces.concat(), class);
        }

        #[test]
        fn every_run_is_in_one_class(
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
            let classes = plan.classes(plan.runs(), padded);
            let mut all: Vec<RunId> = classes.concat();
            all.sort_unstable();
            prop_assert_eq!(all, plan.runs().collect::<Vec<_>>());
            for class in &classes {
                let shape = |run: &RunId| plan.trials[run.trial].config.stack_shape();
                let held = class.iter().map(shape).reduce(|held, next| {
                    held.enclosing(&next).expect("a class can be stacked")
                });
                let narrowest = class.iter().map(|run| parameters(&shape(run))).min();
                let held = held.map(|held| parameters(&held));
                prop_assert!(held <= narrowest.map(|least| least * MOST_PADDING));
            }
        }
    }
}
