//! The device memory of a run, as a member of a cohort.

use crate::spec::{Config, MAX_EVAL_BATCH_SIZE, Split};
use crate::stages::Stage;

/// The size of a number on the device, in bytes.
const BYTES_PER_NUMBER: u64 = 4;

/// The peak memory of a run on a device in bytes, without the data set. An estimate: it assumes that no
/// operation works in place which may not.
///
/// The sum of:
/// - parameters × (weights + gradients + optimizer state + two results of an update that are not
///   written in place + the weights of the best epoch, if the run restores them);
/// - activations: for each sample of a batch, the value and the gradient of each output of a stage
///   (and of each number of a convolution's patches); or, if that is more, for each sample of an
///   evaluation batch, the values of two adjacent stages;
/// - the logits and targets of the largest evaluation, twice, since they are kept in parts and then
///   concatenated;
/// - the positions of the epoch's samples, and the constants of the optimizer's steps.
pub fn bytes_of_run(config: &Config) -> u64 {
    let stages = config.stages();
    let held_out = match config.validation.split() {
        Split::Holdout(0.0) => 0,
        _ => config.validation_samples(0) as u64,
    };
    let train = config.samples() as u64 - held_out;
    let batch_size = config.training.batch_size.get() as u64;
    let restored = u64::from(config.training.patience.is_some() && config.training.restore_best);
    let weights_and_state = 1 + optimizer_copies(config);
    let gradients = 1;
    let copies = weights_and_state + gradients + kernel_lists(config).max(2) + restored;
    let parameters = config.parameters().saturating_mul(copies);
    let steps = NUMBERS_OF_STEP * train.div_ceil(batch_size.max(1));

    let outputs = |stage: &Stage| stage.peak_values().max(stage.features()) as u64;
    let inputs = config.features() as u64;
    let all: u64 = inputs + stages.iter().map(outputs).sum::<u64>();
    let widest = stages.iter().map(outputs).fold(inputs, u64::max);
    let batch = batch_size.min(train);
    let training = batch.saturating_mul(2 * all);
    let evaluation = (MAX_EVAL_BATCH_SIZE as u64).saturating_mul(2 * widest);

    let evaluated = held_out.max(config.test_samples() as u64);
    let logits = evaluated.saturating_mul(2 * 2 * config.classes() as u64);

    [parameters, training.max(evaluation), logits, train, steps]
        .into_iter()
        .fold(0, u64::saturating_add)
        .saturating_mul(BYTES_PER_NUMBER)
}

/// The number of constants of an optimizer's step on the device; see `step_kernels::Step`.
const NUMBERS_OF_STEP: u64 = 16;

/// The numbers that the kernels of whole steps keep for each parameter.
fn kernel_lists(config: &Config) -> u64 {
    let rule = config.training.optimizer_settings().rule();
    rule.map_or(0, |rule| rule.lists() as u64)
}

/// The numbers that an optimizer on tensors keeps for each parameter.
fn optimizer_copies(config: &Config) -> u64 {
    let lists = config.training.optimizer_settings().lists().into_iter();
    lists.filter(|is_needed| *is_needed).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizers::OptimizerKind;
    use crate::spec::Count;

    #[test]
    fn the_memory_of_the_baseline_is_the_sum_of_its_parts() {
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
        // Weights and two moments, in the cohort and in the kernels, instead of four copies of the weights.
        config.training.optimizer = OptimizerKind::Adam;
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
