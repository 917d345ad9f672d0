//! `checkpoint.safetensors`: the state from which an interrupted run resumes.

use crate::bounded_io::read_file;
use crate::metrics::EpochMetrics;
use crate::plan::RunHash;
use crate::record::error::RecordError;
use crate::record::fs::atomic::write_atomically;
use crate::record::fs::folder::remove_file;
use crate::record::tensorboard::event_file::EventFilePosition;
use crate::spec::MAX_PARAMETERS;
use crate::training_state::{EarlyStoppingState, PlateauState, SavedOptimizer, TrainingState};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// The name of the file in the folder of a run.
pub const CHECKPOINT_FILE: &str = "checkpoint.safetensors";

/// The version of the format. Files of other versions are ignored.
const FORMAT: u32 = 1;

/// The keys of the safetensors metadata: the values that are not tensors, and the hash of these values
/// and all tensors.
const HEADER_KEY: &str = "checkpoint";
const HASH_KEY: &str = "blake3";

/// The saved state of a run in training.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// The hash of all that determines the numbers of the run.
    pub run_hash: RunHash,
    /// The kind of device that trains it, such as `cpu`: different kinds do not compute the same bits.
    pub device: String,
    /// The state from which training resumes.
    pub state: TrainingState,
    /// The metrics of each finished epoch.
    pub epochs: Vec<EpochMetrics>,
    /// Training time so far, in seconds, without the time of epochs that were lost.
    pub seconds: f64,
    /// The position of the event file when the checkpoint was written.
    pub events: EventFilePosition,
}

/// The values of a checkpoint that are not tensors.
#[derive(Serialize, Deserialize)]
struct Header {
    format: u32,
    #[serde(rename = "identity")]
    run_hash: RunHash,
    device: String,
    epochs: Vec<EpochMetrics>,
    seconds: f64,
    events: EventFilePosition,
    optimizer_steps: usize,
    plateau: Option<PlateauState>,
    stopping: Option<EarlyStoppingState>,
    best_epoch: usize,
    /// The number of tensors in each list.
    network: usize,
    best: Option<usize>,
    optimizer: Vec<usize>,
}

/// Maximum number of tensors in a list.
const MAX_TENSORS: usize = 1 << 16;

/// Maximum number of steps or epochs, so that counting on from there cannot overflow.
const MAX_STEPS: u64 = 1 << 30;

/// Maximum size of the file: the largest network, its copy at the best epoch, four lists of optimizer
/// state, and the epochs.
const MAX_FILE_BYTES: u64 = 6 * 4 * MAX_PARAMETERS + (512 << 20);

impl Checkpoint {
    /// Writes the checkpoint into the folder of a run; the file appears complete or not at all.
    ///
    /// # Errors
    /// The folder is not writable, or the disk is full.
    pub fn write(&self, run_folder: &Path) -> Result<(), RecordError> {
        write_atomically(&run_folder.join(CHECKPOINT_FILE), &self.to_bytes())
    }

    /// Reads the checkpoint with this hash from the folder of a run. A file that is missing, damaged, of
    /// another version or of another configuration gives `None`.
    pub fn read(run_folder: &Path, run_hash: &RunHash) -> Option<Self> {
        Self::read_any(run_folder).filter(|checkpoint| checkpoint.run_hash == *run_hash)
    }

    /// Reads the checkpoint in the folder of a run, of any configuration.
    pub(crate) fn read_any(run_folder: &Path) -> Option<Self> {
        Self::from_bytes(&read_file(&run_folder.join(CHECKPOINT_FILE), MAX_FILE_BYTES).ok()?)
    }

