//! Trains cohorts on a burn backend.

use super::Executor;
use super::cohort_error::CohortError;
use super::cohort_sizing::tune_cohort_size;
use super::device_fault::DeviceFault;
use super::fault_check::FaultCheck;
use super::fault_monitor::FaultMonitor;
use crate::backend::Backend;
use crate::data::{Dataset, DeviceDataset, DeviceDatasetKey, Normalisation, Partition, partition};
use crate::metrics::Profile;
use crate::model::LossSums;
use crate::plan::{Plan, RunId, bytes_of_run};
use crate::run::mutex::lock;
use crate::spec::{Config, Data, Validation};
use crate::train::{Member, TrainingHost, profile, step_seconds, train};
use burn::tensor::Tensor;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Trains on a burn backend; the data sets are copied to its device once.
pub struct TensorExecutor<B: Backend> {
    data: HashMap<DeviceDatasetKey, LoadedDataset<B>>,
    /// A cache: trials of a sweep mostly share their splits.
    partitions: Mutex<HashMap<PartitionKey, RunSamples>>,
    memory: TensorMemory,
    /// For a device whose failures burn does not report.
    monitor: Option<FaultMonitor>,
    device: B::Device,
}

/// Where tensors live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TensorMemory {
    /// In the memory of the training thread, where their peak is measured. By default each run is
    /// trained alone, so that its numbers stay in the core's cache.
    Thread,
    /// In the memory of a device, which the data sets and the workers share.
    Device {
        /// Free bytes.
        free: u64,
        /// The number of workers, at least 1.
        workers: usize,
    },
}

/// The share of a device's free memory that cohorts may use: memory pools reserve more than they hand
/// out, and the size of a member is an estimate.
const PLANNED_SHARE: f64 = 0.8;

/// The maximum number of cached partitions: 240 KB each on all of MNIST.
const MAX_PARTITIONS: usize = 100;

/// Rows of the products that prepare a thread.
const WARM_UP_ROWS: usize = 256;

type PartitionKey = (Data, Validation, u32, u32);

/// The samples of a run, and their normalisation if the run computes its own.
#[derive(Clone)]
struct RunSamples {
    partition: Arc<Partition>,
    normalisation: Option<Arc<Normalisation>>,
}

struct LoadedDataset<B: Backend> {
    /// The class of each training sample.
    labels: Vec<u16>,
    /// The samples as they were read, if runs compute their normalisation from them.
    dataset: Option<Arc<Dataset>>,
    device: DeviceDataset<B>,
}

impl<B: Backend> TensorExecutor<B> {
    /// Copies the data sets to `device`.
    pub fn new(
        datasets: HashMap<DeviceDatasetKey, Arc<Dataset>>,
        device: &B::Device,
        memory: TensorMemory,
    ) -> Self {
        let load = |(key, dataset): (DeviceDatasetKey, Arc<Dataset>)| {
            let on_device = if key.published {
                DeviceDataset::new(&dataset, device)
            } else {
                DeviceDataset::raw(&dataset, device)
            };
            let loaded = LoadedDataset {
                device: on_device,
                labels: dataset.train.labels.clone(),
                dataset: (!key.published).then_some(dataset),
            };
            (key, loaded)
        };
        Self {
            data: datasets.into_iter().map(load).collect(),
            partitions: Mutex::default(),
            memory,
            monitor: None,
            device: device.clone(),
        }
    }

    /// An executor on the same device whose training samples are multiplied by a number.
    pub fn with_scaled_samples(&self, factor: f32) -> Self {
        let scaled = |(key, loaded): (&DeviceDatasetKey, &LoadedDataset<B>)| {
            let scaled = LoadedDataset {
                labels: loaded.labels.clone(),
                dataset: loaded.dataset.clone(),
                device: loaded.device.with_scaled_training(factor),
            };
            (key.clone(), scaled)
        };
        Self {
            data: self.data.iter().map(scaled).collect(),
            partitions: Mutex::default(),
            memory: self.memory,
            monitor: self.monitor,
            device: self.device.clone(),
        }
    }

