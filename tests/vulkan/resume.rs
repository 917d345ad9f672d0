//! A training on the Vulkan device that is asked to stop and goes on from its checkpoint.
//!
//! The signals that ask for it are tested on the binary (`tests/it/signals.rs`).

use crate::support::progress::RecordingProgress;
use crate::training::{data, train_until};
use crate::vulkan;
use tp_sweep::record::RunResult;
use tp_sweep::run::Interrupt;

/// One cohort of four runs with state besides the weights: moments, running means, noise.
const SWEEP: &str = "
data: { limit: 100 }
model: { width: 16, norm: batch, dropout: 0.2 }
training: { epochs: 5, batch_size: 32, optimizer: adam, learning_rate: 0.001, schedule: cosine }
validation: { folds: 2 }
grid:
  training.weight_decay: [0, 1.0e-4]
";

/// The numbers of a run, without those of the clock.
fn numbers(result: &RunResult) -> impl PartialEq + std::fmt::Debug {
    let mut epochs = result.epochs.clone();
    epochs.iter_mut().for_each(|epoch| epoch.seconds = 0.0);
    (epochs, result.validation.clone(), result.test.clone())
}

#[test]
fn a_training_resumed_from_its_checkpoint_gives_the_same_numbers() {
    let Some(device) = vulkan("resume") else {
        return;
    };
    let executor = device.executor(data(SWEEP), 1).expect("enough memory");
    let [whole, parts] = [(); 2].map(|()| tempfile::tempdir().expect("a temporary folder"));
    let trained =
        |folder: &tempfile::TempDir, progress: &RecordingProgress, interrupt: &Interrupt| {
            train_until(
                SWEEP,
                folder.path(),
                executor.as_ref(),
                Some(4),
                progress,
                interrupt,
            )
        };
    let never = Interrupt::default();
    let whole = trained(&whole, &RecordingProgress::default(), &never);
    assert_eq!(whole.runs.len(), 4);
    let interrupt = Interrupt::default();
    let stop = |_: &str, epoch: usize| {
        if epoch == 2 {
            interrupt.request();
        }
    };
    let progress = RecordingProgress {
        after_epoch: Some(&stop),
        ..RecordingProgress::default()
    };
    let stopped = trained(&parts, &progress, &interrupt);
    assert!(stopped.runs.is_empty(), "no run has ended");
    let first = std::sync::Mutex::new(None);
    let note = |_: &str, epoch: usize| {
        first.lock().unwrap().get_or_insert(epoch);
    };
    let progress = RecordingProgress {
        after_epoch: Some(&note),
        ..RecordingProgress::default()
    };
    let resumed = trained(&parts, &progress, &never);
    let first = first.lock().unwrap().expect("epochs are left");
    assert!(first > 1, "it starts again with epoch {first}");
    assert_eq!(resumed.runs.len(), 4);
    for (run, result) in &whole.runs {
        assert_eq!(result.failure, None, "{run:?}");
        assert_eq!(numbers(&resumed.runs[run]), numbers(result), "{run:?}");
    }
}
