//! The description of an exported model, and the summary for the terminal.

use crate::cli::errors::CliError;
use crate::data::{DatasetCache, Normalisation, partition};
use crate::metrics::{Part, Score};
use crate::model_io::{DataDescription, ImageShape, InputDescription, RunDescription};
use crate::plan::{Plan, RunId};
use crate::record::{InputPreprocessing, RunResult};
use crate::spec::{Config, NonEmptyString, Normalise, RecordedContents};
use std::path::Path;

pub(super) fn run_description(plan: &Plan, run: RunId, result: &RunResult) -> RunDescription {
    RunDescription {
        sweep: plan.name.clone(),
        trial: result.trial.clone(),
        repeat: run.repeat,
        fold: run.fold,
        identity: result.run_hash.to_string(),
        epoch: result.final_epoch.unwrap_or(0),
        parameters: result.parameters,
        validation: result.validation.clone(),
        test: result.test.clone(),
        device: result.device.clone(),
        precision: result.precision.clone(),
    }
}

pub(super) fn data_description(config: &Config) -> DataDescription {
    let text = |text: &Option<NonEmptyString>| text.as_ref().map(ToString::to_string);
    DataDescription {
        set: config.data.set.to_string(),
        path: text(&config.data.path),
        label: text(&config.data.label),
    }
}

/// The normalisation of a run's samples, computed from its training samples, or read from its folder if
/// the data is missing.
pub(super) fn normalisation(
    dataset_cache: &DatasetCache,
    config: &Config,
    run: RunId,
    folder: &Path,
    contents: &RecordedContents,
) -> Result<Option<Normalisation>, CliError> {
    let published = || {
        let (mean, standard_deviation) = contents.published.clone()?;
        Some(Normalisation {
            mean,
            standard_deviation,
            fill_values: Vec::new(),
        })
    };
    match config.data.normalisation() {
        Normalise::Known => Ok(published()),
        Normalise::None | Normalise::Training => match dataset_cache.load(&config.data) {
            Ok(dataset) => {
                let partition = partition(&dataset.train.labels, config, run.repeat, run.fold);
                Ok(Normalisation::for_model(
                    &dataset,
                    &config.data,
                    &partition.train,
                ))
            }
            Err(error) => match InputPreprocessing::read(folder) {
                Some(recorded) if [0, config.features()].contains(&recorded.fill.len()) => {
                    Ok(Some(Normalisation {
                        mean: recorded.mean,
                        standard_deviation: recorded.standard_deviation,
                        fill_values: recorded.fill,
                    }))
                }
                None if config.data.normalisation() == Normalise::None => Ok(None),
                _ => Err(error.into()),
            },
        },
    }
}

/// The input of a model with this configuration and normalisation.
pub(super) fn input_description(
    config: &Config,
    contents: &RecordedContents,
    normalisation: Option<Normalisation>,
) -> InputDescription {
    let mut normalisation = normalisation.unwrap_or_else(|| Normalisation::identity(0));
    if config.data.normalisation() == Normalise::None {
        normalisation.mean.clear();
        normalisation.standard_deviation.clear();
    }
    let image = config.image().map(|[height, width, channels]| ImageShape {
        channels,
        height,
        width,
    });
    InputDescription {
        features: config.features(),
        image,
        columns: match &contents.encoding {
            Some(encoding) => encoding.features(),
            None => contents.columns.clone(),
        },
        bytes: contents.bytes,
        normalise: config.data.normalisation().name().to_owned(),
        encoding: contents
            .encoding
            .clone()
            .filter(|encoding| !encoding.is_plain()),
        fill: normalisation.fill_values,
        mean: normalisation.mean,
        standard_deviation: normalisation.standard_deviation,
    }
}

/// The run and its scores.
pub(super) fn summary(plan: &Plan, run: RunId, result: &RunResult) -> String {
    let mut text = plan.folder(run).display().to_string();
    for (samples, part) in [("validation", Part::Validation), ("test", Part::Test)] {
        if let Some(accuracy) = result.score(part.score(Score::ACCURACY)) {
            text.push_str(&format!(", {samples} accuracy {}", percent(accuracy)));
        }
    }
    text.push('\n');
    text
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}
