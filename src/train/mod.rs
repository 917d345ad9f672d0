//! Training of one cohort: its step, its epochs, its ends.
//!
//! No files, and no clock but the one handed in: what happens is told to an [`Observer`].

mod augment;
mod batches;
mod cohort;
mod ending;
mod evaluate;
mod groups;
mod member;
mod optimizer;
mod orders;
mod per_member;
mod probe;
mod profile;
mod regularise;
mod scaling;
mod schedule;
mod snapshot;
mod tally;
mod unequal;
mod watch;

pub use member::Member;
pub use optimizer::{Optimizer, OptimizerState, new as new_optimizer};
pub use per_member::PerMember;
pub use probe::step_seconds;
pub use profile::{StepTime, profile};
pub use schedule::{Progress, learning_rate};
pub use watch::Plateau;

use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::event::{EpochMetrics, LayerValues, Outcome};
use cohort::{Cohort, Epoch};
use ending::{End, outcomes};
use evaluate::Answers;

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
    /// Whether to be told of the final networks.
    fn wants_networks(&self) -> bool {
        false
    }
    /// All that training has changed of the final network of the member at this position, as plain
    /// numbers in the order of [`Network::member_state`](crate::model::Network::member_state).
    fn network(&mut self, _member: usize, _state: Vec<Vec<f32>>) {}
}

/// The training was left unfinished, as its observer asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// Trains the members of a cohort together; how each ended, in their order.
///
/// A member that has ended leaves the cohort, which goes on with the others: what becomes of one
/// does not depend on who is beside it.
///
/// # Errors
/// [`Interrupted`] where the observer asked for it: nothing of the cohort is to be kept.
///
/// # Panics
/// When no shape holds all members: see [`StackShape`](crate::spec::StackShape).
pub fn train<B: Backend>(
    data: &DeviceDataset<B>,
    members: &[Member],
    observer: &mut dyn Observer,
) -> Result<Vec<Outcome>, Interrupted> {
    member::assert_stackable(members);
    let mut ends: Vec<End<B>> = members.iter().map(End::new).collect();
    // The positions of those that are in the cohort.
    let mut positions: Vec<usize> = (0..members.len()).collect();
    let mut cohort = Cohort::new(data, members.to_vec());
    for epoch in 1.. {
        let trained = cohort.epoch(epoch - 1, observer)?;
        let validation = Answers::to_validation(&mut cohort.model, &data.train, &cohort.members);
        let metrics = epoch_metrics(&cohort, epoch, &trained, &validation);
        for (place, (&position, metrics)) in positions.iter().zip(&metrics).enumerate() {
            let end = &mut ends[position];
            if !is_finite(metrics) {
                end.diverged(epoch);
                continue;
            }
            if observer.wants_layers(epoch) {
                let layers = cohort.layer_values(&trained.gradients, place);
                observer.layers(position, epoch, &layers);
            }
            observer.epoch_finished(position, metrics);
            cohort.epoch_finished(place, metrics);
            end.judge(&cohort, place, metrics);
        }
        let is_open = |&place: &usize| ends[positions[place]].is_open();
        let (staying, leaving): (Vec<_>, Vec<_>) = (0..positions.len()).partition(is_open);
        if !leaving.is_empty() {
            let mut scores = validation.evaluated(&leaving);
            for place in leaving {
                ends[positions[place]].leave(&cohort, place, scores[place].take());
            }
            if staying.is_empty() {
                break;
            }
            positions = staying.iter().map(|&place| positions[place]).collect();
            cohort = cohort.of_members(&staying);
        }
    }
    drop(cohort);
    Ok(outcomes(data, members, ends, observer))
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
    validation: &Answers<B>,
) -> Vec<EpochMetrics> {
    let validation = validation.means();
    let norms = cohort.gradient_norms(&trained.gradients);
    let of = |(place, gradient_norms): (usize, Vec<f64>)| {
        let (train_loss, train_accuracy) = trained.means[place];
        EpochMetrics {
            epoch,
            train_loss,
            train_accuracy,
            val_loss: validation[place].map(|(loss, _)| loss),
            val_accuracy: validation[place].map(|(_, accuracy)| accuracy),
            learning_rate: trained.rates[place],
            gradient_norms,
            seconds: trained.seconds / cohort.members.len() as f64,
        }
    };
    norms.into_iter().enumerate().map(of).collect()
}
