//! A cohort on a device, and its steps.

use super::backward::{BackwardForm, backward};
use super::copy::{clear, copy_into, copy_out};
use super::cross_entropy::{SUMS, cross_entropy};
use super::forward::{ForwardForm, forward};
use super::tile::{SIDE, Tile};
use super::units::FACTS;
use super::update::{UpdateForm, update};
use super::{copy, cross_entropy as loss};
use crate::activation::Activation;
use crate::epoch::{Batch, Epoch};
use crate::model::{Layer, Model};
use crate::rule::NUMBERS;
use cubecl::prelude::*;
use cubecl::server::Handle;

/// The samples that batches are taken from, in device memory.
#[derive(Clone, Debug)]
pub struct Samples {
    /// What is known of each.
    pub features: Features,
    /// A unit vector for each sample: `[samples, classes]`, float32.
    pub targets: Handle,
    /// How many samples there are.
    pub count: usize,
}

/// The features of all samples.
#[derive(Clone, Debug)]
pub enum Features {
    /// float32: `[samples, features]`.
    Numbers(Handle),
    /// Bytes, four in a word of 32 bits, the first in its lowest bits; every sample begins with a word:
    /// `[samples, words]`.
    Bytes(Handle),
}

/// A cohort in training: parameters, optimizer state and buffers on a device.
pub struct Training<R: Runtime> {
    client: ComputeClient<R>,
    model: Model,
    layers: Vec<DeviceLayer>,
    rules: Buffer,
    smoothing: Buffer,
    sums: Buffer,
    /// Stands in for what a kernel does not read.
    nothing: Buffer,
    samples: Samples,
    epoch: Tables,
    multiprocessors: u32,
    bytes: u64,
}

/// A part of device memory, and how many numbers it holds.
#[derive(Clone, Debug)]
struct Buffer {
    handle: Handle,
    length: usize,
}

/// The buffers of a layer.
struct DeviceLayer {
    /// `[1 + lists, members, inputs, outputs]`
    weight: Buffer,
    /// `[1 + lists, members, outputs]`
    bias: Buffer,
    units: Buffer,
    kept: Buffer,
    /// What comes out: `[members, batch, outputs]`.
    output: Buffer,
    /// What goes into the activation, where its derivative needs it.
    before: Option<Buffer>,
    /// The gradient of what goes into the activation: `[members, batch, outputs]`.
    gradient: Buffer,
    /// Which of the step's dropout sites it is.
    site: Option<usize>,
}

/// An epoch in device memory.
struct Tables {
    positions: Buffer,
    scaling: Buffer,
    steps: Buffer,
    keys: Buffer,
    shares_input: bool,
    /// Whether samples are scaled.
    scales: bool,
}

impl Buffer {
    fn argument<R: Runtime>(&self) -> ArrayArg<R> {
        // SAFETY: the length is that of the allocation, in numbers of four bytes.
        unsafe { ArrayArg::from_raw_parts(self.handle.clone(), self.length) }
    }
}

