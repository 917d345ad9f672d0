//! The sweep file as typed values: what a file says, checked part by part.
//!
//! Text becomes a tree of values that know their place ([`Node`]), the tree becomes a [`Sweep`]
//! that is valid in each of its parts. Nothing here knows what a sweep is used for.

mod check;
mod config;
mod data;
mod factor;
mod key;
mod label;
mod node;
mod number;
mod overrides;
mod place;
mod problem;
mod range;
mod rule;
mod schedule;
mod schema;
mod setting;
mod sweep;
mod text;

pub use check::{Conflict, MOST_PARAMETERS};
pub use config::{
    Activation, Config, Model, ModelKind, Optimizer, Split, Training, Validation, Width,
};
pub use data::{Data, DataSet, DataSource, Facts, Normalise};
pub use factor::{Factor, FactorKind, Level, Set};
pub use key::{Assignment, KEYS, Key};
pub use label::label;
pub use node::{Entry, Node, Yaml};
pub use number::{Count, Fraction, NonNegative, Positive};
pub use place::Place;
pub use problem::{Problem, SpecError, nearest};
pub use rule::{Condition, Rule, Subject};
pub use schedule::{Schedule, ScheduleUnit};
pub use schema::schema;
pub use setting::Setting;
pub use sweep::{Include, RankBy, ReportOptions, Source, Sweep};
pub use text::Text;
