//! The sweep file as typed values: what a file says, checked part by part.
//!
//! Text becomes a tree of values that know their place ([`YamlNode`]), the tree becomes a [`Sweep`]
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
pub use config::stacking::{StackShape, StepKind, enclosing_stages};
pub use config::trial_config::{Config, Monitor, Optimizer, Split, Training, Validation};
pub use config::validate::{
    Conflict, MAX_EVAL_BATCH_SIZE, MIN_EVAL_BATCH_SIZE, MOST_NUMBERS, MOST_PARAMETERS,
};
pub use data::column_note::{ColumnNote, ColumnUse};
pub use data::columns::{ColumnNames, Columns, Impute, OrdinalColumns};
pub(crate) use data::data_warning::listed;
pub use data::data_warning::{DataRemarks, DataWarning, FeatureName};
pub use data::encoding::{ColumnKind, EncodedColumn, Encoding};
pub use data::known_data::{KnownContents, KnownData};
pub use data::source::{Data, DataSet, DataSource, DatasetInfo, Normalise};
pub use data::table_warning::TableWarning;
pub use grid::factor::{Factor, FactorKind, KeyAssignment, Level};
pub use grid::trial_filter::{Condition, Subject, TrialFilter};
pub use model::init::{BiasInit, FanMode, Init};
pub use model::network::{Activation, Model, ModelKind, Norm, NormPosition, Pooling, Width};
pub use schema::{schema, schema_text};
pub use sections::checkpoint::CheckpointRule;
pub use sections::keep::KeepWeights;
pub use sections::launch::{
    Directive, LaunchOptions, MemoryRequest, ResourceName, TimeLimit, Token,
};
pub use sections::record::{EventTiming, RecordOptions};
pub use sections::report::{Format, Language, RankBy, ReportOptions, SelectionCost, SelectionRule};
pub(crate) use sweep::is_reserved;
pub use sweep::{Include, Source, Sweep, TensorBoardOptions};
pub use values::config_value::ConfigValue;
pub use values::non_empty_string::NonEmptyString;
pub use values::number::{Count, Fraction, NonNegative, Positive, Real};
pub use yaml::diagnostic::{Diagnostic, SpecError, nearest};
pub use yaml::node::{YamlEntry, YamlNode, YamlValue};
pub use yaml::short_text::short_text;
pub use yaml::span::Span;
