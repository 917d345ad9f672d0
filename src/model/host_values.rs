//! Copies tensors between a device and plain numbers in host memory.

use crate::backend::Backend;
use burn::tensor::{Tensor, TensorData};

/// All values of a tensor, in row-major order.
pub fn values<B: Backend>(tensor: Tensor<B, 3>) -> Vec<f32> {
    let data = tensor.into_data().convert::<f32>();
    data.into_vec().expect("just converted")
}

/// All values of each tensor.
pub(crate) fn all_values<B: Backend>(tensors: &[Tensor<B, 3>]) -> Vec<Vec<f32>> {
    tensors.iter().cloned().map(values).collect()
}

/// Tensors of one member, `[1, rows, columns]`, with these values and shapes.
pub(crate) fn state_tensors<B: Backend>(
    values: impl IntoIterator<Item = Vec<f32>>,
    shapes: &[[usize; 2]],
    device: &B::Device,
) -> Vec<Tensor<B, 3>> {
    let tensor = |(values, &[rows, columns]): (Vec<f32>, &[usize; 2])| {
        Tensor::from_data(TensorData::new(values, [1, rows, columns]), device)
    };
    values.into_iter().zip(shapes).map(tensor).collect()
}
