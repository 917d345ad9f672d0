//! Predictions for samples that a cohort is not trained on.

use crate::backend::Backend;
use crate::data::DeviceSamples;
use crate::metrics::{Score, Scores};
use crate::model::{Classification, LossSums, Network, classify, eval_batch_size};
use crate::stages::select_members;
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
    /// The members' indices in the cohort.
    indices: Vec<usize>,
    /// `[members of the group, samples, classes]`
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
        let predict = |model: &mut Network<B>, members: &[Member], indices: Vec<usize>| {
            let plan = BatchPlan::validation(samples, members, batch);
            let batches = plan.ranges(batch).map(|range| plan.batch(range));
            Group::new(
                indices,
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
            [(_, indices)] => vec![predict(model, members, indices.clone())],
            _ => by_count
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(_, indices)| {
                    let members: Vec<_> = indices
                        .iter()
                        .map(|&index| members[index].clone())
                        .collect();
                    predict(&mut model.select_members(&indices), &members, indices)
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

    /// The scores of each member that are measured after every epoch: [`Score::EVERY_EPOCH`], and the one
    /// that its training monitors; none for members without samples.
    pub(in crate::train) fn epoch_scores(&self, members: &[Member]) -> Vec<Scores> {
        let mut scores = vec![Scores::default(); self.members];
        for group in &self.groups {
            let sums = LossSums::from_logits(group.logits.clone(), group.targets.clone());
            for (index_in_group, &index) in group.indices.iter().enumerate() {
                scores[index] = sums.scores(index_in_group);
            }
        }
        let monitored = members.iter().map(|member| {
            let monitored = member.config.training.monitored_score();
            monitored.filter(|score| !Score::EVERY_EPOCH.contains(score))
        });
        let monitored: Vec<Option<Score>> = monitored.collect();
        let selected = (0..self.members).filter(|&index| monitored[index].is_some());
        let of_member = |index: usize| monitored[index].into_iter().collect();
        let found = self.classify(&selected.collect::<Vec<usize>>(), of_member);
        for (scores, found) in scores.iter_mut().zip(found) {
            for (score, value) in found.iter().flat_map(|found| found.scores.iter()) {
                scores.insert(score, value);
            }
        }
        scores
    }

    /// The classification by the members with these indices, with all scores. The result has an entry for
    /// each member of the cohort, which is `None` for others and for members without samples.
    pub(in crate::train) fn evaluate(&self, selected: &[usize]) -> Vec<Option<Classification>> {
        self.classify(selected, |_| Score::all().collect())
    }

    /// The classification by the members with these indices, with these scores of each.
    fn classify(
        &self,
        selected: &[usize],
        scores: impl Fn(usize) -> Vec<Score>,
    ) -> Vec<Option<Classification>> {
        let mut all = vec![None; self.members];
        for group in &self.groups {
            let Some(group) = group.select(selected) else {
                continue;
            };
            let scores: Vec<Vec<Score>> =
                group.indices.iter().map(|&index| scores(index)).collect();
            let found = classify(group.logits, group.targets, &scores);
            for (index, found) in group.indices.into_iter().zip(found) {
                all[index] = Some(found);
            }
        }
        all
    }
}

impl<B: Backend> Group<B> {
    fn new(indices: Vec<usize>, parts: impl Iterator<Item = (Tensor<B, 3>, Tensor<B, 3>)>) -> Self {
        let (logits, targets) = parts.unzip();
        Self {
            indices,
            logits: Tensor::cat(logits, 1),
            targets: Tensor::cat(targets, 1),
        }
    }

    /// The part of the group with the members of these indices; `None` if there are none.
    fn select(&self, selected: &[usize]) -> Option<Self> {
        let indices_in_group: Vec<usize> = (0..self.indices.len())
            .filter(|&index_in_group| selected.contains(&self.indices[index_in_group]))
            .collect();
        if indices_in_group.is_empty() {
            return None;
        }
        let is_all = indices_in_group.len() == self.indices.len();
        let select = |tensor: &Tensor<B, 3>| {
            if is_all || tensor.dims()[0] == 1 {
                tensor.clone()
            } else {
                select_members(tensor, &indices_in_group)
            }
        };
        Some(Self {
            logits: select(&self.logits),
            targets: select(&self.targets),
            indices: indices_in_group
                .iter()
                .map(|&index_in_group| self.indices[index_in_group])
                .collect(),
        })
    }
}
