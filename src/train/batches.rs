//! The batches of an epoch.

use super::augment::Augmentation;
use super::member::Member;
use super::orders::Orders;
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
    /// The rows of each owner's order that are there.
    rows: Range<usize>,
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
    /// The training samples of each member in the random order of `epoch`, for batches of `batch`;
    /// of each order these rows, which start with a batch.
    pub(super) fn shuffled(
        data: &DeviceDataset<B>,
        members: &[Member],
        epoch: usize,
        batch: usize,
        rows: Range<usize>,
    ) -> Self {
        let shuffled = |member: &Member| {
            let mut order = member.partition.train.clone();
            let mut stream = member.seed.stream(Purpose::BatchOrder, [epoch as u32, 0]);
            stream.shuffle(&mut order);
            order
        };
        let orders = Orders::of(members);
        let distinct: Vec<_> = orders.distinct.iter().copied().map(shuffled).collect();
        let distinct: Vec<&[u32]> = distinct.iter().map(|order| &order[..]).collect();
        Self {
            augmentation: Augmentation::new(data, &orders, epoch),
            ..Self::new(&data.train, &orders, &distinct, batch, rows)
        }
    }

    /// The validation samples of each member, which are equally many, for batches of `batch`.
    pub(super) fn validation(samples: &DeviceSamples<B>, members: &[Member], batch: usize) -> Self {
        let orders = Orders::of(members);
        let validation = |member: &&'_ Member| member.partition.validation.clone();
        let distinct: Vec<_> = orders.distinct.iter().map(validation).collect();
        let distinct: Vec<&[u32]> = distinct.iter().map(|order| &order[..]).collect();
        let rows = 0..distinct[0].len();
        Self::new(samples, &orders, &distinct, batch, rows)
    }

    fn new(
        samples: &DeviceSamples<B>,
        orders: &Orders,
        distinct: &[&[u32]],
        batch: usize,
        rows: Range<usize>,
    ) -> Self {
        let mut positions = Vec::with_capacity(rows.len() * orders.owners.len());
        for range in ranges(rows.clone(), batch) {
            for &order in &orders.owners {
                positions.extend_from_slice(&distinct[order][range.clone()]);
            }
        }
        Self {
            positions: samples.positions(&positions),
            samples: samples.clone(),
            owners: orders.owners.len(),
            rows,
            augmentation: None,
            scaling: Scaling::new(orders.owners(), samples),
        }
    }

    /// The batch of these rows of every owner.
    pub(super) fn batch(&self, rows: Range<usize>) -> Batch<B> {
        let size = rows.len();
        let first = (rows.start - self.rows.start) * self.owners;
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
        ranges(self.rows.clone(), batch)
    }
}

fn ranges(rows: Range<usize>, batch: usize) -> impl Iterator<Item = Range<usize>> {
    let end = rows.end;
    rows.step_by(batch)
        .map(move |start| start..(start + batch).min(end))
}
