//! The stages: a file each, and a line in the list at the end, with the name of the layer in `model.json`. Norms and
//! activations in the list are values of `model.norm` and `model.activation`.

use super::activation_function::ActivationFunction;
use super::choice::{ActivationChoice, LayerOutputs, NoNorm, NormChoice, NormConflict};
use super::definition::Definition;
use super::dropout_noise::DropoutSite;
use super::graph::StageNode;
use super::layer_context::LayerContext;
use super::module_tensors::ModuleTensors;
use super::operation::{BackwardPass, ForwardPass, Gradients, Operation};
use super::parameter::{Parameters, matrices};
use super::sample_shape::SampleShape;
use crate::backend::Backend;
use crate::values::tagged_variant::variant_enum;
use burn::tensor::Tensor;
use residual::Residual;
use serde::{Deserialize, Serialize};

macro_rules! catalog {
    (
        stages {
            $($file:ident::{$type:ident, $layer:ident} = $kind:literal,)+
        }
        norms {
            $($norm_file:ident::{$norm:ident, $norm_layer:ident, $norm_choice:ident} = $norm_kind:literal,)+
        }
        activations {
            $($function_file:ident::{$function:ident, $function_layer:ident, $function_choice:ident} = $function_kind:literal,)*
        }
    ) => {
        stages! {
            $($file::{$type, $layer} = $kind,)+
            $($norm_file::{$norm, $norm_layer} = $norm_kind,)+
            $($function_file::{$function, $function_layer} = $function_kind,)*
        }

        variant_enum! {
            /// The normalisation between layers.
            pub enum Norm, "norm", None(NoNorm) {
                $($norm($norm_file::$norm_choice),)+
            }
        }

        impl Norm {
            /// The stage after a layer with `units` outputs for each of `positions` pixels; 1 position after a dense
            /// layer.
            pub(crate) fn stage(self, units: usize, positions: usize) -> Option<Stage> {
                match self {
                    Self::None(_) => None,
                    $(Self::$norm(choice) => Some(choice.stage(units, positions).into()),)+
                }
            }

            /// Whether it needs more than one sample in a batch.
            pub(crate) fn needs_several_samples(self) -> bool {
                match self {
                    Self::None(_) => false,
                    $(Self::$norm(_) => $norm_file::$norm_choice::NEEDS_SEVERAL_SAMPLES,)+
                }
            }

            /// See [`NormChoice::check`].
            pub(crate) fn check(
                self,
                layers: impl FnOnce() -> Vec<LayerOutputs>,
            ) -> Result<(), NormConflict> {
                match self {
                    Self::None(_) => Ok(()),
                    $(Self::$norm(choice) => choice.check(&layers()),)+
                }
            }
        }

        variant_enum! {
            /// The activation after each hidden layer and each convolution.
            pub enum Activation, "activation", Function(ActivationFunction) {
                $($function($function_file::$function_choice),)*
            }
        }

        impl Activation {
            /// The stage after a layer with this number of outputs.
            pub(crate) fn stage(self, features: usize) -> Stage {
                match self {
                    Self::Function(function) => {
                        activation::ActivationStage { function, features }.into()
                    }
                    $(Self::$function(choice) => choice.stage(features).into(),)*
                }
            }

            /// The gain that preserves the variance through it (`torch.nn.init.calculate_gain`).
            pub fn gain(self) -> f64 {
                match self {
                    Self::Function(function) => function.gain(),
                    $(Self::$function(choice) => choice.gain(),)*
                }
            }
        }
    };
}

