//! Weights in the layout of PyTorch, and in that of this program.
//!
//! Here a weight is `[inputs, outputs]`, and images have their channels last; in PyTorch it is
//! `[outputs, inputs]`, and images have their channels first. So a dense layer on an image has its
//! inputs in another order there: with `torch.nn.Flatten` in front of it, it gives the same.

use super::layer::Names;
use crate::model::state_shapes;
use crate::spec::Stage;

/// All that training changes of one network, in the order of
/// [`Network::member_state`](crate::model::Network::member_state).
pub type Weights = Vec<Vec<f32>>;

/// A tensor as PyTorch has it.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTensor {
    /// Its name, such as `layer1.weight`.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its numbers, the last dimension varying fastest.
    pub values: Vec<f32>,
}

/// One tensor in both layouts.
#[derive(Clone, Debug)]
struct Slot {
    name: String,
    /// Its shape in PyTorch.
    shape: Vec<usize>,
    /// Its dimensions here.
    own: Vec<usize>,
    /// For each dimension in PyTorch, its place among those here.
    order: Vec<usize>,
}

impl Slot {
    /// A tensor that is the same in both layouts.
    fn same(name: String, length: usize) -> Self {
        Self::turned(name, vec![length], vec![0], vec![length])
    }

    fn turned(name: String, own: Vec<usize>, order: Vec<usize>, shape: Vec<usize>) -> Self {
        Self {
            name,
            shape,
            own,
            order,
        }
    }

    fn len(&self) -> usize {
        self.own.iter().product()
    }
}

/// The tensors of a network of these stages, in the order of [`Weights`].
fn slots(stages: &[Stage], mut image: Option<[usize; 3]>) -> Vec<Slot> {
    let mut slots = Vec::new();
    let mut statistics = Vec::new();
    let mut names = Names::default();
    for &stage in stages {
        match stage {
            Stage::Convolution {
                height,
                width,
                inputs,
                outputs,
                kernel,
            } => {
                let name = names.layer();
                slots.push(Slot::turned(
                    format!("{name}.weight"),
                    vec![kernel, kernel, inputs, outputs],
                    vec![3, 2, 0, 1],
                    vec![outputs, inputs, kernel, kernel],
                ));
                slots.push(Slot::same(format!("{name}.bias"), outputs));
                image = Some([height, width, outputs]);
            }
            Stage::Dense { inputs, outputs } => {
                let name = names.layer();
                let (own, order) = match image.take() {
                    Some([height, width, channels]) => {
                        (vec![height, width, channels, outputs], vec![3, 2, 0, 1])
                    }
                    None => (vec![inputs, outputs], vec![1, 0]),
                };
                let shape = vec![outputs, inputs];
                slots.push(Slot::turned(format!("{name}.weight"), own, order, shape));
                slots.push(Slot::same(format!("{name}.bias"), outputs));
            }
            Stage::BatchNorm { units, .. } => {
                let named = |part: &str| Slot::same(format!("{}.{part}", names.norm()), units);
                slots.extend(["weight", "bias"].map(named));
                statistics.extend(["running_mean", "running_var"].map(named));
            }
            Stage::LayerNorm { features } => {
                let named = |part: &str| {
                    let name = format!("{}.{part}", names.norm());
                    match image {
                        Some([height, width, channels]) => Slot::turned(
                            name,
                            vec![height, width, channels],
                            vec![2, 0, 1],
                            vec![channels, height, width],
                        ),
                        None => Slot::same(name, features),
                    }
                };
                slots.extend(["weight", "bias"].map(named));
            }
            Stage::Pooling {
                height,
                width,
                channels,
                ..
            } => image = Some([height / 2, width / 2, channels]),
            Stage::Dropout { .. } | Stage::Activation { .. } => {}
        }
    }
    slots.extend(statistics);
    slots
}

/// The names and shapes of the tensors of a network of these stages on samples that may be images
/// (height, width, channels).
pub fn names_and_shapes(
    stages: &[Stage],
    image: Option<[usize; 3]>,
) -> impl Iterator<Item = (String, Vec<usize>)> {
    let slots = slots(stages, image).into_iter();
    slots.map(|slot| (slot.name, slot.shape))
}

