//! The kernels of a step, each launched on the buffers of its layer.

use super::backward::{BackwardForm, backward};
use super::batch_norm::{self, NormForm};
use super::buffer::Buffer;
use super::cross_entropy as loss;
use super::cross_entropy::cross_entropy;
use super::forward::{ForwardForm, forward};
use super::normalise::{normalise, normalise_gradient};
use super::samples::InputForm;
use super::tile::{SIDE, Tile};
use super::training::{Features, Training};
use super::update::{UpdateForm, update};
use crate::epoch::Batch;
use crate::model::Layer;
use cubecl::prelude::*;

impl<R: Runtime> Training<R> {
    fn members(&self) -> u32 {
        self.model.members() as u32
    }

    fn tile(&self, rows: u32, columns: u32) -> Tile {
        Tile::new(rows, columns, self.members(), self.multiprocessors)
    }

    /// The tile of a product: one that holds all rows if the columns are normalised in it.
    fn normed_tile(&self, norm: NormForm, rows: u32, columns: u32) -> Tile {
        match norm {
            NormForm::InTile => {
                Tile::of_all_rows(rows, columns, self.members(), self.multiprocessors)
            }
            NormForm::None | NormForm::SeparateKernel => self.tile(rows, columns),
        }
    }

    fn count(&self, tile: Tile, rows: u32, columns: u32) -> CubeCount {
        let [across, down] = tile.grid(rows, columns);
        CubeCount::Static(across, down, self.members())
    }

    /// The index of the first dropout key of a layer in a step.
    fn first_key(&self, layer: usize, batch: Batch) -> u32 {
        let site = self.layers[layer].site.unwrap_or(0);
        let sites = self.model.dropout_sites();
        ((batch.step * sites + site) * self.model.members() * 2) as u32
    }

    /// The index of a step's first set of optimizer constants; each step has one set per member.
    fn first_number(&self, batch: Batch) -> u32 {
        (batch.step * self.model.members()) as u32
    }

    /// The input of a layer: a buffer of floats and one of the data set's bytes, one of them a placeholder.
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

    fn input_form(&self, layer: usize) -> InputForm {
        InputForm {
            from_samples: layer == 0,
            bytes: layer == 0 && matches!(self.samples.features, Features::Bytes(_)),
            scales: self.epoch.scales,
            shares: layer == 0 && self.epoch.shares_input,
        }
    }

    /// Whether a layer keeps its activation's input.
    fn keeps_input(&self, layer: usize) -> bool {
        self.layers[layer].before.is_some() && !self.model.layers[layer].norm
    }

    fn norm_form(&self, layer: usize, rows: u32) -> NormForm {
        match self.model.layers[layer].norm {
            false => NormForm::None,
            true if rows <= batch_norm::MAX_ROWS => NormForm::InTile,
            true => NormForm::SeparateKernel,
        }
    }

    /// The weights and biases of a layer's norm, and its statistics.
    fn norm(&self, layer: usize) -> [&Buffer; 2] {
        let norm = self.layers[layer].norm.as_ref();
        norm.map_or([&self.nothing; 2], |norm| {
            [&norm.parameters, &norm.statistics]
        })
    }

    /// The cubes of a kernel in which each cube processes 16 columns and all rows of a member.
    fn columns(&self, columns: u32) -> CubeCount {
        CubeCount::Static(columns.div_ceil(SIDE), 1, self.members())
    }

