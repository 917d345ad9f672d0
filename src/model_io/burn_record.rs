//! `model.mpk`: a record that burn's `NamedMpkFileRecorder` loads into a module.
//!
//! The module has a field for each layer with parameters, named as in `model.json`: an
//! `nn::Linear`, `nn::conv::Conv2d`, `nn::BatchNorm` or `nn::LayerNorm`. Images have their channels
//! first, as in `model.json`. A layer norm of images is over the flattened image.

use super::layer::LayerNames;
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

/// The serialised form of a module.
type Stored<M> = <<M as Module<Flex>>::Record as Record<Flex>>::Item<FullPrecisionSettings>;

/// The serialised form of a layer.
#[derive(Serialize)]
#[serde(untagged)]
enum LayerRecord {
    Linear(Stored<Linear<Flex>>),
    Convolution(Stored<Conv2d<Flex>>),
    BatchNorm(Box<Stored<BatchNorm<Flex>>>),
    LayerNorm(Stored<LayerNorm<Flex>>),
}

/// The fields of a module, by name.
struct ModuleRecord(Vec<(String, LayerRecord)>);

impl Serialize for ModuleRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, item)| (name, item)))
    }
}

/// Serialises the weights of a network as burn's record. `image` is the shape of samples that are
/// images (height, width, channels). Equal weights give equal bytes.
///
/// # Errors
/// An error of burn's recorder. No weights cause one.
///
/// # Panics
/// If the weights do not match the stages.
pub fn to_burn_record(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    weights: &[Vec<f32>],
) -> Result<Vec<u8>, String> {
    let tensors = to_pytorch(stages, image, weights).into_iter();
    let mut source = TensorSource {
        tensors: tensors
            .map(|tensor| (tensor.name.clone(), tensor))
            .collect(),
        last_id: 0,
    };
    let mut names = LayerNames::default();
    let mut fields = Vec::new();
    for &stage in stages {
        fields.extend(field(stage, &mut names, &mut source));
    }
    // With the name of the recorder that reads it.
    let record = BurnRecord::<_, Flex>::new::<NamedMpkFileRecorder<FullPrecisionSettings>>(
        ModuleRecord(fields),
    );
    let recorder = NamedMpkBytesRecorder::<FullPrecisionSettings>::default();
    Recorder::<Flex>::save_item(&recorder, record, ()).map_err(|error| error.to_string())
}

/// The field of a stage that has parameters.
fn field(
    stage: Stage,
    names: &mut LayerNames,
    source: &mut TensorSource,
) -> Option<(String, LayerRecord)> {
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
                weight: source.param(&name, "weight", [outputs, inputs, kernel, kernel]),
                bias: Some(source.param(&name, "bias", [outputs])),
                ..config.init(&device)
            };
            (
                name,
                LayerRecord::Convolution(module.into_record().into_item()),
            )
        }
        Stage::Dense { inputs, outputs } => {
            let name = names.layer();
            let weight = source
                .tensor(&name, "weight", [outputs, inputs])
                .transpose();
            let module = Linear {
                weight: source.initialised(weight),
                bias: Some(source.param(&name, "bias", [outputs])),
            };
            (name, LayerRecord::Linear(module.into_record().into_item()))
        }
        Stage::BatchNorm { units, .. } => {
            let name = names.norm();
            let module = BatchNorm {
                gamma: source.param(&name, "weight", [units]),
                beta: source.param(&name, "bias", [units]),
                running_mean: source.running(&name, "running_mean", units),
                running_var: source.running(&name, "running_var", units),
                ..BatchNormConfig::new(units).init(&device)
            };
            let stored = Box::new(module.into_record().into_item());
            (name, LayerRecord::BatchNorm(stored))
        }
        Stage::LayerNorm { features } => {
            let name = names.norm();
            let mut module: LayerNorm<Flex> = LayerNormConfig::new(features).init(&device);
            module.gamma = source.param(&name, "weight", [features]);
            module.beta = Some(source.param(&name, "bias", [features]));
            (
                name,
                LayerRecord::LayerNorm(module.into_record().into_item()),
            )
        }
        Stage::Dropout { .. } | Stage::Activation { .. } | Stage::Pooling { .. } => return None,
    })
}

/// The tensors that are not yet in a module.
struct TensorSource {
    tensors: HashMap<String, NamedTensor>,
    /// The last parameter ID. burn uses random IDs, which would give different bytes each time.
    last_id: u64,
}

impl TensorSource {
    #[expect(
        clippy::expect_used,
        reason = "tensors made by this program, whose shapes match their values"
    )]
    fn tensor<const D: usize>(
        &mut self,
        name: &str,
        part: &str,
        shape: [usize; D],
    ) -> Tensor<Flex, D> {
        let tensor = self.tensors.remove(&format!("{name}.{part}"));
        let tensor = tensor.expect("each tensor of the stages is used once");
        Tensor::from_data(TensorData::new(tensor.values, shape), &Default::default())
    }

    fn id(&mut self) -> ParamId {
        self.last_id += 1;
        ParamId::from(self.last_id)
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
