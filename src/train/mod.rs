//! Training of one cohort: its step, its epochs, its ends.
//!
//! No files, and no clock but the one handed in: what happens is told to an [`Observer`].

mod augment;
mod batches;
mod cohort;
mod evaluate;
mod member;
mod optimizer;
mod per_member;
mod probe;
mod profile;
mod regularise;
mod scaling;
mod schedule;
mod watch;

pub use member::Member;
pub use optimizer::{Optimizer, new as new_optimizer};
pub use per_member::PerMember;
pub use probe::step_seconds;
pub use profile::{StepTime, profile};
pub use schedule::{Progress, learning_rate};
pub use watch::Plateau;

use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::event::{EpochMetrics, Failure, Finished, LayerValues, Outcome};
use burn::tensor::Tensor;
use cohort::{Cohort, Epoch};
use evaluate::Answers;
use watch::{EarlyStopping, Verdict};

/// Who watches a training.
pub trait Observer {
    /// Seconds since any fixed moment.
    fn seconds(&self) -> f64;
    /// Whether to leave the training unfinished.
    fn interrupted(&self) -> bool;
    /// The member at this position has finished an epoch.
    fn epoch_finished(&mut self, member: usize, metrics: &EpochMetrics);
    /// Whether to be told of the layers' values at the end of this epoch, counted from 1.
    fn wants_layers(&self, _epoch: usize) -> bool {
        false
    }
    /// The layers of the member at this position at the end of an epoch, which is about to be
    /// told as finished.
    fn layers(&mut self, _member: usize, _epoch: usize, _layers: &[LayerValues]) {}
}

/// The training was left unfinished, as its observer asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// Trains the members of a cohort together; how each ended, in their order.
///
/// # Errors
/// [`Interrupted`] where the observer asked for it: nothing of the cohort is to be kept.
///
/// # Panics
/// When the members differ in shape: see [`Member`].
pub fn train<B: Backend>(
    data: &DeviceDataset<B>,
    members: &[Member],
    observer: &mut dyn Observer,
) -> Result<Vec<Outcome>, Interrupted> {
    member::assert_stackable(members);
    let mut cohort = Cohort::new(data, members);
    let mut ends: Vec<End<B>> = members.iter().map(End::new).collect();
    let epochs = members[0].config.training.epochs.get();
    let batch = evaluate::batch_size(&members[0].config.stages());
    let mut validation = None;
    for epoch in 1..=epochs {
        let trained = cohort.epoch(epoch - 1, observer)?;
        validation = Answers::to_validation(&mut cohort.model, &data.train, members, batch);
        let metrics = epoch_metrics(&cohort, epoch, &trained, validation.as_ref());
        for (position, (end, metrics)) in ends.iter_mut().zip(&metrics).enumerate() {
            if !end.is_open() {
                continue;
            }
            if !is_finite(metrics) {
                end.failure = Some(Failure::Diverged { epoch });
                continue;
            }
            if observer.wants_layers(epoch) {
                let layers = cohort.layer_values(&trained.gradients, position);
                observer.layers(position, epoch, &layers);
            }
            observer.epoch_finished(position, metrics);
            cohort.epoch_finished(position, metrics);
            end.judge(&cohort, position, metrics);
        }
        if ends.iter().all(|end| !end.is_open()) {
            break;
        }
    }
    if restore(&mut cohort, &ends) {
        validation = Answers::to_validation(&mut cohort.model, &data.train, members, batch);
    }
    let test = Answers::to_all(&mut cohort.model, &data.test, members, batch).evaluated();
    let mut validation = validation.map(|answers| answers.evaluated().into_iter());
    let outcomes = ends.into_iter().zip(test).map(|(end, test)| {
        let validation = validation.as_mut().and_then(Iterator::next);
        match end.failure {
            Some(failure) => Outcome::Failed(failure),
            None if !test.0.loss.is_finite() => {
                Outcome::Failed(Failure::Diverged { epoch: end.epoch })
            }
            None => Outcome::Finished(Box::new(Finished {
                epoch: end.epoch,
                validation,
                test,
            })),
        }
    });
    Ok(outcomes.collect())
}

