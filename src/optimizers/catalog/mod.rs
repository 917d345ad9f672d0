//! The optimizers: a file each, and a line in this list.

use super::declaration::Declaration;
use super::key::OptimizerKey;
use super::setting::{OptimizerKeys, Setting};
use super::step::{Step, StepCounter, TensorOptimizer, WeightDecay};
use crate::backend::{Backend, FusedRule, FusedStep};
use crate::values::conflict::Conflict;
use std::sync::LazyLock;

macro_rules! optimizers {
    ($($file:ident::$type:ident,)+) => {
        $(mod $file;)+

        /// An optimizer, by its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum OptimizerKind {
            $(
                #[doc = concat!("[`", stringify!($type), "`](OptimizerSettings::", stringify!($type), ")")]
                $type,
            )+
        }

        impl OptimizerKind {
            /// All optimizers.
            pub const ALL: &[Self] = &[$(Self::$type,)+];

            /// The name in a sweep file.
            pub fn name(self) -> &'static str {
                match self { $(Self::$type => <$file::$type as Declaration>::NAME,)+ }
            }

            /// What it does, with its source.
            pub(crate) fn about(self) -> &'static str {
                match self { $(Self::$type => <$file::$type as Declaration>::ABOUT,)+ }
            }

            /// The keys of the optimizer, with its defaults.
            pub(crate) fn keys(self) -> &'static [OptimizerKey] {
                match self {
                    $(Self::$type => {
                        static KEYS: LazyLock<Vec<OptimizerKey>> =
                            LazyLock::new($file::$type::keys);
                        &KEYS
                    })+
                }
            }

            /// The weight decay if the sweep file sets none.
            pub(crate) fn default_weight_decay(self) -> f64 {
                match self { $(Self::$type => $file::$type::DEFAULT_WEIGHT_DECAY,)+ }
            }

            /// How the optimizer applies weight decay.
            pub(crate) fn weight_decay(self) -> WeightDecay {
                match self { $(Self::$type => $file::$type::WEIGHT_DECAY,)+ }
            }

            /// Whether the step depends on the number of steps taken.
            pub(crate) fn counts_steps(self) -> bool {
                match self { $(Self::$type => $file::$type::COUNTS_STEPS,)+ }
            }

            /// The settings with these keys; keys of other optimizers are ignored.
            pub(crate) fn settings(self, keys: &OptimizerKeys) -> OptimizerSettings {
                match self {
                    $(Self::$type => OptimizerSettings::$type($file::$type::from_keys(keys)),)+
                }
            }
        }

        /// An optimizer with exactly the settings that it has.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum OptimizerSettings {
            $(
                #[doc = concat!("`", stringify!($type), "`")]
                $type($file::$type),
            )+
        }

        impl OptimizerSettings {
            /// The optimizer.
            pub fn kind(&self) -> OptimizerKind {
                match self { $(Self::$type(_) => OptimizerKind::$type,)+ }
            }

            /// The settings by their names.
            pub(crate) fn settings(&self) -> Vec<(&'static str, Setting)> {
                match self { $(Self::$type(settings) => settings.settings(),)+ }
            }

            /// See [`Step::check`].
            pub(crate) fn check(&self) -> Result<(), Conflict> {
                match self { $(Self::$type(settings) => settings.check(),)+ }
            }

            /// See [`Step::is_effective`].
            pub(crate) fn is_effective(&self, key: &str) -> bool {
                match self { $(Self::$type(settings) => settings.is_effective(key),)+ }
            }

            /// See [`Step::is_plain_descent`].
            pub(crate) fn is_plain_descent(&self) -> bool {
                match self { $(Self::$type(settings) => settings.is_plain_descent(),)+ }
            }

            /// See [`Step::lists`].
            pub(crate) fn lists(&self) -> Vec<bool> {
                match self { $(Self::$type(settings) => settings.lists(),)+ }
            }

            /// See [`Step::parts`].
            pub(crate) fn parts(&self) -> Vec<bool> {
                match self { $(Self::$type(settings) => settings.parts(),)+ }
            }

            /// See [`Step::rule`].
            pub(crate) fn rule(&self) -> Option<FusedRule> {
                match self { $(Self::$type(settings) => settings.rule(),)+ }
            }

            /// See [`Step::fill`].
            pub(crate) fn fill(&self, step: &mut StepCounter, constants: &mut FusedStep) {
                match self { $(Self::$type(settings) => settings.fill(step, constants),)+ }
            }

            /// See [`Step::flop`].
            pub(crate) fn flop(&self, hidden_weights: impl FnOnce() -> Vec<[usize; 2]>) -> f64 {
                match self { $(Self::$type(settings) => settings.flop(hidden_weights),)+ }
            }

            /// See [`Step::carried_after`].
            pub(crate) fn carried_after(&self, steps: usize) -> f64 {
                match self { $(Self::$type(settings) => settings.carried_after(steps),)+ }
            }
        }

        /// The optimizer of members with these settings, which are of one optimizer with equal flags.
        pub(crate) fn on_tensors<B: Backend>(
            members: &[OptimizerSettings],
            device: &B::Device,
        ) -> Box<dyn TensorOptimizer<B>> {
            match members[0] {
                $(OptimizerSettings::$type(_) => {
                    let settings = members.iter().map(|member| match member {
                        OptimizerSettings::$type(settings) => *settings,
                        _ => unreachable!("members of one optimizer"),
                    });
                    <$file::$type as Step>::on_tensors(&settings.collect::<Vec<_>>(), device)
                })+
            }
        }
    };
}

optimizers! {
    sgd::Sgd,
    adam::Adam,
    adamw::AdamW,
    rmsprop::RmsProp,
    adagrad::Adagrad,
    nadam::NAdam,
    radam::RAdam,
    adadelta::Adadelta,
    adamax::Adamax,
    lion::Lion,
    muon::Muon,
}
