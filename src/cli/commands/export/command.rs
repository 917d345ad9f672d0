//! Exports the model of a run.

use super::describe::{
    data_description, input_description, normalisation, run_description, summary,
};
use super::existing_files::{refuse_foreign_folder, remove_other_format};
use super::retrain::retrain;
use super::select::{best_trial, chosen_run, chosen_trial, finished_result};
use crate::cli::arguments::{ExportArguments, WeightsFormat};
use crate::cli::context::{
    SweepContext, custom_data_files, load_for_results, missing_results_error, open_store,
    refuse_overwriting_inputs, trial_by_name, write_output,
};
use crate::cli::errors::{CliError, ExportError};
use crate::cli::messages::print;
use crate::model_io::{
    BURN_FILE, DESCRIPTION_FILE, Description, WEIGHTS_FILE, layers_of, to_burn_record,
    to_safetensors,
};
use crate::plan::{Plan, RunId};
use crate::record::{prepare_folder, read_weights};
use std::path::PathBuf;

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
    let store = open_store(&arguments.runs, &plan, &dataset_cache)?;
    let results = store.read(&plan);
    if results.runs.is_empty() {
        return Err(missing_results_error(&store, &plan));
    }
    let trial = match &arguments.trial {
        Some(name) => trial_by_name(&plan, name)?,
        None if arguments.best => best_trial(&plan, &results, sweep.options.report.rank_by)?,
        None => chosen_trial(&sweep.options.report, &plan, &results)?,
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
