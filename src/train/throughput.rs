//! Speed of a cohort's steps: how much a device gains from more members.

use super::batches::BatchPlan;
use super::cohort::Cohort;
use super::member::Member;
use super::per_member::PerMember;
use crate::backend::Backend;
use crate::data::{DeviceDataset, Partition};
use std::sync::Arc;

/// Steps before the first timed one: kernels are compiled.
const WARM_UP: usize = 5;
/// Steps of a timed block, and such blocks; the fastest counts, for everything else only slows
/// down.
const STEPS: usize = 10;
const BLOCKS: usize = 2;

/// Trains a few steps of a fresh cohort as [`train`](super::train) would; the seconds of a step for
/// each member. `clock` tells seconds. What the steps make of the cohort is thrown away.
///
/// The device is waited for at the ends of blocks of steps alone, so that launching and computing
/// overlap as they do in training.
///
/// # Panics
/// When the members cannot be stacked, or the device has no room for them.
pub fn step_seconds<B: Backend>(
    data: &DeviceDataset<B>,
    members: &[Member],
    clock: &dyn Fn() -> f64,
) -> f64 {
    let size = members[0].config.training.batch_size.get();
    let of_epoch = members.iter().map(|member| member.partition.train.len());
    let counts_of_epoch = of_epoch.min().unwrap_or(0).div_ceil(size);
    let members: Vec<Member> = members
        .iter()
        .map(|member| shortened(member, (WARM_UP + STEPS * BLOCKS) * size))
        .collect();
    // Folds may differ by one sample: batches of equal size are those of the smallest.
    let samples = members.iter().map(|member| member.partition.train.len());
    let timed = samples.min().unwrap_or(0);
    let rows = BatchPlan::shuffled(data, &members, 0, size, 0..timed);
    let count = members.len();
    let mut cohort = Cohort::new(data, members);
    let mut noise = cohort.dropout_noise(0, 0);
    let ranges: Vec<_> = rows.ranges(size).collect();
    // The last batch of an epoch is never among them.
    let mut fused = match counts_of_epoch > 1 {
        true => cohort.fused(0, 0..ranges.len()),
        false => None,
    };
    let mut ranges = ranges.iter().cycle().cloned().enumerate();
    let mut train = |steps: usize| {
        let started = clock();
        for (index, range) in ranges.by_ref().take(steps) {
            if let Some(fused) = &mut fused {
                fused.step(index % fused.len());
                continue;
            }
            let batch = rows.batch(range);
            let rates = cohort.learning_rates(0, index);
            let rate = PerMember::new(&rates, &cohort.device);
            cohort.step(batch, noise.as_mut(), &rate, None);
        }
        // A device that works asynchronously has to finish before the clock is read.
        match &fused {
            Some(fused) => fused.wait(),
            None => drop(B::sync(&cohort.device)),
        }
        clock() - started
    };
    train(WARM_UP);
    let blocks = (0..BLOCKS).map(|_| train(STEPS));
    let fastest = blocks.fold(f64::INFINITY, f64::min);
    fastest / STEPS as f64 / count as f64
}

/// The member with this many of its training samples, if it has more, taken evenly from all of
/// them: enough for a few steps, without the order of a whole epoch.
pub(super) fn shortened<'a>(member: &Member<'a>, rows: usize) -> Member<'a> {
    let train = &member.partition.train;
    if train.len() <= rows {
        return member.clone();
    }
    let row = |index: usize| train[index * train.len() / rows];
    Member {
        partition: Arc::new(Partition {
            train: (0..rows).map(row).collect(),
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
    fn a_shortened_member_has_samples_from_all_over() {
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
        let train = |rows| shortened(&member, rows).partition.train.clone();
        assert_eq!(train(4), [0, 500, 1000, 1500]);
        assert_eq!(train(1000), member.partition.train);
        assert_eq!(train(5000), member.partition.train);
    }
}
