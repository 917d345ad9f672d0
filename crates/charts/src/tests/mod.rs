//! Tests of all kinds of charts together.

mod any_chart;
mod invariants;
mod samples;
