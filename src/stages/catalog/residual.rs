//! A shortcut around a block (He et al. 2016): the input of the block is added before its activation.
//!
//! The shortcut has no parameters (option A of the paper). Where the block halves the image, it takes every second row
//! and column; channels that its input lacks are 0.

use crate::backend::Backend;
use crate::stages::definition::Definition;
use crate::stages::graph::StageNode;
use crate::stages::layer_context::LayerContext;
use crate::stages::module_tensors::ModuleTensors;
use crate::stages::operation::{BackwardPass, ForwardPass, Gradients, Operation};
use crate::stages::row_indices::row_indices;
use crate::stages::sample_shape::SampleShape;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// The distance between the rows and columns that a shortcut takes, if the block halves the image.
const STRIDE: usize = 2;

/// The start or the addition of a shortcut. Shortcuts are not nested, so each addition belongs to the last start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Residual {
    /// Where the shortcut leaves the network, with the shape of the image there: height, width and channels.
    Start([usize; 3]),
    /// Where it is added, with the shapes of the image at both ends.
    Add {
        /// Height, width and channels at the start.
        from: [usize; 3],
        /// Height, width and channels where it is added: of the same size, or of half the size, rounded up.
        to: [usize; 3],
    },
}

/// The start or the addition of a shortcut; not a module of `torch.nn`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResidualLayer {
    /// For an addition, channels, height and width of `s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    add: Option<[usize; 3]>,
}

impl Residual {
    /// The addition of a shortcut, given the samples at both ends; `None` if they are not images.
    pub(crate) fn addition((from, to): (SampleShape, SampleShape)) -> Option<Self> {
        match (from, to) {
            (SampleShape::Image(from), SampleShape::Image(to)) => Some(Self::Add { from, to }),
            _ => None,
        }
    }

    /// The shape of the image at this end.
    fn image(self) -> [usize; 3] {
        match self {
            Self::Start(image) | Self::Add { to: image, .. } => image,
        }
    }
}

impl Definition for Residual {
    const PYTORCH: &'static str = "no module. Without `add`: store the input `s`. With `add`: add the stored `s` to the input. If the input is a smaller image than `s`, use `s[:, :, ::2, ::2]`; if `s` has fewer channels, append channels of 0. Shortcuts are not nested";
    const FIELDS: &'static str = "`add`: channels, height and width of `s`";

    type Layer = ResidualLayer;
    type Record = ();
    type Operation<B: Backend> = ResidualOperation;

    fn features(self) -> usize {
        self.image().iter().product()
    }

    /// That of the addition: a start is no node, but an input of the addition.
    fn node(self) -> StageNode {
        StageNode {
            image: Some(self.image()),
            ..StageNode::new("addition", "Add")
        }
    }

    fn layer(self, _: LayerContext) -> Option<ResidualLayer> {
        let add = match self {
            Self::Start(_) => None,
            Self::Add {
                from: [height, width, channels],
                ..
            } => Some([channels, height, width]),
        };
        Some(ResidualLayer { add })
    }

    fn from_layer(layer: &ResidualLayer, input: SampleShape) -> Result<Option<Self>, String> {
        let to = input.image("a shortcut")?;
        let Some([channels, height, width]) = layer.add else {
            return Ok(Some(Self::Start(to)));
        };
        let from = [height, width, channels];
        check(from, to)?;
        Ok(Some(Self::Add { from, to }))
    }

