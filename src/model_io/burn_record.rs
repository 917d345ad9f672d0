//! `model.mpk`: a record that burn's `NamedMpkFileRecorder` loads into a module.
//!
//! The module has a field for each stage with parameters, named as in `model.json`: an
//! `nn::Linear`, `nn::conv::Conv2d`, `nn::BatchNorm` or another one. Images have their channels
//! first, as in `model.json`. A layer norm of images is over the flattened image. Stages without
//! parameters, such as poolings and shortcuts, have no field: `model.json` says where they are.

use super::layer::named_stages;
use super::layout::{NamedTensor, to_pytorch};
use crate::stages::{LayerRecord, ModuleTensors, Stage};
use burn::backend::Flex;
use burn::record::{
    BurnRecord, FullPrecisionSettings, NamedMpkBytesRecorder, NamedMpkFileRecorder, Recorder,
};
use serde::{Serialize, Serializer};
use std::collections::HashMap;

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
    let named = |tensor: NamedTensor| (tensor.name, tensor.values);
    let mut tensors: HashMap<String, Vec<f32>> = tensors.map(named).collect();
    let mut last_id = 0;
    let mut fields = Vec::new();
    for (stage, _, name) in named_stages(stages, image) {
        let parameters = stage.parameters().into_iter().chain(stage.statistics());
        let values = parameters.filter_map(|parameter| {
            let values = tensors.remove(&format!("{name}.{}", parameter.name))?;
            Some((parameter.name, values))
        });
        let mut of_stage = ModuleTensors {
            values: values.collect(),
            last_id: &mut last_id,
        };
        if !of_stage.values.is_empty() {
            fields.push((name, stage.record(&mut of_stage)));
        }
    }
    // With the name of the recorder that reads it.
    let record = BurnRecord::<_, Flex>::new::<NamedMpkFileRecorder<FullPrecisionSettings>>(
        ModuleRecord(fields),
    );
    let recorder = NamedMpkBytesRecorder::<FullPrecisionSettings>::default();
    Recorder::<Flex>::save_item(&recorder, record, ()).map_err(|error| error.to_string())
}
