//! `tp-sweep predict`.

use crate::cli::arguments::PredictArguments;
use crate::cli::context::{refuse_overwriting_inputs, write_output};
use crate::cli::errors::CliError;
use crate::cli::messages::{print, warn};
use crate::data::{ExpectedInput, InputSource, input_files, read_inputs};
use crate::escape::csv;
use crate::model_io::{
    BURN_FILE, DESCRIPTION_FILE, ModelError, Prediction, Predictor, WEIGHTS_FILE, read_model,
};
use burn::backend::Flex;
use std::path::{Path, PathBuf};

/// Writes the predicted class of each sample as CSV; returns the exit code.
///
/// # Errors
/// The model is not usable, samples do not fit it, or the output cannot be written.
pub(crate) fn predict(arguments: &PredictArguments) -> Result<u8, CliError> {
    if let Some(output) = &arguments.output {
        refuse_overwriting(output, arguments)?;
    }
    let (description, weights) = read_model(&arguments.model)?;
    let predictor = Predictor::<Flex>::new(&description, weights, &Default::default());
    let mut predictor = predictor.map_err(|reason| ModelError::Unusable {
        path: arguments.model.join(DESCRIPTION_FILE),
        reason,
    })?;
    let input = &description.input;
    let expected = ExpectedInput {
        features: input.features,
        image: input.image_shape(),
        columns: &input.columns,
        encoding: input.encoding.as_ref(),
        imputes: !input.fill.is_empty(),
        label: description.data.label.as_deref(),
        is_bytes: input.bytes,
    };
    let mut table = header(&description.classes, arguments.logits);
    for path in &arguments.inputs {
        let samples = read_inputs(path, &expected)?;
        for warning in &samples.warnings {
            let warning = warning.in_english(|name| format!("`{name}`"));
            warn(&format!("{}: {warning}", path.display()));
        }
        let predictions = predictor.predict(samples.values);
        for (source, prediction) in samples.sources.iter().zip(&predictions) {
            table.push_str(&row(
                source,
                prediction,
                &description.classes,
                arguments.logits,
            ));
        }
    }
    match &arguments.output {
        Some(path) => write_output(path, table.as_bytes())?,
        None => print(&table)?,
    }
    Ok(0)
}

/// Refuses an output that would overwrite an input or the model.
fn refuse_overwriting(output: &Path, arguments: &PredictArguments) -> Result<(), CliError> {
    let model = [DESCRIPTION_FILE, WEIGHTS_FILE, BURN_FILE];
    let model = model.map(|name| arguments.model.join(name));
    let inputs = arguments.inputs.iter().flat_map(|path| input_files(path));
    let inputs: Vec<PathBuf> = inputs.chain(model).collect();
    let remedy = "choose a different file with --output";
    refuse_overwriting_inputs(&[output.to_owned()], &inputs, remedy)
}

/// The header line.
fn header(classes: &[String], logits: bool) -> String {
    let mut cells: Vec<String> = ["input", "row", "class", "probability"]
        .map(str::to_owned)
        .into();
    cells.extend(classes.iter().map(|class| csv(&format!("p_{class}"))));
    if logits {
        let logits = classes.iter().map(|class| csv(&format!("logit_{class}")));
        cells.extend(logits);
    }
    line(&cells)
}

/// The line of one sample and its prediction.
fn row(source: &InputSource, prediction: &Prediction, classes: &[String], logits: bool) -> String {
    let probability = |probability: f64| format!("{probability:.6}");
    let mut cells = vec![
        csv(&source.file.display().to_string()),
        source.row.map_or_else(String::new, |row| row.to_string()),
        csv(&classes[prediction.class]),
        probability(prediction.probabilities[prediction.class]),
    ];
    cells.extend(prediction.probabilities.iter().copied().map(probability));
    if logits {
        // The shortest text that reads back as the same number.
        cells.extend(prediction.logits.iter().map(f32::to_string));
    }
    line(&cells)
}

fn line(cells: &[String]) -> String {
    format!("{}\n", cells.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prediction_is_a_row_of_csv() {
        let classes = ["cat, grey", "dog"].map(str::to_owned);
        let prediction = Prediction {
            class: 0,
            logits: vec![1.5, -1.25],
            probabilities: vec![0.939_913, 0.060_087],
        };
        let source = InputSource {
            file: PathBuf::from("a \"b\".png"),
            row: None,
        };
        assert_eq!(
            header(&classes, true),
            "input,row,class,probability,\"p_cat, grey\",p_dog,\"logit_cat, grey\",logit_dog\n"
        );
        assert_eq!(
            row(&source, &prediction, &classes, true),
            "\"a \"\"b\"\".png\",,\"cat, grey\",0.939913,0.939913,0.060087,1.5,-1.25\n"
        );
        let of_row = InputSource {
            file: PathBuf::from("x.npy"),
            row: Some(7),
        };
        let plain = ["0", "1"].map(str::to_owned);
        assert_eq!(
            row(&of_row, &prediction, &plain, false),
            "x.npy,7,0,0.939913,0.939913,0.060087\n"
        );
    }
}
