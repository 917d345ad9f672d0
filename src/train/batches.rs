//! The batches of an epoch.

use super::augment::Augmentation;
use super::member::Member;
use super::sample_order::Orders;
use crate::backend::Backend;
use crate::data::{DeviceDataset, DeviceNormalisation, DeviceSamples, Normalisation};
use crate::random::Purpose;
use burn::tensor::{Int, Tensor};
use std::ops::Range;

/// Rows of samples on the device, in an order of their own for each distinct member.
///
/// The positions are put on the device once; a batch is then an index-select.
pub(super) struct BatchPlan<B: Backend> {
    samples: DeviceSamples<B>,
    /// Positions in the samples, batch by batch, within a batch member by member.
    positions: Tensor<B, 1, Int>,
    /// 1 where all members share their rows, else the number of members.
    owners: usize,
    /// The rows of each owner's order that are there.
    rows: Range<usize>,
    augmentation: Option<Augmentation<B>>,
    normalisation: Option<DeviceNormalisation<B>>,
}

/// Inputs and targets of one batch.
pub(super) struct Batch<B: Backend> {
    /// `[owners, batch, features]`
    pub input: Tensor<B, 3>,
    /// `[owners, batch, classes]`
    pub targets: Tensor<B, 3>,
}

/// An epoch's samples in host memory, for kernels that find them by themselves.
pub(super) struct Order<'m> {
    /// Positions in the samples, batch by batch, within a batch owner by owner.
    pub(super) positions: Vec<u32>,
    /// 1 where all members share their rows, else the number of members.
    pub(super) owners: usize,
    /// Of each owner, where samples are normalised by it.
    normalisations: Option<Vec<&'m Normalisation>>,
}

impl<'m> Order<'m> {
    /// As [`BatchPlan::shuffled`]; nothing where batches are more than rows of the samples.
    pub(super) fn shuffled<B: Backend>(
        data: &DeviceDataset<B>,
        members: &'m [Member],
        epoch: usize,
        batch: usize,
        rows: Range<usize>,
    ) -> Option<Self> {
        let orders = Orders::of(members);
        if Augmentation::new(data, &orders, epoch).is_some() {
            return None;
        }
        let distinct: Vec<_> = shuffled(&orders, epoch);
        let distinct: Vec<&[u32]> = distinct.iter().map(|order| &order[..]).collect();
        let owners = orders.owners().map(|owner| owner.normalisation.as_deref());
        let fills =
            |own: Option<&Normalisation>| own.is_some_and(|own| !own.fill_values.is_empty());
        if owners.clone().any(fills) {
            return None;
        }
        Some(Self {
            positions: positions(&orders, &distinct, batch, rows),
            owners: orders.owners.len(),
            normalisations: owners.collect(),
        })
    }

    /// What is subtracted from each feature, then what the difference is multiplied by, so that a sample
    /// times `scale[0]` plus `scale[1]` is normalised by its owner: `[owners, 2, features]`. Empty where
    /// nothing is to be done.
    pub(super) fn scaling(&self, scale: Option<&[Vec<f32>; 2]>, features: usize) -> Vec<f32> {
        if self.normalisations.is_none() && scale.is_none() {
            return Vec::new();
        }
        let mut scaling = Vec::with_capacity(2 * self.owners * features);
        for owner in 0..self.owners {
            let own = self.normalisations.as_ref().map(|own| own[owner]);
            let of = |feature: usize| {
                let [factor, shift] = scale.map_or([1.0, 0.0], |scale| {
                    [0, 1].map(|part| f64::from(scale[part][feature]))
                });
                let [mean, deviation] = own.map_or([0.0, 1.0], |own| {
                    [&own.mean, &own.standard_deviation]
                        .map(|part| f64::from(part[feature % part.len()]))
                });
                [
                    ((mean - shift) / factor) as f32,
                    (factor / deviation) as f32,
                ]
            };
            let (subtracted, factors): (Vec<f32>, Vec<f32>) =
                (0..features).map(of).map(|[a, b]| (a, b)).unzip();
            scaling.extend(subtracted);
            scaling.extend(factors);
        }
        scaling
    }
}

/// Each distinct order of training samples, shuffled for an epoch.
fn shuffled(orders: &Orders, epoch: usize) -> Vec<Vec<u32>> {
    let shuffled = |member: &Member| {
        let mut order = member.partition.train.clone();
        let mut stream = member.seed.stream(Purpose::BatchOrder, [epoch as u32, 0]);
        stream.shuffle(&mut order);
        order
    };
    orders.distinct.iter().copied().map(shuffled).collect()
}

/// Batch by batch, and within a batch owner by owner, these rows of the owner's order.
fn positions(orders: &Orders, distinct: &[&[u32]], batch: usize, rows: Range<usize>) -> Vec<u32> {
    let mut positions = Vec::with_capacity(rows.len() * orders.owners.len());
    for range in ranges(rows, batch) {
        for &order in &orders.owners {
            positions.extend_from_slice(&distinct[order][range.clone()]);
        }
    }
    positions
}

impl<B: Backend> BatchPlan<B> {
    /// The training samples of each member in the random order of `epoch`, for batches of `batch`;
    /// of each order these rows, which start with a batch.
    pub(super) fn shuffled(
        data: &DeviceDataset<B>,
        members: &[Member],
        epoch: usize,
        batch: usize,
        rows: Range<usize>,
    ) -> Self {
        let orders = Orders::of(members);
        let distinct = shuffled(&orders, epoch);
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
        let positions = positions(orders, distinct, batch, rows.clone());
        Self {
            positions: samples.positions(&positions),
            samples: samples.clone(),
            owners: orders.owners.len(),
            rows,
            augmentation: None,
            normalisation: orders.normalisation(samples),
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
        if let Some(normalisation) = &self.normalisation {
            input = normalisation.apply(input);
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
