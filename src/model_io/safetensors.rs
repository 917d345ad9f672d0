//! `model.safetensors`: Hugging Face's format of named tensors.

use super::layout::{Weights, from_pytorch, to_pytorch};
use crate::stages::Stage;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;

/// Serialises the weights of a network for PyTorch. `image` is the shape of samples that are images
/// (height, width, channels). Equal weights give equal bytes.
///
/// # Panics
/// If the weights do not match the stages.
#[expect(
    clippy::expect_used,
    reason = "tensors made by this program, whose shapes match their values"
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
    // Readers such as `transformers` need this entry. A second one would make the order random.
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    safetensors::serialize(views, Some(metadata)).expect("names and shapes are short")
}

/// Parses the weights of a network.
///
/// # Errors
/// The reason, as a message: an invalid file, or tensors that do not match the stages.
pub fn from_safetensors(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    bytes: &[u8],
) -> Result<Weights, String> {
    let (length, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| format!("it is damaged: {error}"))?;
    // After the 8 bytes of the header's length and the header.
    let data = bytes.get(8 + length..).unwrap_or_default();
    let mut expected_names = Vec::new();
    let weights = from_pytorch(stages, image, |name, shape| {
        expected_names.push(name.to_owned());
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
        if Some(numbers.len()) != shape.iter().copied().reduce(|a, b| a * b) {
            return Err(format!(
                "its tensor {name} extends beyond the end of the file"
            ));
        }
        Ok(numbers
            .iter()
            .map(|&bytes| f32::from_le_bytes(bytes))
            .collect())
    })?;
    let names = header.tensors().into_keys();
    if let Some(unexpected) = names.filter(|name| !expected_names.contains(name)).min() {
        return Err(format!(
            "it has a tensor {unexpected}, which the model does not have"
        ));
    }
    if weights.iter().flatten().all(|value| value.is_finite()) {
        Ok(weights)
    } else {
        Err("it has values that are not finite".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::state_shapes;
    use crate::spec::Config;
    use crate::stages::{BatchNormChoice, Norm};
    use proptest::prelude::*;

    fn model() -> (Vec<Stage>, Weights) {
        let mut config = Config::default();
        config.model.norm = Norm::BatchNorm(BatchNormChoice {});
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
        config.dataset_info.image = None;
        let refused = from_safetensors(&config.stages(), None, &bytes).unwrap_err();
        assert!(
            refused.contains("a tensor norm1.bias, which the model does not have"),
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
