//! What a model makes of samples that it is not trained on.

use super::batches::BatchPlan;
use super::groups::groups;
use super::member::Member;
use super::sample_order::Orders;
use crate::backend::Backend;
use crate::data::DeviceSamples;
use crate::metrics::{ClassificationCounts, EvalMetrics};
use crate::model::{LossSums, Network, class_scores, eval_batch_size, pick};
use burn::tensor::Tensor;

/// The answers of a cohort to samples, beside what would be right.
pub(super) struct Predictions<B: Backend> {
    /// Members with equally many samples; those without any are in none.
    groups: Vec<Group<B>>,
    members: usize,
}

/// The answers of members with equally many samples.
struct Group<B: Backend> {
    /// The members' places in the cohort.
    places: Vec<usize>,
    /// `[places, samples, classes]`
    logits: Tensor<B, 3>,
    /// The same, or `[1, samples, classes]` where members share the samples.
    targets: Tensor<B, 3>,
}

impl<B: Backend> Predictions<B> {
    /// To each member's validation samples.
    pub(super) fn to_validation(
        model: &mut Network<B>,
        samples: &DeviceSamples<B>,
        members: &[Member],
    ) -> Self {
        let batch = eval_batch_size(model.stages());
        let answers = |model: &mut Network<B>, members: &[Member], places: Vec<usize>| {
            let rows = BatchPlan::validation(samples, members, batch);
            let batches = rows.ranges(batch).map(|range| rows.batch(range));
            Group::of(
                places,
                batches.map(|batch| (model.predict(batch.input), batch.targets)),
            )
        };
        let by_count = groups(
            members
                .iter()
                .map(|member| member.partition.validation.len()),
        );
        let groups = match &by_count[..] {
            [(0, _)] => Vec::new(),
            [(_, places)] => vec![answers(model, members, places.clone())],
            _ => by_count
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(_, places)| {
                    let own: Vec<_> = places.iter().map(|&place| members[place].clone()).collect();
                    answers(&mut model.of_members(&places), &own, places)
                })
                .collect(),
        };
        Self {
            groups,
            members: members.len(),
        }
    }

    /// To all of the held-out test samples.
    pub(super) fn to_all(
        model: &mut Network<B>,
        samples: &DeviceSamples<B>,
        members: &[Member],
    ) -> Self {
        let batch = eval_batch_size(model.stages());
        let normalisation = Orders::of(members).normalisation(samples);
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
            groups: vec![Group::of((0..members.len()).collect(), parts)],
            members: members.len(),
        }
    }

    /// Mean loss and accuracy of each member; nothing of those without samples.
    pub(super) fn means(&self) -> Vec<Option<(f64, f64)>> {
        let mut means = vec![None; self.members];
        for group in &self.groups {
            let sums = LossSums::of(group.logits.clone(), group.targets.clone());
            for (position, &place) in group.places.iter().enumerate() {
                means[place] = Some(sums.means(position));
            }
        }
        means
    }

    /// All metrics of the members at these places, in the order of all members; nothing of others,
    /// and of those without samples.
    pub(super) fn evaluated(
        &self,
        wanted: &[usize],
    ) -> Vec<Option<(EvalMetrics, ClassificationCounts)>> {
        let mut all = vec![None; self.members];
        for group in &self.groups {
            let group = match group.only(wanted) {
                None => continue,
                Some(group) => group,
            };
            let sums = LossSums::of(group.logits.clone(), group.targets.clone());
            let scores = class_scores(group.logits, group.targets);
            for (position, (place, scores)) in group.places.into_iter().zip(scores).enumerate() {
                let (loss, accuracy) = sums.means(position);
                let evaluated = EvalMetrics {
                    loss,
                    accuracy,
                    macro_f1: scores.macro_f1(),
                };
                all[place] = Some((evaluated, scores));
            }
        }
        all
    }
}

impl<B: Backend> Group<B> {
    fn of(places: Vec<usize>, parts: impl Iterator<Item = (Tensor<B, 3>, Tensor<B, 3>)>) -> Self {
        let (logits, targets) = parts.unzip();
        Self {
            places,
            logits: Tensor::cat(logits, 1),
            targets: Tensor::cat(targets, 1),
        }
    }

    /// The members of the group that are at one of these places, if there are any.
    fn only(&self, wanted: &[usize]) -> Option<Self> {
        let positions: Vec<usize> = (0..self.places.len())
            .filter(|&position| wanted.contains(&self.places[position]))
            .collect();
        if positions.is_empty() {
            return None;
        }
        let is_all = positions.len() == self.places.len();
        let own = |tensor: &Tensor<B, 3>| match is_all || tensor.dims()[0] == 1 {
            true => tensor.clone(),
            false => pick(tensor, &positions),
        };
        Some(Self {
            logits: own(&self.logits),
            targets: own(&self.targets),
            places: positions
                .iter()
                .map(|&position| self.places[position])
                .collect(),
        })
    }
}
