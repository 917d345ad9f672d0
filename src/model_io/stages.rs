//! Builds the stages of a network from the layers in a file, which are not trusted.

use crate::spec::{MAX_BATCH_VALUES, MAX_PARAMETERS, MIN_EVAL_BATCH_SIZE};
use crate::stages::{Dropout, DropoutSite, ModelLayer, SampleShape, Stage, check_shortcuts};

/// The stages of a network of these layers. `image` is the shape of samples that are images (height,
/// width, channels).
///
/// # Errors
/// The reason, as a message: layers that do not fit together, differ from those that
/// [`layers`](super::layer::layers) makes, or are too large.
pub(super) fn stages(
    layers: &[ModelLayer],
    features: usize,
    image: Option<[usize; 3]>,
) -> Result<Vec<Stage>, String> {
    let mut sample = SampleShape::input(features, image);
    check_sample_size(sample)?;
    // The input counts for the evaluation batch size: see `eval_batch_size`.
    let mut stages = vec![Stage::from(Dropout {
        site: DropoutSite::Input,
        features,
    })];
    for (number, layer) in (1..).zip(layers) {
        let in_layer = |reason: String| format!("layer {number} of {}: {reason}", layers.len());
        let Some(stage) = Stage::from_layer(layer, sample).map_err(in_layer)? else {
            continue;
        };
        sample = stage.output(sample);
        check_sample_size(sample).map_err(in_layer)?;
        stages.push(stage);
    }
    if !matches!(stages.last(), Some(Stage::Dense(_))) {
        return Err("the last layer is not dense".to_owned());
    }
    check_shortcuts(stages.iter().filter_map(|stage| stage.shortcut_end()))?;
    check_network_size(&stages)?;
    let numbered = (1..).zip(layers);
    let read_layers = numbered.filter(|(_, layer)| !matches!(layer, ModelLayer::Dropout(_)));
    let expected_layers = super::layer::layers(&stages, image, |_| 0.0);
    let mut pairs = read_layers.clone().zip(&expected_layers);
    if let Some(((number, read), expected)) = pairs.find(|((_, read), expected)| read != expected) {
        return Err(format!(
            "layer {number} of {} is {}, but expected {}",
            layers.len(),
            as_json(read),
            as_json(expected)
        ));
    }
    if read_layers.count() == expected_layers.len() {
        Ok(stages)
    } else {
        Err("a dense layer after an image needs a flatten layer before it".to_owned())
    }
}

/// A layer as in the file.
fn as_json(layer: &ModelLayer) -> String {
    serde_json::to_string(layer).unwrap_or_default()
}

/// Rejects samples with no values or more than a network may have, so that later computations with their
/// sizes cannot overflow.
fn check_sample_size(sample: SampleShape) -> Result<(), String> {
    let shape = sample.shape();
    let product = shape
        .iter()
        .try_fold(1_u64, |product, &size| product.checked_mul(size as u64));
    match product {
        Some(1..=MAX_BATCH_VALUES) => Ok(()),
        _ => Err(format!("samples of shape {shape:?} are not supported")),
    }
}