    /// The bytes of the file.
    #[expect(
        clippy::expect_used,
        reason = "the tensors are ours, and their shapes match their values"
    )]
    pub fn to_bytes(&self) -> Vec<u8> {
        let state = &self.state;
        let header = Header {
            format: FORMAT,
            run_hash: self.run_hash.clone(),
            device: self.device.clone(),
            epochs: self.epochs.clone(),
            seconds: self.seconds,
            events: self.events.clone(),
            optimizer_steps: state.optimizer.steps,
            plateau: state.plateau,
            stopping: state.stopping,
            best_epoch: state.best_epoch,
            network: state.network.len(),
            best: state.best.as_ref().map(Vec::len),
            optimizer: state.optimizer.lists.iter().map(Vec::len).collect(),
        };
        let text = serde_json::to_string(&header).expect("a checkpoint has only text keys");
        let networks = [Some(&state.network), state.best.as_ref()];
        let lists = networks.into_iter().flatten().chain(&state.optimizer.lists);
        let bytes = lists.flatten().map(|values| tensor_to_bytes(values));
        let tensors: Vec<(String, Vec<u8>)> = header.tensor_names().zip(bytes).collect();
        let hash = hash(&text, tensors.iter().map(|(_, bytes)| &bytes[..]));
        let views = tensors.iter().map(|(name, bytes)| {
            let view = TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes);
            (name, view.expect("the shape matches the values"))
        });
        let metadata = [(HEADER_KEY.to_owned(), text), (HASH_KEY.to_owned(), hash)];
        safetensors::serialize(views, Some(HashMap::from(metadata)))
            .expect("names and shapes are short")
    }

    /// Parses the bytes of a checkpoint file; `None` if they are not one, or were changed after writing.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (_, file_header) = SafeTensors::read_metadata(bytes).ok()?;
        let metadata = file_header.metadata().as_ref()?;
        let text = metadata.get(HEADER_KEY)?;
        let header: Header = serde_json::from_str(text).ok()?;
        if header.format != FORMAT || !header.has_valid_sizes() || !header.has_valid_counts() {
            return None;
        }
        let file = SafeTensors::deserialize(bytes).ok()?;
        let tensor_bytes = |name: String| {
            let tensor = file.tensor(&name).ok()?;
            (tensor.dtype() == Dtype::F32).then(|| tensor.data())
        };
        let tensors: Vec<&[u8]> = header
            .tensor_names()
            .map(tensor_bytes)
            .collect::<Option<_>>()?;
        let is_unchanged = file.len() == tensors.len()
            && *metadata.get(HASH_KEY)? == hash(text, tensors.iter().copied());
        let is_numbered = (1..)
            .zip(&header.epochs)
            .all(|(number, epoch): (usize, _)| epoch.epoch == number);
        if !is_unchanged || !is_numbered {
            return None;
        }
        let mut values = tensors.into_iter().map(tensor_from_bytes);
        let mut list = |count: usize| values.by_ref().take(count).collect::<Vec<_>>();
        Some(Self {
            state: TrainingState {
                epoch: header.epochs.len(),
                network: list(header.network),
                best: header.best.map(&mut list),
                optimizer: SavedOptimizer {
                    steps: header.optimizer_steps,
                    lists: header.optimizer.iter().map(|&count| list(count)).collect(),
                },
                plateau: header.plateau,
                stopping: header.stopping,
                best_epoch: header.best_epoch,
            },
            run_hash: header.run_hash,
            device: header.device,
            epochs: header.epochs,
            seconds: header.seconds,
            events: header.events,
        })
    }
}

impl Header {
    /// Whether times and counts are in a range from which they can continue.
    fn has_valid_counts(&self) -> bool {
        let plateau = self
            .plateau
            .map_or(0, |state| state.num_bad_epochs.max(state.cooldown_counter));
        let stopping = self.stopping.map_or(0, |state| state.num_bad_epochs as u64);
        [self.optimizer_steps as u64, plateau, stopping]
            .iter()
            .all(|&count| count <= MAX_STEPS)
            && self.seconds >= 0.0
    }

    /// Whether no list has too many tensors.
    fn has_valid_sizes(&self) -> bool {
        let mut lengths = [self.network]
            .into_iter()
            .chain(self.best)
            .chain(self.optimizer.iter().copied());
        self.optimizer.len() <= MAX_TENSORS && lengths.all(|count| count <= MAX_TENSORS)
    }

    /// The names of all tensors: of the network, of the network at its best epoch, and of the optimizer.
    fn tensor_names(&self) -> impl Iterator<Item = String> {
        let network = [("network".to_owned(), self.network)];
        let best = self.best.map(|count| ("best".to_owned(), count));
        let optimizer = self
            .optimizer
            .iter()
            .enumerate()
            .map(|(list, &count)| (format!("optimizer.{list}"), count));
        let lists = network.into_iter().chain(best).chain(optimizer);
        lists.flat_map(|(list, count)| (0..count).map(move |index| format!("{list}.{index}")))
    }
}

