//! Converts weights between the layout of this program and PyTorch's.
//!
//! In this program, a weight is `[inputs, outputs]` and images have their channels last. In PyTorch, it
//! is `[outputs, inputs]` and images have their channels first. A dense layer on an image therefore has
//! its inputs in a different order in PyTorch, where it follows `torch.nn.Flatten`.

use super::layer::named_stages;
use crate::model::state_shapes;
use crate::stages::{Layout, Parameter, Stage};

/// The parameters and running statistics of one network, in the order of
/// [`Network::member_state`](crate::model::Network::member_state).
pub type Weights = Vec<Vec<f32>>;

/// A tensor in PyTorch's layout.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTensor {
    /// Its name, such as `layer1.weight`.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its values in row-major order.
    pub values: Vec<f32>,
}

/// The tensors of a network of these stages, with their names, in the order of [`Weights`].
fn tensor_layouts(stages: &[Stage], image: Option<[usize; 3]>) -> Vec<(String, Layout)> {
    let mut layouts = Vec::new();
    let mut statistics = Vec::new();
    for (stage, input, name) in named_stages(stages, image) {
        let layout = |parameter: Parameter| {
            let name = format!("{name}.{}", parameter.name);
            (name, parameter.form.layout(input))
        };
        layouts.extend(stage.parameters().into_iter().map(layout));
        statistics.extend(stage.statistics().into_iter().map(layout));
    }
    layouts.extend(statistics);
    layouts
}

/// The names and shapes of the tensors of a network of these stages. `image` is the shape of samples that are
/// images (height, width, channels).
pub fn names_and_shapes(
    stages: &[Stage],
    image: Option<[usize; 3]>,
) -> impl Iterator<Item = (String, Vec<usize>)> {
    let layouts = tensor_layouts(stages, image).into_iter();
    layouts.map(|(name, layout)| (name, layout.shape))
}

/// Converts weights to PyTorch's layout.
///
/// # Panics
/// If the weights do not match the stages.
pub(super) fn to_pytorch(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    weights: &[Vec<f32>],
) -> Vec<NamedTensor> {
    let layouts = tensor_layouts(stages, image);
    assert_eq!(layouts.len(), weights.len(), "one tensor for each layout");
    let tensor = |((name, layout), values): ((String, Layout), &Vec<f32>)| {
        let count: usize = layout.native_shape.iter().product();
        assert_eq!(count, values.len(), "{name} matches the stages");
        NamedTensor {
            values: permuted(values, &layout.native_shape, &layout.order),
            name,
            shape: layout.shape,
        }
    };
    layouts.into_iter().zip(weights).map(tensor).collect()
}

/// Converts weights from PyTorch's layout. `values` returns the values of the tensor with a name and a
/// shape.
///
/// # Errors
/// The first error of `values`.
pub(super) fn from_pytorch(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    mut values: impl FnMut(&str, &[usize]) -> Result<Vec<f32>, String>,
) -> Result<Weights, String> {
    let weight = |(name, layout): (String, Layout)| {
        let values = values(&name, &layout.shape)?;
        let pytorch_shape: Vec<usize> = layout
            .order
            .iter()
            .map(|&axis| layout.native_shape[axis])
            .collect();
        let mut inverse = vec![0; layout.order.len()];
        for (axis, &native_axis) in layout.order.iter().enumerate() {
            inverse[native_axis] = axis;
        }
        Ok(permuted(&values, &pytorch_shape, &inverse))
    };
    let weights: Vec<_> = tensor_layouts(stages, image)
        .into_iter()
        .map(weight)
        .collect::<Result<_, String>>()?;
    debug_assert_eq!(weights.len(), state_shapes(stages).len());
    Ok(weights)
}

/// The values of an array with its dimensions in this order.
fn permuted(values: &[f32], dimensions: &[usize], order: &[usize]) -> Vec<f32> {
    if order.is_sorted() {
        return values.to_vec();
    }
    // The distance in `values` between neighbours along each dimension of the result.
    let strides: Vec<usize> = order
        .iter()
        .map(|&axis| dimensions[axis + 1..].iter().product())
        .collect();
    let sizes: Vec<usize> = order.iter().map(|&axis| dimensions[axis]).collect();
    let mut output = Vec::with_capacity(values.len());
    gather(values, &sizes, &strides, 0, &mut output);
    output
}

