//! Activation functions.

use super::values::{Values, map_members};
use crate::backend::activation_kernels::{ActivationKernel, ActivationKernels};
use burn::backend::Flex;
use burn::tensor::Tensor;

pub(super) struct FlexActivations;

impl ActivationKernels<Flex> for FlexActivations {
    fn apply(&self, function: ActivationKernel, input: Tensor<Flex, 3>) -> Tensor<Flex, 3> {
        map_members(input, |_, values| function.apply(values))
    }

    fn gradient(
        &self,
        function: ActivationKernel,
        cached: Tensor<Flex, 3>,
        gradient: Tensor<Flex, 3>,
    ) -> Tensor<Flex, 3> {
        let cached = Values::row_major(cached);
        map_members(gradient, |member, gradients| {
            function.gradient(gradients, cached.of_member(member));
        })
    }
}