    /// Copies the data sets to a device whose failures `monitor` detects.
    ///
    /// # Errors
    /// A fault of the device, above all a lack of memory.
    pub fn monitored(
        datasets: HashMap<DeviceDatasetKey, Arc<Dataset>>,
        device: &B::Device,
        memory: TensorMemory,
        monitor: FaultMonitor,
    ) -> Result<Self, DeviceFault> {
        let loaded = monitor.run(
            || synchronize::<B>(device),
            || Self::new(datasets, device, memory),
        )?;
        Ok(Self {
            monitor: Some(monitor),
            ..loaded
        })
    }

    /// Does work on the device.
    ///
    /// # Errors
    /// A fault of the device, or a panic.
    fn on_device<T>(&self, work: impl FnOnce() -> T) -> Result<T, CohortError> {
        let Some(monitor) = self.monitor else {
            return CohortError::catch(work);
        };
        let monitored = || monitor.run(|| synchronize::<B>(&self.device), work);
        let done = CohortError::catch(monitored)?;
        done.map_err(|fault| {
            // The next cohort may fit once the memory pool is empty.
            B::memory_cleanup(&self.device);
            CohortError::from(fault)
        })
    }

    /// The members of a cohort.
    ///
    /// # Errors
    /// A panic, so that it fails only these runs.
    fn members<'a>(
        &self,
        plan: &'a Plan,
        cohort: &[RunId],
    ) -> Result<Vec<Member<'a>>, CohortError> {
        CohortError::catch(|| cohort.iter().map(|&run| self.member(plan, run)).collect())
    }

    /// The number of runs of a group that fit into the memory of the device, at least 1.
    ///
    /// Assumes that all members have the size of the largest; where widths are padded, the padded
    /// model may be a little larger.
    fn max_members(&self, (free, workers): (u64, usize), plan: &Plan, group: &[RunId]) -> usize {
        let datasets = self.data.values().map(|data| &data.device);
        let data_bytes: u64 = datasets
            .map(|data| data.train.bytes() + data.test.bytes())
            .sum();
        let per_worker = free.saturating_sub(data_bytes) as f64 * PLANNED_SHARE / workers as f64;
        let member_bytes = |run: &RunId| bytes_of_run(&plan.trials[run.trial].config);
        let largest = group.iter().map(member_bytes).max().unwrap_or(1).max(1);
        // The conversion to an integer truncates.
        ((per_worker / largest as f64) as usize).max(1)
    }

    fn member<'a>(&self, plan: &'a Plan, run: RunId) -> Member<'a> {
        let config = &plan.trials[run.trial].config;
        let samples = self.samples_of(config, run);
        Member {
            config,
            seed: plan.seed(run),
            partition: samples.partition,
            normalisation: samples.normalisation,
        }
    }

    fn data_of(&self, member: &Member) -> &DeviceDataset<B> {
        &self.data[&DeviceDatasetKey::of(&member.config.data)].device
    }

    fn samples_of(&self, config: &Config, run: RunId) -> RunSamples {
        let validation = config.validation.clone();
        let key = (config.data.clone(), validation, run.repeat, run.fold);
        let cached = lock(&self.partitions).get(&key).cloned();
        if let Some(cached) = cached {
            return cached;
        }
        // Outside of the lock: if two threads compute the same partition, both get equal ones.
        let loaded = &self.data[&DeviceDatasetKey::of(&config.data)];
        let partition = partition(&loaded.labels, config, run.repeat, run.fold);
        let dataset = loaded.dataset.as_ref();
        let normalisation =
            dataset.and_then(|data| Normalisation::for_run(data, &config.data, &partition.train));
        let samples = RunSamples {
            partition: Arc::new(partition),
            normalisation: normalisation.map(Arc::new),
        };
        let mut partitions = lock(&self.partitions);
        // Runs come trial by trial and mostly share the splits of the previous trial.
        if partitions.len() >= MAX_PARTITIONS {
            partitions.clear();
        }
        partitions.insert(key, samples.clone());
        samples
    }
}

/// Waits until a device has done all its work.
fn synchronize<B: Backend>(device: &B::Device) -> Result<(), String> {
    B::sync(device).map_err(|error| error.to_string())
}

