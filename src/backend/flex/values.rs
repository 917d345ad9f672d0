//! The values of burn's CPU tensors as slices.

use burn::backend::Flex;
use burn::tensor::{Tensor, TensorData, TensorPrimitive};
use burn_flex::FlexTensor;
use cpu_kernels::Matrix;

/// Read access to the values of a tensor, member by member.
pub(super) struct Values {
    tensor: FlexTensor,
    /// The offset of the first member, and the distance between two members, which is 0 if members
    /// share the values of one.
    offset: usize,
    stride: usize,
    /// Rows and columns in memory.
    shape: [usize; 2],
    /// Whether the tensor has rows and columns exchanged.
    transposed: bool,
}

impl Values {
    /// Each member in row-major order; copied if it is stored differently.
    pub(super) fn row_major(tensor: Tensor<Flex, 3>) -> Self {
        let tensor = primitive(tensor);
        let stored = Self::stored(tensor.clone(), false);
        stored.unwrap_or_else(|| Self::copied(&tensor))
    }

    /// Each member in row-major or column-major order; copied if it is stored in neither.
    pub(super) fn either_order(tensor: Tensor<Flex, 3>) -> Self {
        let tensor = primitive(tensor);
        let in_order = |transposed| Self::stored(tensor.clone(), transposed);
        let stored = in_order(false).or_else(|| in_order(true));
        stored.unwrap_or_else(|| Self::copied(&tensor))
    }

    fn copied(tensor: &FlexTensor) -> Self {
        Self::stored(tensor.to_contiguous(), false).expect("a contiguous tensor is row-major")
    }

    /// The values in place, if each member is stored without gaps, in row-major order or, if `transposed`,
    /// in column-major order.
    ///
    /// Ignores the stride of a dimension of length 1, so that a member alone and the same member of a
    /// cohort are always read in the same order.
    fn stored(tensor: FlexTensor, transposed: bool) -> Option<Self> {
        let (shape, strides) = (tensor.layout().shape(), tensor.layout().strides());
        let (members, [rows, columns]) = (shape[0], [shape[1], shape[2]]);
        let stride = |dimension: usize| usize::try_from(strides[dimension]).ok();
        let (shape, [down, across]) = if transposed {
            ([columns, rows], [stride(2)?, stride(1)?])
        } else {
            ([rows, columns], [stride(1)?, stride(2)?])
        };
        let is_dense = (shape[1] <= 1 || across == 1) && (shape[0] <= 1 || down == shape[1]);
        let member_stride = if members == 1 { 0 } else { stride(0)? };
        is_dense.then(|| Self {
            offset: tensor.layout().start_offset(),
            stride: member_stride,
            shape,
            transposed,
            tensor,
        })
    }

    /// A member's values in memory order.
    pub(super) fn of_member(&self, member: usize) -> &[f32] {
        let first = self.offset + member * self.stride;
        &self.tensor.storage()[first..first + self.shape[0] * self.shape[1]]
    }

    pub(super) fn matrix(&self, member: usize) -> Matrix<'_> {
        let stored = Matrix::new(self.of_member(member), self.shape);
        if self.transposed {
            stored.transposed()
        } else {
            stored
        }
    }
}

/// Changes each member's values, in place if no other tensor shares them.
pub(super) fn map_members(
    tensor: Tensor<Flex, 3>,
    mut change: impl FnMut(usize, &mut [f32]),
) -> Tensor<Flex, 3> {
    let [_, rows, columns] = tensor.dims();
    let mut contiguous = primitive(tensor).to_contiguous();
    let members = contiguous
        .storage_mut()
        .chunks_exact_mut((rows * columns).max(1));
    members
        .enumerate()
        .for_each(|(member, values)| change(member, values));
    Tensor::from_primitive(TensorPrimitive::Float(contiguous))
}

pub(super) fn primitive<const D: usize>(tensor: Tensor<Flex, D>) -> FlexTensor {
    tensor.into_primitive().tensor()
}

pub(super) fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<Flex, D> {
    let data = FlexTensor::from_data(TensorData::new(values, shape));
    Tensor::from_primitive(TensorPrimitive::Float(data))
}
