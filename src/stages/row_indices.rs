//! Indices of rows or columns that a stage selects.

use crate::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};

/// The indices as a tensor: `[indices]`.
///
/// # Panics
/// If an index is 2³¹ or more. Those of one member are below: a batch has at most
/// [`MAX_BATCH_VALUES`](crate::spec::MAX_BATCH_VALUES) values. A cohort that fails here is trained in halves.
pub(super) fn row_indices<B: Backend>(indices: &[usize], device: &B::Device) -> Tensor<B, 1, Int> {
    let numbers = indices.iter();
    let numbers: Vec<i32> = numbers
        .map(|&index| i32::try_from(index).expect("the indices of a cohort are below 2³¹"))
        .collect();
    Tensor::from_data(TensorData::new(numbers, [indices.len()]), device)
}