impl<R: Runtime> Training<R> {
    /// A cohort with these parameters, for batches of at most `batch` samples.
    ///
    /// `parameters` are weight and bias of each layer (`[members, inputs, outputs]`, `[members, 1,
    /// outputs]`), `lists` likewise for each list that an optimizer remembers ([`Model::lists`] of them; one
    /// that is empty or missing stands for zeros). Both are copied: what they were made from stays as it is.
    ///
    /// # Panics
    /// When their number is not that of the model's layers.
    pub fn new(
        client: &ComputeClient<R>,
        model: Model,
        samples: Samples,
        epoch: &Epoch,
        batch: usize,
        parameters: &[Handle],
        lists: &[Vec<Handle>],
    ) -> Self {
        assert_eq!(
            parameters.len(),
            2 * model.layers.len(),
            "weight and bias of each layer"
        );
        let before = bytes_in_use(client);
        let members = model.members();
        let copies = 1 + model.lists();
        let mut site = 0..;
        let nothing = zeros(client, 1);
        let layers = model.layers.iter().enumerate().map(|(index, layer)| {
            let state = |parameter: usize, numbers: usize| {
                let state = empty(client, copies * numbers);
                for copy in 0..copies {
                    let source = match copy {
                        0 => Some(&parameters[parameter]),
                        _ => lists.get(copy - 1).and_then(|list| list.get(parameter)),
                    };
                    put(client, &state, copy * numbers, numbers, source);
                }
                state
            };
            let values = || empty(client, members * batch * layer.outputs);
            let keeps_input = layer.activations.iter().any(|a| a.keeps_input());
            DeviceLayer {
                weight: state(2 * index, members * layer.inputs * layer.outputs),
                bias: state(2 * index + 1, members * layer.outputs),
                units: numbers(client, &units(layer)),
                kept: numbers(client, &kept(layer, members)),
                output: values(),
                before: keeps_input.then(values),
                gradient: values(),
                site: (!layer.dropout.is_empty()).then(|| site.next().expect("without an end")),
            }
        });
        let layers: Vec<DeviceLayer> = layers.collect();
        let rules: Vec<u32> = model.rules.iter().map(|rule| rule.code()).collect();
        let rules = numbers(client, &rules);
        let smoothing = numbers(client, &model.smoothing);
        let sums = zeros(client, members * SUMS);
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
            // The gradient goes on through the weights before they step.
            if layer > 0 {
                self.backward(layer, batch);
            }
            self.update(layer, batch);
        }
    }

    /// Weight and bias of each layer, as new buffers of the shapes that [`new`](Self::new) takes.
    pub fn parameters(&self) -> Vec<Handle> {
        self.list(0)
    }

    /// The lists that the optimizers remember, each as [`parameters`](Self::parameters).
    pub fn lists(&self) -> Vec<Vec<Handle>> {
        (1..=self.model.lists())
            .map(|list| self.list(list))
            .collect()
    }

    /// Waits until the device has done all that was asked of it.
    ///
    /// # Errors
    /// A device that failed since it was last waited for.
    pub fn wait(&self) -> Result<(), String> {
        let done = cubecl::future::block_on(self.client.sync());
        done.map_err(|error| format!("{error:?}"))
    }

    /// Bytes of device memory that the cohort takes: parameters, optimizer state, activations, gradients and
    /// the tables of an epoch, as the device's allocator counts them. No step allocates more. Neither the
    /// samples are counted nor what the parameters were copied from.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The device memory of [`sums`](Self::sums): `[members, 3]`, the losses, what their sum has lost to
    /// rounding (to be subtracted), and the right answers.
    pub fn sums_handle(&self) -> Handle {
        self.sums.handle.clone()
    }

    /// The sum of losses and the number of right answers of each member, over all steps so far. Waits for
    /// the device.
    ///
    /// # Errors
    /// A device that failed.
    pub fn sums(&self) -> Result<Vec<(f64, f64)>, String> {
        let bytes = self.client.read_one(self.sums.handle.clone());
        let bytes = bytes.map_err(|error| format!("{error:?}"))?;
        let numbers = f32::from_bytes(&bytes);
        let pair = |own: &[f32]| (f64::from(own[0]) - f64::from(own[1]), f64::from(own[2]));
        Ok(numbers.chunks_exact(SUMS).map(pair).collect())
    }

    fn list(&self, list: usize) -> Vec<Handle> {
        let of = |state: &Buffer| {
            let count = state.length / (1 + self.model.lists());
            let own = empty(&self.client, count);
            let from = list * count;
            // SAFETY: both buffers hold what is copied.
            unsafe {
                copy_out::launch_unchecked::<R>(
                    &self.client,
                    cubes(count),
                    CubeDim::new_1d(copy::UNITS),
                    state.argument(),
                    own.argument(),
                    count as u32,
                    from as u32,
                );
            }
            own.handle
        };
        let layers = self.layers.iter();
        layers
            .flat_map(|layer| [of(&layer.weight), of(&layer.bias)])
            .collect()
    }

    fn members(&self) -> u32 {
        self.model.members() as u32
    }

    fn tile(&self, rows: u32, columns: u32) -> Tile {
        Tile::new(rows, columns, self.members(), self.multiprocessors)
    }

    fn count(&self, tile: Tile, rows: u32, columns: u32) -> CubeCount {
        let [across, down] = tile.grid(rows, columns);
        CubeCount::Static(across, down, self.members())
    }

    /// Where a step's keys of a layer begin.
    fn first_key(&self, layer: usize, batch: Batch) -> u32 {
        let site = self.layers[layer].site.unwrap_or(0);
        let sites = self.model.dropout_sites();
        ((batch.step * sites + site) * self.model.members() * 2) as u32
    }

    /// The input of a layer: numbers, and the bytes of the data set.
    fn input(&self, layer: usize) -> [Buffer; 2] {
        let features = self.model.layers[0].inputs;
        let nothing = self.nothing.clone();
        match (layer.checked_sub(1), &self.samples.features) {
            (Some(earlier), _) => [self.layers[earlier].output.clone(), nothing],
            (None, Features::Numbers(handle)) => {
                let length = self.samples.count * features;
                let handle = handle.clone();
                [Buffer { handle, length }, nothing]
            }
            (None, Features::Bytes(handle)) => {
                let length = self.samples.count * features.div_ceil(4);
                let handle = handle.clone();
                [nothing, Buffer { handle, length }]
            }
        }
    }

    fn has_bytes(&self) -> bool {
        matches!(self.samples.features, Features::Bytes(_))
    }

    fn forward(&self, layer: usize, batch: Batch) {
        let Layer {
            inputs, outputs, ..
        } = self.model.layers[layer];
        let own = &self.layers[layer];
        let [input, words] = self.input(layer);
        let [rows, inner, columns] = [batch.rows, inputs, outputs].map(|n| n as u32);
        let tile = self.tile(rows, columns);
        let form = ForwardForm {
            tile,
            from_samples: layer == 0,
            bytes: layer == 0 && self.has_bytes(),
            scales: self.epoch.scales,
            shares_input: layer == 0 && self.epoch.shares_input,
            drops: own.site.is_some(),
            keeps_input: own.before.is_some(),
        };
        // SAFETY: every index is below the lengths that `new` allocates for.
        unsafe {
            forward::launch_unchecked::<R>(
                &self.client,
                self.count(tile, rows, columns),
                CubeDim::new_2d(SIDE, SIDE),
                input.argument(),
                words.argument(),
                self.epoch.positions.argument(),
                self.epoch.scaling.argument(),
                own.weight.argument(),
                own.bias.argument(),
                own.units.argument(),
                own.kept.argument(),
                self.epoch.keys.argument(),
                own.output.argument(),
                own.before.as_ref().unwrap_or(&self.nothing).argument(),
                rows,
                inner,
                columns,
                batch.first as u32,
                self.first_key(layer, batch),
                form,
            );
        }
    }

    fn cross_entropy(&self, batch: Batch) {
        let last = self.layers.last().expect("a model has a layer");
        let classes = self.model.layers.last().expect("likewise").outputs;
        let targets = Buffer {
            handle: self.samples.targets.clone(),
            length: self.samples.count * classes,
        };
        // SAFETY: as above.
        unsafe {
            cross_entropy::launch_unchecked::<R>(
                &self.client,
                CubeCount::Static(self.members(), 1, 1),
                CubeDim::new_1d(loss::UNITS),
                last.output.argument(),
                targets.argument(),
                self.epoch.positions.argument(),
                self.smoothing.argument(),
                last.gradient.argument(),
                self.sums.argument(),
                batch.rows as u32,
                classes as u32,
                batch.first as u32,
                self.epoch.shares_input,
            );
        }
    }

    /// The gradient of the layer before this one.
    fn backward(&self, layer: usize, batch: Batch) {
        let Layer {
            inputs, outputs, ..
        } = self.model.layers[layer];
        let (own, earlier) = (&self.layers[layer], &self.layers[layer - 1]);
        let [rows, inner, columns] = [batch.rows, outputs, inputs].map(|n| n as u32);
        let tile = self.tile(rows, columns);
        let form = BackwardForm {
            tile,
            drops: earlier.site.is_some(),
            keeps_input: earlier.before.is_some(),
        };
        // SAFETY: as above.
        unsafe {
            backward::launch_unchecked::<R>(
                &self.client,
                self.count(tile, rows, columns),
                CubeDim::new_2d(SIDE, SIDE),
                own.gradient.argument(),
                own.weight.argument(),
                earlier
                    .before
                    .as_ref()
                    .unwrap_or(&earlier.output)
                    .argument(),
                earlier.units.argument(),
                earlier.kept.argument(),
                self.epoch.keys.argument(),
                earlier.gradient.argument(),
                rows,
                inner,
                columns,
                self.first_key(layer - 1, batch),
                form,
            );
        }
    }

    fn update(&self, layer: usize, batch: Batch) {
        let Layer {
            inputs, outputs, ..
        } = self.model.layers[layer];
        let own = &self.layers[layer];
        let [input, words] = self.input(layer);
        let [rows, inner, columns] = [inputs, batch.rows, outputs].map(|n| n as u32);
        let tile = self.tile(rows, columns);
        let form = UpdateForm {
            tile,
            from_samples: layer == 0,
            bytes: layer == 0 && self.has_bytes(),
            scales: self.epoch.scales,
            shares_input: layer == 0 && self.epoch.shares_input,
            lists: self.model.lists(),
        };
        // SAFETY: as above.
        unsafe {
            update::launch_unchecked::<R>(
                &self.client,
                self.count(tile, rows, columns),
                CubeDim::new_2d(SIDE, SIDE),
                input.argument(),
                words.argument(),
                self.epoch.positions.argument(),
                self.epoch.scaling.argument(),
                own.gradient.argument(),
                self.rules.argument(),
                self.epoch.steps.argument(),
                own.weight.argument(),
                own.bias.argument(),
                rows,
                inner,
                columns,
                batch.first as u32,
                (batch.step * self.model.members()) as u32,
                form,
            );
        }
    }
}

