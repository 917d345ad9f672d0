//! The step time and peak memory of a run, measured alone: warm-up steps, then timed steps.

use super::throughput::shortened;
use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::optimizers::PerMember;
use crate::train::batches::BatchPlan;
use crate::train::cohort::Cohort;
use crate::train::member::Member;
use std::ops::Range;

/// Timing ends after `MAX_STEPS`, or after `MIN_STEPS` that took `MIN_SECONDS`. One measurement can
/// be short, because each shape is measured several times.
const MIN_STEPS: usize = 5;
const MAX_STEPS: usize = 60;
const MIN_SECONDS: f64 = 0.003;
/// Steps before the first timed one, in which caches fill and kernels are compiled.
const WARMUP_STEPS: usize = 3;

/// The time of one training step of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepTime {
    /// The median over the timed steps, in seconds.
    pub seconds: f64,
    /// The number of timed steps.
    pub steps: usize,
    /// Steps of an epoch. A smaller last batch counts as a fraction.
    pub steps_per_epoch: f64,
    /// Peak device memory of the run in bytes, without the samples; `None` if the device does not count it.
    pub device_bytes: Option<u64>,
}

/// Times a few steps of a fresh run, which is then discarded. The steps are those of
/// [`train`](crate::train::train). `clock` returns seconds; `on_built` is called before the first step.
pub fn profile<B: Backend>(
    data: &DeviceDataset<B>,
    member: &Member,
    clock: &dyn Fn() -> f64,
    on_built: &dyn Fn(),
) -> StepTime {
    let batch_size = member.config.training.batch_size.get();
    let samples = member.partition.train.len();
    // Shuffling more samples than can be timed would be wasted.
    let members = [shortened(member, (WARMUP_STEPS + MAX_STEPS) * batch_size)];
    let timed_samples = members[0].partition.train.len();
    let mut cohort = Cohort::new(data, members.to_vec());
    on_built();
    let plan = BatchPlan::shuffled(data, &members, 0, batch_size, 0..timed_samples);
    let mut noise = cohort.dropout_noise(0, 0);
    // Fused steps never train the last batch of an epoch.
    let mut fused = if samples > batch_size {
        cohort.fused_steps(0, 0..timed_samples.div_ceil(batch_size))
    } else {
        None
    };
    let full_batches: Vec<_> = plan
        .ranges(batch_size)
        .filter(|range| range.len() == batch_size.min(samples))
        .collect();
    // Allocated at once: the measured memory must not depend on the number of timed steps.
    let mut times = Vec::with_capacity(MAX_STEPS);
    for (index, range) in full_batches.iter().cycle().enumerate() {
        let total: f64 = times.iter().sum();
        if times.len() >= MAX_STEPS || (times.len() >= MIN_STEPS && total > MIN_SECONDS) {
            break;
        }
        let started = clock();
        // The device works asynchronously and must finish before the clock is read.
        if let Some(fused) = &mut fused {
            fused.step(index % full_batches.len());
            fused.wait();
        } else {
            let batch = plan.batch(range.clone());
            let rates = cohort.learning_rates(0, index);
            let rate = PerMember::new(&rates, &cohort.device);
            cohort.step(batch, noise.as_mut(), &rate, None);
            let _ = B::sync(&cohort.device);
        }
        if index >= WARMUP_STEPS {
            times.push(clock() - started);
        }
    }
    times.sort_unstable_by(f64::total_cmp);
    let device_bytes = match fused {
        Some(fused) => Some(fused.bytes()).filter(|&bytes| bytes > 0),
        None => peak_bytes(data, &members, &plan, full_batches[0].clone()),
    };
    StepTime {
        seconds: times[times.len() / 2],
        steps: times.len(),
        steps_per_epoch: samples as f64 / batch_size.min(samples) as f64,
        device_bytes,
    }
}

/// The peak device memory of the first two steps of a new run, in bytes. A single step is not enough, because the
/// optimizer state exists only from the second step on.
fn peak_bytes<B: Backend>(
    data: &DeviceDataset<B>,
    members: &[Member],
    plan: &BatchPlan<B>,
    range: Range<usize>,
) -> Option<u64> {
    // Dropped only after the memory at the end has been counted.
    let mut holder = None;
    B::peak_bytes(&data.train.device(), &mut || {
        let cohort = holder.insert(Cohort::new(data, members.to_vec()));
        let mut noise = cohort.dropout_noise(0, 0);
        for index in 0..2 {
            let rates = cohort.learning_rates(0, index);
            let rate = PerMember::new(&rates, &cohort.device);
            cohort.step(plan.batch(range.clone()), noise.as_mut(), &rate, None);
        }
    })
}
