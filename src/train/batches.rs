//! The batches of an epoch.

use super::augment::Augmentation;
use super::member::{Member, share_batches};
use super::scaling::Scaling;
use crate::backend::Backend;
use crate::data::{DeviceDataset, DeviceSamples};
use crate::random::Purpose;
use burn::tensor::{Int, Tensor};
use std::ops::Range;

/// Rows of samples on the device, in an order of their own for each distinct member.
///
/// The positions are put on the device once; a batch is then an index-select.
pub(super) struct Rows<B: Backend> {
    samples: DeviceSamples<B>,
    /// Positions in the samples, batch by batch, within a batch member by member.
    positions: Tensor<B, 1, Int>,
    /// 1 where all members share their rows, else the number of members.
    owners: usize,
    /// Rows of each owner.
    rows: usize,
    augmentation: Option<Augmentation<B>>,
    scaling: Option<Scaling<B>>,
}

/// Inputs and targets of one batch.
pub(super) struct Batch<B: Backend> {
    /// `[owners, batch, features]`
    pub input: Tensor<B, 3>,
    /// `[owners, batch, classes]`
    pub targets: Tensor<B, 3>,
}

impl<B: Backend> Rows<B> {
    /// The training samples of each member in the random order of `epoch`, for batches of `batch`.
    pub(super) fn shuffled(
        data: &DeviceDataset<B>,
        members: &[Member],
        epoch: usize,
        batch: usize,
    ) -> Self {
        let order = |member: &Member| {
            let mut order = member.partition.train.clone();
            let mut stream = member.seed.stream(Purpose::BatchOrder, [epoch as u32, 0]);
            stream.shuffle(&mut order);
            order
        };
        let owners = owners(members);
        let orders: Vec<_> = owners.iter().map(order).collect();
        Self {
            augmentation: Augmentation::new(data, owners, epoch),
            ..Self::new(&data.train, owners, &orders, batch)
        }
    }

    /// The validation samples of each member, for batches of `batch`.
    pub(super) fn validation(samples: &DeviceSamples<B>, members: &[Member], batch: usize) -> Self {
        let order = |member: &Member| member.partition.validation.clone();
        let owners = owners(members);
        let orders: Vec<_> = owners.iter().map(order).collect();
        Self::new(samples, owners, &orders, batch)
    }

    fn new(
        samples: &DeviceSamples<B>,
        owners: &[Member],
        orders: &[Vec<u32>],
        batch: usize,
    ) -> Self {
        let rows = orders[0].len();
        let mut positions = Vec::with_capacity(rows * orders.len());
        for range in ranges(rows, batch) {
            for order in orders {
                positions.extend_from_slice(&order[range.clone()]);
            }
        }
        Self {
            positions: samples.positions(&positions),
            samples: samples.clone(),
            owners: orders.len(),
            rows,
            augmentation: None,
            scaling: Scaling::new(owners, samples),
        }
    }

    /// The batch of these rows of every owner.
    pub(super) fn batch(&self, rows: Range<usize>) -> Batch<B> {
        let size = rows.len();
        let first = rows.start * self.owners;
        let positions = self.positions.clone().narrow(0, first, size * self.owners);
        let [mut input, targets] = self.samples.select(positions).map(|values| {
            let width = values.dims()[1];
            values.reshape([self.owners, size, width])
        });
        if let Some(augmentation) = &self.augmentation {
            input = augmentation.apply(input, rows);
        }
        if let Some(scaling) = &self.scaling {
            input = scaling.apply(input);
        }
        Batch { input, targets }
    }

    /// The ranges of rows of each batch; the last takes what is left.
    pub(super) fn ranges(&self, batch: usize) -> impl Iterator<Item = Range<usize>> + use<B> {
        ranges(self.rows, batch)
    }
}

fn ranges(rows: usize, batch: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows)
        .step_by(batch)
        .map(move |start| start..(start + batch).min(rows))
}

/// One member for each distinct order of samples.
pub(super) fn owners<'a, 'b>(members: &'a [Member<'b>]) -> &'a [Member<'b>] {
    match share_batches(members) {
        true => &members[..1],
        false => members,
    }
}