/// Whether training still has a meaning: loss, gradients and learning rate are numbers.
fn is_finite(metrics: &EpochMetrics) -> bool {
    let numbers = [metrics.train_loss, metrics.learning_rate];
    let all = numbers.iter().chain(&metrics.val_loss);
    all.chain(&metrics.gradient_norms).all(|n| n.is_finite())
}

/// What an epoch gave, for each member.
fn epoch_metrics<B: Backend>(
    cohort: &Cohort<B>,
    epoch: usize,
    trained: &Epoch<B>,
    validation: Option<&Answers<B>>,
) -> Vec<EpochMetrics> {
    let validation = validation.map(Answers::sums);
    let norms = cohort.gradient_norms(&trained.gradients);
    let of = |(position, gradient_norms): (usize, Vec<f64>)| {
        let (train_loss, train_accuracy) = trained.sums.means(position);
        let held_out = validation.as_ref().map(|sums| sums.means(position));
        EpochMetrics {
            epoch,
            train_loss,
            train_accuracy,
            val_loss: held_out.map(|(loss, _)| loss),
            val_accuracy: held_out.map(|(_, accuracy)| accuracy),
            learning_rate: trained.rates[position],
            gradient_norms,
            seconds: trained.seconds / cohort.members.len() as f64,
        }
    };
    norms.into_iter().enumerate().map(of).collect()
}

/// How a member is ending.
struct End<B: Backend> {
    failure: Option<Failure>,
    stopping: Option<EarlyStopping>,
    stopped: bool,
    /// The epoch whose parameters are the final ones, counted from 1.
    epoch: usize,
    /// Those parameters, where they may not be the cohort's last.
    kept: Option<Vec<Tensor<B, 3>>>,
}

impl<B: Backend> End<B> {
    fn new(member: &Member) -> Self {
        Self {
            failure: None,
            stopping: EarlyStopping::new(&member.config.training),
            stopped: false,
            epoch: 0,
            kept: None,
        }
    }

    /// Whether the member is still in training.
    fn is_open(&self) -> bool {
        self.failure.is_none() && !self.stopped
    }

    /// Takes note of an epoch: whether it is the best so far, and whether it is the last.
    fn judge(&mut self, cohort: &Cohort<B>, position: usize, metrics: &EpochMetrics) {
        let training = &cohort.members[position].config.training;
        let verdict = match &mut self.stopping {
            None => Verdict::Improved,
            Some(stopping) => stopping.judge(training, metrics),
        };
        self.stopped = verdict == Verdict::Stop;
        let restores = self.stopping.is_some() && training.restore_best;
        if !restores || verdict == Verdict::Improved {
            self.epoch = metrics.epoch;
        }
        // A cohort goes on after a member has stopped: what the member then is must be kept.
        let keeps = match restores {
            true => verdict == Verdict::Improved,
            false => self.stopped,
        };
        if keeps {
            let own = |tensor: Tensor<B, 3>| tensor.narrow(0, position, 1);
            self.kept = Some(cohort.model.state().into_iter().map(own).collect());
        }
    }
}

/// Gives each member the parameters that it ended with; whether any was given others than it has.
fn restore<B: Backend>(cohort: &mut Cohort<B>, ends: &[End<B>]) -> bool {
    if ends.iter().all(|end| end.kept.is_none()) {
        return false;
    }
    let state = cohort.model.state().into_iter().enumerate();
    let restored = state.map(|(index, tensor)| {
        let own = ends.iter().enumerate().map(|(position, end)| {
            end.kept.as_ref().map_or_else(
                || tensor.clone().narrow(0, position, 1),
                |kept| kept[index].clone(),
            )
        });
        Tensor::cat(own.collect(), 0)
    });
    let restored = restored.collect();
    cohort.model.set_state(restored);
    true
}
