//! Layers as PyTorch has them, made from the stages of a network and back.

use crate::model::NORM_EPSILON;
use crate::spec::{
    Activation, Config, DropoutSite, MOST_NUMBERS, MOST_PARAMETERS, Pooling, SMALLEST_PASS, Stage,
};
use serde::{Deserialize, Serialize};

/// A layer, in the order in which a sample goes through them. Images are `[channels, height,
/// width]`, as in PyTorch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Layer {
    /// Values are dropped while training (`torch.nn.Dropout`); it does nothing afterwards.
    Dropout {
        /// The probability of a value being dropped.
        rate: f64,
    },
    /// `torch.nn.Conv2d` of stride 1.
    Convolution {
        /// The beginning of its tensors' names.
        name: String,
        /// Channels that come in.
        inputs: usize,
        /// Channels that go out.
        outputs: usize,
        /// Height and width of the kernel.
        kernel_size: usize,
        /// Rows and columns of zeros on each side.
        padding: usize,
    },
    /// `torch.nn.Linear`.
    Dense {
        /// The beginning of its tensors' names.
        name: String,
        /// Numbers that come in.
        inputs: usize,
        /// Numbers that go out.
        outputs: usize,
    },
    /// `torch.nn.BatchNorm2d` on images, else `BatchNorm1d`.
    BatchNorm {
        /// The beginning of its tensors' names.
        name: String,
        /// Units, or channels of an image.
        units: usize,
        /// Added to the variance against division by zero.
        epsilon: f64,
    },
    /// `torch.nn.LayerNorm` over all numbers of a sample.
    LayerNorm {
        /// The beginning of its tensors' names.
        name: String,
        /// The shape of a sample.
        shape: Vec<usize>,
        /// Added to the variance against division by zero.
        epsilon: f64,
    },
    /// A function of each number, named as in a sweep file; as `torch.nn` has it by default.
    Activation {
        /// Its name.
        function: String,
    },
    /// `torch.nn.MaxPool2d(2)` or `AvgPool2d(2)`.
    Pooling {
        /// `max` or `average`.
        pooling: String,
        /// Height and width of what becomes one number.
        size: usize,
    },
    /// An image becomes a row of numbers, channel by channel (`torch.nn.Flatten`).
    Flatten,
}

/// The side of what a pooling makes one number of.
const POOLED: usize = 2;
/// The largest height and width of a convolution's kernel.
const LARGEST_KERNEL: usize = 31;

/// What a sample is between two layers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sample {
    /// Height, width and channels.
    Image([usize; 3]),
    /// So many numbers.
    Row(usize),
}

impl Sample {
    fn input(features: usize, image: Option<[usize; 3]>) -> Self {
        image.map_or(Self::Row(features), Self::Image)
    }

    /// Numbers that it has.
    fn features(self) -> usize {
        match self {
            Self::Image([height, width, channels]) => height * width * channels,
            Self::Row(features) => features,
        }
    }

    /// Channels of an image, else numbers.
    fn units(self) -> usize {
        match self {
            Self::Image([_, _, channels]) => channels,
            Self::Row(features) => features,
        }
    }

    /// Its shape in PyTorch.
    fn shape(self) -> Vec<usize> {
        match self {
            Self::Image([height, width, channels]) => vec![channels, height, width],
            Self::Row(features) => vec![features],
        }
    }

    /// The sample behind a stage.
    fn behind(self, stage: Stage) -> Self {
        match stage {
            Stage::Convolution {
                height,
                width,
                outputs,
                ..
            } => Self::Image([height, width, outputs]),
            Stage::Pooling {
                height,
                width,
                channels,
                ..
            } => Self::Image([height / POOLED, width / POOLED, channels]),
            Stage::Dense { outputs, .. } => Self::Row(outputs),
            Stage::Dropout { .. }
            | Stage::BatchNorm { .. }
            | Stage::LayerNorm { .. }
            | Stage::Activation { .. } => self,
        }
    }
}

/// The names of layers and norms: both are counted by the dense and convolution layers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Names(usize);

impl Names {
    /// The name of the next dense or convolution layer.
    pub(super) fn layer(&mut self) -> String {
        self.0 += 1;
        format!("layer{}", self.0)
    }

    /// The name of the norm behind that layer.
    pub(super) fn norm(self) -> String {
        format!("norm{}", self.0)
    }
}

/// The layers of the network of this configuration.
pub fn layers_of(config: &Config) -> Vec<Layer> {
    let rate = |site| config.model.dropout_rate(site);
    layers(&config.stages(), config.image(), rate)
}

