//! `checkpoint.safetensors`: a run in training, to go on from.

use crate::bounded_io::read_file;
use crate::metrics::EpochMetrics;
use crate::plan::RunHash;
use crate::record::error::RecordError;
use crate::record::fs::atomic::{remove_file, write_atomically};
use crate::record::tensorboard::event_file::EventsMark;
use crate::spec::MAX_PARAMETERS;
use crate::training_state::{EarlyStoppingState, PlateauState, SavedOptimizer, TrainingState};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// The name of the file in a run's folder.
pub const CHECKPOINT_FILE: &str = "checkpoint.safetensors";

/// The version of the format; a reader takes a file of another version for none.
const FORMAT: u32 = 1;

/// The entries of the file's own data: what is not a tensor, and the hash of that and all tensors.
const ABOUT: &str = "checkpoint";
const HASH: &str = "blake3";

/// A run in training.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// What decides the run's numbers.
    pub identity: RunHash,
    /// The kind of device that it is trained on, such as `cpu`: another does not compute the same
    /// bits.
    pub device: String,
    /// What training goes on from.
    pub state: TrainingState,
    /// The metrics of each finished epoch.
    pub epochs: Vec<EpochMetrics>,
    /// Seconds from the run's start, without those that were in vain.
    pub seconds: f64,
    /// How far the event file had been written.
    pub events: EventsMark,
}

/// All of a checkpoint that is not a tensor.
#[derive(Serialize, Deserialize)]
struct About {
    format: u32,
    identity: RunHash,
    device: String,
    epochs: Vec<EpochMetrics>,
    seconds: f64,
    events: EventsMark,
    optimizer_steps: usize,
    momentum_product: f64,
    plateau: Option<PlateauState>,
    stopping: Option<EarlyStoppingState>,
    best_epoch: usize,
    /// How many tensors each list has.
    network: usize,
    best: Option<usize>,
    optimizer: Vec<usize>,
}

/// More tensors than a list can have.
const MOST_TENSORS: usize = 1 << 16;

/// More epochs and steps than a run takes: what counts on from there does not overflow.
const MOST_STEPS: u64 = 1 << 30;

/// The most bytes of the file: the largest network with its best one and four memories of an
/// optimizer, and the epochs.
const LARGEST: u64 = 6 * 4 * MAX_PARAMETERS + (512 << 20);

impl Checkpoint {
    /// Writes the checkpoint into a run's folder; it appears whole or not at all.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk.
    pub fn write(&self, run_folder: &Path) -> Result<(), RecordError> {
        write_atomically(&run_folder.join(CHECKPOINT_FILE), &self.to_bytes())
    }

    /// The checkpoint in a run's folder, if there is one of this identity.
    ///
    /// A file that is missing, damaged, of another version or of another configuration is none.
    pub fn read(run_folder: &Path, identity: &RunHash) -> Option<Self> {
        Self::read_any(run_folder).filter(|checkpoint| checkpoint.identity == *identity)
    }

    /// The checkpoint in a run's folder, of whatever configuration.
    pub(crate) fn read_any(run_folder: &Path) -> Option<Self> {
        Self::from_bytes(&read_file(&run_folder.join(CHECKPOINT_FILE), LARGEST).ok()?)
    }

