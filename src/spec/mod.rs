//! The sweep file as typed values: what a file says, checked part by part.
//!
//! Text becomes a tree of values that know their place ([`Node`]), the tree becomes a [`Sweep`]
//! that is valid in each of its parts. Nothing here knows what a sweep is used for.

mod config;
mod data;
mod grid;
mod model;
mod overrides;
mod schema;
mod sections;
mod sweep;
mod values;
mod yaml;

pub use config::architecture::{DropoutSite, Stage};
pub use config::key::{Assignment, KEYS, Key};
pub use config::schedule::{Schedule, ScheduleUnit};
pub use config::stacking::{StackShape, Stepping, holding_stages};
pub use config::trial_config::{Config, Monitor, Optimizer, Split, Training, Validation};
pub use config::validate::{Conflict, MOST_NUMBERS, MOST_PARAMETERS, SMALLEST_PASS};
pub use data::column_note::{ColumnNote, ColumnUse};
pub use data::columns::{Columns, Impute, Names, OrdinalColumns};
pub(crate) use data::data_warning::listed;
pub use data::data_warning::{DataRemarks, DataWarning, FeatureName};
pub use data::encoding::{ColumnKind, EncodedColumn, Encoding};
pub use data::known_data::{KnownContents, KnownData};
pub use data::source::{Data, DataSet, DataSource, Facts, Normalise};
pub use data::table_warning::TableWarning;
pub use grid::factor::{Factor, FactorKind, Level, Set};
pub use grid::trial_filter::{Condition, Rule, Subject};
pub use model::init::{BiasInit, FanMode, Init};
pub use model::network::{Activation, Model, ModelKind, Norm, NormPosition, Pooling, Width};
pub use schema::{schema, schema_text};
pub use sections::checkpoint::CheckpointRule;
pub use sections::keep::Keep;
pub use sections::launch::{Directive, LaunchOptions, Memory, ResourceName, TimeLimit, Word};
pub use sections::record::{Events, RecordOptions};
pub use sections::report::{Cost, Format, Language, RankBy, ReportOptions, Select};
pub(crate) use sweep::is_reserved;
pub use sweep::{Include, Source, Sweep, TensorBoardOptions};
pub use values::config_value::Setting;
pub use values::non_empty_string::Text;
pub use values::number::{Count, Fraction, NonNegative, Positive, Real};
pub use yaml::diagnostic::{Problem, SpecError, nearest};
pub use yaml::node::{Entry, Node, Yaml};
pub use yaml::short_text::label;
pub use yaml::span::Place;
