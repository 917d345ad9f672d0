//! The stages of a network made from its layers, which are somebody's file.

use super::layer::ModelLayer;
use super::sample::{POOLED, SampleShape};
use crate::spec::{
    Activation, DropoutSite, MAX_BATCH_VALUES, MAX_KERNEL_SIZE, MAX_PARAMETERS,
    MIN_EVAL_BATCH_SIZE, Pooling, Stage,
};

/// The stages of a network of these layers on samples of so many features, which may be images
/// (height, width, channels).
///
/// # Errors
/// A reason, in words: layers that do not fit behind each other, are not as
/// [`layers`](super::layer::layers) makes them, or are too large.
pub(super) fn stages(
    layers: &[ModelLayer],
    features: usize,
    image: Option<[usize; 3]>,
) -> Result<Vec<Stage>, String> {
    let mut sample = SampleShape::input(features, image);
    bounded(sample)?;
    // Batches are cut by what is widest, the input too: see `samples_of_pass`.
    let mut stages = vec![Stage::Dropout {
        site: DropoutSite::Input,
        features,
    }];
    for (number, layer) in (1..).zip(layers) {
        let told = |reason: String| format!("layer {number} of {}: {reason}", layers.len());
        let Some(stage) = stage(layer, sample).map_err(told)? else {
            continue;
        };
        sample = sample.behind(stage);
        bounded(sample).map_err(told)?;
        stages.push(stage);
    }
    if !matches!(stages.last(), Some(Stage::Dense { .. })) {
        return Err("the last layer is not dense".to_owned());
    }
    refuse_large(&stages)?;
    let read = layers
        .iter()
        .filter(|layer| !matches!(layer, ModelLayer::Dropout { .. }));
    let made = super::layer::layers(&stages, image, |_| 0.0);
    if let Some((read, made)) = read.clone().zip(&made).find(|(read, made)| read != made) {
        return Err(format!(
            "a layer is {read:?}; there it can only be {made:?}"
        ));
    }
    match read.count() == made.len() {
        true => Ok(stages),
        false => {
            Err("an image becomes a row by the layer flatten, before a dense layer".to_owned())
        }
    }
}

/// The stage of a layer that this sample goes into; nothing for dropout.
fn stage(layer: &ModelLayer, sample: SampleShape) -> Result<Option<Stage>, String> {
    let features = sample.features();
    let image = |what: &str| match sample {
        SampleShape::Image(image) => Ok(image),
        SampleShape::Row(_) => Err(format!("{what} needs an image, and a row comes in")),
    };
    let positive = |outputs: usize| match outputs {
        0 => Err("nothing comes out of it".to_owned()),
        _ => Ok(outputs),
    };
    Ok(Some(match layer {
        ModelLayer::Dropout { .. } | ModelLayer::Flatten => return Ok(None),
        ModelLayer::Convolution {
            outputs,
            kernel_size: kernel,
            ..
        } => {
            let [height, width, inputs] = image("a convolution")?;
            if kernel.is_multiple_of(2) || *kernel > MAX_KERNEL_SIZE {
                return Err(format!(
                    "a kernel of size {kernel}, where an odd size up to {MAX_KERNEL_SIZE} is possible"
                ));
            }
            Stage::Convolution {
                height,
                width,
                inputs,
                outputs: positive(*outputs)?,
                kernel: *kernel,
            }
        }
        ModelLayer::Dense { outputs, .. } => Stage::Dense {
            inputs: features,
            outputs: positive(*outputs)?,
        },
        ModelLayer::BatchNorm { .. } => {
            let units = sample.units();
            Stage::BatchNorm {
                units,
                positions: features / units.max(1),
            }
        }
        ModelLayer::LayerNorm { .. } => Stage::LayerNorm { features },
        ModelLayer::Activation { function } => {
            let named = |known: &&Activation| known.name() == function.as_str();
            let found = Activation::ALL.iter().find(named);
            Stage::Activation {
                function: *found.ok_or_else(|| format!("no activation is named {function}"))?,
                features,
            }
        }
        ModelLayer::Pooling { pooling, .. } => {
            let [height, width, channels] = image("a pooling")?;
            if height.min(width) < POOLED {
                return Err("a pooling would leave nothing of the image".to_owned());
            }
            let named =
                |known: &&Pooling| **known != Pooling::None && known.name() == pooling.as_str();
            let found = Pooling::ALL.iter().find(named);
            Stage::Pooling {
                pooling: *found.ok_or_else(|| format!("no pooling is named {pooling}"))?,
                height,
                width,
                channels,
            }
        }
    }))
}

/// Refuses samples with more numbers than a network may have, or with none: what is computed from
/// their sizes then cannot overflow.
fn bounded(sample: SampleShape) -> Result<(), String> {
    let shape = sample.shape();
    let product = shape
        .iter()
        .try_fold(1_u64, |product, &size| product.checked_mul(size as u64));
    match product {
        Some(1..=MAX_BATCH_VALUES) => Ok(()),
        _ => Err(format!("samples of the shape {shape:?} are not possible")),
    }
}

