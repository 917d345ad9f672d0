//! How much device memory a run takes, as a member of a cohort.

use crate::spec::{Config, Optimizer, Split, Stage};

/// Bytes of a number on the device.
const NUMBER: u64 = 4;

/// Samples of one forward pass without training, at most; see `train::evaluate`.
const EVALUATED: u64 = 512;

/// The most bytes that a run takes on a device at one time, beside the data set: an estimate, on
/// the high side where an operation may or may not work in place.
///
/// A sum of what is there for the whole training and of what one step adds:
/// - parameters × (weights + gradients + optimizer state + two results of an update that are not
///   written in place + the best epoch's, where a run goes back to it);
/// - activations: for each number behind a stage (and each of a convolution's patches) its value
///   and its gradient, for each sample of a batch, or the values alone of two neighbouring stages
///   for each sample of an evaluation, if that is more;
/// - the logits and targets of the largest evaluation, kept to its end and then joined, so that they
///   are there twice;
/// - the positions of the epoch's samples, and the optimizer's numbers of its steps.
pub fn bytes_of_run(config: &Config) -> u64 {
    let stages = config.stages();
    let held_out = match config.validation.split() {
        Split::Holdout(0.0) => 0,
        _ => config.validation_samples(0) as u64,
    };
    let train = config.samples() as u64 - held_out;
    let batch_size = config.training.batch_size.get() as u64;
    let restored = u64::from(config.training.patience.is_some() && config.training.restore_best);
    let own = 1 + optimizer_copies(config);
    let copies = (own + 1 + 2).max(own + 1 + kernel_lists(config)) + restored;
    let parameters = config.parameters().saturating_mul(copies);
    let steps = NUMBERS_OF_STEP * train.div_ceil(batch_size.max(1));

    let numbers = |stage: &Stage| stage.peak_values().max(stage.features()) as u64;
    let inputs = config.features() as u64;
    let all: u64 = inputs + stages.iter().map(numbers).sum::<u64>();
    let widest = stages.iter().map(numbers).fold(inputs, u64::max);
    let batch = batch_size.min(train);
    let training = batch.saturating_mul(2 * all);
    let evaluation = EVALUATED.saturating_mul(2 * widest);

    let evaluated = held_out.max(config.test_samples() as u64);
    let logits = evaluated.saturating_mul(2 * 2 * config.classes() as u64);

    [parameters, training.max(evaluation), logits, train, steps]
        .into_iter()
        .fold(0, u64::saturating_add)
        .saturating_mul(NUMBER)
}

/// The numbers of an optimizer's step on the device; see `step_kernels::Step`.
const NUMBERS_OF_STEP: u64 = 16;

/// The lists that kernels of whole steps keep for each parameter; see `step_kernels::Rule::lists`.
fn kernel_lists(config: &Config) -> u64 {
    match config.training.optimizer {
        Optimizer::Sgd => u64::from(config.training.momentum.get() > 0.0),
        Optimizer::Adam | Optimizer::AdamW | Optimizer::NAdam => 2,
        Optimizer::RmsProp => 3,
        Optimizer::Adagrad => 1,
    }
}

/// The numbers that an optimizer keeps for each parameter.
fn optimizer_copies(config: &Config) -> u64 {
    let training = &config.training;
    let momentum = u64::from(training.momentum.get() > 0.0);
    match training.optimizer {
        Optimizer::Sgd => momentum,
        Optimizer::Adam | Optimizer::AdamW | Optimizer::NAdam => 2,
        Optimizer::RmsProp => 1 + momentum + u64::from(training.centered),
        Optimizer::Adagrad => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Count;

    #[test]
    fn the_baseline_takes_what_its_parts_take() {
        let mut config = Config::default();
        let bytes = bytes_of_run(&config);
        let held_out = config.validation_samples(0) as u64;
        let train = 60_000 - held_out;
        let parameters = 4 * 101_770;
        let evaluation = 512 * 2 * 784;
        let logits = held_out.max(10_000) * 4 * 10;
        let steps = 16 * train.div_ceil(64);
        assert_eq!(
            bytes,
            4 * (parameters + evaluation + logits + train + steps)
        );
        // Weights and two moments, in the cohort and in the kernels, in place of four sets of weights.
        config.training.optimizer = Optimizer::Adam;
        assert_eq!(bytes_of_run(&config) - bytes, (6 - 4) * 4 * 101_770);
    }

    #[test]
    fn large_batches_and_limits_count() {
        let mut config = Config::default();
        let small = bytes_of_run(&config);
        config.training.batch_size = Count::new(2048).unwrap();
        assert!(bytes_of_run(&config) > small);
        let mut config = Config::default();
        config.data.limit = Count::new(1000);
        assert!(bytes_of_run(&config) < small);
    }
}