    pub(super) fn forward(&self, layer: usize, batch: Batch) {
        let Layer {
            inputs, outputs, ..
        } = self.model.layers[layer];
        let current = &self.layers[layer];
        let [input, words] = self.input(layer);
        let [rows, inner, columns] = [batch.rows, inputs, outputs].map(|n| n as u32);
        let norm = self.norm_form(layer, rows);
        let tile = self.normed_tile(norm, rows, columns);
        let form = ForwardForm {
            tile,
            input: self.input_form(layer),
            norm,
            drops: current.site.is_some(),
            keeps_input: self.keeps_input(layer),
        };
        let before = current.before.as_ref().unwrap_or(&self.nothing);
        let [parameters, statistics] = self.norm(layer);
        // SAFETY: every index is below the lengths that `new` allocates.
        unsafe {
            forward::launch_unchecked::<R>(
                &self.client,
                self.count(tile, rows, columns),
                CubeDim::new_2d(SIDE, SIDE),
                input.argument(),
                words.argument(),
                self.epoch.positions.argument(),
                self.epoch.scaling.argument(),
                current.weight.argument(),
                current.bias.argument(),
                parameters.argument(),
                statistics.argument(),
                current.units.argument(),
                current.kept.argument(),
                self.epoch.keys.argument(),
                current.output.argument(),
                before.argument(),
                rows,
                inner,
                columns,
                batch.first as u32,
                self.first_key(layer, batch),
                form,
            );
            if norm == NormForm::SeparateKernel {
                normalise::launch_unchecked::<R>(
                    &self.client,
                    self.columns(columns),
                    CubeDim::new_2d(SIDE, SIDE),
                    before.argument(),
                    parameters.argument(),
                    statistics.argument(),
                    current.units.argument(),
                    current.kept.argument(),
                    self.epoch.keys.argument(),
                    current.output.argument(),
                    rows,
                    columns,
                    self.first_key(layer, batch),
                    form.drops,
                );
            }
        }
    }

    pub(super) fn cross_entropy(&self, batch: Batch) {
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

    /// Computes the gradient of the layer before this one.
    pub(super) fn backward(&self, layer: usize, batch: Batch) {
        let Layer {
            inputs, outputs, ..
        } = self.model.layers[layer];
        let (current, earlier) = (&self.layers[layer], &self.layers[layer - 1]);
        let [rows, inner, columns] = [batch.rows, outputs, inputs].map(|n| n as u32);
        let norm = self.norm_form(layer - 1, rows);
        let tile = self.normed_tile(norm, rows, columns);
        let lists = self.model.lists();
        let form = BackwardForm {
            tile,
            drops: earlier.site.is_some(),
            keeps_input: self.keeps_input(layer - 1),
            norm,
            lists,
        };
        let values = earlier.before.as_ref().unwrap_or(&earlier.output);
        let [parameters, statistics] = self.norm(layer - 1);
        // SAFETY: as above.
        unsafe {
            backward::launch_unchecked::<R>(
                &self.client,
                self.count(tile, rows, columns),
                CubeDim::new_2d(SIDE, SIDE),
                current.gradient.argument(),
                current.weight.argument(),
                values.argument(),
                parameters.argument(),
                statistics.argument(),
                earlier.units.argument(),
                earlier.kept.argument(),
                self.epoch.keys.argument(),
                self.rules.argument(),
                self.epoch.steps.argument(),
                earlier.gradient.argument(),
                rows,
                inner,
                columns,
                self.first_key(layer - 1, batch),
                self.first_number(batch),
                form,
            );
            if norm == NormForm::SeparateKernel {
                normalise_gradient::launch_unchecked::<R>(
                    &self.client,
                    self.columns(columns),
                    CubeDim::new_2d(SIDE, SIDE),
                    earlier.gradient.argument(),
                    values.argument(),
                    parameters.argument(),
                    statistics.argument(),
                    self.rules.argument(),
                    self.epoch.steps.argument(),
                    rows,
                    columns,
                    self.first_number(batch),
                    lists,
                );
            }
        }
    }

    pub(super) fn update(&self, layer: usize, batch: Batch) {
        let Layer {
            inputs, outputs, ..
        } = self.model.layers[layer];
        let current = &self.layers[layer];
        let [input, words] = self.input(layer);
        let [rows, inner, columns] = [inputs, batch.rows, outputs].map(|n| n as u32);
        let tile = self.tile(rows, columns);
        let form = UpdateForm {
            tile,
            input: self.input_form(layer),
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
                current.gradient.argument(),
                self.rules.argument(),
                self.epoch.steps.argument(),
                current.weight.argument(),
                current.bias.argument(),
                rows,
                inner,
                columns,
                batch.first as u32,
                self.first_number(batch),
                form,
            );
        }
    }
}
