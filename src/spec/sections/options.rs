//! All sections and keys of a sweep file that change no result.

use super::checkpoint::CheckpointInterval;
use super::keep::KeepWeights;
use super::launch::LaunchOptions;
use super::record::RecordOptions;
use super::report::ReportOptions;
use super::tensorboard::TensorBoardOptions;
use crate::spec::values::section::{SectionKey, SweepOption};
use crate::spec::yaml::diagnostic::Problems;
use crate::spec::yaml::node::YamlNode;
use serde_json::Value;

/// Declares the struct of all parts; a part has the name of its field.
macro_rules! options {
    ($($(#[$meta:meta])* $name:ident: $type:ty,)+) => {
        /// The sections and keys of a sweep file that change no result.
        #[derive(Clone, Debug, Default)]
        pub struct SweepOptions { $($(#[$meta])* pub $name: $type,)+ }

        impl SweepOptions {
            /// The names of the parts.
            pub(crate) const NAMES: [&str; [$(stringify!($name)),+].len()] = [$(stringify!($name)),+];

            /// Reads the part of this name. Whether there is one.
            pub(crate) fn read(&mut self, name: &str, node: &YamlNode, problems: &mut Problems) -> bool {
                match name {
                    $(stringify!($name) => self.$name = SweepOption::read_option(node, problems),)+
                    _ => return false,
                }
                true
            }

            /// The keys of the part of this name.
            pub(crate) fn keys(name: &str) -> Option<Vec<SectionKey>> {
                match name {
                    $(stringify!($name) => Some(<$type as SweepOption>::keys()),)+
                    _ => None,
                }
            }

            /// The JSON Schema of each part.
            pub(crate) fn schemas() -> impl Iterator<Item = (&'static str, Value)> {
                [$((stringify!($name), <$type as SweepOption>::schema()),)+].into_iter()
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
