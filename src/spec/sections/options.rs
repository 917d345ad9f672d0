//! All sections and keys of a sweep file that change no result.

use super::checkpoint::CheckpointInterval;
use super::keep::KeepWeights;
use super::launch::LaunchOptions;
use super::record::RecordOptions;
use super::report::ReportOptions;
use super::tensorboard::TensorBoardOptions;
use crate::values::section::{SectionKey, SweepOption};
use crate::yaml::diagnostic::Diagnostics;
use crate::yaml::node::YamlNode;
use serde_json::Value;

/// Declares the struct of all these options; each field has the name of its section or key.
macro_rules! options {
    ($($(#[$meta:meta])* $name:ident: $type:ty,)+) => {
        /// The sections and keys of a sweep file that change no result.
        #[derive(Clone, Debug, Default)]
        pub struct SweepOptions { $($(#[$meta])* pub $name: $type,)+ }

        impl SweepOptions {
            /// The names of the sections and keys.
            pub(crate) const NAMES: [&str; [$(stringify!($name)),+].len()] = [$(stringify!($name)),+];

            /// Reads the section or key `name`; returns `false` if there is none.
            pub(crate) fn read(&mut self, name: &str, node: &YamlNode, diagnostics: &mut Diagnostics) -> bool {
                match name {
                    $(stringify!($name) => self.$name = SweepOption::read_option(name, node, diagnostics),)+
                    _ => return false,
                }
                true
            }

            /// The keys of the section `name`, or the key itself.
            pub(crate) fn keys(name: &str) -> Option<Vec<SectionKey>> {
                match name {
                    $(stringify!($name) => Some(<$type as SweepOption>::keys(stringify!($name))),)+
                    _ => None,
                }
            }

            /// The JSON Schema of each section and key.
            pub(crate) fn schemas() -> impl Iterator<Item = (&'static str, Value)> {
                [$((stringify!($name), <$type as SweepOption>::schema(stringify!($name))),)+].into_iter()
            }
        }
    };
}

options! {
    /// The report.
    report: ReportOptions,
    /// What TensorBoard shows.
    tensorboard: TensorBoardOptions,
    /// Which records of a run are written.
    record: RecordOptions,
    /// Which trained weights are kept.
    keep: KeepWeights,
    /// How often checkpoints are written.
    checkpoint: CheckpointInterval,
    /// What is requested from a cluster.
    launch: LaunchOptions,
}
