//! What a grid expands to.

mod conditions;
mod factors;
mod keys;
mod names;

use proptest::prelude::*;
use tp_sweep::plan::Plan;
use tp_sweep::spec::{KEYS, Key, Source, SpecError, Sweep};

fn sweep(text: &str) -> Result<Sweep, SpecError> {
    let source = Source {
        name: "test.yaml".into(),
        text: text.into(),
    };
    Sweep::parse(source, "test", &[])
}

fn plan(text: &str) -> Result<Plan, String> {
    let sweep = sweep(text).map_err(|error| error.to_string())?;
    Plan::new(&sweep).map_err(|error| error.to_string())
}

fn names(text: &str) -> Vec<String> {
    let plan = plan(text).unwrap();
    plan.trials.into_iter().map(|trial| trial.name).collect()
}

fn refusal(text: &str) -> String {
    plan(text).unwrap_err()
}
