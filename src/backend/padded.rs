//! Products without a single row or column, for backends that compute those wrong.

use super::Backend;
use burn::tensor::Tensor;

/// `left · right` of each member, by a product that has two rows and two columns at least: what is
/// missing is filled up by zeros and cut off afterwards.
///
/// Shapes are those of [`Backend::product`]. cubek-matmul 0.2.0, which burn's CUDA and wgpu
/// backends multiply with, gives wrong numbers for some products of one column, or of one row where the
/// right side is transposed (burn's issue 5122). A hidden layer of width 1 or a last batch of one
/// sample is enough to meet them.
#[cfg_attr(not(any(feature = "cuda", feature = "wgpu", test)), expect(dead_code))]
pub(super) fn product<B: Backend>(left: Tensor<B, 3>, right: Tensor<B, 3>) -> Tensor<B, 3> {
    let (rows, columns) = (left.dims()[1], right.dims()[2]);
    if rows > 1 && columns > 1 {
        return left.matmul(right);
    }
    let product = at_least_two(left, 1).matmul(at_least_two(right, 2));
    product.narrow(1, 0, rows).narrow(2, 0, columns)
}

/// The tensor with zeros behind what there is once in a dimension.
fn at_least_two<B: Backend>(tensor: Tensor<B, 3>, dimension: usize) -> Tensor<B, 3> {
    match tensor.dims()[dimension] {
        1 => Tensor::cat(vec![tensor.clone(), tensor.zeros_like()], dimension),
        _ => tensor,
    }
}
