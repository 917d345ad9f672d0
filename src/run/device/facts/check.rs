//! A short training that shows whether a device computes what the CPU computes.

use crate::data::{Dataset, DeviceDatasetKey, Samples, Values};
use crate::datasets::KnownSet;
use crate::outcome::Outcome;
use crate::plan::{Plan, RunId};
use crate::random::{Purpose, Seed};
use crate::run::device::compute_device::Device;
use crate::run::executor::rerun::rerun;
use crate::spec::{DatasetInfo, Source, Sweep};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// The training, on made-up images of MNIST's size. No optimizer that divides by the size of the gradients,
/// which magnifies differences in their last bits.
const SWEEP: &str = "
data: { set: mnist }
model: { kind: mlp, width: 64, norm: batch, dropout: 0.1 }
training: { epochs: 2, batch_size: 32, learning_rate: 0.01, momentum: 0.9 }
validation: { holdout: 0.25 }
";
const TRAINING_SAMPLES: usize = 1024;
const TEST_SAMPLES: usize = 256;
const FEATURES: usize = 28 * 28;
const CLASSES: usize = 10;

/// What a device made of the training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeviceCheck {
    /// The time that it took, with the compilation of kernels.
    pub seconds: f64,
    /// The validation loss after the last epoch.
    pub loss: f64,
}

impl DeviceCheck {
    /// The relative difference of the losses of two devices that agree is below this: kernels add in
    /// another order, which changes the last bits of float32 numbers (2⁻²⁴ = 6e-8), and about 50 steps let
    /// the difference grow.
    pub const TOLERANCE: f64 = 1e-4;

    /// Trains on a device.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn run(device: &Device) -> Result<Self, String> {
        let plan = plan()?;
        let run = plan.runs().next().ok_or("the check has no run")?;
        let started = Instant::now();
        let executor = device
            .executor(datasets(&plan, run), 1)
            .map_err(|error| error.to_string())?;
        let result = rerun(executor.as_ref(), &plan, run).map_err(|error| error.to_string())?;
        let seconds = started.elapsed().as_secs_f64();
        match result.outcome {
            Outcome::Finished(finished) => {
                let scores = finished.validation.map(|(scores, _)| scores);
                let loss = scores.and_then(|scores| scores.loss());
                let loss = loss.ok_or("the training has no validation loss")?;
                Ok(Self { seconds, loss })
            }
            Outcome::Failed(failure) => Err(failure.to_string()),
        }
    }

    /// The relative difference of the loss from that of another device.
    pub fn difference(&self, reference: &Self) -> f64 {
        (self.loss - reference.loss).abs() / reference.loss.abs()
    }
}

fn plan() -> Result<Plan, String> {
    let source = Source {
        name: "check".to_owned(),
        text: SWEEP.to_owned(),
    };
    let sweep = Sweep::parse(source, "check", &[]).map_err(|error| error.to_string())?;
    let info = |_: &_| {
        Ok(DatasetInfo {
            training_samples: TRAINING_SAMPLES,
            test_samples: TEST_SAMPLES,
            ..DatasetInfo::default()
        })
    };
    Plan::with_dataset_info(&sweep, &info).map_err(|error| error.to_string())
}

/// The made-up images, instead of MNIST's, so that no file is needed.
fn datasets(plan: &Plan, run: RunId) -> HashMap<DeviceDatasetKey, Arc<Dataset>> {
    let data = &plan.trials[run.trial].config.data;
    let dataset = Dataset::known(
        KnownSet::MNIST,
        samples(0, TRAINING_SAMPLES),
        samples(1, TEST_SAMPLES),
    );
    HashMap::from([(DeviceDatasetKey::of(data), Arc::new(dataset))])
}

/// Noise with a bright bar whose place is the class.
fn samples(part: u32, count: usize) -> Samples {
    let seed = Seed {
        sweep: 0,
        repeat: 0,
        fold: 0,
    };
    let mut stream = seed.stream(Purpose::DeviceCheck, [part, 0]);
    let mut noise = vec![0.0; count * FEATURES];
    stream.fill_uniform(&mut noise);
    let labels: Vec<u16> = (0..count).map(|sample| (sample % CLASSES) as u16).collect();
    let bar = FEATURES / CLASSES;
    let pixel = |(index, noise): (usize, f32)| {
        let class = usize::from(labels[index / FEATURES]);
        let is_bar = (index % FEATURES) / bar == class;
        (if is_bar { 60.0 } else { 0.0 } + 190.0 * noise) as u8
    };
    let values = noise.into_iter().enumerate().map(pixel).collect();
    Samples {
        values: Values::Bytes(values),
        features: FEATURES,
        labels,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_learns_and_agrees_with_itself() {
        let first = DeviceCheck::run(&Device::Cpu).unwrap();
        let second = DeviceCheck::run(&Device::Cpu).unwrap();
        assert_eq!(first.difference(&second), 0.0);
        // Less than the loss of a guess, ln 10 = 2.303: the network has learnt.
        assert!(first.loss < 1.5, "{first:?}");
    }
}
