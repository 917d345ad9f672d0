//! A cohort on a device, and its steps.

use super::buffer::Buffer;
use super::cross_entropy::SUMS;
use super::layer::DeviceLayer;
use super::tables::Tables;
use crate::epoch::{Batch, Epoch};
use crate::model::Model;
use cubecl::prelude::*;
use cubecl::server::Handle;

/// The samples that batches are taken from, in device memory.
#[derive(Clone, Debug)]
pub struct Samples {
    /// The features of each sample.
    pub features: Features,
    /// One-hot targets: `[samples, classes]`, float32.
    pub targets: Handle,
    /// The number of samples.
    pub count: usize,
}

/// The features of all samples.
#[derive(Clone, Debug)]
pub enum Features {
    /// float32: `[samples, features]`.
    Numbers(Handle),
    /// Bytes, four per 32-bit word, the first in the lowest bits; every sample starts at a new word:
    /// `[samples, words]`.
    Bytes(Handle),
}

/// The state that training changes.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// For each layer its weight and bias (`[members, inputs, outputs]`, `[members, 1, outputs]`), then the weight
    /// and bias of its norm (`[members, 1, outputs]` each).
    pub parameters: Vec<Handle>,
    /// The optimizer state: [`Model::lists`] lists, each like `parameters`. An empty or missing list means
    /// zeros.
    pub lists: Vec<Vec<Handle>>,
    /// The running mean and variance of each norm: `[members, 1, outputs]` each.
    pub statistics: Vec<Handle>,
}

/// A cohort in training: parameters, optimizer state and buffers on a device.
pub struct Training<R: Runtime> {
    pub(super) client: ComputeClient<R>,
    pub(super) model: Model,
    pub(super) layers: Vec<DeviceLayer>,
    pub(super) rules: Buffer,
    pub(super) smoothing: Buffer,
    pub(super) sums: Buffer,
    /// A placeholder for buffers that a kernel does not read.
    pub(super) nothing: Buffer,
    pub(super) samples: Samples,
    pub(super) epoch: Tables,
    pub(super) multiprocessors: u32,
    bytes: u64,
}

impl<R: Runtime> Training<R> {
    /// A cohort in this state, for batches of at most `batch` samples.
    ///
    /// The state is copied; the original buffers remain unchanged.
    ///
    /// # Panics
    /// If the number of parameters or statistics is not that of the model's layers.
    pub fn new(
        client: &ComputeClient<R>,
        model: Model,
        samples: Samples,
        epoch: &Epoch,
        batch: usize,
        state: &State,
    ) -> Self {
        let expected: usize = model
            .layers
            .iter()
            .map(crate::model::Layer::parameters)
            .sum();
        assert_eq!(state.parameters.len(), expected, "all of every layer");
        let norms = model.layers.iter().filter(|layer| layer.norm).count();
        assert_eq!(
            state.statistics.len(),
            2 * norms,
            "mean and variance of every norm"
        );
        let before = bytes_in_use(client);
        let members = model.members();
        let lists = model.lists();
        let nothing = Buffer::zeros(client, 1);
        let mut site = 0..;
        let layers = model.layers.iter().map(|layer| {
            let site = (!layer.dropout.is_empty()).then(|| site.next().expect("without an end"));
            DeviceLayer::new(client, layer, members, batch, lists, site)
        });
        let layers: Vec<DeviceLayer> = layers.collect();
        for list in 0..=lists {
            let mut sources = match list.checked_sub(1) {
                None => state.parameters.iter(),
                Some(list) => state.lists.get(list).map_or([].iter(), |list| list.iter()),
            };
            for (device_layer, layer) in layers.iter().zip(&model.layers) {
                device_layer.put(
                    client,
                    list,
                    1 + lists,
                    sources.by_ref().take(layer.parameters()),
                );
            }
        }
        let mut running = state.statistics.iter();
        for norm in layers.iter().filter_map(|layer| layer.norm.as_ref()) {
            norm.put(client, running.by_ref().take(2));
        }
        let rules: Vec<u32> = model.rules.iter().map(|rule| rule.code()).collect();
        let rules = Buffer::of(client, &rules);
        let smoothing = Buffer::of(client, &model.smoothing);
        let sums = Buffer::zeros(client, members * SUMS);
        let epoch = Tables::new(client, epoch, &nothing);
        Self {
            layers,
            rules,
            smoothing,
            sums,
            epoch,
            nothing,
            bytes: bytes_in_use(client).saturating_sub(before),
            samples,
            multiprocessors: multiprocessors(client),
            client: client.clone(),
            model,
        }
    }

