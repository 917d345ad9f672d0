//! Kernels for images on burn's CPU backend.

use super::blocks;
use super::values::{Values, tensor};
use crate::backend::image_kernels::{
    BlockGradients, BlockOutput, BlockParameters, BlockShape, ConvolutionShape, ImageKernels,
    PoolShape, Pooling,
};
use burn::backend::Flex;
use burn::tensor::Tensor;

/// Loops over slices.
pub(super) struct FlexImages;

impl ImageKernels<Flex> for FlexImages {
    fn convolve(
        &self,
        images: Tensor<Flex, 3>,
        weight: &Tensor<Flex, 3>,
        bias: &Tensor<Flex, 3>,
        shape: ConvolutionShape,
    ) -> Tensor<Flex, 3> {
        let [members, _, outputs] = weight.dims();
        let batch = images.dims()[1];
        let [images, weight, bias] = [images, weight.clone(), bias.clone()].map(Values::row_major);
        let size = shape.size[0] * shape.size[1] * outputs;
        let mut values = Vec::with_capacity(members * batch * size);
        for member in 0..members {
            let [images, weight, bias] = [&images, &weight, &bias].map(|v| v.of_member(member));
            cpu_kernels::convolve(&mut values, images, weight, Some(bias), shape);
        }
        tensor(values, [members, batch, size])
    }

    fn weight_gradient(
        &self,
        images: Tensor<Flex, 3>,
        gradient: Tensor<Flex, 3>,
        shape: ConvolutionShape,
    ) -> Tensor<Flex, 3> {
        let members = gradient.dims()[0];
        let [images, gradient] = [images, gradient].map(Values::row_major);
        let rows = shape.kernel * shape.kernel * shape.inputs;
        let values = (0..members).flat_map(|member| {
            let [images, gradient] = [&images, &gradient].map(|v| v.of_member(member));
            cpu_kernels::weight_gradient(images, gradient, shape)
        });
        tensor(values.collect(), [members, rows, shape.outputs])
    }

    fn input_gradient(
        &self,
        gradient: Tensor<Flex, 3>,
        weight: &Tensor<Flex, 3>,
        shape: ConvolutionShape,
    ) -> Tensor<Flex, 3> {
        let [members, batch, _] = gradient.dims();
        let [gradient, weight] = [gradient, weight.clone()].map(Values::row_major);
        let size = shape.size[0] * shape.size[1] * shape.inputs;
        let mut values = Vec::with_capacity(members * batch * size);
        for member in 0..members {
            let [gradient, weight] = [&gradient, &weight].map(|v| v.of_member(member));
            cpu_kernels::input_gradient(&mut values, gradient, weight, shape);
        }
        tensor(values, [members, batch, size])
    }

    fn pool(&self, images: Tensor<Flex, 3>, pooling: Pooling, shape: PoolShape) -> Tensor<Flex, 3> {
        let [members, batch, _] = images.dims();
        let images = Values::row_major(images);
        let size = shape.size[0] / 2 * (shape.size[1] / 2) * shape.channels;
        let values = of_members(members, batch * size, |member, output| {
            cpu_kernels::pool(output, images.of_member(member), pooling, shape);
        });
        tensor(values, [members, batch, size])
    }

    fn pool_gradient(
        &self,
        images: Tensor<Flex, 3>,
        gradient: Tensor<Flex, 3>,
        pooling: Pooling,
        shape: PoolShape,
    ) -> Tensor<Flex, 3> {
        let [members, batch, size] = images.dims();
        let [images, gradient] = [images, gradient].map(Values::row_major);
        let values = of_members(members, batch * size, |member, output| {
            let [images, gradient] = [&images, &gradient].map(|v| v.of_member(member));
            cpu_kernels::pool_gradient(output, gradient, images, pooling, shape);
        });
        tensor(values, [members, batch, size])
    }

    fn block(
        &self,
        images: Tensor<Flex, 3>,
        parameters: BlockParameters<'_, Flex>,
        epsilon: f64,
        shape: BlockShape,
    ) -> BlockOutput<Flex> {
        blocks::forward(images, &parameters, epsilon, shape)
    }

    fn predict_block(
        &self,
        images: Tensor<Flex, 3>,
        parameters: BlockParameters<'_, Flex>,
        shape: BlockShape,
    ) -> Tensor<Flex, 3> {
        blocks::predict(images, &parameters, shape)
    }

    fn block_gradient(
        &self,
        gradient: Tensor<Flex, 3>,
        cache: Vec<Tensor<Flex, 3>>,
        parameters: BlockParameters<'_, Flex>,
        needs_input_gradient: bool,
        shape: BlockShape,
    ) -> BlockGradients<Flex> {
        blocks::backward(gradient, cache, &parameters, needs_input_gradient, shape)
    }
}

/// The values of all members, each written by `write`.
fn of_members(members: usize, size: usize, mut write: impl FnMut(usize, &mut [f32])) -> Vec<f32> {
    let mut values = vec![0.0; members * size];
    let of_members = values.chunks_exact_mut(size.max(1)).enumerate();
    of_members.for_each(|(member, values)| write(member, values));
    values
}
