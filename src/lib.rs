//! Plans, trains and compares grids of small neural networks from one YAML file.
//!
//! Data flows one way: [`spec`] reads a sweep file, [`plan`] expands it into trials and runs, [`train`]
//! trains them on [`data`] and [`model`], [`record`] writes the results, and [`report`] compares them.
//! [`run`] schedules a sweep on this machine, [`launch`] on a cluster; [`cli`] is the command line.
//! `ARCHITECTURE.md` lists which module may import which.
//!
//! A sweep consists of *trials*, one per configuration. Each trial has one *run* per fold and repeat of
//! its cross-validation:
//!
//! ```
//! use tp_sweep::plan::Plan;
//! use tp_sweep::spec::{Source, Sweep};
//!
//! let text = "{ grid: { model.layers: [1, 2], training.learning_rate: [0.1, 0.01] }, \
//!              validation: { folds: 3 } }";
//! let source = Source { name: "example.yaml".into(), text: text.into() };
//! let sweep = Sweep::parse(source, "example", &[])?;
//! let plan = Plan::new(&sweep)?;
//! assert_eq!(plan.trials.len(), 4);
//! assert_eq!(plan.trials[0].name, "layers1_lr0.1");
//!
//! // The runs of the first trial.
//! let folders: Vec<_> = plan.runs_of(0).map(|run| plan.folder(run)).collect();
//! assert_eq!(folders.len(), 3);
//! assert!(folders[2].ends_with("layers1_lr0.1/fold-2"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `examples/plan.rs` does the same for a sweep file: `cargo run --example plan -- SWEEP`.

#![forbid(unsafe_code)]
#![warn(unreachable_pub)]
// Input must not make the program panic. An `expect` states an internal invariant, with a comment that
// explains why it holds.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

#[allow(
    clippy::expect_used,
    reason = "numbers of ours: nothing from outside comes here unchecked"
)]
pub mod backend;
mod bounded_io;
mod caught;
pub mod cli;
pub mod data;
pub mod datasets;
mod escape;
pub mod handin;
pub mod launch;
pub mod metrics;
#[allow(
    clippy::expect_used,
    reason = "internal values: input is validated before it reaches this module"
)]
pub mod model;
#[allow(
    clippy::expect_used,
    reason = "internal values: input is validated before it reaches this module"
)]
pub mod model_io;
#[allow(
    clippy::expect_used,
    reason = "internal values: input is validated before it reaches this module"
)]
pub mod optimizers;
pub mod outcome;
pub mod plan;
#[cfg(test)]
mod pytorch;
pub mod random;
pub mod record;
pub mod report;
pub mod run;
mod selection;
pub mod spec;
#[allow(
    clippy::expect_used,
    reason = "internal values: input is validated before it reaches this module"
)]
pub mod stages;
pub mod starter;
#[allow(
    clippy::expect_used,
    reason = "internal values: input is validated before it reaches this module"
)]
pub mod train;
pub mod training_state;
mod values;
mod wording;
mod yaml;