/// Weights as PyTorch has them.
///
/// # Panics
/// When the weights are those of other stages.
pub(super) fn to_pytorch(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    weights: &[Vec<f32>],
) -> Vec<NamedTensor> {
    let slots = slots(stages, image);
    assert_eq!(slots.len(), weights.len(), "a tensor for each part");
    let tensor = |(slot, values): (Slot, &Vec<f32>)| {
        assert_eq!(slot.len(), values.len(), "{} is of these stages", slot.name);
        NamedTensor {
            values: permuted(values, &slot.own, &slot.order),
            name: slot.name,
            shape: slot.shape,
        }
    };
    slots.into_iter().zip(weights).map(tensor).collect()
}

/// Weights from PyTorch's layout; `values` tells the numbers of the tensor of a name and a shape.
///
/// # Errors
/// The first that `values` gives.
pub(super) fn from_pytorch(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    mut values: impl FnMut(&str, &[usize]) -> Result<Vec<f32>, String>,
) -> Result<Weights, String> {
    let weight = |slot: Slot| {
        let values = values(&slot.name, &slot.shape)?;
        let there: Vec<usize> = slot.order.iter().map(|&place| slot.own[place]).collect();
        let mut back = vec![0; slot.order.len()];
        for (place, &own) in slot.order.iter().enumerate() {
            back[own] = place;
        }
        Ok(permuted(&values, &there, &back))
    };
    let weights: Vec<_> = slots(stages, image)
        .into_iter()
        .map(weight)
        .collect::<Result<_, String>>()?;
    debug_assert_eq!(weights.len(), state_shapes(stages).len());
    Ok(weights)
}

/// The numbers of an array of these dimensions with its dimensions in another order.
fn permuted(values: &[f32], dimensions: &[usize], order: &[usize]) -> Vec<f32> {
    if order.is_sorted() {
        return values.to_vec();
    }
    // How far apart neighbours along each dimension of the result are.
    let strides: Vec<usize> = order
        .iter()
        .map(|&place| dimensions[place + 1..].iter().product())
        .collect();
    let sizes: Vec<usize> = order.iter().map(|&place| dimensions[place]).collect();
    let mut output = Vec::with_capacity(values.len());
    gather(values, &sizes, &strides, 0, &mut output);
    output
}

/// Appends the numbers from `start` on, dimension by dimension.
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
    use crate::spec::{Config, ModelKind, Norm};
    use proptest::prelude::*;

    #[test]
    fn dimensions_change_places() {
        let values: Vec<f32> = (0..6).map(|value| value as f32).collect();
        let turned = permuted(&values, &[2, 3], &[1, 0]);
        assert_eq!(turned, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
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
            let turned = permuted(&values, &sizes, &order);
            let there: Vec<usize> = order.iter().map(|&place| sizes[place]).collect();
            for (mut position, value) in turned.into_iter().enumerate() {
                let mut own = [0; 4];
                for axis in (0..4).rev() {
                    own[order[axis]] = position % there[axis];
                    position /= there[axis];
                }
                let here = own.iter().zip(&sizes).fold(0, |here, (index, size)| here * size + index);
                prop_assert_eq!(value, here as f32);
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
        let (stages, image) = small_cnn(Norm::Batch);
        let told: Vec<String> = names_and_shapes(&stages, image)
            .map(|(name, shape)| format!("{name} {shape:?}"))
            .collect();
        assert_eq!(
            told,
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
        for norm in Norm::ALL {
            let (stages, image) = small_cnn(*norm);
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
            let there = to_pytorch(&stages, image, &weights);
            let find = |name: &str, shape: &[usize]| {
                let tensor = there.iter().find(|tensor| tensor.name == name).unwrap();
                assert_eq!(tensor.shape, shape);
                Ok(tensor.values.clone())
            };
            assert_eq!(from_pytorch(&stages, image, find).unwrap(), weights);
        }
    }

    #[test]
    fn a_dense_layer_on_an_image_has_its_channels_first() {
        // 1 × 2 pixels of 3 channels into 1 unit: here pixel by pixel, there channel by channel.
        let stages = [Stage::Dense {
            inputs: 6,
            outputs: 1,
        }];
        let weights = vec![vec![0.0, 1.0, 2.0, 10.0, 11.0, 12.0], vec![7.0]];
        let tensors = to_pytorch(&stages, Some([1, 2, 3]), &weights);
        assert_eq!(tensors[0].values, [0.0, 10.0, 1.0, 11.0, 2.0, 12.0]);
        assert_eq!(tensors[0].shape, [1, 6]);
        assert_eq!(tensors[1].values, [7.0]);
    }
}