impl Tables {
    fn new<R: Runtime>(client: &ComputeClient<R>, epoch: &Epoch, nothing: &Buffer) -> Self {
        let steps: Vec<f32> = epoch.steps.iter().flat_map(|step| step.numbers()).collect();
        debug_assert_eq!(steps.len(), epoch.steps.len() * NUMBERS);
        Self {
            positions: numbers(client, &epoch.positions),
            scaling: match epoch.scaling.is_empty() {
                true => nothing.clone(),
                false => numbers(client, &epoch.scaling),
            },
            scales: !epoch.scaling.is_empty(),
            steps: numbers(client, &steps),
            keys: match epoch.keys.is_empty() {
                true => nothing.clone(),
                false => numbers(client, &epoch.keys),
            },
            shares_input: epoch.owners == 1,
        }
    }
}

/// What the allocator of this thread's stream has handed out; 0 where it does not tell.
fn bytes_in_use<R: Runtime>(client: &ComputeClient<R>) -> u64 {
    client.memory_usage().map_or(0, |usage| usage.bytes_in_use)
}

/// The multiprocessors of a device. One that does not tell is a CPU or an unknown GPU: few, so that
/// tiles are large.
fn multiprocessors<R: Runtime>(client: &ComputeClient<R>) -> u32 {
    client
        .properties()
        .hardware
        .num_streaming_multiprocessors
        .unwrap_or(1)
}