/// The hash of a text and of tensors, each preceded by its length.
fn hash<'a>(text: &'a str, tensors: impl Iterator<Item = &'a [u8]>) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("tp-sweep checkpoint");
    for part in [text.as_bytes()].into_iter().chain(tensors) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_hex().to_string()
}

fn tensor_to_bytes(values: &[f32]) -> Vec<u8> {
    let bytes: Vec<[u8; 4]> = values.iter().map(|value| value.to_le_bytes()).collect();
    bytes.into_flattened()
}

fn tensor_from_bytes(bytes: &[u8]) -> Vec<f32> {
    let values = bytes.as_chunks::<4>().0.iter();
    values.map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

/// Removes the checkpoint from the folder of a run, if it exists.
///
/// # Errors
/// The file cannot be removed.
pub fn remove_checkpoint(run_folder: &Path) -> Result<(), RecordError> {
    remove_file(&run_folder.join(CHECKPOINT_FILE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Score, Scores};
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
            training: Scores::loss_and_accuracy(0.1 + 0.2, 1.0 / 3.0),
            validation: Scores::from([(Score::ACCURACY, 0.25)]),
            learning_rate: 1e-300,
            gradient_norms: vec![f64::MIN_POSITIVE],
            seconds: 0.5,
        };
        Checkpoint {
            run_hash: RunHash::new(&Config::default(), seed, "data"),
            device: "cpu".to_owned(),
            state: TrainingState {
                epoch: 2,
                network: vec![vec![1.0, -0.0, f32::MIN_POSITIVE], vec![f32::MAX]],
                optimizer: SavedOptimizer {
                    steps: 7,
                    lists: vec![vec![vec![0.1; 3], vec![0.2]], vec![]],
                },
                plateau: Some(PlateauState {
                    learning_rate: 0.1,
                    best: Some(-0.9),
                    num_bad_epochs: 1,
                    cooldown_counter: 2,
                }),
                stopping: Some(EarlyStoppingState {
                    best: None,
                    num_bad_epochs: 3,
                }),
                best_epoch: 1,
                best: Some(vec![vec![3.0; 3], vec![4.0]]),
            },
            epochs: vec![epoch(1), epoch(2)],
            seconds: 1.5,
            events: EventFilePosition {
                file: "events.out.tfevents.1".to_owned(),
                bytes: 100,
            },
        }
    }

    #[test]
    fn a_checkpoint_survives_a_round_trip_and_is_read_only_for_its_run() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = checkpoint();
        assert_eq!(Checkpoint::read(folder.path(), &checkpoint.run_hash), None);
        checkpoint.write(folder.path()).unwrap();
        let read = Checkpoint::read(folder.path(), &checkpoint.run_hash);
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
        assert_eq!(Checkpoint::read(folder.path(), &checkpoint.run_hash), None);
    }

    #[test]
    fn a_truncated_file_is_rejected_at_every_length() {
        let bytes = checkpoint().to_bytes();
        for length in 0..bytes.len() {
            assert_eq!(Checkpoint::from_bytes(&bytes[..length]), None, "{length}");
        }
        assert_eq!(Checkpoint::from_bytes(&[&bytes[..], &[0]].concat()), None);
    }

    #[test]
    fn counts_that_could_overflow_are_rejected() {
        let changes: [fn(&mut Checkpoint); 4] = [
            |c| c.state.optimizer.steps = usize::MAX,
            |c| c.state.plateau.as_mut().unwrap().num_bad_epochs = u64::MAX,
            |c| c.state.stopping.as_mut().unwrap().num_bad_epochs = usize::MAX,
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
        fn a_changed_byte_is_detected(index in any::<prop::sample::Index>(), flip in 1_u8..) {
            let mut bytes = checkpoint().to_bytes();
            let index = index.index(bytes.len());
            bytes[index] ^= flip;
            // The padding after the header may become other white space.
            let read = Checkpoint::from_bytes(&bytes);
            prop_assert!(read.is_none() || read == Some(checkpoint()));
        }
    }
}