    /// The file's bytes.
    #[expect(
        clippy::expect_used,
        reason = "our own tensors, whose shapes and numbers agree"
    )]
    pub fn to_bytes(&self) -> Vec<u8> {
        let state = &self.state;
        let about = About {
            format: FORMAT,
            identity: self.identity.clone(),
            device: self.device.clone(),
            epochs: self.epochs.clone(),
            seconds: self.seconds,
            events: self.events.clone(),
            optimizer_steps: state.optimizer.steps,
            momentum_product: state.optimizer.momentum_product,
            plateau: state.plateau,
            stopping: state.stopping,
            best_epoch: state.best_epoch,
            network: state.network.len(),
            best: state.best.as_ref().map(Vec::len),
            optimizer: state.optimizer.lists.iter().map(Vec::len).collect(),
        };
        let text = serde_json::to_string(&about).expect("a checkpoint has only text keys");
        let lists = [Some(&state.network), state.best.as_ref()];
        let lists = lists.into_iter().flatten().chain(&state.optimizer.lists);
        let bytes = lists.flatten().map(|numbers| to_bytes(numbers));
        let tensors: Vec<(String, Vec<u8>)> = about.names().zip(bytes).collect();
        let hash = hash(&text, tensors.iter().map(|(_, bytes)| &bytes[..]));
        let views = tensors.iter().map(|(name, bytes)| {
            let view = TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes);
            (name, view.expect("a shape and its numbers agree"))
        });
        let data = [(ABOUT.to_owned(), text), (HASH.to_owned(), hash)];
        let data = Some(HashMap::from(data));
        safetensors::serialize(views, data).expect("names and shapes are short")
    }

    /// The checkpoint in a file of these bytes, if they are one, unchanged since it was written.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (_, header) = SafeTensors::read_metadata(bytes).ok()?;
        let data = header.metadata().as_ref()?;
        let text = data.get(ABOUT)?;
        let about: About = serde_json::from_str(text).ok()?;
        if about.format != FORMAT || !about.is_small() || !about.is_early() {
            return None;
        }
        let file = SafeTensors::deserialize(bytes).ok()?;
        let tensor = |name: String| {
            let tensor = file.tensor(&name).ok()?;
            (tensor.dtype() == Dtype::F32).then(|| tensor.data())
        };
        let tensors: Vec<&[u8]> = about.names().map(tensor).collect::<Option<_>>()?;
        let is_unchanged =
            file.len() == tensors.len() && *data.get(HASH)? == hash(text, tensors.iter().copied());
        let numbered = (1..).zip(&about.epochs);
        let is_numbered = numbered.fold(true, |all, (number, epoch)| all && epoch.epoch == number);
        if !is_unchanged || !is_numbered {
            return None;
        }
        let mut tensors = tensors.into_iter().map(from_bytes);
        let mut list = |count: usize| tensors.by_ref().take(count).collect::<Vec<_>>();
        Some(Self {
            state: TrainingState {
                epoch: about.epochs.len(),
                network: list(about.network),
                best: about.best.map(&mut list),
                optimizer: SavedOptimizer {
                    steps: about.optimizer_steps,
                    momentum_product: about.momentum_product,
                    lists: about.optimizer.iter().map(|&count| list(count)).collect(),
                },
                plateau: about.plateau,
                stopping: about.stopping,
                best_epoch: about.best_epoch,
            },
            identity: about.identity,
            device: about.device,
            epochs: about.epochs,
            seconds: about.seconds,
            events: about.events,
        })
    }
}

impl About {
    /// Whether what is counted on has room to.
    fn is_early(&self) -> bool {
        let plateau = self
            .plateau
            .map_or(0, |state| state.waited.max(state.resting));
        let stopping = self.stopping.map_or(0, |state| state.waited as u64);
        [self.optimizer_steps as u64, plateau, stopping]
            .iter()
            .all(|&count| count <= MOST_STEPS)
            && self.seconds >= 0.0
    }

    /// Whether the numbers of tensors are those of a network.
    fn is_small(&self) -> bool {
        let lists = [self.network].into_iter().chain(self.best);
        let mut lists = lists.chain(self.optimizer.iter().copied());
        self.optimizer.len() <= MOST_TENSORS && lists.all(|count| count <= MOST_TENSORS)
    }

    /// The names of all tensors: the network, the best one, the optimizer's lists.
    fn names(&self) -> impl Iterator<Item = String> {
        let network = [("network".to_owned(), self.network)];
        let best = self.best.map(|count| ("best".to_owned(), count));
        let optimizer = self.optimizer.iter().enumerate();
        let optimizer = optimizer.map(|(list, &count)| (format!("optimizer.{list}"), count));
        let lists = network.into_iter().chain(best).chain(optimizer);
        lists.flat_map(|(list, count)| (0..count).map(move |index| format!("{list}.{index}")))
    }
}

/// The hash of a text and of tensors, each behind its length.
fn hash<'a>(text: &'a str, tensors: impl Iterator<Item = &'a [u8]>) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("tp-sweep checkpoint");
    for part in [text.as_bytes()].into_iter().chain(tensors) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_hex().to_string()
}

fn to_bytes(numbers: &[f32]) -> Vec<u8> {
    let bytes: Vec<[u8; 4]> = numbers.iter().map(|number| number.to_le_bytes()).collect();
    bytes.into_flattened()
}