/// The layers of a network of these stages on samples of this shape; `rate` tells how much is
/// dropped, and where that is nothing there is no layer for it.
pub(super) fn layers(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    rate: impl Fn(DropoutSite) -> f64,
) -> Vec<Layer> {
    let mut layers = Vec::with_capacity(stages.len());
    let mut names = Names::default();
    let mut sample = image.map(Sample::Image);
    for &stage in stages {
        let layer = match stage {
            Stage::Dropout { site, .. } => match rate(site) {
                0.0 => continue,
                rate => Layer::Dropout { rate },
            },
            Stage::Convolution {
                inputs,
                outputs,
                kernel,
                ..
            } => Layer::Convolution {
                name: names.layer(),
                inputs,
                outputs,
                kernel_size: kernel,
                padding: kernel / 2,
            },
            Stage::Dense { inputs, outputs } => {
                if matches!(sample, Some(Sample::Image(_))) {
                    layers.push(Layer::Flatten);
                }
                Layer::Dense {
                    name: names.layer(),
                    inputs,
                    outputs,
                }
            }
            Stage::BatchNorm { units, .. } => Layer::BatchNorm {
                name: names.norm(),
                units,
                epsilon: NORM_EPSILON,
            },
            Stage::LayerNorm { features } => Layer::LayerNorm {
                name: names.norm(),
                shape: sample.unwrap_or(Sample::Row(features)).shape(),
                epsilon: NORM_EPSILON,
            },
            Stage::Activation { function, .. } => Layer::Activation {
                function: function.name().to_owned(),
            },
            Stage::Pooling { pooling, .. } => Layer::Pooling {
                pooling: pooling.name().to_owned(),
                size: POOLED,
            },
        };
        layers.push(layer);
        let before = sample.unwrap_or(Sample::Row(stage.features()));
        sample = Some(before.behind(stage));
    }
    layers
}

/// The stages of a network of these layers, with its samples' features and image: the layers are
/// somebody's file.
///
/// # Errors
/// A reason, in words: layers that do not fit behind each other, or are not as [`layers`] makes
/// them, or too large.
pub(super) fn stages(
    layers: &[Layer],
    features: usize,
    image: Option<[usize; 3]>,
) -> Result<Vec<Stage>, String> {
    let mut sample = Sample::input(features, image);
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
        .filter(|layer| !matches!(layer, Layer::Dropout { .. }));
    let made = self::layers(&stages, image, |_| 0.0);
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
fn stage(layer: &Layer, sample: Sample) -> Result<Option<Stage>, String> {
    let features = sample.features();
    let image = |what: &str| match sample {
        Sample::Image(image) => Ok(image),
        Sample::Row(_) => Err(format!("{what} needs an image, and a row comes in")),
    };
    let positive = |outputs: usize| match outputs {
        0 => Err("nothing comes out of it".to_owned()),
        _ => Ok(outputs),
    };
    Ok(Some(match layer {
        Layer::Dropout { .. } | Layer::Flatten => return Ok(None),
        Layer::Convolution {
            outputs,
            kernel_size: kernel,
            ..
        } => {
            let [height, width, inputs] = image("a convolution")?;
            if kernel.is_multiple_of(2) || *kernel > LARGEST_KERNEL {
                return Err(format!(
                    "a kernel of size {kernel}, where an odd size up to {LARGEST_KERNEL} is possible"
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
        Layer::Dense { outputs, .. } => Stage::Dense {
            inputs: features,
            outputs: positive(*outputs)?,
        },
        Layer::BatchNorm { .. } => {
            let units = sample.units();
            Stage::BatchNorm {
                units,
                positions: features / units.max(1),
            }
        }
        Layer::LayerNorm { .. } => Stage::LayerNorm { features },
        Layer::Activation { function } => {
            let named = |known: &&Activation| known.name() == function.as_str();
            let found = Activation::ALL.iter().find(named);
            Stage::Activation {
                function: *found.ok_or_else(|| format!("no activation is named {function}"))?,
                features,
            }
        }
        Layer::Pooling { pooling, .. } => {
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
fn bounded(sample: Sample) -> Result<(), String> {
    let shape = sample.shape();
    let product = shape
        .iter()
        .try_fold(1_u64, |product, &size| product.checked_mul(size as u64));
    match product {
        Some(1..=MOST_NUMBERS) => Ok(()),
        _ => Err(format!("samples of the shape {shape:?} are not possible")),
    }
}

/// Refuses a network that has no room in a memory.
fn refuse_large(stages: &[Stage]) -> Result<(), String> {
    let parameters = stages.iter().map(|stage| stage.parameters());
    let parameters = parameters.fold(0, u64::saturating_add);
    if parameters > MOST_PARAMETERS {
        return Err(format!(
            "it would have {parameters} parameters, more than {MOST_PARAMETERS}"
        ));
    }
    let widest = stages.iter().map(|stage| stage.widest() as u64).max();
    let numbers = widest.unwrap_or(0).saturating_mul(SMALLEST_PASS as u64);
    match numbers > MOST_NUMBERS {
        true => Err(format!(
            "{SMALLEST_PASS} samples would be {numbers} numbers within it, more than {MOST_NUMBERS}"
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Count, Fraction, ModelKind, Norm, NormPosition};
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
            config.facts.image = Some([9, 11, 3]);
            config.facts.features = 9 * 11 * 3;
            let own = config.stages();
            let again = rebuilt(&config);
            prop_assert_eq!(crate::model::samples_of_pass(&own), crate::model::samples_of_pass(&again));
            prop_assert_eq!(without_dropout(own), without_dropout(again));
        }
    }

    fn refused(layers: &str, features: usize, image: Option<[usize; 3]>) -> String {
        let layers: Vec<Layer> = serde_json::from_str(layers).unwrap();
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