impl<B: Backend> Executor for TensorExecutor<B> {
    /// Does one step of each kind, so that memory which a thread allocates once (above all the
    /// workspace of matrix products) does not count towards its first run.
    fn prepare_thread(&self) {
        // The memory that a device keeps for its threads is not measured.
        if self.memory != TensorMemory::Thread {
            return;
        }
        if let Some(data) = self.data.values().next() {
            let test = &data.device.test;
            let rows = WARM_UP_ROWS.min(test.len());
            let [features, targets] = test.range(0..rows).map(Tensor::unsqueeze::<3>);
            let _ = B::product(features.clone().swap_dims(1, 2), features).into_data();
            let _ = LossSums::from_logits(targets.clone(), targets.clone());
            let (logits, smoothed_targets) = (targets.clone(), targets.clone());
            let _ = B::cross_entropy(logits, targets, smoothed_targets)
                .gradient
                .into_data();
        }
    }

    /// On a device, the size measured as the fastest among those that fit into its memory.
    fn cohort_size(&self, plan: &Plan, group: &[RunId]) -> usize {
        let TensorMemory::Device { free, workers } = self.memory else {
            return 1;
        };
        let fitting = self.max_members((free, workers), plan, group);
        tune_cohort_size(fitting.min(group.len()), |size| {
            let mut cohort = group[..size].to_vec();
            plan.sort_members(&mut cohort);
            let started = Instant::now();
            let members = self.members(plan, &cohort).ok()?;
            let clock = || started.elapsed().as_secs_f64();
            let seconds =
                self.on_device(|| step_seconds(self.data_of(&members[0]), &members, &clock));
            // A device keeps a memory pool for each thread: this releases the pool to the workers.
            B::memory_cleanup(&self.device);
            // Treat any error as a lack of memory; other causes appear again during training.
            seconds.ok()
        })
    }

    fn allows_padding(&self) -> bool {
        matches!(self.memory, TensorMemory::Device { .. })
    }

    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        host: &mut TrainingHost<'_>,
    ) -> Result<(), CohortError> {
        let members = self.members(plan, cohort)?;
        let data = self.data_of(&members[0]);
        let trained = match self.monitor {
            None => self.on_device(|| train(data, &members, host)),
            Some(monitor) => {
                let mut check = FaultCheck::new(monitor);
                let mut host = host.with_first_sink(&mut check);
                self.on_device(|| train(data, &members, &mut host))
            }
        };
        Ok(trained??)
    }

    fn normalisation(&self, plan: &Plan, run: RunId) -> Option<Normalisation> {
        let config = &plan.trials[run.trial].config;
        let samples = self.samples_of(config, run);
        match &self.data[&DeviceDatasetKey::of(&config.data)].dataset {
            Some(data) => Normalisation::for_model(data, &config.data, &samples.partition.train),
            None => samples.normalisation.as_deref().cloned(),
        }
    }

    fn profile(&self, plan: &Plan, run: RunId) -> Result<Option<Profile>, CohortError> {
        let data = &plan.trials[run.trial].config.data;
        // Only the data of runs and profiles that were missing at the start is loaded: a trial that has
        // lost its profile since then is profiled at the next start.
        if !self.data.contains_key(&DeviceDatasetKey::of(data)) {
            return Ok(None);
        }
        let member = CohortError::catch(|| self.member(plan, run))?;
        let data = self.data_of(&member);
        let started = Instant::now();
        alloc_tracker::start();
        let clock = || started.elapsed().as_secs_f64();
        // The initial weights need memory for a moment, which is not that of training.
        let time =
            self.on_device(|| profile(data, &member, &clock, &alloc_tracker::restart_peak))?;
        let peak = alloc_tracker::peak();
        Ok(Some(Profile {
            seconds_per_epoch: time.seconds * time.steps_per_epoch,
            relative_error: None,
            steps: time.steps,
            peak_bytes: match self.memory {
                TensorMemory::Thread => Some(peak).filter(|&peak| peak > 0),
                TensorMemory::Device { .. } => time.device_bytes,
            },
        }))
    }
}
