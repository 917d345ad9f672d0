//! The layers of a network in PyTorch's terms, made from its stages.

use crate::spec::Config;
use crate::stages::{DropoutSite, LayerContext, LayerNames, ModelLayer, SampleShape, Stage};

/// The layers of the network of this configuration.
pub fn layers_of(config: &Config) -> Vec<ModelLayer> {
    let rate = |site| config.model.dropout_rate(site);
    layers(&config.stages(), config.image(), rate)
}

/// The layers of a network of these stages for samples of this shape. `rate` returns the dropout rate
/// of a site; a rate of 0 gives no layer.
pub(super) fn layers(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    rate: impl Fn(DropoutSite) -> f64,
) -> Vec<ModelLayer> {
    let mut layers = Vec::with_capacity(stages.len());
    for (stage, input, name) in named_stages(stages, image) {
        if stage.needs_rows() && matches!(input, SampleShape::Image(_)) {
            layers.push(ModelLayer::Flatten);
        }
        layers.extend(stage.layer(LayerContext {
            name,
            input,
            dropout_rate: stage.dropout_site().map_or(0.0, &rate),
        }));
    }
    layers
}

/// Each stage with the samples that enter it and the prefix of its tensors' names. `image` is the shape of samples that
/// are images (height, width, channels).
pub(super) fn named_stages(
    stages: &[Stage],
    image: Option<[usize; 3]>,
) -> impl Iterator<Item = (Stage, SampleShape, String)> {
    let mut names = LayerNames::default();
    // The first stage does not change the number of values, or it needs none.
    let features = stages.first().map_or(0, |stage| stage.features());
    let mut input = SampleShape::input(features, image);
    stages.iter().map(move |&stage| {
        let named = (stage, input, names.next(stage.prefix(), stage.is_layer()));
        input = stage.output(input);
        named
    })
}
