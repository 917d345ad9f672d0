//! Samples on a device.

use crate::backend::{Backend, FeatureTable};
use crate::data::samples::dataset::{Samples, Values};
use crate::data::samples::normalisation::Normalisation;
use burn::tensor::{Int, Tensor, TensorData};
use std::ops::Range;
use std::sync::Arc;

/// Samples on a device.
#[derive(Clone, Debug)]
pub struct DeviceSamples<B: Backend> {
    features: Features<B>,
    /// The one-hot class of each sample: `[samples, classes]`.
    targets: Tensor<B, 2>,
}

/// The features of all samples.
#[derive(Clone, Debug)]
enum Features<B: Backend> {
    /// Network inputs: `[samples, features]`, split into blocks of columns if they exceed the device's maximum size of a
    /// tensor.
    Numbers(Vec<Tensor<B, 2>>),
    /// Bytes ([`Backend::byte_table`]), which are converted when they are read: a quarter of the memory and of the time
    /// to read it.
    Bytes {
        bytes: Tensor<B, 2, Int>,
        /// `scale` and `shift` in host memory.
        scaling: Arc<[Vec<f32>; 2]>,
        /// Multiplies a byte: `[1, features]`.
        scale: Tensor<B, 2>,
        /// Is added to the product: `[1, features]`.
        shift: Tensor<B, 2>,
    },
}

/// The features of all samples, for the kernels of whole steps.
pub struct SampleTable<'a, B: Backend> {
    /// The features as they are stored on the device.
    pub features: FeatureTable<B>,
    /// The scale and shift of each feature, if they are bytes.
    pub scaling: Option<&'a [Vec<f32>; 2]>,
}

impl<B: Backend> DeviceSamples<B> {
    /// Copies samples to `device`, normalised if there is a `normalisation`.
    pub(crate) fn new(
        samples: &Samples,
        normalisation: Option<&Normalisation>,
        classes: usize,
        device: &B::Device,
    ) -> Self {
        let shape = [samples.labels.len(), samples.features];
        // Created as one row: GPUs pad the rows of a matrix, and the kernels of whole steps would have to copy them
        // without the padding in each epoch.
        let floats = |values: Vec<f32>, shape: [usize; 2]| {
            let numbers = TensorData::new(values, [shape[0] * shape[1]]);
            Tensor::<B, 1>::from_data(numbers, device).reshape(shape)
        };
        let features = match &samples.values {
            Values::Bytes(bytes) if B::STORES_BYTES => {
                let (scale, shift) = samples.byte_scale(normalisation);
                Features::Bytes {
                    bytes: B::byte_table(bytes, samples.features, device),
                    scaling: Arc::new([scale.clone(), shift.clone()]),
                    scale: floats(scale, [1, samples.features]),
                    shift: floats(shift, [1, samples.features]),
                }
            }
            _ => {
                let values = samples.normalised(normalisation);
                let parts: Vec<_> = column_parts(shape, B::MAX_TENSOR_BYTES).collect();
                Features::Numbers(match &parts[..] {
                    [_] => vec![floats(values, shape)],
                    _ => {
                        let part = |columns: &Range<usize>| {
                            let slice = columns_of(&values, samples.features, columns);
                            floats(slice, [shape[0], columns.len()])
                        };
                        parts.iter().map(part).collect()
                    }
                })
            }
        };
        let mut targets = vec![0.0_f32; samples.labels.len() * classes];
        for (row, &label) in samples.labels.iter().enumerate() {
            targets[row * classes + usize::from(label)] = 1.0;
        }
        Self {
            features,
            targets: floats(targets, [samples.labels.len(), classes]),
        }
    }

    /// Copies samples without classes to `device`, normalised if there is a `normalisation`; each has `features` values.
    /// Their targets have no meaning.
    pub fn unlabeled(
        values: Values,
        features: usize,
        normalisation: Option<&Normalisation>,
        device: &B::Device,
    ) -> Self {
        let samples = Samples {
            labels: vec![0; values.len() / features.max(1)],
            values,
            features,
        };
        Self::new(&samples, normalisation, 1, device)
    }

    /// Samples of these features (`[samples, features]`) and targets (`[samples, classes]`).
    pub fn from_tensors(features: Tensor<B, 2>, targets: Tensor<B, 2>) -> Self {
        Self {
            features: Features::Numbers(vec![features]),
            targets,
        }
    }

