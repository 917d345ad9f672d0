//! How members leave their cohort, and what becomes of them.

use super::TrainingHost;
use super::cohort::Cohort;
use super::evaluate::Predictions;
use super::member::Member;
use super::restore::{numbers, tensors};
use super::watch::{EarlyStopping, Verdict};
use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::metrics::{ClassificationCounts, EpochMetrics, EvalMetrics};
use crate::model::{Network, pick, state_shapes, values};
use crate::outcome::{Failure, FinishedRun, Outcome};
use crate::training_state::{EarlyStoppingState, TrainingState};
use burn::tensor::Tensor;

/// How a member is ending.
pub(super) struct MemberCompletion<B: Backend> {
    failure: Option<Failure>,
    stopping: Option<EarlyStopping>,
    /// Whether it has trained its last epoch.
    stopped: bool,
    /// The epoch whose parameters are the final ones, counted from 1.
    epoch: usize,
    /// The network's state after that epoch, where the member may still go on from it or has left
    /// its cohort. It shares no memory with the cohort.
    kept: Option<Vec<Tensor<B, 3>>>,
    /// How that network fares on the validation samples, where that is known.
    validation: Option<(EvalMetrics, ClassificationCounts)>,
}

impl<B: Backend> MemberCompletion<B> {
    pub(super) fn new(member: &Member) -> Self {
        Self {
            failure: None,
            stopping: EarlyStopping::new(&member.config.training),
            stopped: false,
            epoch: 0,
            kept: None,
            validation: None,
        }
    }

    /// How a member is ending that goes on from this state.
    pub(super) fn resumed(member: &Member, state: &TrainingState, device: &B::Device) -> Self {
        let mut end = Self::new(member);
        if let (Some(stopping), Some(state)) = (&mut end.stopping, state.stopping) {
            stopping.restore(state);
        }
        let shapes = state_shapes(&member.config.stages());
        let kept = state.best.as_ref();
        Self {
            epoch: state.best_epoch,
            kept: kept.map(|best| tensors(best, &shapes, device)),
            ..end
        }
    }

    /// What early stopping remembers, where it is asked for.
    pub(super) fn stopping(&self) -> Option<EarlyStoppingState> {
        self.stopping.as_ref().map(EarlyStopping::state)
    }

    /// The epoch that the member would go back to, counted from 1.
    pub(super) fn epoch(&self) -> usize {
        self.epoch
    }

    /// The network after that epoch, where it is not the present one.
    pub(super) fn kept(&self) -> Option<Vec<Vec<f32>>> {
        self.kept.as_ref().map(|kept| numbers(kept))
    }

    /// Whether the member is still in training.
    pub(super) fn is_open(&self) -> bool {
        self.failure.is_none() && !self.stopped
    }

    /// Takes note that training has no meaning since this epoch.
    pub(super) fn diverged(&mut self, epoch: usize) {
        self.failure = Some(Failure::Diverged { epoch });
    }

    /// Takes note of an epoch of the member at this place of its cohort: whether it is the best so
    /// far, and whether it is the last.
    pub(super) fn judge(&mut self, cohort: &Cohort<B>, place: usize, metrics: &EpochMetrics) {
        let training = &cohort.members[place].config.training;
        let verdict = match &mut self.stopping {
            None => Verdict::Improved,
            Some(stopping) => stopping.judge(training, metrics),
        };
        let is_last = metrics.epoch >= training.epochs.get();
        self.stopped = is_last || verdict == Verdict::Stop;
        let restores = self.stopping.is_some() && training.restore_best;
        let has_no_other = self.stopped && self.kept.is_none();
        if !restores || verdict == Verdict::Improved || has_no_other {
            self.epoch = metrics.epoch;
            // What is best at the end is kept when the member leaves.
            self.kept = (restores && !self.stopped).then(|| own_state(cohort, place));
        }
    }

    /// The member at this place leaves its cohort; `validation` is how it fares now.
    pub(super) fn leave(
        &mut self,
        cohort: &Cohort<B>,
        place: usize,
        validation: Option<(EvalMetrics, ClassificationCounts)>,
    ) {
        if self.failure.is_none() && self.kept.is_none() {
            self.kept = Some(own_state(cohort, place));
            self.validation = validation;
        }
    }
}

/// A copy of the state of the network at this place, in its own shape.
///
/// A copy, because a part of the cohort's tensors would hold on to the whole of them.
fn own_state<B: Backend>(cohort: &Cohort<B>, place: usize) -> Vec<Tensor<B, 3>> {
    let state = cohort.model.member_state(place);
    match cohort.members.len() {
        1 => state,
        _ => state.iter().map(|tensor| pick(tensor, &[0])).collect(),
    }
}

/// A member that has left its cohort.
pub(super) struct LeavingMember<'m, 'a, B: Backend> {
    /// Its position among all members.
    pub(super) position: usize,
    pub(super) member: &'m Member<'a>,
    pub(super) end: MemberCompletion<B>,
}

/// Tells how each member ended that has left its cohort.
pub(super) fn report_completions<B: Backend>(
    data: &DeviceDataset<B>,
    mut left: Vec<LeavingMember<B>>,
    observer: &mut dyn TrainingHost,
) {
    let mut unfailed: Vec<&mut LeavingMember<B>> = left
        .iter_mut()
        .filter(|left| left.end.failure.is_none())
        .collect();
    let mut test = Vec::new();
    if !unfailed.is_empty() {
        let members: Vec<Member> = unfailed.iter().map(|left| left.member.clone()).collect();
        let states = unfailed.iter_mut().map(|left| {
            let kept = left.end.kept.take();
            kept.expect("what leaves its cohort unfailed is kept")
        });
        let states = states.collect();
        let stages = members.iter().map(|member| member.config.stages());
        let mut model = Network::of_states(stages.collect(), states);
        // Members that go back to an epoch before their last.
        let back: Vec<usize> = (0..unfailed.len())
            .filter(|&index| unfailed[index].end.validation.is_none())
            .collect();
        if !back.is_empty() {
            let again: Vec<Member> = back.iter().map(|&index| members[index].clone()).collect();
            let mut part = match back.len() == members.len() {
                true => model.clone(),
                false => model.of_members(&back),
            };
            let answers = Predictions::to_validation(&mut part, &data.train, &again);
            let all: Vec<usize> = (0..again.len()).collect();
            for (index, scores) in back.into_iter().zip(answers.evaluated(&all)) {
                unfailed[index].end.validation = scores;
            }
        }
        let answers = Predictions::to_all(&mut model, &data.test, &members);
        let all: Vec<usize> = (0..members.len()).collect();
        test = answers.evaluated(&all);
        if observer.wants_weights() {
            for (index, left) in unfailed.iter().enumerate() {
                let state = model.member_state(index).into_iter();
                observer.on_final_weights(left.position, state.map(values).collect());
            }
        }
    }
    let mut test = test.into_iter().flatten();
    for LeavingMember { position, end, .. } in left {
        let outcome = match end.failure {
            Some(failure) => Outcome::Failed(failure),
            None => {
                let test = test.next().expect("every finished member is tested");
                match test.0.loss.is_finite() {
                    false => Outcome::Failed(Failure::Diverged { epoch: end.epoch }),
                    true => Outcome::Finished(Box::new(FinishedRun {
                        epoch: end.epoch,
                        validation: end.validation,
                        test,
                    })),
                }
            }
        };
        observer.on_run_end(position, outcome);
    }
}