/// Refuses a network that has no room in a memory.
fn refuse_large(stages: &[Stage]) -> Result<(), String> {
    let parameters = stages.iter().map(|stage| stage.parameters());
    let parameters = parameters.fold(0, u64::saturating_add);
    if parameters > MAX_PARAMETERS {
        return Err(format!(
            "it would have {parameters} parameters, more than {MAX_PARAMETERS}"
        ));
    }
    let widest = stages.iter().map(|stage| stage.peak_values() as u64).max();
    let numbers = widest
        .unwrap_or(0)
        .saturating_mul(MIN_EVAL_BATCH_SIZE as u64);
    match numbers > MAX_BATCH_VALUES {
        true => Err(format!(
            "{MIN_EVAL_BATCH_SIZE} samples would be {numbers} numbers within it, more than {MAX_BATCH_VALUES}"
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::layer::layers_of;
    use super::*;
    use crate::spec::{Config, Count, Fraction, ModelKind, Norm, NormPosition};
    use proptest::prelude::*;

    fn rebuilt(config: &Config) -> Vec<Stage> {
        stages(&layers_of(config), config.features(), config.image()).unwrap()
    }

    fn without_dropout(mut stages: Vec<Stage>) -> Vec<Stage> {
        stages.retain(|stage| !matches!(stage, Stage::Dropout { .. }));
        stages
    }

    proptest! {
        #[test]
        fn a_network_is_built_from_its_layers_again(
            cnn in any::<bool>(),
            layers in 1_usize..4,
            norm in prop::sample::select(Norm::ALL),
            position in prop::sample::select(NormPosition::ALL),
            activation in prop::sample::select(Activation::ALL),
            pooling in prop::sample::select(Pooling::ALL),
            dropout in prop::sample::select(vec![0.0, 0.25]),
        ) {
            let mut config = Config::default();
            config.model.kind = if cnn { ModelKind::Cnn } else { ModelKind::Mlp };
            config.model.layers = Count::new(layers);
            config.model.norm = norm;
            config.model.norm_position = position;
            config.model.activation = activation;
            config.model.pooling = pooling;
            config.model.dropout = Fraction::new(dropout).unwrap();
            config.model.input_dropout = config.model.dropout;
            config.dataset_info.image = Some([9, 11, 3]);
            config.dataset_info.features = 9 * 11 * 3;
            let own = config.stages();
            let again = rebuilt(&config);
            prop_assert_eq!(crate::model::eval_batch_size(&own), crate::model::eval_batch_size(&again));
            prop_assert_eq!(without_dropout(own), without_dropout(again));
        }
    }

    fn refused(layers: &str, features: usize, image: Option<[usize; 3]>) -> String {
        let layers: Vec<ModelLayer> = serde_json::from_str(layers).unwrap();
        stages(&layers, features, image).unwrap_err()
    }

    #[test]
    fn layers_that_do_not_fit_are_refused() {
        let dense = r#"{"kind":"dense","name":"layer1","inputs":4,"outputs":2}"#;
        let list = |parts: &[&str]| format!("[{}]", parts.join(","));
        let row = |parts: &[&str]| refused(&list(parts), 4, None);
        assert!(row(&[]).contains("not dense"));
        assert!(row(&[dense, r#"{"kind":"activation","function":"relu"}"#]).contains("not dense"));
        assert!(row(&[r#"{"kind":"activation","function":"mish"}"#, dense]).contains("mish"));
        let pooling = r#"{"kind":"pooling","pooling":"max","size":2}"#;
        assert!(row(&[pooling, dense]).contains("needs an image"));
        assert!(refused(&list(&[dense]), 5, None).contains("can only be"));
        assert!(refused(&list(&[dense]), 4, Some([2, 2, 1])).contains("can only be"));
        let flat = list(&[r#"{"kind":"flatten"}"#, dense]);
        assert!(refused(&flat, 4, None).contains("can only be"));
        assert!(refused(&list(&[pooling, dense]), 4, Some([1, 4, 1])).contains("leave nothing"));
        let even = r#"{"kind":"convolution","name":"layer1","inputs":1,"outputs":1,"kernel_size":2,"padding":1}"#;
        assert!(refused(&list(&[even, dense]), 4, Some([2, 2, 1])).contains("odd size"));
        let epsilon = r#"{"kind":"layer_norm","name":"norm0","shape":[4],"epsilon":0.1}"#;
        assert!(row(&[epsilon, dense]).contains("can only be"));
        let none = r#"{"kind":"dense","name":"layer1","inputs":4,"outputs":0}"#;
        assert!(row(&[none]).contains("nothing comes out"));
    }

    #[test]
    fn sizes_beyond_any_memory_are_refused_without_overflow() {
        let dense = format!(
            r#"[{{"kind":"dense","name":"layer1","inputs":4,"outputs":{}}}]"#,
            usize::MAX
        );
        assert!(refused(&dense, 4, None).contains("not possible"));
        let dense = r#"[{"kind":"dense","name":"layer1","inputs":1,"outputs":2}]"#;
        for image in [
            [usize::MAX, usize::MAX, 3],
            [0, 5, 5],
            [1 << 32, 1 << 32, 1 << 32],
        ] {
            assert!(refused(dense, 1, Some(image)).contains("not possible"));
        }
        let wide = r#"[{"kind":"dense","name":"layer1","inputs":1000000,"outputs":1000000}]"#;
        assert!(refused(wide, 1_000_000, None).contains("parameters"));
        let patches = r#"[{"kind":"convolution","name":"layer1","inputs":1,"outputs":1,"kernel_size":31,"padding":15},
            {"kind":"flatten"},{"kind":"dense","name":"layer2","inputs":1000000,"outputs":2}]"#;
        assert!(refused(patches, 1_000_000, Some([1000, 1000, 1])).contains("numbers within"));
    }
}