    /// The same samples, with all features multiplied by a number.
    pub(super) fn scaled(&self, factor: f32) -> Self {
        let features = match &self.features {
            Features::Numbers(parts) => {
                let parts = parts.iter().map(|part| part.clone().mul_scalar(factor));
                Features::Numbers(parts.collect())
            }
            Features::Bytes {
                bytes,
                scaling,
                scale,
                shift,
            } => {
                let scaled =
                    |values: &Vec<f32>| values.iter().map(|value| value * factor).collect();
                Features::Bytes {
                    bytes: bytes.clone(),
                    scaling: Arc::new(scaling.each_ref().map(scaled)),
                    scale: scale.clone().mul_scalar(factor),
                    shift: shift.clone().mul_scalar(factor),
                }
            }
        };
        Self {
            features,
            targets: self.targets.clone(),
        }
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.targets.dims()[0]
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of features of a sample.
    pub fn features(&self) -> usize {
        match &self.features {
            Features::Numbers(parts) => parts.iter().map(|part| part.dims()[1]).sum(),
            Features::Bytes { scale, .. } => scale.dims()[1],
        }
    }

    /// The size in bytes.
    pub fn bytes(&self) -> u64 {
        let bytes_per_value = match &self.features {
            Features::Numbers(_) => size_of::<f32>(),
            Features::Bytes { .. } => 1,
        };
        let classes = self.targets.dims()[1] * size_of::<f32>();
        (self.len() * (self.features() * bytes_per_value + classes)) as u64
    }

    /// The features for the kernels of whole steps; `None` if they are split into blocks.
    pub fn table(&self) -> Option<SampleTable<'_, B>> {
        match &self.features {
            Features::Numbers(parts) => match &parts[..] {
                [whole] => Some(SampleTable {
                    features: FeatureTable::Floats(whole.clone()),
                    scaling: None,
                }),
                _ => None,
            },
            Features::Bytes { bytes, scaling, .. } => Some(SampleTable {
                features: FeatureTable::PackedBytes(bytes.clone()),
                scaling: Some(scaling),
            }),
        }
    }

    /// The one-hot class of each sample: `[samples, classes]`.
    pub fn targets(&self) -> &Tensor<B, 2> {
        &self.targets
    }

    /// The device of the samples.
    pub fn device(&self) -> B::Device {
        self.targets.device()
    }

    /// The positions of samples as a tensor: `[samples]`.
    #[expect(clippy::expect_used, reason = "checked when the data was read")]
    pub fn positions(&self, positions: &[u32]) -> Tensor<B, 1, Int> {
        let positions: Vec<i32> = positions
            .iter()
            .map(|&p| i32::try_from(p).expect("data sets have fewer than 2³¹ samples"))
            .collect();
        Tensor::from_data(positions.as_slice(), &self.device())
    }

    /// Features and targets of the samples at these positions.
    pub fn select(&self, positions: Tensor<B, 1, Int>) -> [Tensor<B, 2>; 2] {
        let features = match &self.features {
            Features::Numbers(parts) => {
                concat_columns(parts, |part| part.clone().select(0, positions.clone()))
            }
            Features::Bytes {
                bytes,
                scale,
                shift,
                ..
            } => B::select_scaled(bytes, &positions, scale, shift),
        };
        [features, self.targets.clone().select(0, positions)]
    }

    /// Features and targets of consecutive samples.
    pub fn range(&self, range: Range<usize>) -> [Tensor<B, 2>; 2] {
        let features = match &self.features {
            Features::Numbers(parts) => {
                concat_columns(parts, |part| part.clone().slice([range.clone()]))
            }
            Features::Bytes {
                bytes,
                scale,
                shift,
                ..
            } => {
                let bounds = range.start as i64..range.end as i64;
                let positions = Tensor::arange(bounds, &self.device());
                B::select_scaled(bytes, &positions, scale, shift)
            }
        };
        [features, self.targets.clone().slice([range])]
    }
}

/// The columns of each block of a `[samples, features]` matrix of floats, so that no block exceeds `max_bytes`.
fn column_parts(
    [samples, features]: [usize; 2],
    max_bytes: usize,
) -> impl Iterator<Item = Range<usize>> {
    let column_bytes = samples.saturating_mul(size_of::<f32>()).max(1);
    let max_columns = (max_bytes / column_bytes).max(1);
    // Blocks of nearly equal width; one empty block if there are no features.
    let parts = features.div_ceil(max_columns).max(1);
    let width = features.div_ceil(parts);
    (0..parts).map(move |part| part * width..((part + 1) * width).min(features))
}

/// Some columns of a matrix with rows of `features` values.
fn columns_of(values: &[f32], features: usize, columns: &Range<usize>) -> Vec<f32> {
    let rows = values.chunks_exact(features);
    rows.flat_map(|row| &row[columns.clone()])
        .copied()
        .collect()
}

/// Applies `rows` to each block, and concatenates the columns.
fn concat_columns<B: Backend>(
    parts: &[Tensor<B, 2>],
    rows: impl Fn(&Tensor<B, 2>) -> Tensor<B, 2>,
) -> Tensor<B, 2> {
    match parts {
        [whole] => rows(whole),
        _ => Tensor::cat(parts.iter().map(rows).collect(), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_cut_between_columns_where_it_is_too_large() {
        let parts = |shape, bytes| column_parts(shape, bytes).collect::<Vec<_>>();
        assert_eq!(parts([60_000, 784], usize::MAX), vec![0..784; 1]);
        assert_eq!(parts([60_000, 784], 128 << 20), [0..392, 392..784]);
        assert_eq!(parts([10, 5], 80), [0..2, 2..4, 4..5]);
        assert_eq!(parts([10, 3], 1), [0..1, 1..2, 2..3]);
        assert_eq!(parts([0, 3], 1), [0..1, 1..2, 2..3]);
        assert_eq!(parts([3, 0], 1), vec![0..0; 1]);
        let matrix: Vec<f32> = (0..6_u8).map(f32::from).collect();
        assert_eq!(columns_of(&matrix, 3, &(1..3)), [1.0, 2.0, 4.0, 5.0]);
    }
}
