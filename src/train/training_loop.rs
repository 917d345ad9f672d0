//! The training loop: epoch after epoch, until every member's run has ended.

use super::checkpoint::training_state;
use super::cohort::{Cohort, Epoch, Snapshot};
use super::completion::{LeavingMember, MemberCompletion, report_completions};
use super::control::EpochAction;
use super::evaluation::Predictions;
use super::events::{Interrupted, TrainingEvent};
use super::member::{Member, assert_stackable};
use super::training_host::TrainingHost;
use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::metrics::{EpochMetrics, Scores};
use crate::training_state::TrainingState;
use std::sync::Arc;

/// Trains the members of a cohort together, and reports to the host how each run ends.
///
/// A member whose run has ended leaves the cohort, which continues with the rest. The result of a
/// member does not depend on which members it is trained with.
///
/// # Errors
/// [`Interrupted`] if a stop is requested, or a sink asks for it. Of the members whose run has not ended, only
/// the states that were reported are valid.
///
/// # Panics
/// If the members cannot be stacked (see [`StackShape`](crate::spec::StackShape)), or continue from
/// different epochs.
pub fn train<B: Backend>(
    data: &DeviceDataset<B>,
    members: &[Member],
    host: &mut TrainingHost<'_>,
) -> Result<(), Interrupted> {
    assert_stackable(members);
    let states = (0..members.len()).map(|member| host.resume_state(member));
    let states: Option<Vec<TrainingState>> = states.collect();
    let finished_epochs = finished_epochs(states.as_deref());
    let (mut completions, mut cohort): (Vec<Option<MemberCompletion<B>>>, _) = match states {
        None => {
            let completions = members
                .iter()
                .map(|member| Some(MemberCompletion::new(member)));
            (completions.collect(), Cohort::new(data, members.to_vec()))
        }
        Some(states) => {
            let device = data.train.device();
            let resumed = |(member, state)| Some(MemberCompletion::resumed(member, state, &device));
            let completions = members.iter().zip(&states).map(resumed).collect();
            (
                completions,
                Cohort::resumed(data, members.to_vec(), &states),
            )
        }
    };
    // For each member of the cohort, its index in `members`.
    let mut member_indices: Vec<usize> = (0..members.len()).collect();
    for epoch in finished_epochs + 1.. {
        let epoch_start = host.saves_when_stopped().then(|| cohort.snapshots());
        let trained = match cohort.epoch(epoch - 1, host) {
            Ok(trained) => trained,
            Err(interrupted) => {
                if let Some(snapshots) = epoch_start.filter(|_| epoch > 1) {
                    report_checkpoints(epoch - 1, &member_indices, &snapshots, &completions, host)?;
                }
                return Err(interrupted);
            }
        };
        drop(epoch_start);
        let validation =
            Predictions::on_validation(&mut cohort.model, &data.train, &cohort.members);
        let metrics = epoch_metrics(&cohort, epoch, &trained, &validation);
        for (index_in_cohort, (&member_index, metrics)) in
            member_indices.iter().zip(&metrics).enumerate()
        {
            let completion = in_training(&mut completions, member_index);
            if !is_finite(metrics) {
                completion.diverged(epoch);
                continue;
            }
            if host.wants_layer_values(epoch) {
                let layers = cohort.layer_values(&trained.gradients, index_in_cohort);
                host.emit(TrainingEvent::LayerValues {
                    member: member_index,
                    epoch,
                    layers: Arc::new(layers),
                })?;
            }
            host.emit(TrainingEvent::EpochEnd {
                member: member_index,
                metrics: metrics.clone(),
            })?;
            cohort.on_epoch_end(index_in_cohort, metrics);
            in_training(&mut completions, member_index).on_epoch_end(
                &cohort,
                index_in_cohort,
                metrics,
            );
        }
        let (staying, leaving): (Vec<_>, Vec<_>) = (0..member_indices.len())
            .partition(|&index| in_training(&mut completions, member_indices[index]).is_open());
        if !leaving.is_empty() {
            let mut evaluations = validation.evaluate(&leaving);
            let leaving_members = leaving.into_iter().map(|index_in_cohort| {
                let member_index = member_indices[index_in_cohort];
                let mut completion = completions[member_index]
                    .take()
                    .expect("a member leaves once");
                completion.leave(
                    &cohort,
                    index_in_cohort,
                    evaluations[index_in_cohort].take(),
                );
                let member = &members[member_index];
                LeavingMember {
                    member_index,
                    member,
                    completion,
                }
            });
            let leaving_members = leaving_members.collect();
            if staying.is_empty() {
                // The evaluation below needs this memory.
                drop((cohort, trained, validation));
                report_completions(data, leaving_members, host)?;
                return Ok(());
            }
            report_completions(data, leaving_members, host)?;
            member_indices = staying.iter().map(|&index| member_indices[index]).collect();
            cohort = cohort.select_members(&staying);
        }
        let action = host.after_epoch(epoch);
        if action != EpochAction::Continue {
            report_checkpoints(
                epoch,
                &member_indices,
                &cohort.snapshots(),
                &completions,
                host,
            )?;
        }
        if action == EpochAction::CheckpointAndStop {
            return Err(Interrupted);
        }
    }
    unreachable!("the loop ends with the last member's run")
}

