//! Who trains a cohort: the seam between scheduling and tensors.

use super::cohort_sizing::best_size;
use super::device_faults::{DeviceFault, Faults};
use super::fault_guard::FaultGuard;
use crate::backend::Backend;
use crate::data::{Dataset, DeviceDataset, DeviceDatasetKey, Normalisation, Partition, partition};
use crate::metrics::Profile;
use crate::model::LossSums;
use crate::plan::{Plan, RunId, bytes_of_run};
use crate::spec::{Config, Data, Validation};
use crate::train::{Interrupted, Member, TrainingHost, profile, step_seconds, train};
use burn::tensor::Tensor;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Trains cohorts. Several threads use it at the same time.
pub trait Executor: Sync {
    /// Called by each thread before its first cohort.
    fn prepare_thread(&self) {}

    /// How many runs of a class (see [`Plan::classes`]) are trained together at best; at least 1.
    ///
    /// May train a few steps of them to find out. Called before the first cohort is executed.
    fn cohort_size(&self, _plan: &Plan, _class: &[RunId]) -> usize {
        1
    }

    /// Whether models that differ in width may be padded to be trained together. Padding changes
    /// the order in which numbers are added, and so their last bits.
    fn pads(&self) -> bool {
        false
    }

    /// Trains the runs of one cohort, and tells the observer how each ended.
    ///
    /// Panics with a [`DeviceFault`] where the device failed, not the cohort: what the observer was
    /// told before that can be trusted.
    ///
    /// # Errors
    /// [`Interrupted`] where the observer asked for it.
    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        observer: &mut dyn TrainingHost,
    ) -> Result<(), Interrupted>;

    /// Measures the training of a run of a trial, which nothing else on the device disturbs;
    /// nothing where it cannot be measured.
    fn profile(&self, _plan: &Plan, _run: RunId) -> Option<Profile> {
        None
    }

    /// What the samples of a run are normalised by, where that is the run's own.
    fn normalisation(&self, _plan: &Plan, _run: RunId) -> Option<Normalisation> {
        None
    }
}

/// Trains on a burn backend, with the data sets put on its device once.
pub struct TensorExecutor<B: Backend> {
    data: HashMap<DeviceDatasetKey, Loaded<B>>,
    /// Trials of a sweep mostly share their splits.
    partitions: Mutex<HashMap<PartitionKey, Divided>>,
    memory: TensorMemory,
    /// Where the device fails in silence.
    faults: Option<Faults>,
    device: B::Device,
}

/// Where tensors live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TensorMemory {
    /// In the memory of the thread that trains, where their peak is measured. Each run is trained
    /// alone, unless asked for otherwise: its numbers then stay in the core's cache.
    Thread,
    /// In the memory of a device, of which so many bytes are free for the data sets and for so many
    /// workers, at least 1.
    Device {
        /// Bytes that nobody uses.
        free: u64,
        /// Workers that share them.
        workers: usize,
    },
}

/// The share of a device's memory that cohorts are planned for: pools keep more than they hand out,
/// and what a member takes is an estimate.
const PLANNED_SHARE: f64 = 0.8;

/// Partitions that are kept: 240 KB each on all of MNIST.
const MOST_PARTITIONS: usize = 100;

type PartitionKey = (Data, Validation, u32, u32);

/// A run's samples, and what they are normalised by where that is its own.
#[derive(Clone)]
struct Divided {
    partition: Arc<Partition>,
    normalisation: Option<Arc<Normalisation>>,
}

struct Loaded<B: Backend> {
    /// The class of each training sample.
    labels: Vec<u16>,
    /// The samples as they were read, where runs still have something to compute from them.
    dataset: Option<Arc<Dataset>>,
    device: DeviceDataset<B>,
}

