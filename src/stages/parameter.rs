//! The tensors of a stage: their shapes in this program and in PyTorch, and their initial values.

use super::sample_shape::SampleShape;
use smallvec::SmallVec;

/// The tensors of one stage, in a fixed order.
pub(crate) type Parameters = SmallVec<[Parameter; 2]>;

/// A tensor that belongs to a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in PyTorch, such as `weight`.
    pub name: &'static str,
    /// Its dimensions, and what they mean.
    pub form: Form,
    /// Its values before training.
    pub initial: Initial,
}

/// The dimensions of a tensor of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A value for each unit of a layer, or for each channel of an image.
    PerUnit(usize),
    /// A value for each value of a sample, which may be an image.
    PerValue(usize),
    /// A matrix `[inputs, outputs]`. If its input is an image, so are its rows.
    Matrix {
        /// Input values.
        inputs: usize,
        /// Output values.
        outputs: usize,
    },
    /// The kernel of a convolution, `[size, size, inputs, outputs]`.
    Kernel {
        /// Rows and columns.
        size: usize,
        /// Input channels.
        inputs: usize,
        /// Output channels.
        outputs: usize,
    },
}

/// The values of a tensor before training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// By `model.init`.
    Weights {
        /// The number of outputs that one input affects.
        fan_out: usize,
    },
    /// By `model.bias_init`.
    Biases,
    /// All equal.
    Constant(f32),
}

impl Eq for Initial {}

/// The layout of a tensor in this program and in PyTorch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Its shape in PyTorch.
    pub(crate) shape: Vec<usize>,
    /// Its dimensions in this program.
    pub(crate) native_shape: Vec<usize>,
    /// For each dimension in PyTorch, its position among those of this program.
    pub(crate) order: Vec<usize>,
}

impl Parameter {
    /// The weight of a layer.
    pub(super) fn weight(form: Form, fan_out: usize) -> Self {
        Self {
            name: "weight",
            form,
            initial: Initial::Weights { fan_out },
        }
    }

    /// The bias of a layer.
    pub(super) fn bias(outputs: usize) -> Self {
        Self {
            name: "bias",
            form: Form::PerUnit(outputs),
            initial: Initial::Biases,
        }
    }

    /// A tensor whose values are equal before training.
    pub(super) fn constant(name: &'static str, form: Form, value: f32) -> Self {
        Self {
            name,
            form,
            initial: Initial::Constant(value),
        }
    }
}

impl Form {
    /// The dimensions, as a graph shows them.
    pub(crate) fn dimensions(self) -> Vec<usize> {
        match self {
            Self::PerUnit(count) | Self::PerValue(count) => vec![count],
            Self::Matrix { inputs, outputs } => vec![inputs, outputs],
            Self::Kernel {
                size,
                inputs,
                outputs,
            } => vec![size, size, inputs, outputs],
        }
    }

    /// The rows and columns as a matrix, which is its form in a stacked network.
    pub fn matrix(self) -> [usize; 2] {
        match self {
            Self::PerUnit(count) | Self::PerValue(count) => [1, count],
            Self::Matrix { inputs, outputs } => [inputs, outputs],
            Self::Kernel {
                size,
                inputs,
                outputs,
            } => [size.saturating_mul(size).saturating_mul(inputs), outputs],
        }
    }

    /// The number of values.
    pub(crate) fn count(self) -> u64 {
        let [rows, columns] = self.matrix();
        (rows as u64).saturating_mul(columns as u64)
    }

    /// The layout, given the samples that enter the stage. In this program, a weight is `[inputs, outputs]` and images
    /// have their channels last. In PyTorch, it is `[outputs, inputs]` and images have their channels first.
    pub(crate) fn layout(self, input: SampleShape) -> Layout {
        let layout = |native_shape: &[usize], order: &[usize], shape: &[usize]| Layout {
            shape: shape.to_vec(),
            native_shape: native_shape.to_vec(),
            order: order.to_vec(),
        };
        match (self, input) {
            (
                Self::Kernel {
                    size,
                    inputs,
                    outputs,
                },
                _,
            ) => layout(
                &[size, size, inputs, outputs],
                &[3, 2, 0, 1],
                &[outputs, inputs, size, size],
            ),
            (Self::Matrix { inputs, outputs }, SampleShape::Image([height, width, channels])) => {
                layout(
                    &[height, width, channels, outputs],
                    &[3, 2, 0, 1],
                    &[outputs, inputs],
                )
            }
            (Self::Matrix { inputs, outputs }, SampleShape::Row(_)) => {
                layout(&[inputs, outputs], &[1, 0], &[outputs, inputs])
            }
            (Self::PerValue(_), SampleShape::Image([height, width, channels])) => layout(
                &[height, width, channels],
                &[2, 0, 1],
                &[channels, height, width],
            ),
            (Self::PerUnit(count) | Self::PerValue(count), _) => layout(&[count], &[0], &[count]),
        }
    }
}

/// The rows and columns of some tensors.
pub(super) fn matrices(parameters: Parameters) -> impl Iterator<Item = [usize; 2]> {
    parameters
        .into_iter()
        .map(|parameter| parameter.form.matrix())
}