    /// Trains one batch.
    pub fn step(&mut self, batch: Batch) {
        for layer in 0..self.layers.len() {
            self.forward(layer, batch);
        }
        self.cross_entropy(batch);
        for layer in (0..self.layers.len()).rev() {
            // The gradient passes through the weights before they are updated.
            if layer > 0 {
                self.backward(layer, batch);
            }
            self.update(layer, batch);
        }
    }

    /// The current state, copied into new buffers.
    pub fn state(&self) -> State {
        let client = &self.client;
        let lists = self.model.lists();
        let list = |list: usize| {
            let layers = self.layers.iter();
            layers
                .flat_map(|layer| layer.list(client, list, 1 + lists))
                .collect()
        };
        let norms = self.layers.iter().filter_map(|layer| layer.norm.as_ref());
        State {
            parameters: list(0),
            lists: (1..=lists).map(list).collect(),
            statistics: norms.flat_map(|norm| norm.running(client)).collect(),
        }
    }

    /// Waits until the device has finished all its work.
    ///
    /// # Errors
    /// If the device failed since the last wait.
    pub fn wait(&self) -> Result<(), String> {
        let done = cubecl::future::block_on(self.client.sync());
        done.map_err(|error| format!("{error:?}"))
    }

    /// Bytes of device memory that the cohort uses: parameters, optimizer state, activations, gradients and
    /// the tables of an epoch, as the device's allocator counts them. No step allocates more. The samples
    /// and the buffers from which the parameters were copied are not counted.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes of a [`State`] of the cohort.
    pub fn state_bytes(&self) -> u64 {
        let numbers = self.layers.iter().map(DeviceLayer::state_length);
        (numbers.sum::<usize>() * size_of::<f32>()) as u64
    }

    /// The device memory of [`sums`](Self::sums): `[members, 3]`, the loss, the rounding error of its sum (to
    /// be subtracted), and the number of correct predictions.
    pub fn sums_handle(&self) -> Handle {
        self.sums.handle.clone()
    }

    /// For each member, the sum of losses and the number of correct predictions of all steps so far. Waits
    /// for the device.
    ///
    /// # Errors
    /// If the device failed.
    pub fn sums(&self) -> Result<Vec<(f64, f64)>, String> {
        let bytes = self.client.read_one(self.sums.handle.clone());
        let bytes = bytes.map_err(|error| format!("{error:?}"))?;
        let numbers = f32::from_bytes(&bytes);
        let pair = |sums: &[f32]| (f64::from(sums[0]) - f64::from(sums[1]), f64::from(sums[2]));
        Ok(numbers.chunks_exact(SUMS).map(pair).collect())
    }
}

/// The bytes that the allocator of this thread's stream has allocated; 0 if it does not count them.
fn bytes_in_use<R: Runtime>(client: &ComputeClient<R>) -> u64 {
    client.memory_usage().map_or(0, |usage| usage.bytes_in_use)
}

/// The number of multiprocessors of a device. If it is unknown, the device is a CPU or an unknown GPU; then 1,
/// so that tiles are large.
pub(super) fn multiprocessors<R: Runtime>(client: &ComputeClient<R>) -> u32 {
    client
        .properties()
        .hardware
        .num_streaming_multiprocessors
        .unwrap_or(1)
}