macro_rules! stages {
    ($($file:ident::{$type:ident, $layer:ident} = $kind:literal,)+) => {
        $(pub(super) mod $file;)+

        /// A stage of a network.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Stage {
            $(
                #[doc = concat!("`", stringify!($type), "`")]
                $type($file::$type),
            )+
        }

        $(impl From<$file::$type> for Stage {
            fn from(stage: $file::$type) -> Self {
                Self::$type(stage)
            }
        })+

        /// A layer of a network in PyTorch's terms. Images are `[channels, height, width]`.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        pub enum ModelLayer {
            $(
                #[doc = concat!("[`", stringify!($type), "`](Stage::", stringify!($type), ")")]
                #[serde(rename = $kind)]
                $type($file::$layer),
            )+
            /// `torch.nn.Flatten`: turns an image into a row of values, channel by channel.
            #[serde(rename = "flatten")]
            Flatten,
        }

        impl ModelLayer {
            /// Each kind of layer: its name in `model.json`, its module in `torch.nn` and its fields, in Markdown.
            pub fn kinds() -> Vec<[&'static str; 3]> {
                vec![
                    $([$kind, $file::$type::PYTORCH, $file::$type::FIELDS],)+
                    ["flatten", "`Flatten`: an image becomes a row, channel by channel", ""],
                ]
            }
        }

        /// A stage as a module of burn.
        #[derive(Serialize)]
        #[serde(untagged)]
        pub(crate) enum LayerRecord {
            $($type(<$file::$type as Definition>::Record),)+
        }

        /// The computation of a stage for all members of a cohort.
        #[derive(Clone, Debug)]
        pub(crate) enum StageOperation<B: Backend> {
            $($type(<$file::$type as Definition>::Operation<B>),)+
        }

        impl Stage {
            /// Whether it is a layer: layers have numbers, and their weights are initialised by `model.init`.
            pub fn is_layer(self) -> bool {
                match self { $(Self::$type(_) => $file::$type::IS_LAYER,)+ }
            }

            /// See [`Definition::PREFIX`].
            pub(crate) fn prefix(self) -> &'static str {
                match self { $(Self::$type(_) => $file::$type::PREFIX,)+ }
            }

            /// See [`Definition::NEEDS_ROWS`].
            pub(crate) fn needs_rows(self) -> bool {
                match self { $(Self::$type(_) => $file::$type::NEEDS_ROWS,)+ }
            }

            /// See [`Definition::IS_FUSED`].
            pub(crate) fn is_fused(self) -> bool {
                match self { $(Self::$type(_) => $file::$type::IS_FUSED,)+ }
            }

            /// Output values of this stage, per sample.
            pub fn features(self) -> usize {
                match self { $(Self::$type(stage) => stage.features(),)+ }
            }

            /// The shape of a sample after this stage.
            pub fn output(self, input: SampleShape) -> SampleShape {
                match self { $(Self::$type(stage) => stage.output(input),)+ }
            }

            /// The trainable parameters.
            pub(crate) fn parameters(self) -> Parameters {
                match self { $(Self::$type(stage) => stage.parameters(),)+ }
            }

            /// The running statistics, which training updates without gradients.
            pub(crate) fn statistics(self) -> Parameters {
                match self { $(Self::$type(stage) => stage.statistics(),)+ }
            }

            /// Floating-point operations of the forward matrix product, per sample.
            ///
            /// A product with an `inputs × outputs` matrix has `2 · inputs · outputs`, for each pixel of an
            /// image.
            pub fn flop(self) -> f64 {
                match self { $(Self::$type(stage) => stage.flop(),)+ }
            }

            /// The maximum number of values that one sample has within this stage.
            pub fn peak_values(self) -> usize {
                match self { $(Self::$type(stage) => stage.peak_values(),)+ }
            }

            /// See [`Definition::stacking_shape`].
            #[must_use]
            pub(crate) fn stacking_shape(self) -> Self {
                match self { $(Self::$type(stage) => stage.stacking_shape().into(),)+ }
            }

            /// See [`Definition::enclosing`].
            pub(crate) fn enclosing(self, other: Self) -> Option<Self> {
                match (self, other) {
                    $((Self::$type(a), Self::$type(b)) => a.enclosing(b).map(Self::from),)+
                    _ => None,
                }
            }

            /// Its node in the graph of TensorBoard.
            pub fn node(self) -> StageNode {
                match self { $(Self::$type(stage) => stage.node(),)+ }
            }

            /// See [`Definition::layer`].
            pub(crate) fn layer(self, context: LayerContext) -> Option<ModelLayer> {
                match self { $(Self::$type(stage) => stage.layer(context).map(ModelLayer::$type),)+ }
            }

            /// See [`Definition::from_layer`].
            pub(crate) fn from_layer(
                layer: &ModelLayer,
                input: SampleShape,
            ) -> Result<Option<Self>, String> {
                match layer {
                    $(ModelLayer::$type(layer) => {
                        let stage = <$file::$type as Definition>::from_layer(layer, input)?;
                        Ok(stage.map(Self::from))
                    })+
                    ModelLayer::Flatten => Ok(None),
                }
            }

            /// See [`Definition::record`].
            pub(crate) fn record(self, tensors: &mut ModuleTensors<'_>) -> LayerRecord {
                match self { $(Self::$type(stage) => LayerRecord::$type(stage.record(tensors)),)+ }
            }

            /// See [`Definition::operation`].
            ///
            /// # Panics
            /// If the members' stages are of another kind.
            pub(crate) fn operation<B: Backend>(
                self,
                members: &[Self],
                device: &B::Device,
            ) -> StageOperation<B> {
                match self {
                    $(Self::$type(enclosing) => {
                        let members = members.iter().map(|member| match member {
                            Self::$type(stage) => *stage,
                            other => panic!("{other:?} is stacked with {enclosing:?}"),
                        });
                        let members: Vec<_> = members.collect();
                        StageOperation::$type($file::$type::operation::<B>(&members, enclosing, device))
                    })+
                }
            }
        }

        impl<B: Backend> Operation<B> for StageOperation<B> {
            fn predict(
                &mut self,
                input: Tensor<B, 3>,
                parameters: &[Tensor<B, 3>],
                pass: &mut ForwardPass<'_, B>,
            ) -> Tensor<B, 3> {
                match self {
                    $(Self::$type(operation) => operation.predict(input, parameters, pass),)+
                }
            }

            fn forward(
                &mut self,
                input: Tensor<B, 3>,
                parameters: &[Tensor<B, 3>],
                pass: &mut ForwardPass<'_, B>,
            ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
                match self {
                    $(Self::$type(operation) => operation.forward(input, parameters, pass),)+
                }
            }

            fn backward(
                &mut self,
                cached: Vec<Tensor<B, 3>>,
                gradient: Tensor<B, 3>,
                parameters: &[Tensor<B, 3>],
                pass: &mut BackwardPass<B>,
            ) -> Gradients<B> {
                match self {
                    $(Self::$type(operation) => {
                        operation.backward(cached, gradient, parameters, pass)
                    })+
                }
            }

            fn statistics(&self) -> Vec<Tensor<B, 3>> {
                match self { $(Self::$type(operation) => operation.statistics(),)+ }
            }

            fn set_statistics(&mut self, statistics: Vec<Tensor<B, 3>>) {
                match self { $(Self::$type(operation) => operation.set_statistics(statistics),)+ }
            }
        }
    };
}

