//! How an optimizer is declared.

use super::key::OptimizerKey;
use super::setting::{OptimizerKeys, Setting};

/// An optimizer's name and settings, as [`optimizer!`] declares them.
pub(crate) trait Declaration: Sized {
    /// The name in a sweep file.
    const NAME: &'static str;

    /// What it does, with its source.
    const ABOUT: &'static str;

    /// The keys, with this optimizer's defaults.
    fn keys() -> Vec<OptimizerKey>;

    /// The settings: the keys that are set, and the defaults of the others.
    fn from_keys(keys: &OptimizerKeys) -> Self;

    /// The settings by their names.
    fn settings(&self) -> Vec<(&'static str, Setting)>;
}

/// Declares an optimizer: its name, and the struct of its settings with the short name, the type and the default
/// of each key. The doc comment of a field is the description of the key.
macro_rules! optimizer {
    (
        $(#[doc = $about:literal])+
        pub struct $type:ident = $name:literal {
            $($(#[doc = $doc:literal])+ $key:ident, $short_name:literal: $value:ty = $default:expr,)*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $type {
            $($(#[doc = $doc])+ pub(in crate::optimizers) $key: <$value as $crate::optimizers::setting::SettingType>::Plain,)*
        }

        impl $crate::optimizers::declaration::Declaration for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = concat!($($about),+).trim_ascii();

            fn keys() -> Vec<$crate::optimizers::key::OptimizerKey> {
                vec![$($crate::optimizers::key::OptimizerKey::new::<$value>(
                    stringify!($key),
                    $short_name,
                    concat!($($doc),+).trim_ascii(),
                    $default,
                ),)*]
            }

            fn from_keys(keys: &$crate::optimizers::setting::OptimizerKeys) -> Self {
                use $crate::optimizers::setting::SettingType;
                Self {$(
                    $key: keys
                        .get(stringify!($key))
                        .map_or($default, <$value as SettingType>::plain),
                )*}
            }

            fn settings(&self) -> Vec<(&'static str, $crate::optimizers::setting::Setting)> {
                use $crate::optimizers::setting::SettingType;
                vec![$((stringify!($key), <$value as SettingType>::setting(self.$key)),)*]
            }
        }
    };
}
pub(crate) use optimizer;
