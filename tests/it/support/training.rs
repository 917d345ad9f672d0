//! Cohorts trained by the crate on the CPU, and an observer that records all that they report.

use burn::backend::Flex;
use std::cell::Cell;
use std::sync::Arc;
use tp_sweep::data::{DeviceDataset, partition};
use tp_sweep::metrics::{EpochMetrics, LayerValues};
use tp_sweep::outcome::{FinishedRun, Outcome};
use tp_sweep::random::Seed;
use tp_sweep::spec::{Config, Key, YamlNode};
use tp_sweep::train::{
    CheckpointPolicy, Clock, EpochAction, EventSink, Interrupted, Member, StopRequest,
    TrainingEvent, TrainingHost, train,
};
use tp_sweep::training_state::TrainingState;

/// A configuration with these keys set, each to a value in YAML.
pub fn with_settings<'a, V: AsRef<str> + 'a>(
    mut config: Config,
    settings: impl IntoIterator<Item = &'a (&'a str, V)>,
) -> Config {
    for (path, yaml) in settings {
        let key = Key::find(path).unwrap_or_else(|| panic!("{path} is a key"));
        let node = YamlNode::parse(yaml.as_ref()).unwrap();
        key.read(&node).unwrap().apply(&mut config);
    }
    config
}

/// A member of a cohort that trains on its seed's fold of samples with these labels.
pub fn member<'a>(config: &'a Config, seed: Seed, labels: &[u16]) -> Member<'a> {
    Member {
        config,
        seed,
        partition: Arc::new(partition(labels, config, seed.repeat, seed.fold)),
        normalisation: None,
    }
}

/// What one member of a cohort reported.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberRecord {
    pub epochs: Vec<EpochMetrics>,
    /// Epochs, each with the values of its layers.
    pub layers: Vec<(usize, Vec<LayerValues>)>,
    /// The final network.
    pub network: Vec<Vec<f32>>,
    /// `None` if the training was interrupted before.
    pub outcome: Option<Outcome>,
}

impl MemberRecord {
    /// Whether it ended with a failure.
    pub fn has_failed(&self) -> bool {
        matches!(self.outcome, Some(Outcome::Failed(_)))
    }

    /// The result of a member that has finished.
    ///
    /// # Panics
    /// If it has failed or was interrupted.
    pub fn finished(&self) -> &FinishedRun {
        match &self.outcome {
            Some(Outcome::Finished(finished)) => finished,
            other => panic!("it has not finished: {other:?}"),
        }
    }
}

/// Records all that the members of a cohort report, and says from where they resume and when they stop.
#[derive(Default)]
pub struct RecordingObserver {
    pub members: Vec<MemberRecord>,
    /// The checkpoints of each member.
    pub states: Vec<Vec<TrainingState>>,
    /// The checkpoint from which each member resumes.
    pub resume_from: Vec<Option<TrainingState>>,
    pub records_layers: bool,
    pub records_networks: bool,
    /// Whether to take a checkpoint after every epoch.
    pub checkpoints: bool,
    /// The epoch at whose end to stop, with a checkpoint.
    pub stop_after_epoch: Option<usize>,
    /// Training is interrupted at this check; it checks before each step.
    pub stop_at_step: Option<Cell<usize>>,
}

impl RecordingObserver {
    /// For a cohort of this size; records epochs and outcomes.
    pub fn new(members: usize) -> Self {
        Self {
            members: vec![MemberRecord::default(); members],
            states: vec![Vec::new(); members],
            resume_from: vec![None; members],
            ..Self::default()
        }
    }

    /// For a cohort of this size; records layers, final networks and checkpoints too.
    pub fn of_everything(members: usize) -> Self {
        Self {
            records_layers: true,
            records_networks: true,
            checkpoints: true,
            ..Self::new(members)
        }
    }
}

/// A clock that does not advance.
struct Still;

impl Clock for Still {
    fn elapsed(&self) -> f64 {
        0.0
    }
}

/// Interrupts the training at a step.
struct StopAtStep(Option<Cell<usize>>);

impl StopRequest for StopAtStep {
    fn is_requested(&self) -> bool {
        self.0.as_ref().is_some_and(|steps| {
            steps.set(steps.get().saturating_sub(1));
            steps.get() == 0
        })
    }
}

/// The checkpoint policy of a [`RecordingObserver`].
struct Checkpoints {
    resume_from: Vec<Option<TrainingState>>,
    checkpoints: bool,
    stop_after_epoch: Option<usize>,
}

impl CheckpointPolicy for Checkpoints {
    fn resume_state(&mut self, member: usize) -> Option<TrainingState> {
        self.resume_from[member].take()
    }

    fn saves_when_stopped(&self) -> bool {
        self.checkpoints
    }

    fn after_epoch(&mut self, epoch: usize) -> EpochAction {
        match self.stop_after_epoch {
            Some(last) if last == epoch => EpochAction::CheckpointAndStop,
            _ if self.checkpoints => EpochAction::Checkpoint,
            _ => EpochAction::Continue,
        }
    }
}

impl EventSink for RecordingObserver {
    fn wants_layer_values(&self, _epoch: usize) -> bool {
        self.records_layers
    }

    fn wants_weights(&self) -> bool {
        self.records_networks
    }

    fn receive(&mut self, event: TrainingEvent) -> Result<(), Interrupted> {
        match event {
            TrainingEvent::LayerValues {
                member,
                epoch,
                layers,
            } => self.members[member].layers.push((epoch, layers.to_vec())),
            TrainingEvent::EpochEnd { member, metrics } => {
                let record = &mut self.members[member];
                record.epochs.push(metrics);
                if self.records_layers {
                    let [layers, epochs] = [record.layers.len(), record.epochs.len()];
                    assert_eq!(layers, epochs, "layers are reported before their epoch");
                }
            }
            TrainingEvent::FinalWeights { member, weights } => {
                self.members[member].network = weights.to_vec();
            }
            TrainingEvent::RunEnd { member, outcome } => {
                let outcome = Outcome::clone(&outcome);
                let earlier = self.members[member].outcome.replace(outcome);
                assert_eq!(earlier, None, "each member ends once");
            }
            TrainingEvent::Checkpoint { member, state } => {
                self.states[member].push(TrainingState::clone(&state));
            }
        }
        Ok(())
    }
}

/// Trains a cohort to its end.
///
/// # Panics
/// If a member does not end.
pub fn trained(data: &DeviceDataset<Flex>, members: &[Member]) -> Vec<MemberRecord> {
    let observer = RecordingObserver::new(members.len());
    let (observer, ended) = observed(data, members, observer);
    assert_eq!(ended, Ok(()));
    let records = observer.members;
    assert!(records.iter().all(|record| record.outcome.is_some()));
    records
}

/// Trains a cohort until the observer stops it.
pub fn observed(
    data: &DeviceDataset<Flex>,
    members: &[Member],
    mut observer: RecordingObserver,
) -> (RecordingObserver, Result<(), Interrupted>) {
    let stop = StopAtStep(observer.stop_at_step.take());
    let mut checkpoints = Checkpoints {
        resume_from: std::mem::take(&mut observer.resume_from),
        checkpoints: observer.checkpoints,
        stop_after_epoch: observer.stop_after_epoch,
    };
    let mut host = TrainingHost {
        clock: &Still,
        stop: Some(&stop),
        checkpoints: Some(&mut checkpoints),
        sinks: vec![&mut observer],
    };
    let ended = train(data, members, &mut host);
    (observer, ended)
}