/// Appends the values from `start` on, dimension by dimension.
fn gather(values: &[f32], sizes: &[usize], strides: &[usize], start: usize, output: &mut Vec<f32>) {
    match (sizes, strides) {
        ([size], [stride]) => {
            output.extend((0..*size).map(|index| values[start + index * stride]));
        }
        ([size, sizes @ ..], [stride, strides @ ..]) => {
            for index in 0..*size {
                gather(values, sizes, strides, start + index * stride, output);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Config, ModelKind};
    use crate::stages::{BatchNormChoice, Dense, Norm};
    use proptest::prelude::*;

    #[test]
    fn dimensions_change_places() {
        let values: Vec<f32> = (0..6).map(|value| value as f32).collect();
        let result = permuted(&values, &[2, 3], &[1, 0]);
        assert_eq!(result, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        let channels_first = permuted(&values, &[1, 3, 2], &[2, 0, 1]);
        assert_eq!(channels_first, [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
        assert_eq!(permuted(&values, &[6], &[0]), values);
    }

    proptest! {
        #[test]
        fn each_number_goes_where_its_indices_do(
            sizes in prop::collection::vec(1_usize..20, 4),
            order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(),
        ) {
            let count: usize = sizes.iter().product();
            let values: Vec<f32> = (0..count).map(|value| value as f32).collect();
            let result = permuted(&values, &sizes, &order);
            let pytorch_shape: Vec<usize> = order.iter().map(|&axis| sizes[axis]).collect();
            for (mut position, value) in result.into_iter().enumerate() {
                let mut native_index = [0; 4];
                for axis in (0..4).rev() {
                    native_index[order[axis]] = position % pytorch_shape[axis];
                    position /= pytorch_shape[axis];
                }
                let native_position = native_index
                    .iter()
                    .zip(&sizes)
                    .fold(0, |position, (index, size)| position * size + index);
                prop_assert_eq!(value, native_position as f32);
            }
        }
    }

    fn small_cnn(norm: Norm) -> (Vec<Stage>, Option<[usize; 3]>) {
        let mut config = Config::default();
        config.model.kind = ModelKind::Cnn;
        config.model.norm = norm;
        config.dataset_info.image = Some([8, 8, 3]);
        config.dataset_info.features = 8 * 8 * 3;
        (config.stages(), config.image())
    }

    #[test]
    fn names_and_shapes_are_those_of_pytorch() {
        let (stages, image) = small_cnn(Norm::BatchNorm(BatchNormChoice {}));
        let listed: Vec<String> = names_and_shapes(&stages, image)
            .map(|(name, shape)| format!("{name} {shape:?}"))
            .collect();
        assert_eq!(
            listed,
            [
                "layer1.weight [16, 3, 3, 3]",
                "layer1.bias [16]",
                "norm1.weight [16]",
                "norm1.bias [16]",
                "layer2.weight [32, 16, 3, 3]",
                "layer2.bias [32]",
                "norm2.weight [32]",
                "norm2.bias [32]",
                "layer3.weight [128, 128]",
                "layer3.bias [128]",
                "norm3.weight [128]",
                "norm3.bias [128]",
                "layer4.weight [10, 128]",
                "layer4.bias [10]",
                "norm1.running_mean [16]",
                "norm1.running_var [16]",
                "norm2.running_mean [32]",
                "norm2.running_var [32]",
                "norm3.running_mean [128]",
                "norm3.running_var [128]",
            ]
        );
    }

    #[test]
    fn weights_survive_the_way_there_and_back() {
        for norm in Norm::all() {
            let (stages, image) = small_cnn(norm);
            let mut next = 0.0;
            let weights: Weights = state_shapes(&stages)
                .into_iter()
                .map(|[rows, columns]| {
                    let numbers = (0..rows * columns).map(|_| {
                        next += 1.0;
                        next
                    });
                    numbers.collect()
                })
                .collect();
            let exported = to_pytorch(&stages, image, &weights);
            let find = |name: &str, shape: &[usize]| {
                let tensor = exported.iter().find(|tensor| tensor.name == name).unwrap();
                assert_eq!(tensor.shape, shape);
                Ok(tensor.values.clone())
            };
            assert_eq!(from_pytorch(&stages, image, find).unwrap(), weights);
        }
    }

    #[test]
    fn a_dense_layer_on_an_image_has_its_channels_first() {
        // 1 × 2 pixels of 3 channels into 1 unit: pixel by pixel in this program, channel by channel in PyTorch.
        let stages = [Stage::from(Dense {
            inputs: 6,
            outputs: 1,
        })];
        let weights = vec![vec![0.0, 1.0, 2.0, 10.0, 11.0, 12.0], vec![7.0]];
        let tensors = to_pytorch(&stages, Some([1, 2, 3]), &weights);
        assert_eq!(tensors[0].values, [0.0, 10.0, 1.0, 11.0, 2.0, 12.0]);
        assert_eq!(tensors[0].shape, [1, 6]);
        assert_eq!(tensors[1].values, [7.0]);
    }
}
