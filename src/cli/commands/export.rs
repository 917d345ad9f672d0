//! `tp-sweep export`.

use crate::cli::arguments::{ExportArguments, WeightsFormat};
use crate::cli::context::{
    SweepContext, custom_data_files, fingerprints, load_for_results, missing_results_error,
    refuse_overwriting_inputs, write_output,
};
use crate::cli::errors::{CliError, ExportError};
use crate::cli::messages::{print, warn, with_count};
use crate::data::{DatasetCache, DeviceDatasetKey, Normalisation, partition};
use crate::model_io::{
    BURN_FILE, DESCRIPTION_FILE, DataDescription, Description, ImageShape, InputDescription,
    RunDescription, WEIGHTS_FILE, Weights, layers_of, to_burn_record, to_safetensors,
};
use crate::outcome::Outcome;
use crate::plan::{Plan, RunId};
use crate::record::{
    InputPreprocessing, RESULT_FILE, Ranking, Results, RunResult, Store, prepare_folder,
    read_weights, remove_file,
};
use crate::run::{Device, PRECISION, RerunResult, TensorExecutor, TensorMemory, rerun};
use crate::spec::{
    Config, NonEmptyString, Normalise, RankBy, RecordedContents, SelectionRule, nearest,
};
use burn::backend::Flex;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Writes the model of a run; returns the exit code.
///
/// # Errors
/// The sweep file is invalid, the run does not exist, its weights were not kept, or a folder cannot be
/// written.
pub(crate) fn export(arguments: &ExportArguments) -> Result<u8, CliError> {
    let context = load_for_results(&arguments.sweep, &arguments.runs)?;
    let custom_data_files = custom_data_files(&context);
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        ..
    } = context;
    let fingerprints = fingerprints(&plan, &dataset_cache)?;
    let store = Store::new(&arguments.runs, &plan, |config| {
        fingerprints[&config.data.source()].clone()
    });
    let results = store.read(&plan);
    if results.runs.is_empty() {
        return Err(missing_results_error(&store, &plan));
    }
    let trial = match &arguments.trial {
        Some(name) => trial_by_name(&plan, name)?,
        None => {
            if sweep.report.select != SelectionRule::Best {
                warn(
                    "exporting the first trial of the ranking; report.select may choose a different one \
                     (★ in the report): choose it with --trial",
                );
            }
            best_trial(&plan, &results, sweep.report.rank_by)?
        }
    };
    let run = chosen_run(&plan, trial, arguments)?;
    let mut result = finished_result(&plan, &results, run)?.clone();
    let config = &plan.trials[trial].config;
    let folder = store.run_folder(&plan, run);
    let output = arguments.output.clone();
    let output = output.unwrap_or_else(|| default_output(&plan, run));
    let inputs = arguments
        .sweep
        .sweep
        .iter()
        .cloned()
        .chain(custom_data_files);
    let inputs: Vec<PathBuf> = inputs.chain([folder.join(WEIGHTS_FILE)]).collect();
    let outputs = [WEIGHTS_FILE, BURN_FILE, DESCRIPTION_FILE].map(|name| output.join(name));
    refuse_overwriting_inputs(&outputs, &inputs, "choose a different folder with --output")?;
    refuse_foreign_folder(&output, &plan, run, arguments.output.is_some())?;
    let weights = match read_weights(&folder, config)? {
        Some(weights) => weights,
        None if arguments.retrain => retrain(&dataset_cache, &plan, run, &mut result)?,
        None => {
            let run = plan.folder(run);
            return Err(ExportError::WeightsNotKept { run, folder }.into());
        }
    };
    let contents = dataset_cache.contents(&config.data)?;
    let normalisation = normalisation(&dataset_cache, config, run, &folder, &contents)?;
    let safetensors = to_safetensors(&config.stages(), config.image(), &weights);
    let input = input_description(config, &contents, normalisation);
    let description = Description {
        format: input.format(),
        tp_sweep: env!("CARGO_PKG_VERSION").to_owned(),
        run: run_description(&plan, run, &result),
        data: data_description(config),
        input,
        classes: contents.classes,
        layers: layers_of(config),
        weights_blake3: Some(blake3::hash(&safetensors).to_hex().to_string()),
        configuration: config.to_applicable_value(),
    };
    let (name, bytes) = match arguments.format {
        WeightsFormat::Safetensors => (WEIGHTS_FILE, safetensors),
        WeightsFormat::Burn => {
            let record = to_burn_record(&config.stages(), config.image(), &weights);
            (BURN_FILE, record.map_err(ExportError::Burn)?)
        }
    };
    prepare_folder(&output).map_err(CliError::BeforeStart)?;
    remove_other_format(&output, name, &description)?;
    let mut shown = summary(&plan, run, &result);
    // The description comes last: it marks a complete model.
    let text = description.text();
    for (name, bytes) in [
        (name, bytes.as_slice()),
        (DESCRIPTION_FILE, text.as_bytes()),
    ] {
        let path = output.join(name);
        write_output(&path, bytes)?;
        shown.push_str(&format!("{}\n", path.display()));
    }
    print(&shown)?;
    Ok(0)
}

