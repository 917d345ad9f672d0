//! `model.json`: the layers of a model, its input, and the run that trained it.

use super::stages::stages;
use crate::data::{MISSING, Normalisation};
use crate::metrics::Scores;
use crate::spec::{Encoding, Normalise};
use crate::stages::{ModelLayer, Stage};
use serde::{Deserialize, Serialize};

/// The latest version of the format. Models with encoded columns or imputed values have version 2, because
/// a reader of version 1 would ignore these; others have version 1. A reader rejects later versions.
const FORMAT: u32 = 2;

/// The description of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// The version of the file format.
    pub format: u32,
    /// The version of tp-sweep that wrote the file.
    pub tp_sweep: String,
    /// The run that trained the model.
    pub run: RunDescription,
    /// The data that it was trained on.
    pub data: DataDescription,
    /// Its input.
    pub input: InputDescription,
    /// The names of the classes, in the order of the logits.
    pub classes: Vec<String>,
    /// Its layers, from the input to the logits.
    pub layers: Vec<ModelLayer>,
    /// The BLAKE3 hash of `model.safetensors`; `None` to accept any weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights_blake3: Option<String>,
    /// The complete configuration of the trial, as in a sweep file.
    pub configuration: serde_json::Value,
}

/// The run that a model was trained in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDescription {
    /// The sweep's name.
    pub sweep: String,
    /// The trial's name.
    pub trial: String,
    /// The repeat, from 0.
    pub repeat: u32,
    /// The fold, from 0.
    pub fold: u32,
    /// The hash of everything that determines the run's numbers.
    pub identity: String,
    /// The epoch whose parameters these are, counted from 1.
    pub epoch: usize,
    /// The number of trainable parameters.
    pub parameters: u64,
    /// The scores on the run's validation samples, if it has any.
    pub validation: Option<Scores>,
    /// The scores on the test set.
    pub test: Option<Scores>,
    /// The device that trained it.
    pub device: String,
    /// The floating-point format of the computation.
    pub precision: String,
}

/// The data that a model was trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataDescription {
    /// The data set, as in a sweep file.
    pub set: String,
    /// The path of custom data, as in the sweep file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The column of a table that contains the classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// The input of a model. The columns of a table are encoded and missing values imputed. Then each value is
/// divided by 255 if values are bytes, and normalised: minus the mean, divided by the standard deviation of
/// its channel or feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputDescription {
    /// The number of values of a sample.
    pub features: usize,
    /// The shape of samples that are images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageShape>,
    /// The names of a table's columns, in order; empty if they have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// How the columns of a table become these features; `None` if each is one feature as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The value that replaces missing values, for each feature; empty if missing values are rejected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fill: Vec<f32>,
    /// Whether values are bytes, which are divided by 255 first.
    pub bytes: bool,
    /// The source of mean and standard deviation, as in a sweep file: `known`, `training` or `none`.
    pub normalise: String,
    /// The mean of each channel of an image or of each column, or a single one for all. Empty without
    /// normalisation.
    pub mean: Vec<f32>,
    /// The standard deviation, likewise.
    pub standard_deviation: Vec<f32>,
}

/// The shape of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageShape {
    /// 1 for grey, 3 for colour.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Description {
    /// The file's text.
    #[expect(clippy::expect_used, reason = "a description consists of plain values")]
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a description is plain values");
        text.push('\n');
        text
    }

    /// Parses and validates the file's text.
    ///
    /// # Errors
    /// The reason, as a message: invalid JSON, an unsupported version, or contradictory parts.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let invalid =
            |error: serde_json::Error| format!("it is not a valid model description: {error}");
        let Version { format } = serde_json::from_slice(text).map_err(invalid)?;
        if !(1..=FORMAT).contains(&format) {
            return Err(format!(
                "its format has version {format}, but this tp-sweep reads versions 1 to {FORMAT}"
            ));
        }
        let description: Self = serde_json::from_slice(text).map_err(invalid)?;
        description.stages()?;
        description.input.normalisation()?;
        Ok(description)
    }

    /// The stages of the network.
    ///
    /// # Errors
    /// The reason, as a message: layers that do not fit together.
    pub fn stages(&self) -> Result<Vec<Stage>, String> {
        let InputDescription {
            features, image, ..
        } = self.input;
        let image = image.map(|image| [image.height, image.width, image.channels]);
        let stages = stages(&self.layers, features, image)?;
        let product = image.map(|shape| shape.iter().product());
        if product.is_some_and(|product: usize| product != features) {
            return Err(format!(
                "an image of shape {image:?} does not have {features} values"
            ));
        }
        match stages.last().map(|stage| stage.features()) {
            Some(outputs) if outputs == self.classes.len() => Ok(stages),
            _ => Err(format!(
                "it names {} classes, but its last layer has a different number of outputs",
                self.classes.len()
            )),
        }
    }
}

impl InputDescription {
    /// Height, width and channels of samples that are images, in the order of data sets.
    pub fn image_shape(&self) -> Option<[usize; 3]> {
        let image = self.image?;
        Some([image.height, image.width, image.channels])
    }

    /// The version of the format that a model with this input is written in.
    pub fn format(&self) -> u32 {
        if self.encoding.is_none() && self.fill.is_empty() {
            1
        } else {
            FORMAT
        }
    }

    /// The normalisation of samples; `None` without normalisation or imputation.
    ///
    /// # Errors
    /// The reason, as a message: values that are invalid or have the wrong number.
    pub fn normalisation(&self) -> Result<Option<Normalisation>, String> {
        let Self {
            mean,
            standard_deviation,
            ..
        } = self;
        let fill = &self.fill;
        if !fill.is_empty() && self.normalise == Normalise::Known.name() {
            return Err(
                "a built-in data set has no missing values, so fill must be empty".to_owned(),
            );
        }
        if !fill.is_empty()
            && (fill.len() != self.features || !fill.iter().all(|&v| v.is_finite() && v != MISSING))
        {
            return Err(format!("fill must be {} finite numbers", self.features));
        }
        if let Some(encoding) = &self.encoding {
            encoding.validate()?;
        }
        if let Some(encoding) = &self.encoding
            && encoding.features() != self.columns
        {
            return Err("its encoding does not give the features in columns".to_owned());
        }
        if self.normalise == Normalise::None.name() {
            return Ok((!fill.is_empty()).then(|| Normalisation {
                fill_values: fill.clone(),
                ..Normalisation::identity(self.features)
            }));
        }
        let known = [Normalise::Known, Normalise::Training].map(Normalise::name);
        if !known.contains(&self.normalise.as_str()) {
            return Err(format!("unknown normalisation {}", self.normalise));
        }
        let entries = self.image.map_or(self.features, |image| image.channels);
        let has_length =
            mean.len() == standard_deviation.len() && [1, entries].contains(&mean.len());
        let is_divisor = standard_deviation.iter().all(|value| value.is_normal());
        if !has_length || !is_divisor || !mean.iter().all(|value| value.is_finite()) {
            return Err(format!(
                "mean and standard_deviation must be {entries} numbers each, or one, and no \
                 standard deviation may be 0"
            ));
        }
        Ok(Some(Normalisation {
            mean: mean.clone(),
            standard_deviation: standard_deviation.clone(),
            fill_values: fill.clone(),
        }))
    }

    /// Whether the normalisation uses statistics of the run's training samples.
    pub(super) fn uses_run_statistics(&self) -> bool {
        self.normalise != Normalise::Known.name()
    }
}
