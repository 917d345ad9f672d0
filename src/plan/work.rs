//! Estimates the work of trials and runs.

use crate::spec::{Config, Split};
use std::ops::AddAssign;

/// An amount of work.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WorkEstimate {
    /// Runs: trials times repeats times folds.
    pub runs: u64,
    /// Passes over the training samples.
    pub epochs: u64,
    /// Optimizer steps.
    pub steps: u64,
    /// Floating-point operations of the matrix products, in training, steps and validation.
    pub flop: f64,
}

impl AddAssign for WorkEstimate {
    fn add_assign(&mut self, other: Self) {
        self.runs = self.runs.saturating_add(other.runs);
        self.epochs = self.epochs.saturating_add(other.epochs);
        self.steps = self.steps.saturating_add(other.steps);
        self.flop += other.flop;
    }
}

impl WorkEstimate {
    /// The work of all runs of a trial.
    pub fn of_trial(config: &Config) -> Self {
        let mut work = Self::default();
        for split in 0..config.validation.splits() {
            work += Self::of_run(config, split);
        }
        let repeats = config.validation.repeats.get() as u64;
        Self {
            runs: work.runs.saturating_mul(repeats),
            epochs: work.epochs.saturating_mul(repeats),
            steps: work.steps.saturating_mul(repeats),
            flop: work.flop * repeats as f64,
        }
    }

    /// The work of a trial's run on this split, counted from 0.
    pub(super) fn of_run(config: &Config, split: usize) -> Self {
        let validation = match config.validation.split() {
            Split::Holdout(0.0) => 0,
            _ => config.validation_samples(split),
        };
        let train = config.samples() - validation;
        let epochs = config.training.epochs.get();
        let batch = config.training.batch_size.get();
        let (forward, backward) = config.flop_per_sample();
        let test = config.test_samples() as f64 * forward;
        let per_epoch = train as f64 * (forward + backward) + validation as f64 * forward;
        let steps = epochs * train.div_ceil(batch);
        let optimizer = config.training.optimizer_settings();
        let of_step = optimizer.flop(|| config.hidden_weights());
        Self {
            runs: 1,
            epochs: epochs as u64,
            steps: steps as u64,
            flop: epochs as f64 * per_epoch + steps as f64 * of_step + test,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizers::OptimizerKind;
    use crate::spec::{Count, Fraction};

    #[test]
    fn the_baseline_epoch_is_the_known_number_of_operations() {
        let mut config = Config::default();
        config.training.epochs = Count::new(1).unwrap();
        config.validation.holdout = Fraction::new(0.0);
        let (forward, backward) = config.flop_per_sample();
        // 784·128 twice and 128·10 three times, 2 operations each, 60,000 samples: 24.5 GFLOP.
        let epoch = 60_000.0 * (forward + backward);
        assert_eq!(epoch, 60_000.0 * 2.0 * (784.0 * 128.0 * 2.0 + 1280.0 * 3.0));
        let work = WorkEstimate::of_trial(&config);
        assert_eq!((work.runs, work.epochs, work.steps), (1, 1, 938));
        assert_eq!(work.flop, epoch + 10_000.0 * forward);
        config.training.optimizer = OptimizerKind::Muon;
        // Five iterations with three products of 128 × 784 and 128 × 128 matrices.
        let of_step = 5.0 * 2.0 * (2.0 * 128.0 * 128.0 * 784.0 + 128.0 * 128.0 * 128.0);
        let with_muon = WorkEstimate::of_trial(&config);
        assert_eq!(with_muon.flop - work.flop, 938.0 * of_step);
    }
}
