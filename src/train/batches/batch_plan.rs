//! The batches of an epoch.

use super::augmentation::Augmentation;
use super::sample_order::SampleOrders;
use crate::backend::Backend;
use crate::data::{DeviceDataset, DeviceNormalisation, DeviceSamples, Normalisation};
use crate::random::Purpose;
use crate::train::member::Member;
use burn::tensor::{Int, Tensor};
use std::ops::Range;

/// The batches of an epoch: for each owner, its samples in its order.
///
/// The positions are copied to the device once; a batch is then an index-select.
pub(in crate::train) struct BatchPlan<B: Backend> {
    samples: DeviceSamples<B>,
    /// Positions in the samples, batch by batch, within a batch owner by owner.
    positions: Tensor<B, 1, Int>,
    /// 1 if all members share their rows, otherwise the number of members.
    owners: usize,
    /// The rows of each owner's order that `positions` contains.
    rows: Range<usize>,
    augmentation: Option<Augmentation<B>>,
    normalisation: Option<DeviceNormalisation<B>>,
}

/// Inputs and targets of one batch.
pub(in crate::train) struct Batch<B: Backend> {
    /// `[owners, batch, features]`
    pub(in crate::train) input: Tensor<B, 3>,
    /// `[owners, batch, classes]`
    pub(in crate::train) targets: Tensor<B, 3>,
}

/// The order of an epoch's samples in host memory, for kernels that select samples themselves.
pub(in crate::train) struct EpochOrder<'m> {
    /// Positions in the samples, batch by batch, within a batch owner by owner.
    pub(in crate::train) positions: Vec<u32>,
    /// 1 if all members share their rows, otherwise the number of members.
    pub(in crate::train) owners: usize,
    /// The normalisation of each owner; `None` if the samples are normalised already.
    normalisations: Option<Vec<&'m Normalisation>>,
}

impl<'m> EpochOrder<'m> {
    /// Like [`BatchPlan::shuffled`]; `None` if batches need augmentation or imputed values.
    pub(in crate::train) fn shuffled<B: Backend>(
        data: &DeviceDataset<B>,
        members: &'m [Member],
        epoch: usize,
        batch: usize,
        rows: Range<usize>,
    ) -> Option<Self> {
        let orders = SampleOrders::of(members);
        if Augmentation::new(data, &orders, epoch).is_some() {
            return None;
        }
        let distinct: Vec<_> = shuffled(&orders, epoch);
        let distinct: Vec<&[u32]> = distinct.iter().map(|order| &order[..]).collect();
        let owners = orders.owners().map(|owner| owner.normalisation.as_deref());
        let imputes = |normalisation: Option<&Normalisation>| {
            normalisation.is_some_and(|normalisation| !normalisation.fill_values.is_empty())
        };
        if owners.clone().any(imputes) {
            return None;
        }
        Some(Self {
            positions: positions(&orders, &distinct, batch, rows),
            owners: orders.owners.len(),
            normalisations: owners.collect(),
        })
    }

    /// For each feature, the value to subtract and the factor of the difference: `[owners, 2, features]`.
    /// They combine the scaling of stored bytes (byte times `scale[0]` plus `scale[1]`) with the owner's
    /// normalisation. Empty if samples are used as stored.
    pub(in crate::train) fn scaling(
        &self,
        scale: Option<&[Vec<f32>; 2]>,
        features: usize,
    ) -> Vec<f32> {
        if self.normalisations.is_none() && scale.is_none() {
            return Vec::new();
        }
        let mut scaling = Vec::with_capacity(2 * self.owners * features);
        for owner in 0..self.owners {
            let normalisation = self
                .normalisations
                .as_ref()
                .map(|normalisations| normalisations[owner]);
            let of_feature = |feature: usize| {
                let [factor, shift] = scale.map_or([1.0, 0.0], |scale| {
                    [0, 1].map(|part| f64::from(scale[part][feature]))
                });
                let [mean, deviation] = normalisation.map_or([0.0, 1.0], |by| {
                    [&by.mean, &by.standard_deviation]
                        .map(|part| f64::from(part[feature % part.len()]))
                });
                [
                    ((mean - shift) / factor) as f32,
                    (factor / deviation) as f32,
                ]
            };
            let (subtracted, factors): (Vec<f32>, Vec<f32>) =
                (0..features).map(of_feature).map(|[a, b]| (a, b)).unzip();
            scaling.extend(subtracted);
            scaling.extend(factors);
        }
        scaling
    }
}

/// Each distinct order of training samples, shuffled for an epoch.
fn shuffled(orders: &SampleOrders, epoch: usize) -> Vec<Vec<u32>> {
    let shuffled = |member: &Member| {
        let mut order = member.partition.train.clone();
        let mut stream = member.seed.stream(Purpose::BatchOrder, [epoch as u32, 0]);
        stream.shuffle(&mut order);
        order
    };
    orders.distinct.iter().copied().map(shuffled).collect()
}

/// These rows of each owner's order: batch by batch, within a batch owner by owner.
fn positions(
    orders: &SampleOrders,
    distinct: &[&[u32]],
    batch: usize,
    rows: Range<usize>,
) -> Vec<u32> {
    let mut positions = Vec::with_capacity(rows.len() * orders.owners.len());
    for range in ranges(rows, batch) {
        for &order in &orders.owners {
            positions.extend_from_slice(&distinct[order][range.clone()]);
        }
    }
    positions
}

impl<B: Backend> BatchPlan<B> {
    /// The training samples of each member in the random order of `epoch`, for batches of `batch`
    /// samples. Takes these rows of each order; their start must be the start of a batch.
    pub(in crate::train) fn shuffled(
        data: &DeviceDataset<B>,
        members: &[Member],
        epoch: usize,
        batch: usize,
        rows: Range<usize>,
    ) -> Self {
        let orders = SampleOrders::of(members);
        let distinct = shuffled(&orders, epoch);
        let distinct: Vec<&[u32]> = distinct.iter().map(|order| &order[..]).collect();
        Self {
            augmentation: Augmentation::new(data, &orders, epoch),
            ..Self::new(&data.train, &orders, &distinct, batch, rows)
        }
    }

    /// The validation samples of each member, for batches of `batch` samples. All members must have the
    /// same number of samples.
    pub(in crate::train) fn validation(
        samples: &DeviceSamples<B>,
        members: &[Member],
        batch: usize,
    ) -> Self {
        let orders = SampleOrders::of(members);
        let validation = |member: &&'_ Member| member.partition.validation.clone();
        let distinct: Vec<_> = orders.distinct.iter().map(validation).collect();
        let distinct: Vec<&[u32]> = distinct.iter().map(|order| &order[..]).collect();
        let rows = 0..distinct[0].len();
        Self::new(samples, &orders, &distinct, batch, rows)
    }

    fn new(
        samples: &DeviceSamples<B>,
        orders: &SampleOrders,
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

    /// The batch of these rows of each owner.
    pub(in crate::train) fn batch(&self, rows: Range<usize>) -> Batch<B> {
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

    /// The range of rows of each batch; the last batch may be smaller.
    pub(in crate::train) fn ranges(
        &self,
        batch: usize,
    ) -> impl Iterator<Item = Range<usize>> + use<B> {
        ranges(self.rows.clone(), batch)
    }
}

fn ranges(rows: Range<usize>, batch: usize) -> impl Iterator<Item = Range<usize>> {
    let end = rows.end;
    rows.step_by(batch)
        .map(move |start| start..(start + batch).min(end))
}
