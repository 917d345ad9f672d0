//! The batches of an epoch.

use crate::model::fits;
use crate::rule::Step;

/// The order of samples and the constants of an epoch's steps, in host memory. Copied to the device once.
#[derive(Clone, Debug, Default)]
pub struct Epoch {
    /// The positions of samples: batch by batch, within a batch owner by owner.
    pub positions: Vec<u32>,
    /// The number of members with separate batches; 1 if all members share their batches.
    pub owners: usize,
    /// For each feature, the value to subtract and the factor of the difference: `[owners, 2, features]`.
    /// Empty if samples are used as stored.
    pub scaling: Vec<f32>,
    /// The constants of each optimizer step: `[steps, members]`.
    pub steps: Vec<Step>,
    /// Dropout keys: `[steps, sites, members, 2]`, sites from input to output.
    pub keys: Vec<u32>,
}

/// One batch of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The index of its step, from 0.
    pub step: usize,
    /// The start of its positions in [`Epoch::positions`].
    pub first: usize,
    /// The number of samples of each owner.
    pub rows: usize,
}

impl Epoch {
    /// Whether every table can be indexed with 32 bits and needs at most `max_bytes`.
    pub fn fits(&self, max_bytes: u64) -> bool {
        let tables = [
            self.positions.len(),
            self.scaling.len(),
            self.steps.len() * crate::rule::CONSTANTS,
            self.keys.len(),
        ];
        tables.iter().all(|&length| fits(&[length], max_bytes))
    }
}
