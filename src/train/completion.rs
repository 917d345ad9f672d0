//! How members leave their cohort, and the outcome of their runs.

use super::cohort::Cohort;
use super::evaluation::Predictions;
use super::events::{Interrupted, TrainingEvent};
use super::member::Member;
use super::schedule::{EarlyStopping, Verdict};
use super::training_host::TrainingHost;
use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::metrics::{ClassificationCounts, EpochMetrics, SamplePredictions, Scores};
use crate::model::{Classification, Network, all_values, state_shapes, state_tensors};
use crate::outcome::{Failure, FinishedRun, Outcome};
use crate::stages::select_members;
use crate::training_state::{EarlyStoppingState, TrainingState};
use burn::tensor::Tensor;
use std::sync::Arc;

/// The progress of a member towards the end of its run.
pub(super) struct MemberCompletion<B: Backend> {
    failure: Option<Failure>,
    early_stopping: Option<EarlyStopping>,
    /// Whether it has trained its last epoch.
    stopped: bool,
    /// The epoch whose parameters are the final ones, counted from 1.
    best_epoch: usize,
    /// The network's state after that epoch, if the member may still be trained further or has left
    /// its cohort. It shares no memory with the cohort.
    best_state: Option<Vec<Tensor<B, 3>>>,
    /// How that network classifies the validation samples, if known.
    validation: Option<Classification>,
}

impl<B: Backend> MemberCompletion<B> {
    pub(super) fn new(member: &Member) -> Self {
        Self {
            failure: None,
            early_stopping: EarlyStopping::new(&member.config.training),
            stopped: false,
            best_epoch: 0,
            best_state: None,
            validation: None,
        }
    }

    /// The progress of a member that continues from this state.
    pub(super) fn resumed(member: &Member, state: &TrainingState, device: &B::Device) -> Self {
        let mut completion = Self::new(member);
        if let (Some(stopping), Some(saved)) = (&mut completion.early_stopping, state.stopping) {
            stopping.restore(saved);
        }
        let shapes = state_shapes(&member.config.stages());
        let best = state.best.as_ref();
        Self {
            best_epoch: state.best_epoch,
            best_state: best.map(|best| state_tensors(best.iter().cloned(), &shapes, device)),
            ..completion
        }
    }

    /// The state of early stopping, if it is configured.
    pub(super) fn early_stopping(&self) -> Option<EarlyStoppingState> {
        self.early_stopping.as_ref().map(EarlyStopping::state)
    }

    /// The epoch whose parameters would be the final ones, counted from 1.
    pub(super) fn best_epoch(&self) -> usize {
        self.best_epoch
    }

    /// The network's state after that epoch, if it differs from the current one.
    pub(super) fn best_state(&self) -> Option<Vec<Vec<f32>>> {
        self.best_state.as_ref().map(|state| all_values(state))
    }

    /// Whether the member is still in training.
    pub(super) fn is_open(&self) -> bool {
        self.failure.is_none() && !self.stopped
    }

    /// Records that the run diverged in this epoch.
    pub(super) fn diverged(&mut self, epoch: usize) {
        self.failure = Some(Failure::Diverged { epoch });
    }

    /// Records an epoch of the member with this index in its cohort: whether it is the best so far,
    /// and whether it is the last.
    pub(super) fn on_epoch_end(
        &mut self,
        cohort: &Cohort<B>,
        index_in_cohort: usize,
        metrics: &EpochMetrics,
    ) {
        let training = &cohort.members[index_in_cohort].config.training;
        let verdict = match &mut self.early_stopping {
            None => Verdict::Improved,
            Some(stopping) => stopping.judge(training, metrics),
        };
        let is_last = metrics.epoch >= training.epochs.get();
        self.stopped = is_last || verdict == Verdict::Stop;
        let restores_best = self.early_stopping.is_some() && training.restore_best;
        let has_no_best = self.stopped && self.best_state.is_none();
        if !restores_best || verdict == Verdict::Improved || has_no_best {
            self.best_epoch = metrics.epoch;
            // If the last epoch is the best, its state is copied when the member leaves.
            self.best_state =
                (restores_best && !self.stopped).then(|| copy_state(cohort, index_in_cohort));
        }
    }

    /// Records that the member with this index in its cohort leaves it; `validation` has its current
    /// metrics.
    pub(super) fn leave(
        &mut self,
        cohort: &Cohort<B>,
        index_in_cohort: usize,
        validation: Option<Classification>,
    ) {
        if self.failure.is_none() && self.best_state.is_none() {
            self.best_state = Some(copy_state(cohort, index_in_cohort));
            self.validation = validation;
        }
    }
}

