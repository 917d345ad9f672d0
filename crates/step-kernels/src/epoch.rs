//! The batches of an epoch.

use crate::model::fits;
use crate::rule::Step;

/// What the steps of an epoch need, in host memory. It is put on the device once.
#[derive(Clone, Debug, Default)]
pub struct Epoch {
    /// Positions of samples: batch by batch, within a batch owner by owner.
    pub positions: Vec<u32>,
    /// Members that have batches of their own: 1 where all share theirs.
    pub owners: usize,
    /// What is subtracted from each feature, then what the difference is multiplied by: `[owners, 2,
    /// features]`; empty where samples are taken as they are.
    pub scaling: Vec<f32>,
    /// The numbers of each optimizer: `[steps, members]`.
    pub steps: Vec<Step>,
    /// Dropout keys: `[steps, sites, members, 2]`, sites from the input on.
    pub keys: Vec<u32>,
}

/// One batch of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The number of its step, from 0 on.
    pub step: usize,
    /// Where its positions begin.
    pub first: usize,
    /// Samples of each owner.
    pub rows: usize,
}

impl Epoch {
    /// Whether every table can be indexed with 32 bits and takes at most `max_bytes`.
    pub fn fits(&self, max_bytes: u64) -> bool {
        let tables = [
            self.positions.len(),
            self.scaling.len(),
            self.steps.len() * crate::rule::NUMBERS,
            self.keys.len(),
        ];
        tables.iter().all(|&length| fits(&[length], max_bytes))
    }
}
