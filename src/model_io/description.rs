//! `model.json`: what a model is, what goes into it, and where it comes from.

use super::layer::ModelLayer;
use super::stages::stages;
use crate::data::{MISSING, Normalisation};
use crate::metrics::EvalMetrics;
use crate::spec::{Encoding, Normalise, Stage};
use serde::{Deserialize, Serialize};

/// The latest version of the format: 2 if columns are encoded or missing values filled, which a reader of
/// version 1 would ignore; else 1. A reader refuses later versions.
const FORMAT: u32 = 2;

/// What a model is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// The version of this file's format.
    pub format: u32,
    /// The version of tp-sweep that wrote it.
    pub tp_sweep: String,
    /// Where it comes from.
    pub run: RunDescription,
    /// What it was trained on.
    pub data: DataDescription,
    /// What goes into it.
    pub input: InputDescription,
    /// The names of the classes, in the order of the logits.
    pub classes: Vec<String>,
    /// Its layers, from the input to the logits.
    pub layers: Vec<ModelLayer>,
    /// The BLAKE3 hash of `model.safetensors`; left out where anything goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights_blake3: Option<String>,
    /// The trial's whole configuration, as a sweep file has it.
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
    /// The hash of all that decided the numbers.
    pub identity: String,
    /// The epoch whose parameters these are, counted from 1.
    pub epoch: usize,
    /// Weights and biases.
    pub parameters: u64,
    /// How the model does on the run's validation samples, where there are any.
    pub validation: Option<EvalMetrics>,
    /// How it does on the held-out test set.
    pub test: Option<EvalMetrics>,
    /// Where it was trained.
    pub device: String,
    /// The numbers that it was computed in.
    pub precision: String,
}

/// The data that a model was trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataDescription {
    /// The data set, as in a sweep file.
    pub set: String,
    /// The user's own file or folder, as the sweep file has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The column of a table that holds the classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What goes into a model: the columns of a table encoded and missing values filled; then each number,
/// divided by 255 if numbers are bytes, minus the mean and divided by the standard deviation of its channel
/// or feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputDescription {
    /// Numbers of one sample.
    pub features: usize,
    /// The shape of a sample that is an image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageShape>,
    /// The names of a table's columns, in their order; empty where they have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// How the columns of a table become these features; `None` if each is one feature as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// What fills the missing values of each feature; empty if missing values are refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fill: Vec<f32>,
    /// Whether numbers are bytes, which are divided by 255 first.
    pub bytes: bool,
    /// Where mean and standard deviation come from, as in a sweep file: `known`, `training`, or
    /// `none` where there are no such.
    pub normalise: String,
    /// Subtracted from the numbers of each channel of an image, or of each column; a single one
    /// from all. Empty for none.
    pub mean: Vec<f32>,
    /// Divides what is left.
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
    #[expect(
        clippy::expect_used,
        reason = "our own tensors, whose shapes and numbers agree"
    )]
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a description is plain values");
        text.push('\n');
        text
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// A reason, in words: no such text, another version, parts that contradict each other.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let told = |error: serde_json::Error| format!("it is no model's description: {error}");
        let Version { format } = serde_json::from_slice(text).map_err(told)?;
        if !(1..=FORMAT).contains(&format) {
            return Err(format!(
                "its format is version {format}, and this tp-sweep reads versions 1 to {FORMAT}"
            ));
        }
        let description: Self = serde_json::from_slice(text).map_err(told)?;
        description.stages()?;
        description.input.normalisation()?;
        Ok(description)
    }

    /// The stages of the network.
    ///
    /// # Errors
    /// A reason, in words: layers that do not fit.
    pub fn stages(&self) -> Result<Vec<Stage>, String> {
        let InputDescription {
            features, image, ..
        } = self.input;
        let image = image.map(|image| [image.height, image.width, image.channels]);
        let stages = stages(&self.layers, features, image)?;
        let product = image.map(|sides| sides.iter().product());
        if product.is_some_and(|product: usize| product != features) {
            return Err(format!("an image of {image:?} has not {features} numbers"));
        }
        match stages.last().map(|stage| stage.features()) {
            Some(outputs) if outputs == self.classes.len() => Ok(stages),
            _ => Err(format!(
                "it names {} classes, and its last layer has another number of outputs",
                self.classes.len()
            )),
        }
    }
}

impl InputDescription {
    /// Height, width and channels of a sample that is an image: the order that data has here.
    pub fn sides(&self) -> Option<[usize; 3]> {
        let image = self.image?;
        Some([image.height, image.width, image.channels])
    }

    /// The version of the format that a model with this input is written in.
    pub fn format(&self) -> u32 {
        match self.encoding.is_none() && self.fill.is_empty() {
            true => 1,
            false => FORMAT,
        }
    }

    /// What samples are normalised by; nothing for none.
    ///
    /// # Errors
    /// A reason, in words: numbers that cannot be divided by, or are too few or too many.
    pub fn normalisation(&self) -> Result<Option<Normalisation>, String> {
        let Self {
            mean,
            standard_deviation,
            ..
        } = self;
        let fill = &self.fill;
        if !fill.is_empty() && self.normalise == Normalise::Known.name() {
            return Err(
                "no missing values are filled in a data set that is known by name".to_owned(),
            );
        }
        if !fill.is_empty()
            && (fill.len() != self.features || !fill.iter().all(|&v| v.is_finite() && v != MISSING))
        {
            return Err(format!(
                "what fills missing values must be {} numbers",
                self.features
            ));
        }
        if let Some(encoding) = &self.encoding {
            encoding.validate()?;
        }
        if let Some(encoding) = &self.encoding
            && encoding.features() != self.columns
        {
            return Err("its columns are encoded as other features than it has".to_owned());
        }
        if self.normalise == Normalise::None.name() {
            return Ok((!fill.is_empty()).then(|| Normalisation {
                fill_values: fill.clone(),
                ..Normalisation::identity(self.features)
            }));
        }
        let known = [Normalise::Known, Normalise::Training].map(Normalise::name);
        if !known.contains(&self.normalise.as_str()) {
            return Err(format!("no normalisation is named {}", self.normalise));
        }
        let entries = self.image.map_or(self.features, |image| image.channels);
        let fits = mean.len() == standard_deviation.len() && [1, entries].contains(&mean.len());
        let divides = standard_deviation.iter().all(|value| value.is_normal());
        if !fits || !divides || !mean.iter().all(|value| value.is_finite()) {
            return Err(format!(
                "its mean and standard deviation must be {entries} numbers each, or one, none of \
                 the latter 0"
            ));
        }
        Ok(Some(Normalisation {
            mean: mean.clone(),
            standard_deviation: standard_deviation.clone(),
            fill_values: fill.clone(),
        }))
    }

    /// Whether samples are filled and normalised as in the run, with what its training samples gave.
    pub(super) fn is_of_run(&self) -> bool {
        self.normalise != Normalise::Known.name()
    }
}
