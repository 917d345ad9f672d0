//! Prints for each trial of a CSV file whether it is significantly worse than the best one.
//!
//! ```text
//! cargo run --release -p statistics --example marks -- FILE.csv RATIO
//! ```
//!
//! The file has a header and a row for each trial: its name, then its score on each split, higher
//! is better. RATIO is the ratio of validation to training samples of a split: 0.5 for 3 folds.

use statistics::{Direction, against_best};
use std::error::Error;

/// How often any trial may be called worse that is not.
const ERROR_RATE: f64 = 0.05;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, ratio] = arguments.as_slice() else {
        return Err("expected two arguments: FILE.csv RATIO".into());
    };
    let ratio: f64 = ratio
        .parse()
        .map_err(|error| format!("the ratio `{ratio}`: {error}"))?;
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let (names, scores) = read(&text).map_err(|error| format!("{file}: {error}"))?;
    let found = against_best(&scores, Direction::Maximise, ratio)?;
    let same = found.indistinguishable_from_best(ERROR_RATE);
    for (name, same) in names.iter().zip(same) {
        println!("{name},{}", !same);
    }
    Ok(())
}

/// Returns the names and the scores of the trials.
fn read(text: &str) -> Result<(Vec<String>, Vec<Vec<f64>>), String> {
    let mut names = Vec::new();
    let mut scores = Vec::new();
    let rows = text.lines().enumerate().skip(1);
    for (index, line) in rows.filter(|(_, line)| !line.trim().is_empty()) {
        let mut fields = line.split(',').map(str::trim);
        names.push(fields.next().unwrap_or_default().to_owned());
        let row = fields.map(|field| {
            let score = field.parse();
            score.map_err(|_| format!("line {}: `{field}` is not a number", index + 1))
        });
        scores.push(row.collect::<Result<_, String>>()?);
    }
    Ok((names, scores))
}
