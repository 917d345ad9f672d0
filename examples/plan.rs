//! Plans a sweep file and prints its trials and runs.
//!
//! ```text
//! cargo run --release --example plan -- sweeps/axe1.yaml
//! ```

use std::error::Error;
use std::path::Path;
use tp_sweep::plan::Plan;
use tp_sweep::spec::Sweep;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: plan SWEEP (a sweep file)")?;
    let sweep = Sweep::load(Path::new(&path), &[])?;
    // `Plan::with_dataset_info` also plans sweeps of custom data, whose files must be read.
    let plan = Plan::new(&sweep)?;
    println!("{}: {} trials", plan.name, plan.trials.len());
    for (index, trial) in plan.trials.iter().enumerate() {
        let validation = &trial.config.validation;
        println!(
            "{}: {} folds, {} repeats, {} parameters",
            trial.name,
            validation.splits(),
            validation.repeats.get(),
            trial.config.parameters(),
        );
        for run in plan.runs_of(index) {
            println!(
                "  fold {}, repeat {}: {}",
                run.fold,
                run.repeat,
                plan.folder(run).display()
            );
        }
    }
    println!("{} runs", plan.runs().count());
    Ok(())
}
