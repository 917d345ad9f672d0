//! A layer in device memory.

use super::buffer::Buffer;
use super::units::UNIT_FIELDS;
use crate::activation::Activation;
use crate::model::Layer;
use cubecl::prelude::*;
use cubecl::server::Handle;

/// The buffers of a layer.
pub(super) struct DeviceLayer {
    /// `[1 + lists, members, inputs, outputs]`
    pub(super) weight: Buffer,
    /// `[1 + lists, members, outputs]`
    pub(super) bias: Buffer,
    pub(super) norm: Option<NormBuffers>,
    pub(super) units: Buffer,
    pub(super) kept: Buffer,
    /// The layer's output: `[members, batch, outputs]`.
    pub(super) output: Buffer,
    /// The activation's input, if the derivative needs it; with a norm, the normalised sums:
    /// `[members, batch, outputs]`.
    pub(super) before: Option<Buffer>,
    /// The gradient of the layer's sums: `[members, batch, outputs]`.
    pub(super) gradient: Buffer,
    /// The layer's index among the step's dropout sites; `None` without dropout.
    pub(super) site: Option<usize>,
}

/// The buffers of a batch norm: see [`super::batch_norm`].
pub(super) struct NormBuffers {
    /// `[1 + lists, 2, members, outputs]`
    pub(super) parameters: Buffer,
    /// `[3, members, outputs]`
    pub(super) statistics: Buffer,
}

/// Where a parameter is: `count` values from `first` on, followed by its optimizer state, one list every
/// `stride` values.
struct Slot<'a> {
    buffer: &'a Buffer,
    first: usize,
    count: usize,
    stride: usize,
}

impl DeviceLayer {
    /// Buffers for `members` models and batches of `batch` samples, with `lists` lists of optimizer state for
    /// each parameter.
    pub(super) fn new<R: Runtime>(
        client: &ComputeClient<R>,
        layer: &Layer,
        members: usize,
        batch: usize,
        lists: usize,
        site: Option<usize>,
    ) -> Self {
        let columns = members * layer.outputs;
        let copies = 1 + lists;
        let state = |numbers: usize| Buffer::empty(client, copies * numbers);
        let values = || Buffer::empty(client, columns * batch);
        let keeps_input = layer.activations.iter().any(|a| a.keeps_input());
        Self {
            weight: state(layer.inputs * columns),
            bias: state(columns),
            norm: layer.norm.then(|| NormBuffers {
                parameters: state(2 * columns),
                statistics: Buffer::empty(client, 3 * columns),
            }),
            units: Buffer::of(client, &units(layer)),
            kept: Buffer::of(client, &kept(layer, members)),
            output: values(),
            before: (layer.norm || keeps_input).then(values),
            gradient: values(),
            site,
        }
    }

    /// Copies a list into the buffers, in the order of [`Layer::parameters`]; missing sources become zeros. List 0
    /// is the parameters, the others are optimizer state.
    pub(super) fn put<'a, R: Runtime>(
        &self,
        client: &ComputeClient<R>,
        list: usize,
        copies: usize,
        mut sources: impl Iterator<Item = &'a Handle>,
    ) {
        for slot in self.slots(copies) {
            let offset = list * slot.stride + slot.first;
            slot.buffer.put(client, offset, slot.count, sources.next());
        }
    }

    /// Copies of a list, in the order in which [`put`](Self::put) takes it.
    pub(super) fn list<R: Runtime>(
        &self,
        client: &ComputeClient<R>,
        list: usize,
        copies: usize,
    ) -> Vec<Handle> {
        let part = |slot: Slot| {
            let offset = list * slot.stride + slot.first;
            slot.buffer.part(client, offset, slot.count)
        };
        self.slots(copies).into_iter().map(part).collect()
    }

    /// How many values its parameters, their optimizer state and its running statistics are.
    pub(super) fn state_length(&self) -> usize {
        let of_norm = |norm: &NormBuffers| norm.parameters.length + norm.statistics.length / 3 * 2;
        self.weight.length + self.bias.length + self.norm.as_ref().map_or(0, of_norm)
    }

    fn slots(&self, copies: usize) -> Vec<Slot<'_>> {
        let slot = |buffer, first, count, stride| Slot {
            buffer,
            first,
            count,
            stride,
        };
        let list_length = |buffer: &'_ Buffer| buffer.length / copies;
        let (weights, biases) = (list_length(&self.weight), list_length(&self.bias));
        let mut slots = vec![
            slot(&self.weight, 0, weights, weights),
            slot(&self.bias, 0, biases, biases),
        ];
        if let Some(NormBuffers { parameters, .. }) = &self.norm {
            slots.push(slot(parameters, 0, biases, 2 * biases));
            slots.push(slot(parameters, biases, biases, 2 * biases));
        }
        slots
    }
}

impl NormBuffers {
    /// Copies the running mean and variance into the buffer; missing sources become zeros.
    pub(super) fn put<'a, R: Runtime>(
        &self,
        client: &ComputeClient<R>,
        mut sources: impl Iterator<Item = &'a Handle>,
    ) {
        let count = self.statistics.length / 3;
        for offset in [0, count] {
            self.statistics.put(client, offset, count, sources.next());
        }
    }

    /// Copies of the running mean and variance.
    pub(super) fn running<R: Runtime>(&self, client: &ComputeClient<R>) -> [Handle; 2] {
        let count = self.statistics.length / 3;
        [0, count].map(|offset| self.statistics.part(client, offset, count))
    }
}

/// What kernels read about a layer's units: width, code of the activation and dropout threshold, `[members, 3]`.
fn units(layer: &Layer) -> Vec<u32> {
    let member = |(index, (&width, &activation)): (usize, (&usize, &Activation))| {
        let rate = layer.dropout.get(index).copied().unwrap_or(0.0);
        let threshold = (f64::from(rate) * 2.0_f64.powi(32)) as u32;
        let facts: [u32; UNIT_FIELDS] = [width as u32, activation.code(), threshold];
        facts
    };
    let members = layer.widths.iter().zip(&layer.activations);
    members.enumerate().flat_map(member).collect()
}

/// 1/(1 − dropout rate) of each member.
fn kept(layer: &Layer, members: usize) -> Vec<f32> {
    let rate = |member: usize| layer.dropout.get(member).copied().unwrap_or(0.0);
    (0..members)
        .map(|member| 1.0 / (1.0 - rate(member)))
        .collect()
}
