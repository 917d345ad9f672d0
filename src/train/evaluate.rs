//! Losses and accuracies without training.

use super::batches::{Rows, owners};
use super::member::Member;
use super::scaling::Scaling;
use crate::data::DeviceSamples;
use crate::model::{Mlp, Sums};
use burn::tensor::backend::Backend;

/// Samples of one forward pass: enough to fill a core's vector units, few enough for its cache.
const BATCH: usize = 512;

/// Sums over each member's validation samples; nothing where nothing is held out.
pub(super) fn on_validation<B: Backend>(
    model: &Mlp<B>,
    samples: &DeviceSamples<B>,
    members: &[Member],
) -> Option<Sums> {
    if members[0].partition.validation.is_empty() {
        return None;
    }
    let rows = Rows::validation(samples, members, BATCH);
    let sums = rows.ranges(BATCH).fold(Sums::default(), |sums, range| {
        let batch = rows.batch(range);
        sums.plus(&Sums::of(model.predict(batch.input), batch.targets))
    });
    Some(sums)
}

/// Sums over all of the held-out test samples.
pub(super) fn on_all<B: Backend>(
    model: &Mlp<B>,
    samples: &DeviceSamples<B>,
    members: &[Member],
) -> Sums {
    let scaling = Scaling::new(owners(members), &samples.features);
    let [count, features] = samples.features.dims();
    let classes = samples.targets.dims()[1];
    let mut sums = Sums::default();
    for start in (0..count).step_by(BATCH) {
        let rows = start..(start + BATCH).min(count);
        let input = samples.features.clone().slice([rows.clone(), 0..features]);
        let targets = samples.targets.clone().slice([rows, 0..classes]);
        let mut input = input.unsqueeze();
        if let Some(scaling) = &scaling {
            input = scaling.apply(input);
        }
        let logits = model.predict(input);
        sums = sums.plus(&Sums::of(logits, targets.unsqueeze()));
    }
    sums
}
