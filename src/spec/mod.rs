//! The sweep file as typed values: what a file says, checked part by part.
//!
//! Text becomes a tree of values that know their place ([`Node`]), the tree becomes a [`Sweep`]
//! that is valid in each of its parts. Nothing here knows what a sweep is used for.

mod architecture;
mod check;
mod checkpoint;
mod config;
mod data;
mod data_warning;
mod factor;
mod init;
mod keep;
mod key;
mod known_data;
mod label;
mod launch;
mod meaning;
mod model;
mod node;
mod number;
mod overrides;
mod place;
mod problem;
mod range;
mod record;
mod report;
mod rule;
mod schedule;
mod schema;
mod setting;
mod stack;
mod sweep;
mod text;
mod variant;

pub use architecture::{DropoutSite, Stage};
pub use check::{Conflict, MOST_NUMBERS, MOST_PARAMETERS, SMALLEST_PASS};
pub use checkpoint::CheckpointRule;
pub use config::{Config, Monitor, Optimizer, Split, Training, Validation};
pub use data::{Data, DataSet, DataSource, Facts, Normalise};
pub(crate) use data_warning::listed;
pub use data_warning::{DataWarning, FeatureName};
pub use factor::{Factor, FactorKind, Level, Set};
pub use init::{BiasInit, FanMode, Init};
pub use keep::Keep;
pub use key::{Assignment, KEYS, Key};
pub use known_data::{KnownContents, KnownData};
pub use label::label;
pub use launch::{Directive, LaunchOptions, Memory, ResourceName, TimeLimit, Word};
pub use model::{Activation, Model, ModelKind, Norm, NormPosition, Pooling, Width};
pub use node::{Entry, Node, Yaml};
pub use number::{Count, Fraction, NonNegative, Positive, Real};
pub use place::Place;
pub use problem::{Problem, SpecError, nearest};
pub use record::{Events, RecordOptions};
pub use report::{Cost, Format, Language, RankBy, ReportOptions, Select};
pub use rule::{Condition, Rule, Subject};
pub use schedule::{Schedule, ScheduleUnit};
pub use schema::schema;
pub use setting::Setting;
pub use stack::{StackShape, Stepping, holding_stages};
pub(crate) use sweep::is_reserved;
pub use sweep::{Include, Source, Sweep, TensorBoardOptions};
pub use text::Text;