/// What kernels know of a layer's units: `[members, 3]`.
fn units(layer: &Layer) -> Vec<u32> {
    let member = |(index, (&width, &activation)): (usize, (&usize, &Activation))| {
        let rate = layer.dropout.get(index).copied().unwrap_or(0.0);
        let threshold = (f64::from(rate) * 2.0_f64.powi(32)) as u32;
        let facts: [u32; FACTS] = [width as u32, activation.code(), threshold];
        facts
    };
    let members = layer.widths.iter().zip(&layer.activations);
    members.enumerate().flat_map(member).collect()
}

/// 1/(1 − rate) of each member.
fn kept(layer: &Layer, members: usize) -> Vec<f32> {
    let rate = |member: usize| layer.dropout.get(member).copied().unwrap_or(0.0);
    (0..members)
        .map(|member| 1.0 / (1.0 - rate(member)))
        .collect()
}

fn cubes(count: usize) -> CubeCount {
    let most = 4096;
    CubeCount::Static((count as u32).div_ceil(copy::UNITS).clamp(1, most), 1, 1)
}

fn empty<R: Runtime>(client: &ComputeClient<R>, length: usize) -> Buffer {
    Buffer {
        handle: client.empty(length * size_of::<f32>()),
        length,
    }
}

fn zeros<R: Runtime>(client: &ComputeClient<R>, length: usize) -> Buffer {
    numbers(client, &vec![0.0_f32; length])
}

fn numbers<R: Runtime, N: CubeElement>(client: &ComputeClient<R>, values: &[N]) -> Buffer {
    Buffer {
        handle: client.create_from_slice(N::as_bytes(values)),
        length: values.len(),
    }
}

/// Copies a source into a part of a buffer; zeros where there is no source.
fn put<R: Runtime>(
    client: &ComputeClient<R>,
    to: &Buffer,
    offset: usize,
    count: usize,
    source: Option<&Handle>,
) {
    let (cubes, dim) = (cubes(count), CubeDim::new_1d(copy::UNITS));
    let [count32, offset32] = [count, offset].map(|n| n as u32);
    // SAFETY: the source holds `count` numbers, and the buffer as many from `offset` on.
    unsafe {
        match source {
            Some(handle) => {
                let source = Buffer {
                    handle: handle.clone(),
                    length: count,
                };
                copy_into::launch_unchecked::<R>(
                    client,
                    cubes,
                    dim,
                    source.argument(),
                    to.argument(),
                    count32,
                    offset32,
                );
            }
            None => {
                clear::launch_unchecked::<R>(client, cubes, dim, to.argument(), count32, offset32);
            }
        }
    }
}