fn from_bytes(bytes: &[u8]) -> Vec<f32> {
    let numbers = bytes.as_chunks::<4>().0.iter();
    numbers.map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

/// Removes the checkpoint from a run's folder, if it is there.
///
/// # Errors
/// A file that cannot be removed.
pub fn remove_checkpoint(run_folder: &Path) -> Result<(), RecordError> {
    remove_file(&run_folder.join(CHECKPOINT_FILE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::spec::Config;
    use proptest::prelude::*;

    fn checkpoint() -> Checkpoint {
        let seed = Seed {
            sweep: 0,
            repeat: 0,
            fold: 0,
        };
        let epoch = |epoch: usize| EpochMetrics {
            epoch,
            train_loss: 0.1 + 0.2,
            train_accuracy: 1.0 / 3.0,
            val_loss: None,
            val_accuracy: Some(0.25),
            learning_rate: 1e-300,
            gradient_norms: vec![f64::MIN_POSITIVE],
            seconds: 0.5,
        };
        Checkpoint {
            identity: RunHash::new(&Config::default(), seed, "data"),
            device: "cpu".to_owned(),
            state: TrainingState {
                epoch: 2,
                network: vec![vec![1.0, -0.0, f32::MIN_POSITIVE], vec![f32::MAX]],
                optimizer: SavedOptimizer {
                    steps: 7,
                    momentum_product: 0.1,
                    lists: vec![vec![vec![0.1; 3], vec![0.2]], vec![]],
                },
                plateau: Some(PlateauState {
                    rate: 0.1,
                    best: Some(-0.9),
                    waited: 1,
                    resting: 2,
                }),
                stopping: Some(EarlyStoppingState {
                    best: None,
                    waited: 3,
                }),
                best_epoch: 1,
                best: Some(vec![vec![3.0; 3], vec![4.0]]),
            },
            epochs: vec![epoch(1), epoch(2)],
            seconds: 1.5,
            events: EventsMark {
                file: "events.out.tfevents.1".to_owned(),
                bytes: 100,
            },
        }
    }

    #[test]
    fn a_checkpoint_is_read_as_it_was_written_if_it_is_of_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = checkpoint();
        assert_eq!(Checkpoint::read(folder.path(), &checkpoint.identity), None);
        checkpoint.write(folder.path()).unwrap();
        let read = Checkpoint::read(folder.path(), &checkpoint.identity);
        assert_eq!(read, Some(checkpoint.clone()));
        let seed = Seed {
            sweep: 1,
            repeat: 0,
            fold: 0,
        };
        let other = RunHash::new(&Config::default(), seed, "data");
        assert_eq!(Checkpoint::read(folder.path(), &other), None);
        remove_checkpoint(folder.path()).unwrap();
        remove_checkpoint(folder.path()).unwrap();
        assert_eq!(Checkpoint::read(folder.path(), &checkpoint.identity), None);
    }

    #[test]
    fn a_cut_file_is_none_at_every_length() {
        let bytes = checkpoint().to_bytes();
        for length in 0..bytes.len() {
            assert_eq!(Checkpoint::from_bytes(&bytes[..length]), None, "{length}");
        }
        assert_eq!(Checkpoint::from_bytes(&[&bytes[..], &[0]].concat()), None);
    }

    #[test]
    fn counts_without_room_to_count_on_make_no_checkpoint() {
        let changes: [fn(&mut Checkpoint); 4] = [
            |c| c.state.optimizer.steps = usize::MAX,
            |c| c.state.plateau.as_mut().unwrap().waited = u64::MAX,
            |c| c.state.stopping.as_mut().unwrap().waited = usize::MAX,
            |c| c.seconds = -1.0,
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut checkpoint = checkpoint();
            change(&mut checkpoint);
            let read = Checkpoint::from_bytes(&checkpoint.to_bytes());
            assert_eq!(read, None, "change {number}");
        }
    }

    proptest! {
        #[test]
        fn a_changed_byte_is_seen(place in any::<prop::sample::Index>(), flip in 1_u8..) {
            let mut bytes = checkpoint().to_bytes();
            let place = place.index(bytes.len());
            bytes[place] ^= flip;
            // Blanks behind the header may become other blanks.
            let read = Checkpoint::from_bytes(&bytes);
            prop_assert!(read.is_none() || read == Some(checkpoint()));
        }
    }
}
