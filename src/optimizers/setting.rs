//! Values of an optimizer's keys.

use crate::values::config_value::ConfigValue;
use crate::values::number::{Bounded, Bounds};
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::YamlNode;
use serde_json::{Value, json};
use smallvec::SmallVec;
use std::hash::{Hash, Hasher};

/// The value of a key; numbers are compared and hashed by their bits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Setting {
    Number(f64),
    Flag(bool),
}

impl Setting {
    /// The value as JSON, as in a sweep file.
    pub(crate) fn to_value(self) -> Value {
        match self {
            Self::Number(number) => json!(number),
            Self::Flag(flag) => json!(flag),
        }
    }

    fn bits(self) -> (bool, u64) {
        match self {
            Self::Number(number) => (true, number.to_bits()),
            Self::Flag(flag) => (false, u64::from(flag)),
        }
    }
}

impl PartialEq for Setting {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Setting {}

impl Hash for Setting {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

/// A type of values that a key can have: flags, and numbers within bounds.
pub(crate) trait SettingType: ConfigValue {
    /// What an optimizer computes with.
    type Plain: Copy;

    /// The setting of a plain value.
    fn setting(plain: Self::Plain) -> Setting;

    /// The plain value of a setting of this type.
    fn plain(setting: Setting) -> Self::Plain;

    /// Reads a setting.
    ///
    /// # Errors
    /// The value is not accepted.
    fn read_setting(node: &YamlNode) -> Result<Setting, Diagnostic>;
}

impl<B: Bounds> SettingType for Bounded<B> {
    type Plain = f64;

    fn setting(plain: f64) -> Setting {
        Setting::Number(plain)
    }

    fn plain(setting: Setting) -> f64 {
        match setting {
            Setting::Number(number) => number,
            Setting::Flag(_) => unreachable!("a key has values of one type"),
        }
    }

    fn read_setting(node: &YamlNode) -> Result<Setting, Diagnostic> {
        Self::read(node).map(|number| Setting::Number(number.get()))
    }
}

impl SettingType for bool {
    type Plain = Self;

    fn setting(plain: Self) -> Setting {
        Setting::Flag(plain)
    }

    fn plain(setting: Setting) -> Self {
        match setting {
            Setting::Flag(flag) => flag,
            Setting::Number(_) => unreachable!("a key has values of one type"),
        }
    }

    fn read_setting(node: &YamlNode) -> Result<Setting, Diagnostic> {
        Self::read(node).map(Setting::Flag)
    }
}

/// The keys of optimizers that a configuration sets, sorted by their names. Some may be keys of another optimizer
/// than that of the configuration.
///
/// A plan has one for each trial, most of which set none or one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OptimizerKeys(SmallVec<[(&'static str, Setting); 1]>);

impl OptimizerKeys {
    fn position(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(name, _)| (*name).cmp(key))
    }

    /// The value of a key, if it is set.
    pub(crate) fn get(&self, key: &str) -> Option<Setting> {
        self.position(key).ok().map(|position| self.0[position].1)
    }

    /// The keys that are set.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// Sets a key.
    pub(crate) fn set(&mut self, key: &'static str, setting: Setting) {
        match self.position(key) {
            Ok(position) => self.0[position].1 = setting,
            Err(position) => self.0.insert(position, (key, setting)),
        }
    }

    /// Unsets a key.
    pub(crate) fn unset(&mut self, key: &str) {
        if let Ok(position) = self.position(key) {
            self.0.remove(position);
        }
    }
}