    fn record(self, _: &mut ModuleTensors<'_>) {}

    fn operation<B: Backend>(_: &[Self], shape: Self, _: &B::Device) -> ResidualOperation {
        ResidualOperation(shape)
    }
}

/// The shape of an image as in a description of a model.
fn channels_first([height, width, channels]: [usize; 3]) -> [usize; 3] {
    [channels, height, width]
}

/// Checks that a shortcut can connect images of these shapes.
///
/// # Errors
/// What is wrong.
fn check(from: [usize; 3], to: [usize; 3]) -> Result<(), String> {
    let same = from[..2] == to[..2];
    let halved = [0, 1].map(|side| from[side].div_ceil(STRIDE)) == to[..2];
    if (same || halved) && from[2] <= to[2] {
        return Ok(());
    }
    Err(format!(
        "a shortcut cannot connect images of shapes {:?} and {:?} (channels, height, width)",
        channels_first(from),
        channels_first(to)
    ))
}

/// Checks that each shortcut of a network that is not trusted ends where it is added, with the shape that it has at its
/// start. `ends` are in the order of the network.
///
/// # Errors
/// What is wrong.
pub(crate) fn check_shortcuts(ends: impl IntoIterator<Item = Residual>) -> Result<(), String> {
    let mut open = None;
    for end in ends {
        open = match (open, end) {
            (None, Residual::Start(image)) => Some(image),
            (Some(start), Residual::Add { from, .. }) if from == start => None,
            (Some(_), Residual::Start(_)) => return Err("shortcuts must not be nested".to_owned()),
            (Some(start), Residual::Add { from, .. }) => {
                return Err(format!(
                    "a shortcut starts at an image of shape {:?}, but its `add` is {:?} (channels, height, width)",
                    channels_first(start),
                    channels_first(from)
                ));
            }
            (None, Residual::Add { .. }) => {
                return Err("a shortcut with `add` has no start before it".to_owned());
            }
        };
    }
    match open {
        None => Ok(()),
        Some(_) => Err("a shortcut has a start but no `add` after it".to_owned()),
    }
}

/// `x + shortcut(x₀)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResidualOperation(Residual);

impl<B: Backend> Operation<B> for ResidualOperation {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        pass: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        match self.0 {
            Residual::Start(_) => {
                pass.skipped.push(input.clone());
                input
            }
            Residual::Add { from, to } => {
                let skipped = pass.skipped.pop().expect("a start precedes an addition");
                input + shortcut(skipped, from, to)
            }
        }
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        pass: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        (self.predict(input, parameters, pass), Vec::new())
    }

    fn backward(
        &mut self,
        _: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        pass: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let of_input = match self.0 {
            Residual::Add { from, to } => {
                pass.skipped.push(shortcut_gradient(gradient.clone(), from, to));
                gradient
            }
            Residual::Start(_) => {
                let skipped = pass.skipped.pop().expect("an addition follows a start");
                gradient + skipped
            }
        };
        (Some(of_input), None)
    }
}

/// The image of shape `from` in the shape `to`: `[members, batch, values]`.
fn shortcut<B: Backend>(input: Tensor<B, 3>, from: [usize; 3], to: [usize; 3]) -> Tensor<B, 3> {
    let [members, batch, _] = input.dims();
    let images = members * batch;
    let mut image = input.reshape([images, from[0], from[1], from[2]]);
    for side in [0, 1] {
        if from[side] != to[side] {
            let every_second: Vec<usize> = (0..to[side]).map(|place| place * STRIDE).collect();
            let every_second = row_indices(&every_second, &image.device());
            image = image.select(side + 1, every_second);
        }
    }
    if from[2] < to[2] {
        let missing = [images, to[0], to[1], to[2] - from[2]];
        let zeros = Tensor::zeros(missing, &image.device());
        image = Tensor::cat(vec![image, zeros], 3);
    }
    image.reshape([members, batch, to.iter().product()])
}

/// The gradient of the input of [`shortcut`], given that of its output.
fn shortcut_gradient<B: Backend>(
    gradient: Tensor<B, 3>,
    from: [usize; 3],
    to: [usize; 3],
) -> Tensor<B, 3> {
    let [members, batch, _] = gradient.dims();
    let images = members * batch;
    let image = gradient.reshape([images, to[0], to[1], to[2]]);
    let mut image = image.narrow(3, 0, from[2]);
    for side in [0, 1] {
        if from[side] != to[side] {
            // Rows and columns that the shortcut leaves out have a gradient of 0.
            let mut shape = image.dims();
            shape[side + 1] = 1;
            let zeros = Tensor::zeros(shape, &image.device());
            let padded = Tensor::cat(vec![image, zeros], side + 1);
            let source = |place: usize| match place.is_multiple_of(STRIDE) {
                true => place / STRIDE,
                false => to[side],
            };
            let sources: Vec<usize> = (0..from[side]).map(source).collect();
            let sources = row_indices(&sources, &padded.device());
            image = padded.select(side + 1, sources);
        }
    }
    image.reshape([members, batch, from.iter().product()])
}