/// A copy of the state of this member's network, in the member's own shape.
///
/// A copy, because a view would keep the tensors of the whole cohort in memory.
fn copy_state<B: Backend>(cohort: &Cohort<B>, index_in_cohort: usize) -> Vec<Tensor<B, 3>> {
    let state = cohort.model.member_state(index_in_cohort);
    match cohort.members.len() {
        1 => state,
        _ => state
            .iter()
            .map(|tensor| select_members(tensor, &[0]))
            .collect(),
    }
}

/// A member that has left its cohort.
pub(super) struct LeavingMember<'m, 'a, B: Backend> {
    /// Its index among all members.
    pub(super) member_index: usize,
    pub(super) member: &'m Member<'a>,
    pub(super) completion: MemberCompletion<B>,
}

/// Evaluates the members that have left their cohort, and reports the outcome of each run.
///
/// # Errors
/// [`Interrupted`] if a sink asks for it.
pub(super) fn report_completions<B: Backend>(
    data: &DeviceDataset<B>,
    mut leaving: Vec<LeavingMember<B>>,
    host: &mut TrainingHost<'_>,
) -> Result<(), Interrupted> {
    let mut successful: Vec<&mut LeavingMember<B>> = leaving
        .iter_mut()
        .filter(|leaving| leaving.completion.failure.is_none())
        .collect();
    let mut test = Vec::new();
    if !successful.is_empty() {
        let members: Vec<Member> = successful
            .iter()
            .map(|leaving| leaving.member.clone())
            .collect();
        let states = successful.iter_mut().map(|leaving| {
            let state = leaving.completion.best_state.take();
            state.expect("a member leaves with its final state")
        });
        let states = states.collect();
        let stages = members.iter().map(|member| member.config.stages());
        let mut model = Network::from_states(stages.collect(), states);
        // Members that return to an epoch before their last.
        let reverted: Vec<usize> = (0..successful.len())
            .filter(|&index| successful[index].completion.validation.is_none())
            .collect();
        if !reverted.is_empty() {
            let reverted_members: Vec<Member> = reverted
                .iter()
                .map(|&index| members[index].clone())
                .collect();
            let mut reverted_model = if reverted.len() == members.len() {
                model.clone()
            } else {
                model.select_members(&reverted)
            };
            let predictions =
                Predictions::on_validation(&mut reverted_model, &data.train, &reverted_members);
            let all: Vec<usize> = (0..reverted_members.len()).collect();
            for (index, evaluation) in reverted.into_iter().zip(predictions.evaluate(&all)) {
                successful[index].completion.validation = evaluation;
            }
        }
        let predictions = Predictions::on_all(&mut model, &data.test, &members);
        let all: Vec<usize> = (0..members.len()).collect();
        test = predictions.evaluate(&all);
        if host.wants_weights() {
            for (index, leaving) in successful.iter().enumerate() {
                let state = model.member_state(index);
                host.emit(TrainingEvent::FinalWeights {
                    member: leaving.member_index,
                    weights: Arc::new(all_values(&state)),
                })?;
            }
        }
    }
    let mut test = test.into_iter().flatten();
    for LeavingMember {
        member_index,
        member,
        completion,
    } in leaving
    {
        let outcome = match completion.failure {
            Some(failure) => Outcome::Failed(failure),
            None => {
                let test = test.next().expect("every successful member is tested");
                if test.scores.loss().is_some_and(f64::is_finite) {
                    let (validation, predictions) = completion
                        .validation
                        .map(|found| with_samples(found, member))
                        .unzip();
                    Outcome::Finished(Box::new(FinishedRun {
                        epoch: completion.best_epoch,
                        validation,
                        predictions,
                        test: (test.scores, test.counts),
                    }))
                } else {
                    Outcome::Failed(Failure::Diverged {
                        epoch: completion.best_epoch,
                    })
                }
            }
        };
        host.emit(TrainingEvent::RunEnd {
            member: member_index,
            outcome: Arc::new(outcome),
        })?;
    }
    Ok(())
}

/// Separates scores and counts from the predictions for the member's validation samples.
fn with_samples(
    found: Classification,
    member: &Member,
) -> ((Scores, ClassificationCounts), SamplePredictions) {
    let predictions = SamplePredictions {
        classes: found.counts.confusion.len(),
        // The order of the predicted rows.
        samples: member.partition.validation.clone(),
        labels: found.labels,
        predicted: found.predicted,
    };
    ((found.scores, found.counts), predictions)
}