/// Refuses a folder with files that `export` did not write. A default folder must also not contain the
/// model of a different run: the sweep `a` with a trial `b-c` and `a-b` with `c` share one.
fn refuse_foreign_folder(
    output: &Path,
    plan: &Plan,
    run: RunId,
    is_named: bool,
) -> Result<(), ExportError> {
    let refused = |name: &str, what: &str| ExportError::WouldOverwrite {
        path: output.join(name),
        what: what.to_owned(),
    };
    if output.join(RESULT_FILE).is_file() {
        return Err(refused(RESULT_FILE, "the result of a run"));
    }
    let text = match std::fs::read(output.join(DESCRIPTION_FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return match [WEIGHTS_FILE, BURN_FILE].map(|name| (name, output.join(name).exists())) {
                [(name, true), _] | [_, (name, true)]
                    if !is_interrupted_export(output, plan, run) =>
                {
                    Err(refused(name, "which `export` did not write"))
                }
                _ => Ok(()),
            };
        }
        Err(_) => {
            return Err(refused(DESCRIPTION_FILE, "which `export` did not write"));
        }
    };
    let description: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    if description["tp_sweep"].as_str().is_none() {
        return Err(refused(DESCRIPTION_FILE, "which `export` did not write"));
    }
    let (sweep, trial) = (&description["run"]["sweep"], &description["run"]["trial"]);
    let expected = (plan.name.as_str(), plan.trials[run.trial].name.as_str());
    match (sweep.as_str(), trial.as_str()) {
        (Some(sweep), Some(trial)) if !is_named && (sweep, trial) != expected => Err(refused(
            DESCRIPTION_FILE,
            &format!("the model of the trial {trial} of the sweep {sweep}"),
        )),
        _ => Ok(()),
    }
}

/// Whether a folder without a description has weights that fit this run: an export was interrupted
/// before it wrote the description.
fn is_interrupted_export(output: &Path, plan: &Plan, run: RunId) -> bool {
    let config = &plan.trials[run.trial].config;
    let weights = read_weights(output, config);
    !output.join(BURN_FILE).exists() && weights.is_ok_and(|weights| weights.is_some())
}

/// Removes weights in the other format from a folder unless they belong to this model: next to its
/// description they would be mistaken for its weights.
fn remove_other_format(
    output: &Path,
    name: &str,
    description: &Description,
) -> Result<(), CliError> {
    let before = std::fs::read_to_string(output.join(DESCRIPTION_FILE)).ok();
    let before = before.and_then(|text| Description::read(text.as_bytes()).ok());
    let is_same = before.is_some_and(|before| before.weights_blake3 == description.weights_blake3);
    for other in [WEIGHTS_FILE, BURN_FILE] {
        if other != name && !is_same {
            remove_file(&output.join(other)).map_err(CliError::BeforeStart)?;
        }
    }
    Ok(())
}

/// The position of the trial of this name.
fn trial_by_name(plan: &Plan, name: &str) -> Result<usize, ExportError> {
    let found = plan.trials.iter().position(|trial| trial.name == name);
    found.ok_or_else(|| {
        let names = plan.trials.iter().map(|trial| trial.name.as_str());
        ExportError::UnknownTrial {
            name: name.to_owned(),
            nearest: nearest(name, names).map(str::to_owned),
        }
    })
}

/// The position of the best trial of the ranking, or of the only trial.
fn best_trial(plan: &Plan, results: &Results, rank_by: RankBy) -> Result<usize, ExportError> {
    let ranking = |trial| Ranking::of(plan, trial, rank_by, |run| results.runs.get(&run));
    let best = (0..plan.trials.len()).filter_map(ranking).min();
    let best = best.ok_or_else(|| no_best_error(plan, results))?;
    if best.is_ranked() || plan.trials.len() == 1 {
        Ok(best.trial)
    } else {
        Err(ExportError::NotCompared)
    }
}

/// The error if no trial can be ranked.
fn no_best_error(plan: &Plan, results: &Results) -> ExportError {
    let mut failures = plan.runs().map(|run| {
        let result = results.runs.get(&run)?;
        Some(result.failure.as_ref().map(ToString::to_string))
    });
    let all: Option<Vec<Option<String>>> = failures.by_ref().collect();
    match all.and_then(|all| all.into_iter().flatten().next()) {
        Some(reason) => ExportError::AllFailed { reason },
        None => ExportError::NoneComplete,
    }
}

