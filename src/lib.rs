//! Plans, trains and compares grids of small neural networks from one YAML file.
//!
//! Data flows one way: a sweep file is read by [`spec`], expanded by [`plan`], trained by [`train`]
//! on [`data`] and [`model`], recorded by [`record`], and compared by [`report`]. [`run`] schedules
//! it on this machine, [`cli`] is the command line. Each module imports only from those before it;
//! `ARCHITECTURE.md` says which.
//!
//! ```
//! use tp_sweep::plan::Plan;
//! use tp_sweep::spec::{Source, Sweep};
//!
//! let text = "grid: { model.layers: [1, 2, 3], training.learning_rate: [0.1, 0.01] }";
//! let source = Source { name: "example.yaml".into(), text: text.into() };
//! let sweep = Sweep::parse(source, "example", &[])?;
//! let plan = Plan::new(&sweep)?;
//! assert_eq!(plan.trials.len(), 6);
//! assert_eq!(plan.trials[0].name, "layers1_lr0.1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]
#![warn(unreachable_pub)]
// What comes from outside must not bring the program down: an `expect` states an invariant of ours,
// and says at its place why it holds.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

pub mod backend;
mod bounded_io;
pub mod cli;
pub mod data;
mod escape;
pub mod launch;
pub mod metrics;
#[allow(
    clippy::expect_used,
    reason = "numbers of ours: nothing from outside comes here unchecked"
)]
pub mod model;
#[allow(
    clippy::expect_used,
    reason = "numbers of ours: nothing from outside comes here unchecked"
)]
pub mod model_io;
pub mod outcome;
pub mod plan;
#[cfg(test)]
mod pytorch;
pub mod random;
pub mod record;
pub mod report;
pub mod run;
pub mod spec;
#[allow(
    clippy::expect_used,
    reason = "numbers of ours: nothing from outside comes here unchecked"
)]
pub mod train;
pub mod training_state;
