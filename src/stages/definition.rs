//! What a file of the catalog defines.

use super::graph::StageNode;
use super::layer_context::LayerContext;
use super::module_tensors::ModuleTensors;
use super::operation::Operation;
use super::parameter::Parameters;
use super::sample_shape::SampleShape;
use crate::backend::Backend;
use serde::Serialize;
use std::fmt::Debug;
use std::hash::Hash;

/// A stage of a network: everything that depends on its kind. Samples between stages are flat; the values of an image
/// are in the order `[height, width, channels]`.
pub(crate) trait Definition: Copy + Debug + Eq + Hash {
    /// Whether it is a weight layer (dense or convolution): these are numbered, their weights are initialised by
    /// `model.init`, bounded by `training.max_norm`, and their gradients recorded.
    const IS_LAYER: bool = false;

    /// The prefix of its tensors' names in PyTorch, which the number of the last layer follows. Not used by stages
    /// without parameters.
    const PREFIX: &'static str = "";

    /// Whether its input in PyTorch is a row of values, so that `torch.nn.Flatten` precedes it after images.
    const NEEDS_ROWS: bool = false;

    /// Whether the kernels of a backend can compute it together with its neighbours, and then round differently.
    const IS_FUSED: bool = false;

    /// Its module in `torch.nn`, in Markdown.
    const PYTORCH: &'static str;

    /// The fields of its layer in `model.json`, with what may be unclear about them, in Markdown.
    const FIELDS: &'static str;

    /// Its layer in PyTorch, as in `model.json`.
    type Layer;

    /// Its module in burn, as in `model.mpk`.
    type Record: Serialize;

    /// Its computation for all members of a cohort.
    type Operation<B: Backend>: Operation<B>;

    /// Output values per sample.
    fn features(self) -> usize;

    /// The shape of a sample after it.
    fn output(self, input: SampleShape) -> SampleShape {
        input
    }

    /// The trainable parameters.
    fn parameters(self) -> Parameters {
        Parameters::new()
    }

    /// The running statistics, which training updates without gradients.
    fn statistics(self) -> Parameters {
        Parameters::new()
    }

    /// Floating-point operations of the forward matrix product, per sample.
    fn flop(self) -> f64 {
        0.0
    }

    /// The maximum number of values that one sample has within this stage.
    fn peak_values(self) -> usize {
        self.features()
    }

    /// The stage with the settings that do not matter for stacking replaced by a constant.
    #[must_use]
    fn stacking_shape(self) -> Self {
        self
    }

    /// The smallest stage that contains both, if the narrower one is padded with units that are always 0; `None` if
    /// padding is not possible.
    fn enclosing(self, other: Self) -> Option<Self> {
        (self == other).then_some(self)
    }

    /// Its node in the graph of TensorBoard.
    fn node(self) -> StageNode;

    /// Its module in PyTorch; `None` if it has no effect.
    fn layer(self, context: LayerContext) -> Option<Self::Layer>;

    /// The stage of a layer of PyTorch with this input; `None` if the layer has no effect in predictions. The layer is
    /// not trusted. Fields that [`layer`](Self::layer) derives from others need not be checked.
    ///
    /// # Errors
    /// The reason, as a message.
    fn from_layer(layer: &Self::Layer, input: SampleShape) -> Result<Option<Self>, String>;

    /// Its module in burn, made of its tensors in PyTorch's layout. Only called for stages with parameters.
    fn record(self, tensors: &mut ModuleTensors) -> Self::Record;

    /// Its computation, given the stages of the members and the stage that encloses them.
    fn operation<B: Backend>(
        members: &[Self],
        enclosing: Self,
        device: &B::Device,
    ) -> Self::Operation<B>;
}
