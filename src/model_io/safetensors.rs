//! `model.safetensors`: Hugging Face's format of named tensors.

use super::layout::{Weights, from_pytorch, to_pytorch};
use crate::spec::Stage;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;

/// Weights of a network of these stages on samples that may be images (height, width, channels),
/// as a file for PyTorch. Equal weights give equal bytes.
///
/// # Panics
/// When the weights are those of other stages.
#[expect(
    clippy::expect_used,
    reason = "our own tensors, whose shapes and numbers agree"
)]
pub fn to_safetensors(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    weights: &[Vec<f32>],
) -> Vec<u8> {
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = to_pytorch(stages, image, weights)
        .into_iter()
        .map(|tensor| {
            let bytes = tensor.values.iter().map(|value| value.to_le_bytes());
            let bytes: Vec<[u8; 4]> = bytes.collect();
            (tensor.name, tensor.shape, bytes.into_flattened())
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
        (name, view.expect("a shape and its numbers agree"))
    });
    // What readers such as `transformers` look for. A single entry: more would come in any order.
    let about = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    safetensors::serialize(views, Some(about)).expect("names and shapes are short")
}

/// The weights in such a file.
///
/// # Errors
/// A reason, in words: bytes that are no such file, or tensors that are not those of the stages.
pub fn from_safetensors(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    bytes: &[u8],
) -> Result<Weights, String> {
    let (length, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| format!("it is damaged: {error}"))?;
    // Behind the length of the header, of 8 bytes, and the header itself.
    let data = bytes.get(8 + length..).unwrap_or_default();
    let mut known = Vec::new();
    let weights = from_pytorch(stages, image, |name, shape| {
        known.push(name.to_owned());
        let info = header.info(name);
        let info = info.ok_or_else(|| format!("it has no tensor {name}"))?;
        if info.dtype != Dtype::F32 || info.shape != shape {
            return Err(format!(
                "its tensor {name} is {} {:?}, expected F32 {shape:?}",
                info.dtype, info.shape
            ));
        }
        let (start, end) = info.data_offsets;
        let numbers = data.get(start..end).unwrap_or_default().as_chunks::<4>().0;
        match Some(numbers.len()) == shape.iter().copied().reduce(|a, b| a * b) {
            true => Ok(numbers
                .iter()
                .map(|&bytes| f32::from_le_bytes(bytes))
                .collect()),
            false => Err(format!("its tensor {name} reaches beyond its end")),
        }
    })?;
    let there = header.tensors().into_keys();
    if let Some(other) = there.filter(|name| !known.contains(name)).min() {
        return Err(format!("it has a tensor {other}, which the model has not"));
    }
    match weights.iter().flatten().all(|value| value.is_finite()) {
        true => Ok(weights),
        false => Err("it has numbers that are not finite".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::state_shapes;
    use crate::spec::{Config, Norm};
    use proptest::prelude::*;

    fn model() -> (Vec<Stage>, Weights) {
        let mut config = Config::default();
        config.model.norm = Norm::Batch;
        config.dataset_info.features = 6;
        config.dataset_info.image = Some([1, 2, 3]);
        let stages = config.stages();
        let shapes = state_shapes(&stages).into_iter();
        let weights =
            shapes.map(|[rows, columns]| (0..rows * columns).map(|i| i as f32 * 0.5).collect());
        let weights = weights.collect();
        (stages, weights)
    }

    const IMAGE: Option<[usize; 3]> = Some([1, 2, 3]);

    #[test]
    fn a_file_gives_the_weights_back_and_equal_weights_equal_bytes() {
        let (stages, weights) = model();
        let bytes = to_safetensors(&stages, IMAGE, &weights);
        assert_eq!(from_safetensors(&stages, IMAGE, &bytes).unwrap(), weights);
        assert_eq!(to_safetensors(&stages, IMAGE, &weights), bytes);
    }

    #[test]
    fn a_cut_file_is_refused_at_every_length() {
        let (stages, weights) = model();
        let bytes = to_safetensors(&stages, IMAGE, &weights);
        for length in 0..bytes.len() {
            assert!(
                from_safetensors(&stages, IMAGE, &bytes[..length]).is_err(),
                "{length}"
            );
        }
        assert!(from_safetensors(&stages, IMAGE, &[&bytes[..], &[0]].concat()).is_err());
    }

    #[test]
    fn the_tensors_of_another_model_are_refused() {
        let (stages, weights) = model();
        let bytes = to_safetensors(&stages, IMAGE, &weights);
        let mut config = Config::default();
        config.dataset_info.features = 6;
        let refused = from_safetensors(&config.stages(), None, &bytes).unwrap_err();
        assert!(
            refused.contains("a tensor norm1.bias, which the model has not"),
            "{refused}"
        );
        config.dataset_info.features = 7;
        let refused = from_safetensors(&config.stages(), None, &bytes).unwrap_err();
        assert!(
            refused.contains("layer1.weight is F32 [128, 6], expected F32 [128, 7]"),
            "{refused}"
        );
        let plain = {
            let mut weights = weights.clone();
            weights[0][3] = f32::NAN;
            to_safetensors(&stages, IMAGE, &weights)
        };
        assert!(
            from_safetensors(&stages, IMAGE, &plain)
                .unwrap_err()
                .contains("not finite")
        );
    }

    proptest! {
        #[test]
        fn changed_bytes_are_read_or_refused(
            changes in prop::collection::vec((0.0_f64..1.0, any::<u8>()), 1..6),
        ) {
            let (stages, weights) = model();
            let mut bytes = to_safetensors(&stages, IMAGE, &weights);
            // In the header, above all.
            for (place, byte) in changes {
                let place = (place * 900.0) as usize;
                bytes[place] = byte;
            }
            let _ = from_safetensors(&stages, IMAGE, &bytes);
        }
    }

    #[test]
    fn a_header_that_promises_more_than_any_memory_is_refused() {
        let (stages, _) = model();
        let header = format!(
            r#"{{"layer1.weight":{{"dtype":"F32","shape":[128,6],"data_offsets":[0,{}]}}}}"#,
            u64::MAX
        );
        let length = (header.len() as u64).to_le_bytes();
        let bytes = [&length[..], header.as_bytes()].concat();
        assert!(from_safetensors(&stages, IMAGE, &bytes).is_err());
        assert!(from_safetensors(&stages, IMAGE, &u64::MAX.to_le_bytes()).is_err());
    }
}