/// The number of epochs that the members have finished before they continue; 0 for new runs.
fn finished_epochs(states: Option<&[TrainingState]>) -> usize {
    let mut epochs = states.into_iter().flatten().map(|state| state.epoch);
    let first = epochs.next().unwrap_or(0);
    assert!(
        epochs.all(|epoch| epoch == first),
        "the members of a cohort continue from the same epoch"
    );
    first
}

/// The completion of a member that is in training.
fn in_training<B: Backend>(
    completions: &mut [Option<MemberCompletion<B>>],
    member_index: usize,
) -> &mut MemberCompletion<B> {
    completions[member_index]
        .as_mut()
        .expect("a member in training has not left")
}

/// Reports the states of the members in training, which have finished this epoch.
fn report_checkpoints<B: Backend>(
    epoch: usize,
    member_indices: &[usize],
    snapshots: &[Snapshot<B>],
    completions: &[Option<MemberCompletion<B>>],
    host: &mut TrainingHost<'_>,
) -> Result<(), Interrupted> {
    for (&member_index, snapshot) in member_indices.iter().zip(snapshots) {
        if let Some(completion) = &completions[member_index] {
            let state = training_state(epoch, snapshot, completion);
            host.emit(TrainingEvent::Checkpoint {
                member: member_index,
                state: Arc::new(state),
            })?;
        }
    }
    Ok(())
}

/// Whether loss, gradients and learning rate are finite. Otherwise, the run has diverged.
fn is_finite(metrics: &EpochMetrics) -> bool {
    let losses = [&metrics.training, &metrics.validation].map(Scores::loss);
    let losses = losses.into_iter().flatten();
    let norms = metrics.gradient_norms.iter().copied();
    let mut all = losses.chain([metrics.learning_rate]).chain(norms);
    all.all(f64::is_finite)
}

/// The metrics of an epoch, for each member.
fn epoch_metrics<B: Backend>(
    cohort: &Cohort<B>,
    epoch: usize,
    trained: &Epoch<B>,
    validation: &Predictions<B>,
) -> Vec<EpochMetrics> {
    let validation = validation.epoch_scores(&cohort.members);
    let norms = cohort.gradient_norms(&trained.gradients);
    let scores = trained.scores.iter().zip(validation);
    let metrics = |(member, ((training, validation), gradient_norms))| EpochMetrics {
        epoch,
        training: Scores::clone(training),
        validation,
        learning_rate: trained.learning_rates[member],
        gradient_norms,
        seconds: trained.seconds / cohort.members.len() as f64,
    };
    scores.zip(norms).enumerate().map(metrics).collect()
}
