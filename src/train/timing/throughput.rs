//! The step time per member of a cohort, from which the cohort size is chosen.

use crate::backend::Backend;
use crate::data::{DeviceDataset, Partition};
use crate::optimizers::PerMember;
use crate::train::batches::BatchPlan;
use crate::train::cohort::Cohort;
use crate::train::member::Member;
use std::sync::Arc;

/// Steps before the first timed one, in which kernels are compiled.
const WARMUP_STEPS: usize = 5;
/// Steps of a timed block, and the number of blocks. The fastest block counts, because disturbances
/// only slow a block down.
const STEPS_PER_BLOCK: usize = 10;
const BLOCKS: usize = 2;

/// The seconds of one step per member, measured on a fresh cohort, which is then discarded. The steps
/// are those of [`train`](crate::train::train); `clock` returns seconds.
///
/// Waits for the device only at the end of each block of steps, so that launches and computation
/// overlap as in training.
///
/// # Panics
/// If the members cannot be stacked, or the device runs out of memory.
pub fn step_seconds<B: Backend>(
    data: &DeviceDataset<B>,
    members: &[Member],
    clock: &dyn Fn() -> f64,
) -> f64 {
    let batch_size = members[0].config.training.batch_size.get();
    let epoch_samples = members.iter().map(|member| member.partition.train.len());
    let epoch_batches = epoch_samples.min().unwrap_or(0).div_ceil(batch_size);
    let members: Vec<Member> = members
        .iter()
        .map(|member| {
            shortened(
                member,
                (WARMUP_STEPS + STEPS_PER_BLOCK * BLOCKS) * batch_size,
            )
        })
        .collect();
    // Folds may differ by one sample; the smallest one determines the number of batches.
    let samples = members.iter().map(|member| member.partition.train.len());
    let timed_samples = samples.min().unwrap_or(0);
    let plan = BatchPlan::shuffled(data, &members, 0, batch_size, 0..timed_samples);
    let member_count = members.len();
    let mut cohort = Cohort::new(data, members);
    let mut noise = cohort.dropout_noise(0, 0);
    let ranges: Vec<_> = plan.ranges(batch_size).collect();
    // Fused steps never train the last batch of an epoch.
    let mut fused = if epoch_batches > 1 {
        cohort.fused_steps(0, 0..ranges.len())
    } else {
        None
    };
    let mut batches = ranges.iter().cycle().cloned().enumerate();
    let mut train = |steps: usize| {
        let started = clock();
        for (index, range) in batches.by_ref().take(steps) {
            if let Some(fused) = &mut fused {
                fused.step(index % fused.len());
                continue;
            }
            let batch = plan.batch(range);
            let rates = cohort.learning_rates(0, index);
            let rate = PerMember::new(&rates, &cohort.device);
            cohort.step(batch, noise.as_mut(), &rate, None);
        }
        // The device works asynchronously and must finish before the clock is read.
        match &fused {
            Some(fused) => fused.wait(),
            None => drop(B::sync(&cohort.device)),
        }
        clock() - started
    };
    train(WARMUP_STEPS);
    let block_seconds = (0..BLOCKS).map(|_| train(STEPS_PER_BLOCK));
    let fastest = block_seconds.fold(f64::INFINITY, f64::min);
    fastest / STEPS_PER_BLOCK as f64 / member_count as f64
}

/// The member with at most this number of training samples, taken at even distances from all of them:
/// enough for a few steps, without shuffling a whole epoch.
pub(super) fn shortened<'a>(member: &Member<'a>, samples: usize) -> Member<'a> {
    let train = &member.partition.train;
    if train.len() <= samples {
        return member.clone();
    }
    let sample = |index: usize| train[index * train.len() / samples];
    Member {
        partition: Arc::new(Partition {
            train: (0..samples).map(sample).collect(),
            validation: Vec::new(),
        }),
        ..member.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::spec::Config;

    #[test]
    fn a_shortened_member_has_samples_at_even_distances() {
        let config = Config::default();
        let member = Member {
            config: &config,
            seed: Seed {
                sweep: 0,
                repeat: 0,
                fold: 0,
            },
            partition: Arc::new(Partition {
                train: (0..1000).map(|row| row * 2).collect(),
                validation: vec![1, 3],
            }),
            normalisation: None,
        };
        let train = |samples| shortened(&member, samples).partition.train.clone();
        assert_eq!(train(4), [0, 500, 1000, 1500]);
        assert_eq!(train(1000), member.partition.train);
        assert_eq!(train(5000), member.partition.train);
    }
}