impl<B: Backend> TensorExecutor<B> {
    /// Puts the data sets on `device`, whose memory is `memory`.
    pub fn new(
        datasets: HashMap<DeviceDatasetKey, Arc<Dataset>>,
        device: &B::Device,
        memory: TensorMemory,
    ) -> Self {
        let load = |(form, dataset): (DeviceDatasetKey, Arc<Dataset>)| {
            let on_device = match form.known {
                true => DeviceDataset::new(&dataset, device),
                false => DeviceDataset::raw(&dataset, device),
            };
            let loaded = Loaded {
                device: on_device,
                labels: dataset.train.labels.clone(),
                dataset: (!form.known).then_some(dataset),
            };
            (form, loaded)
        };
        Self {
            data: datasets.into_iter().map(load).collect(),
            partitions: Mutex::default(),
            memory,
            faults: None,
            device: device.clone(),
        }
    }

    /// Puts the data sets on a device that is not trusted to tell when it fails.
    ///
    /// # Errors
    /// A device that fails here already, for lack of memory above all.
    pub fn watched(
        datasets: HashMap<DeviceDatasetKey, Arc<Dataset>>,
        device: &B::Device,
        memory: TensorMemory,
        faults: Faults,
    ) -> Result<Self, DeviceFault> {
        let loaded = faults.watch(
            || settled::<B>(device),
            || Self::new(datasets, device, memory),
        )?;
        Ok(Self {
            faults: Some(faults),
            ..loaded
        })
    }

    /// Does work on the device; a fault of the device is a panic here.
    fn sound<T>(&self, work: impl FnOnce() -> T) -> T {
        let Some(faults) = self.faults else {
            return work();
        };
        let watched = faults.watch(|| settled::<B>(&self.device), work);
        watched.unwrap_or_else(|fault| {
            // What was asked for next may fit where nothing of this is left in the pool.
            B::memory_cleanup(&self.device);
            resume_unwind(Box::new(fault))
        })
    }

    /// Runs of a class for which the device has room, at least 1.
    ///
    /// The largest member counts for all; where widths are padded, the padded model may be a
    /// little larger still.
    fn room(&self, (free, workers): (u64, usize), plan: &Plan, class: &[RunId]) -> usize {
        let data = self.data.values().map(|data| &data.device);
        let data: u64 = data
            .map(|data| data.train.bytes() + data.test.bytes())
            .sum();
        let free = free.saturating_sub(data) as f64 * PLANNED_SHARE / workers as f64;
        let member = |run: &RunId| bytes_of_run(&plan.trials[run.trial].config);
        let largest = class.iter().map(member).max().unwrap_or(1).max(1);
        // A conversion to whole numbers cuts the fraction off.
        ((free / largest as f64) as usize).max(1)
    }

    fn member<'a>(&self, plan: &'a Plan, run: RunId) -> Member<'a> {
        let config = &plan.trials[run.trial].config;
        let divided = self.divided(config, run);
        Member {
            config,
            seed: plan.seed(run),
            partition: divided.partition,
            normalisation: divided.normalisation,
        }
    }

    fn data_of(&self, member: &Member) -> &DeviceDataset<B> {
        &self.data[&DeviceDatasetKey::of(&member.config.data)].device
    }

    fn divided(&self, config: &Config, run: RunId) -> Divided {
        let validation = config.validation.clone();
        let key = (config.data.clone(), validation, run.repeat, run.fold);
        let known = |key: &PartitionKey| {
            let partitions = self.partitions.lock();
            partitions
                .unwrap_or_else(PoisonError::into_inner)
                .get(key)
                .cloned()
        };
        if let Some(known) = known(&key) {
            return known;
        }
        // Made outside of the lock: two threads may make the same one, equal either way.
        let loaded = &self.data[&DeviceDatasetKey::of(&config.data)];
        let partition = partition(&loaded.labels, config, run.repeat, run.fold);
        let dataset = loaded.dataset.as_ref();
        let normalisation =
            dataset.and_then(|data| Normalisation::of_run(data, &config.data, &partition.train));
        let made = Divided {
            partition: Arc::new(partition),
            normalisation: normalisation.map(Arc::new),
        };
        let mut partitions = self
            .partitions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Runs follow trial by trial and mostly share the splits of the trial before.
        if partitions.len() >= MOST_PARTITIONS {
            partitions.clear();
        }
        partitions.insert(key, made.clone());
        made
    }
}