/// The run of the trial on the requested fold and repeat.
fn chosen_run(
    plan: &Plan,
    trial: usize,
    arguments: &ExportArguments,
) -> Result<RunId, ExportError> {
    let run = RunId {
        trial,
        repeat: arguments.repeat,
        fold: arguments.fold,
    };
    if plan.runs_of(trial).any(|known| known == run) {
        return Ok(run);
    }
    let trial = &plan.trials[trial];
    let validation = &trial.config.validation;
    Err(ExportError::NoSuchRun {
        trial: trial.name.clone(),
        folds: with_count(validation.splits(), "fold"),
        repeats: with_count(validation.repeats.get(), "repeat"),
    })
}

fn finished_result<'a>(
    plan: &Plan,
    results: &'a Results,
    run: RunId,
) -> Result<&'a RunResult, ExportError> {
    results.finished(run).ok_or_else(|| {
        let failure = results.runs.get(&run).and_then(|run| run.failure.as_ref());
        ExportError::NotFinished {
            run: plan.folder(run),
            reason: failure.map(ToString::to_string),
        }
    })
}

/// Trains a run again on the CPU and returns its weights; updates `result` to match them.
fn retrain(
    dataset_cache: &DatasetCache,
    plan: &Plan,
    run: RunId,
    result: &mut RunResult,
) -> Result<Weights, CliError> {
    let data = &plan.trials[run.trial].config.data;
    let datasets = HashMap::from([(DeviceDatasetKey::of(data), dataset_cache.load(data)?)]);
    let executor = TensorExecutor::<Flex>::new(datasets, &Default::default(), TensorMemory::Thread);
    let name = plan.folder(run);
    let Some(RerunResult {
        outcome: Outcome::Finished(finished),
        weights: Some(weights),
        ..
    }) = rerun(&executor, plan, run)
    else {
        return Err(ExportError::RetrainingFailed(name).into());
    };
    let validation = finished.validation.map(|(validation, _)| validation);
    if (validation, Some(finished.test.0)) == (result.validation, result.test) {
        return Ok(weights);
    }
    warn(&format!(
        "{} was trained on {}; trained again on this CPU, the result differs: the test accuracy is {} \
         (was {})",
        name.display(),
        result.device,
        percent(finished.test.0.accuracy),
        result
            .test
            .map_or_else(String::new, |test| percent(test.accuracy)),
    ));
    // The description must match these weights.
    result.validation = validation;
    result.test = Some(finished.test.0);
    result.final_epoch = Some(finished.epoch);
    result.device = Device::Cpu.to_string();
    result.precision = PRECISION.to_owned();
    Ok(weights)
}

fn run_description(plan: &Plan, run: RunId, result: &RunResult) -> RunDescription {
    RunDescription {
        sweep: plan.name.clone(),
        trial: result.trial.clone(),
        repeat: run.repeat,
        fold: run.fold,
        identity: result.run_hash.to_string(),
        epoch: result.final_epoch.unwrap_or(0),
        parameters: result.parameters,
        validation: result.validation,
        test: result.test,
        device: result.device.clone(),
        precision: result.precision.clone(),
    }
}

fn data_description(config: &Config) -> DataDescription {
    let text = |text: &Option<NonEmptyString>| text.as_ref().map(ToString::to_string);
    DataDescription {
        set: config.data.set.to_string(),
        path: text(&config.data.path),
        label: text(&config.data.label),
    }
}

/// The normalisation of a run's samples, computed from its training samples, or read from its folder if
/// the data is missing.
fn normalisation(
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
fn input_description(
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

/// `models/<sweep>-<trial>`, followed by the name of the run's folder unless it is the first run.
fn default_output(plan: &Plan, run: RunId) -> PathBuf {
    let mut name = format!("{}-{}", plan.name, plan.trials[run.trial].name);
    if (run.repeat, run.fold) != (0, 0)
        && let Some(last) = plan.folder(run).file_name()
    {
        name.push_str(&format!("-{}", last.display()));
    }
    PathBuf::from("models").join(name)
}

/// The run and its scores.
fn summary(plan: &Plan, run: RunId, result: &RunResult) -> String {
    let mut text = plan.folder(run).display().to_string();
    let scores = [("validation", result.validation), ("test", result.test)];
    for (samples, score) in scores {
        if let Some(score) = score {
            text.push_str(&format!(", {samples} accuracy {}", percent(score.accuracy)));
        }
    }
    text.push('\n');
    text
}

fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}
