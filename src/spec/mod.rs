//! The sweep file as typed values.
//!
//! Text is parsed into a tree of values with their positions ([`YamlNode`]), and the tree into a
//! [`Sweep`], whose values are valid one by one. This module does not depend on how a sweep is used.

mod config;
mod data;
mod grid;
mod model;
mod overrides;
mod read_sweep;
mod reference;
mod schema;
mod sections;
mod settable_key;
mod sweep;
mod sweep_name;

pub use crate::values::config_value::ConfigValue;
pub use crate::values::conflict::Conflict;
pub use crate::values::non_empty_string::NonEmptyString;
pub use crate::values::number::{Count, Finite, Fraction, NonNegative, Positive};
pub use crate::values::or_none::OrNone;
pub use crate::values::section::{Section, SectionKey};
pub(crate) use crate::values::text_list::listed;
pub use crate::yaml::diagnostic::{Diagnostic, SpecError, nearest};
pub use crate::yaml::node::{YamlEntry, YamlNode, YamlValue};
pub use crate::yaml::short_text::short_text;
pub use crate::yaml::span::Span;
pub use config::key::{Assignment, KEYS, Key};
pub use config::monitor::Monitor;
pub use config::schedule::{Schedule, ScheduleUnit};
pub use config::stacking::{StackShape, StepKind, enclosing_stages};
pub use config::trial_config::{Config, Split, Training, Validation};
pub use config::validate::{
    MAX_BATCH_VALUES, MAX_EVAL_BATCH_SIZE, MAX_PARAMETERS, MIN_EVAL_BATCH_SIZE,
};
pub use data::column_note::{ColumnNote, ColumnUse};
pub use data::columns::{ColumnNames, ColumnSettings, Impute, OrdinalColumns};
pub use data::data_warning::{DataRemarks, DataWarning, FeatureName};
pub use data::dataset_kind::DatasetKind;
pub use data::encoding::{ColumnKind, EncodedColumn, Encoding};
pub use data::recorded_dataset::{RecordedContents, RecordedDataset};
pub use data::source::{Data, DataSource, DatasetInfo, Normalise};
pub use data::table_warning::TableWarning;
pub use grid::condition::{Condition, Subject, TrialFilter, UnresolvedFilter};
pub use grid::factor::{Factor, FactorKind, KeyAssignment, Level};
pub use model::init::{BiasInit, FanMode, Init};
pub use model::network::{ImagePooling, Model, ModelKind, NormPosition, Pooling, Shortcut, Width};
pub use reference::{
    dataset_files_table, dataset_table, optimizer_table, reference_table, score_table,
    variant_table,
};
pub use schema::{schema, schema_text};
pub use sections::checkpoint::CheckpointInterval;
pub use sections::keep::KeepWeights;
pub use sections::launch::{
    Directive, LaunchOptions, MemoryRequest, ResourceName, TimeLimit, Token,
};
pub use sections::limit::{Comparison, Limit};
pub use sections::limit_metric::LimitMetric;
pub use sections::options::SweepOptions;
pub use sections::record::{EventTiming, RecordOptions};
pub use sections::report::{Format, Language, ReportOptions};
pub use sections::selection::{SelectionCost, SelectionRule};
pub use sections::tensorboard::{HistogramInterval, TensorBoardOptions};
pub use settable_key::{SettableKey, settable_keys};
pub use sweep::{Include, Source, Sweep};
pub(crate) use sweep_name::{MAX_NAME_CHARS, is_reserved};