/// Waits until a device has done all that it was asked for.
fn settled<B: Backend>(device: &B::Device) -> Result<(), String> {
    B::sync(device).map_err(|error| error.to_string())
}

impl<B: Backend> Executor for TensorExecutor<B> {
    /// Does once what training does, so that what a thread allocates once and for all (the work
    /// space of matrix products, above all) is not counted to the memory of its first run.
    fn prepare_thread(&self) {
        // What a device keeps for its threads is not measured.
        if self.memory != TensorMemory::Thread {
            return;
        }
        if let Some(data) = self.data.values().next() {
            let test = &data.device.test;
            let rows = 256.min(test.len());
            let [features, targets] = test.range(0..rows);
            let [features, targets] = [features, targets].map(Tensor::unsqueeze::<3>);
            let _ = B::product(features.clone().swap_dims(1, 2), features).into_data();
            let _ = LossSums::from_logits(targets.clone(), targets.clone());
            let answers = [targets.clone(), targets.clone(), targets];
            let [logits, targets, aims] = answers;
            let _ = B::cross_entropy(logits, targets, aims).gradient.into_data();
        }
    }

    /// On a device, what was measured to be fastest among the sizes that it has room for.
    fn cohort_size(&self, plan: &Plan, class: &[RunId]) -> usize {
        let TensorMemory::Device { free, workers } = self.memory else {
            return 1;
        };
        let most = self.room((free, workers), plan, class).min(class.len());
        best_size(most, |size| {
            let mut cohort = class[..size].to_vec();
            plan.stack(&mut cohort);
            let started = Instant::now();
            let seconds = catch_unwind(AssertUnwindSafe(|| {
                let members: Vec<Member> =
                    cohort.iter().map(|&run| self.member(plan, run)).collect();
                let clock = || started.elapsed().as_secs_f64();
                self.sound(|| step_seconds(self.data_of(&members[0]), &members, &clock))
            }));
            // A device keeps a pool of memory for each thread: workers get back what this one took.
            B::memory_cleanup(&self.device);
            // What panics here has no room; if that is not why, its training will tell.
            seconds.ok()
        })
    }

    fn pads(&self) -> bool {
        matches!(self.memory, TensorMemory::Device { .. })
    }

    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        observer: &mut dyn TrainingHost,
    ) -> Result<(), Interrupted> {
        let members: Vec<Member> = cohort.iter().map(|&run| self.member(plan, run)).collect();
        let data = self.data_of(&members[0]);
        match self.faults {
            None => train(data, &members, observer),
            Some(faults) => {
                let mut trusting = FaultGuard::new(faults, observer);
                self.sound(|| train(data, &members, &mut trusting))
            }
        }
    }

    fn normalisation(&self, plan: &Plan, run: RunId) -> Option<Normalisation> {
        let config = &plan.trials[run.trial].config;
        let divided = self.divided(config, run);
        match &self.data[&DeviceDatasetKey::of(&config.data)].dataset {
            Some(data) => Normalisation::of_model(data, &config.data, &divided.partition.train),
            None => divided.normalisation.as_deref().cloned(),
        }
    }

    fn profile(&self, plan: &Plan, run: RunId) -> Option<Profile> {
        let data = &plan.trials[run.trial].config.data;
        // Data is loaded for what was open at the start: a trial that has lost its profile since is
        // measured by the next one.
        self.data.get(&DeviceDatasetKey::of(data))?;
        let member = self.member(plan, run);
        let data = self.data_of(&member);
        let started = Instant::now();
        alloc_tracker::start();
        let clock = || started.elapsed().as_secs_f64();
        let time = self.sound(|| profile(data, &member, &clock));
        let peak = alloc_tracker::peak();
        Some(Profile {
            seconds_per_epoch: time.seconds * time.steps_per_epoch,
            steps: time.steps,
            peak_bytes: match self.memory {
                TensorMemory::Thread => Some(peak).filter(|&peak| peak > 0),
                TensorMemory::Device { .. } => time.device_bytes,
            },
        })
    }
}
