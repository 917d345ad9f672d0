//! Speed of training, measured alone: warm-up, then timed steps.

use super::batches::BatchPlan;
use super::cohort::Cohort;
use super::member::Member;
use super::per_member::PerMember;
use super::throughput::shortened;
use crate::backend::Backend;
use crate::data::DeviceDataset;
use std::ops::Range;

/// The fewest and the most steps that are timed, and the seconds after which it is enough: each
/// trial is measured several times, and the fastest counts, so that one measurement can be short.
const STEPS: std::ops::RangeInclusive<usize> = 5..=60;
const ENOUGH: f64 = 0.003;
/// Steps before the first timed one: caches fill, kernels are compiled.
const WARM_UP: usize = 3;

/// The time of one training step of a run, in seconds, and the steps that were timed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepTime {
    /// The median over the timed steps.
    pub seconds: f64,
    /// How many there were.
    pub steps: usize,
    /// Steps of an epoch, the short last one counted by its share.
    pub steps_per_epoch: f64,
    /// Bytes of device memory that the run took, without the samples; nothing where that is not counted.
    pub device_bytes: Option<u64>,
}

/// Trains a few steps of a fresh run as [`train`](super::train) would, and times them; `clock`
/// tells seconds. What the steps make of the run is thrown away.
pub fn profile<B: Backend>(
    data: &DeviceDataset<B>,
    member: &Member,
    clock: &dyn Fn() -> f64,
) -> StepTime {
    let size = member.config.training.batch_size.get();
    let count = member.partition.train.len();
    // No more samples are brought into order than can be timed.
    let members = [shortened(member, (WARM_UP + STEPS.end()) * size)];
    let timed = members[0].partition.train.len();
    let mut cohort = Cohort::new(data, members.to_vec());
    let rows = BatchPlan::shuffled(data, &members, 0, size, 0..timed);
    let mut noise = cohort.dropout_noise(0, 0);
    // The last batch of an epoch is never among them.
    let mut fused = match count > size {
        true => cohort.fused(0, 0..timed.div_ceil(size)),
        false => None,
    };
    let full: Vec<_> = rows
        .ranges(size)
        .filter(|range| range.len() == size.min(count))
        .collect();
    // In one piece: the memory that is measured must not depend on how many steps are timed.
    let mut times = Vec::with_capacity(*STEPS.end());
    for (index, range) in full.iter().cycle().enumerate() {
        let total: f64 = times.iter().sum();
        if times.len() >= *STEPS.end() || (times.len() >= *STEPS.start() && total > ENOUGH) {
            break;
        }
        let started = clock();
        // A device that works asynchronously has to finish before the clock is read.
        if let Some(fused) = &mut fused {
            fused.step(index % full.len());
            fused.wait();
        } else {
            let batch = rows.batch(range.clone());
            let rates = cohort.learning_rates(0, index);
            let rate = PerMember::new(&rates, &cohort.device);
            cohort.step(batch, noise.as_mut(), &rate, None);
            let _ = B::sync(&cohort.device);
        }
        if index >= WARM_UP {
            times.push(clock() - started);
        }
    }
    times.sort_unstable_by(f64::total_cmp);
    let device_bytes = match fused {
        Some(fused) => Some(fused.bytes()).filter(|&bytes| bytes > 0),
        None => peak_bytes(data, &members, &rows, full[0].clone()),
    };
    StepTime {
        seconds: times[times.len() / 2],
        steps: times.len(),
        steps_per_epoch: count as f64 / size.min(count) as f64,
        device_bytes,
    }
}

/// The peak device memory of the first two steps of a new run, in bytes. A single step is not enough, because the
/// optimizer state exists only from the second step on.
fn peak_bytes<B: Backend>(
    data: &DeviceDataset<B>,
    members: &[Member],
    rows: &BatchPlan<B>,
    range: Range<usize>,
) -> Option<u64> {
    // Alive until its memory at the end has been counted.
    let mut held = None;
    B::peak_bytes(&data.train.device(), &mut || {
        let cohort = held.insert(Cohort::new(data, members.to_vec()));
        let mut noise = cohort.dropout_noise(0, 0);
        for index in 0..2 {
            let rates = cohort.learning_rates(0, index);
            let rate = PerMember::new(&rates, &cohort.device);
            cohort.step(rows.batch(range.clone()), noise.as_mut(), &rate, None);
        }
    })
}
