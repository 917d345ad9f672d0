//! `model.mpk`: a record that burn's `NamedMpkFileRecorder` loads into a module.
//!
//! The module has a field for each layer with parameters, named as in `model.json`: an
//! `nn::Linear`, `nn::conv::Conv2d`, `nn::BatchNorm` or `nn::LayerNorm`. Images have their channels
//! first, as there. A layer norm on images is over the whole image, flat.

use super::layer::Names;
use super::layout::{NamedTensor, to_pytorch};
use crate::spec::Stage;
use burn::backend::Flex;
use burn::module::{Module, Param, ParamId, RunningState};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, LayerNorm, LayerNormConfig, Linear};
use burn::record::{
    BurnRecord, FullPrecisionSettings, NamedMpkBytesRecorder, NamedMpkFileRecorder, Record,
    Recorder,
};
use burn::tensor::{Tensor, TensorData};
use serde::{Serialize, Serializer};
use std::collections::HashMap;

/// What is stored of a module.
type Stored<M> = <<M as Module<Flex>>::Record as Record<Flex>>::Item<FullPrecisionSettings>;

/// What is stored of a layer.
#[derive(Serialize)]
#[serde(untagged)]
enum Item {
    Linear(Stored<Linear<Flex>>),
    Convolution(Stored<Conv2d<Flex>>),
    BatchNorm(Box<Stored<BatchNorm<Flex>>>),
    LayerNorm(Stored<LayerNorm<Flex>>),
}

/// The fields of a module, by name.
struct Fields(Vec<(String, Item)>);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, item)| (name, item)))
    }
}

/// Weights of a network of these stages on samples that may be images (height, width, channels),
/// as burn's record. Equal weights give equal bytes.
///
/// # Errors
/// None that weights could cause: what burn says.
///
/// # Panics
/// When the weights are those of other stages.
pub fn to_burn_record(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    weights: &[Vec<f32>],
) -> Result<Vec<u8>, String> {
    let tensors = to_pytorch(stages, image, weights).into_iter();
    let mut parts = Parts {
        tensors: tensors
            .map(|tensor| (tensor.name.clone(), tensor))
            .collect(),
        next: 0,
    };
    let mut names = Names::default();
    let mut fields = Vec::new();
    for &stage in stages {
        fields.extend(field(stage, &mut names, &mut parts));
    }
    // Under the name of the recorder that will read it.
    let record =
        BurnRecord::<_, Flex>::new::<NamedMpkFileRecorder<FullPrecisionSettings>>(Fields(fields));
    let recorder = NamedMpkBytesRecorder::<FullPrecisionSettings>::default();
    Recorder::<Flex>::save_item(&recorder, record, ()).map_err(|error| error.to_string())
}

/// The field of a stage that has parameters.
fn field(stage: Stage, names: &mut Names, parts: &mut Parts) -> Option<(String, Item)> {
    let device = Default::default();
    Some(match stage {
        Stage::Convolution {
            inputs,
            outputs,
            kernel,
            ..
        } => {
            let name = names.layer();
            let config = Conv2dConfig::new([inputs, outputs], [kernel, kernel]);
            let module = Conv2d {
                weight: parts.param(&name, "weight", [outputs, inputs, kernel, kernel]),
                bias: Some(parts.param(&name, "bias", [outputs])),
                ..config.init(&device)
            };
            (name, Item::Convolution(module.into_record().into_item()))
        }
        Stage::Dense { inputs, outputs } => {
            let name = names.layer();
            let weight = parts.tensor(&name, "weight", [outputs, inputs]).transpose();
            let module = Linear {
                weight: parts.initialised(weight),
                bias: Some(parts.param(&name, "bias", [outputs])),
            };
            (name, Item::Linear(module.into_record().into_item()))
        }
        Stage::BatchNorm { units, .. } => {
            let name = names.norm();
            let module = BatchNorm {
                gamma: parts.param(&name, "weight", [units]),
                beta: parts.param(&name, "bias", [units]),
                running_mean: parts.running(&name, "running_mean", units),
                running_var: parts.running(&name, "running_var", units),
                ..BatchNormConfig::new(units).init(&device)
            };
            let stored = Box::new(module.into_record().into_item());
            (name, Item::BatchNorm(stored))
        }
        Stage::LayerNorm { features } => {
            let name = names.norm();
            let mut module: LayerNorm<Flex> = LayerNormConfig::new(features).init(&device);
            module.gamma = parts.param(&name, "weight", [features]);
            module.beta = Some(parts.param(&name, "bias", [features]));
            (name, Item::LayerNorm(module.into_record().into_item()))
        }
        Stage::Dropout { .. } | Stage::Activation { .. } | Stage::Pooling { .. } => return None,
    })
}

/// The tensors that are still to be put into modules.
struct Parts {
    tensors: HashMap<String, NamedTensor>,
    /// burn tells parameters apart by numbers, which it draws at random elsewhere.
    next: u64,
}

impl Parts {
    #[expect(
        clippy::expect_used,
        reason = "our own tensors, whose shapes and numbers agree"
    )]
    fn tensor<const D: usize>(
        &mut self,
        name: &str,
        part: &str,
        shape: [usize; D],
    ) -> Tensor<Flex, D> {
        let tensor = self.tensors.remove(&format!("{name}.{part}"));
        let tensor = tensor.expect("names and stages are walked through alike");
        Tensor::from_data(TensorData::new(tensor.values, shape), &Default::default())
    }

    fn id(&mut self) -> ParamId {
        self.next += 1;
        ParamId::from(self.next)
    }

    fn initialised<const D: usize>(&mut self, tensor: Tensor<Flex, D>) -> Param<Tensor<Flex, D>> {
        Param::initialized(self.id(), tensor)
    }

    fn param<const D: usize>(
        &mut self,
        name: &str,
        part: &str,
        shape: [usize; D],
    ) -> Param<Tensor<Flex, D>> {
        let tensor = self.tensor(name, part, shape);
        self.initialised(tensor)
    }

    fn running(&mut self, name: &str, part: &str, units: usize) -> RunningState<Tensor<Flex, 1>> {
        let tensor = self.tensor(name, part, [units]);
        RunningState::with_id(self.id(), tensor)
    }
}