catalog! {
    stages {
        dropout::{Dropout, DropoutLayer} = "dropout",
        convolution::{Convolution, ConvolutionLayer} = "convolution",
        dense::{Dense, DenseLayer} = "dense",
        activation::{ActivationStage, ActivationLayer} = "activation",
        pooling::{Pool, PoolLayer} = "pooling",
        residual::{Residual, ResidualLayer} = "residual",
        global_pooling::{GlobalPooling, GlobalPoolingLayer} = "global_pooling",
        strided_convolution::{StridedConvolution, StridedConvolutionLayer} = "strided_convolution",
    }
    norms {
        batch_norm::{BatchNorm, BatchNormLayer, BatchNormChoice} = "batch_norm",
        layer_norm::{LayerNorm, LayerNormLayer, LayerNormChoice} = "layer_norm",
        group_norm::{GroupNorm, GroupNormLayer, GroupNormChoice} = "group_norm",
    }
    activations {
        prelu::{Prelu, PreluLayer, PreluChoice} = "prelu",
    }
}

impl Stage {
    /// The number of trainable parameters.
    pub fn parameter_count(self) -> u64 {
        let parameters = self.parameters();
        let counts = parameters.iter().map(|parameter| parameter.form.count());
        counts.fold(0, u64::saturating_add)
    }

    /// The rows and columns of its parameters, in their order.
    pub(crate) fn parameter_shapes(self) -> impl Iterator<Item = [usize; 2]> {
        matrices(self.parameters())
    }

    /// The rows and columns of its statistics, in their order.
    pub(crate) fn statistic_shapes(self) -> impl Iterator<Item = [usize; 2]> {
        matrices(self.statistics())
    }

    /// The start or the addition of a shortcut; `None` for other stages.
    pub(crate) fn shortcut_end(self) -> Option<Residual> {
        match self {
            Self::Residual(end) => Some(end),
            _ => None,
        }
    }

    /// The position of dropout; `None` for other stages.
    pub fn dropout_site(self) -> Option<DropoutSite> {
        match self {
            Self::Dropout(dropout) => Some(dropout.site),
            _ => None,
        }
    }
}
