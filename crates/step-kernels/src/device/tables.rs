//! An epoch in device memory.

use super::buffer::Buffer;
use crate::epoch::Epoch;
use crate::rule::CONSTANTS;
use cubecl::prelude::*;

/// The tables that the steps of an epoch read.
pub(super) struct Tables {
    pub(super) positions: Buffer,
    pub(super) scaling: Buffer,
    pub(super) steps: Buffer,
    pub(super) keys: Buffer,
    pub(super) shares_input: bool,
    /// Whether samples are scaled.
    pub(super) scales: bool,
}

impl Tables {
    /// Copies an epoch's tables to the device; `nothing` replaces tables that it does not need.
    pub(super) fn new<R: Runtime>(
        client: &ComputeClient<R>,
        epoch: &Epoch,
        nothing: &Buffer,
    ) -> Self {
        let steps: Vec<f32> = epoch
            .steps
            .iter()
            .flat_map(|step| step.constants())
            .collect();
        debug_assert_eq!(steps.len(), epoch.steps.len() * CONSTANTS);
        Self {
            positions: Buffer::of(client, &epoch.positions),
            scaling: match epoch.scaling.is_empty() {
                true => nothing.clone(),
                false => Buffer::of(client, &epoch.scaling),
            },
            scales: !epoch.scaling.is_empty(),
            steps: Buffer::of(client, &steps),
            keys: match epoch.keys.is_empty() {
                true => nothing.clone(),
                false => Buffer::of(client, &epoch.keys),
            },
            shares_input: epoch.owners == 1,
        }
    }
}
