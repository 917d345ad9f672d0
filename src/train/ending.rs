//! How members leave their cohort, and what becomes of them.

use super::Observer;
use super::cohort::Cohort;
use super::evaluate::Answers;
use super::member::Member;
use super::watch::{EarlyStopping, Verdict};
use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::event::{ClassScores, EpochMetrics, Evaluated, Failure, Finished, Outcome};
use crate::model::{Network, pick, values};
use burn::tensor::Tensor;

/// How a member is ending.
pub(super) struct End<B: Backend> {
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
    validation: Option<(Evaluated, ClassScores)>,
}

impl<B: Backend> End<B> {
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
        validation: Option<(Evaluated, ClassScores)>,
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

/// How each member ended, once all have left.
pub(super) fn outcomes<B: Backend>(
    data: &DeviceDataset<B>,
    members: &[Member],
    mut ends: Vec<End<B>>,
    observer: &mut dyn Observer,
) -> Vec<Outcome> {
    let places: Vec<usize> = (0..ends.len())
        .filter(|&place| ends[place].failure.is_none())
        .collect();
    let mut test = Vec::new();
    if !places.is_empty() {
        let own = |places: &[usize]| places.iter().map(|&place| members[place].clone()).collect();
        let finished: Vec<Member> = own(&places);
        let states = places.iter().map(|&place| {
            let kept = ends[place].kept.take();
            kept.expect("what leaves its cohort unfailed is kept")
        });
        let stages = finished.iter().map(|member| member.config.stages());
        let mut model = Network::of_states(stages.collect(), states.collect());
        // Members that go back to an epoch before their last.
        let back: Vec<usize> = (0..places.len())
            .filter(|&index| ends[places[index]].validation.is_none())
            .collect();
        if !back.is_empty() {
            let again: Vec<usize> = back.iter().map(|&index| places[index]).collect();
            let mut part = match back.len() == places.len() {
                true => model.clone(),
                false => model.of_members(&back),
            };
            let answers = Answers::to_validation(&mut part, &data.train, &own(&again));
            let all: Vec<usize> = (0..again.len()).collect();
            for (place, scores) in again.into_iter().zip(answers.evaluated(&all)) {
                ends[place].validation = scores;
            }
        }
        let answers = Answers::to_all(&mut model, &data.test, &finished);
        let all: Vec<usize> = (0..places.len()).collect();
        test = answers.evaluated(&all);
        if observer.wants_networks() {
            for (index, &place) in places.iter().enumerate() {
                let state = model.member_state(index).into_iter();
                observer.network(place, state.map(values).collect());
            }
        }
    }
    let mut test = test.into_iter().flatten();
    let outcome = |end: End<B>| {
        if let Some(failure) = end.failure {
            return Outcome::Failed(failure);
        }
        let test = test.next().expect("every finished member is tested");
        match test.0.loss.is_finite() {
            false => Outcome::Failed(Failure::Diverged { epoch: end.epoch }),
            true => Outcome::Finished(Box::new(Finished {
                epoch: end.epoch,
                validation: end.validation,
                test,
            })),
        }
    };
    ends.into_iter().map(outcome).collect()
}
