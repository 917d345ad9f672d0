//! Predictions for samples that a cohort is not trained on.

use crate::backend::Backend;
use crate::data::DeviceSamples;
use crate::metrics::{ClassificationCounts, EvalMetrics};
use crate::model::{LossSums, Network, classification_counts, eval_batch_size, select_members};
use crate::train::batches::{BatchPlan, SampleOrders};
use crate::train::grouping::group_by_key;
use crate::train::member::Member;
use burn::tensor::Tensor;

/// The predictions of a cohort for samples, with the targets.
pub(in crate::train) struct Predictions<B: Backend> {
    /// Members with the same number of samples. Members without samples are in no group.
    groups: Vec<Group<B>>,
    members: usize,
}

/// The predictions of members with the same number of samples.
struct Group<B: Backend> {
    /// The members' places in the cohort.
    places: Vec<usize>,
    /// `[places, samples, classes]`
    logits: Tensor<B, 3>,
    /// The same shape, or `[1, samples, classes]` if members share the samples.
    targets: Tensor<B, 3>,
}

impl<B: Backend> Predictions<B> {
    /// Predicts each member's validation samples.
    pub(in crate::train) fn on_validation(
        model: &mut Network<B>,
        samples: &DeviceSamples<B>,
        members: &[Member],
    ) -> Self {
        let batch = eval_batch_size(model.stages());
        let predict = |model: &mut Network<B>, members: &[Member], places: Vec<usize>| {
            let plan = BatchPlan::validation(samples, members, batch);
            let batches = plan.ranges(batch).map(|range| plan.batch(range));
            Group::new(
                places,
                batches.map(|batch| (model.predict(batch.input), batch.targets)),
            )
        };
        let by_count = group_by_key(
            members
                .iter()
                .map(|member| member.partition.validation.len()),
        );
        let groups = match &by_count[..] {
            [(0, _)] => Vec::new(),
            [(_, places)] => vec![predict(model, members, places.clone())],
            _ => by_count
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(_, places)| {
                    let members: Vec<_> =
                        places.iter().map(|&place| members[place].clone()).collect();
                    predict(&mut model.select_members(&places), &members, places)
                })
                .collect(),
        };
        Self {
            groups,
            members: members.len(),
        }
    }

    /// Predicts all of these samples with every member.
    pub(in crate::train) fn on_all(
        model: &mut Network<B>,
        samples: &DeviceSamples<B>,
        members: &[Member],
    ) -> Self {
        let batch = eval_batch_size(model.stages());
        let normalisation = SampleOrders::of(members).normalisation(samples);
        let count = samples.len();
        let parts = (0..count).step_by(batch).map(|start| {
            let rows = start..(start + batch).min(count);
            let [input, targets] = samples.range(rows);
            let input = match &normalisation {
                None => input.unsqueeze(),
                Some(normalisation) => normalisation.apply(input.unsqueeze()),
            };
            (model.predict(input), targets.unsqueeze())
        });
        Self {
            groups: vec![Group::new((0..members.len()).collect(), parts)],
            members: members.len(),
        }
    }

    /// The mean loss and accuracy of each member; `None` for members without samples.
    pub(in crate::train) fn means(&self) -> Vec<Option<(f64, f64)>> {
        let mut means = vec![None; self.members];
        for group in &self.groups {
            let sums = LossSums::from_logits(group.logits.clone(), group.targets.clone());
            for (position, &place) in group.places.iter().enumerate() {
                means[place] = Some(sums.means(position));
            }
        }
        means
    }

    /// The metrics of the members at these places. The result has an entry for each member of the
    /// cohort, which is `None` for other places and for members without samples.
    pub(in crate::train) fn evaluate(
        &self,
        selected: &[usize],
    ) -> Vec<Option<(EvalMetrics, ClassificationCounts)>> {
        let mut all = vec![None; self.members];
        for group in &self.groups {
            let Some(group) = group.select(selected) else {
                continue;
            };
            let sums = LossSums::from_logits(group.logits.clone(), group.targets.clone());
            let counts = classification_counts(group.logits, group.targets);
            for (position, (place, counts)) in group.places.into_iter().zip(counts).enumerate() {
                let (loss, accuracy) = sums.means(position);
                let metrics = EvalMetrics {
                    loss,
                    accuracy,
                    macro_f1: counts.macro_f1(),
                };
                all[place] = Some((metrics, counts));
            }
        }
        all
    }
}

impl<B: Backend> Group<B> {
    fn new(places: Vec<usize>, parts: impl Iterator<Item = (Tensor<B, 3>, Tensor<B, 3>)>) -> Self {
        let (logits, targets) = parts.unzip();
        Self {
            places,
            logits: Tensor::cat(logits, 1),
            targets: Tensor::cat(targets, 1),
        }
    }

    /// The part of the group with the members at these places; `None` if there are none.
    fn select(&self, selected: &[usize]) -> Option<Self> {
        let positions: Vec<usize> = (0..self.places.len())
            .filter(|&position| selected.contains(&self.places[position]))
            .collect();
        if positions.is_empty() {
            return None;
        }
        let is_all = positions.len() == self.places.len();
        let select = |tensor: &Tensor<B, 3>| {
            if is_all || tensor.dims()[0] == 1 {
                tensor.clone()
            } else {
                select_members(tensor, &positions)
            }
        };
        Some(Self {
            logits: select(&self.logits),
            targets: select(&self.targets),
            places: positions
                .iter()
                .map(|&position| self.places[position])
                .collect(),
        })
    }
}