/// Rejects a network that is too large for any memory.
fn check_network_size(stages: &[Stage]) -> Result<(), String> {
    let parameters = stages.iter().map(|stage| stage.parameter_count());
    let parameters = parameters.fold(0, u64::saturating_add);
    if parameters > MAX_PARAMETERS {
        return Err(format!(
            "it has {parameters} parameters, but the maximum is {MAX_PARAMETERS}"
        ));
    }
    let widest = stages.iter().map(|stage| stage.peak_values() as u64).max();
    let values = widest
        .unwrap_or(0)
        .saturating_mul(MIN_EVAL_BATCH_SIZE as u64);
    if values > MAX_BATCH_VALUES {
        return Err(format!(
            "{MIN_EVAL_BATCH_SIZE} samples need {values} values within it, but the maximum is \
             {MAX_BATCH_VALUES}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::layer::layers_of;
    use super::*;
    use crate::spec::{
        Config, Count, Fraction, ImagePooling, ModelKind, NormPosition, OrNone, Pooling, Shortcut,
    };
    use crate::stages::{Activation, Norm};
    use proptest::prelude::*;

    fn rebuilt(config: &Config) -> Vec<Stage> {
        stages(&layers_of(config), config.features(), config.image()).unwrap()
    }

    fn without_dropout(mut stages: Vec<Stage>) -> Vec<Stage> {
        stages.retain(|stage| stage.dropout_site().is_none());
        stages
    }

    proptest! {
        #[test]
        fn a_network_is_built_from_its_layers_again(
            cnn in any::<bool>(),
            layers in 1_usize..4,
            norm in prop::sample::select(Norm::all()),
            position in prop::sample::select(NormPosition::ALL),
            activation in prop::sample::select(Activation::all()),
            pooling in prop::sample::select(Pooling::ALL),
            dropout in prop::sample::select(vec![0.0, 0.25]),
            shortcut in any::<bool>(),
            global in any::<bool>(),
        ) {
            let mut config = Config::default();
            config.model.kind = if cnn { ModelKind::Cnn } else { ModelKind::Mlp };
            config.model.layers = Count::new(layers);
            config.model.norm = norm;
            config.model.norm_position = position;
            config.model.activation = activation;
            config.model.pooling = pooling;
            config.model.shortcut = OrNone(shortcut.then_some(Shortcut::Identity));
            config.model.global_pooling = OrNone(global.then_some(ImagePooling::Average));
            config.model.dropout = Fraction::new(dropout).unwrap();
            config.model.input_dropout = config.model.dropout;
            config.dataset_info.image = Some([9, 11, 3]);
            config.dataset_info.features = 9 * 11 * 3;
            let original = config.stages();
            let rebuilt = rebuilt(&config);
            for layer in layers_of(&config) {
                check_documented_fields(&layer)?;
            }
            prop_assert_eq!(crate::model::eval_batch_size(&original), crate::model::eval_batch_size(&rebuilt));
            prop_assert_eq!(without_dropout(original), without_dropout(rebuilt));
        }
    }

    /// Checks that the documentation lists the fields of a layer.
    fn check_documented_fields(layer: &ModelLayer) -> Result<(), TestCaseError> {
        let written = serde_json::to_value(layer).unwrap();
        let written = written.as_object().unwrap();
        let kinds = ModelLayer::kinds().into_iter();
        let mut fields = kinds.filter(|[kind, ..]| written["kind"] == *kind);
        let [_, _, fields] = fields.next().unwrap();
        for field in written.keys().filter(|field| *field != "kind") {
            let documented = fields.contains(&format!("`{field}`"));
            prop_assert!(documented, "{field} of {layer:?}");
        }
        Ok(())
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
        assert!(refused(&list(&[dense]), 5, None).contains("but expected"));
        assert!(refused(&list(&[dense]), 4, Some([2, 2, 1])).contains("but expected"));
        let flat = list(&[r#"{"kind":"flatten"}"#, dense]);
        assert!(refused(&flat, 4, None).contains("but expected"));
        assert!(refused(&list(&[pooling, dense]), 4, Some([1, 4, 1])).contains("too small"));
        let even = r#"{"kind":"convolution","name":"layer1","inputs":1,"outputs":1,"kernel_size":2,"padding":1}"#;
        assert!(refused(&list(&[even, dense]), 4, Some([2, 2, 1])).contains("must be odd"));
        let dense = r#"{"kind":"dense","name":"layer1","inputs":4,"outputs":2}"#;
        let flat = r#"{"kind":"flatten"}"#;
        let start = r#"{"kind":"residual"}"#;
        let add = r#"{"kind":"residual","add":[1,2,2]}"#;
        let other = r#"{"kind":"residual","add":[1,3,3]}"#;
        let on_image = |parts: &[&str]| refused(&list(parts), 4, Some([2, 2, 1]));
        assert!(on_image(&[add, flat, dense]).contains("no start before it"));
        assert!(on_image(&[start, flat, dense]).contains("no `add` after it"));
        assert!(on_image(&[start, start, add, add, flat, dense]).contains("nested"));
        assert!(on_image(&[start, other, flat, dense]).contains("[1, 2, 2]"));
        assert!(row(&[start, add, dense]).contains("needs an image"));
        let epsilon = r#"{"kind":"layer_norm","name":"norm0","shape":[4],"epsilon":0.1}"#;
        assert!(row(&[epsilon, dense]).contains("but expected"));
        let none = r#"{"kind":"dense","name":"layer1","inputs":4,"outputs":0}"#;
        assert!(row(&[none]).contains("no outputs"));
    }

    #[test]
    fn sizes_beyond_any_memory_are_refused_without_overflow() {
        let dense = format!(
            r#"[{{"kind":"dense","name":"layer1","inputs":4,"outputs":{}}}]"#,
            usize::MAX
        );
        assert!(refused(&dense, 4, None).contains("not supported"));
        let dense = r#"[{"kind":"dense","name":"layer1","inputs":1,"outputs":2}]"#;
        for image in [
            [usize::MAX, usize::MAX, 3],
            [0, 5, 5],
            [1 << 32, 1 << 32, 1 << 32],
        ] {
            assert!(refused(dense, 1, Some(image)).contains("not supported"));
        }
        let wide = r#"[{"kind":"dense","name":"layer1","inputs":1000000,"outputs":1000000}]"#;
        assert!(refused(wide, 1_000_000, None).contains("parameters"));
        let patches = r#"[{"kind":"convolution","name":"layer1","inputs":1,"outputs":1,"kernel_size":31,"padding":15},
            {"kind":"flatten"},{"kind":"dense","name":"layer2","inputs":1000000,"outputs":2}]"#;
        assert!(refused(patches, 1_000_000, Some([1000, 1000, 1])).contains("values within"));
    }
}
