//! The list of all configuration keys.
//!
//! The base configuration, the grid, `exclude`, `include` and `--set` all use this list, so every key
//! that can be configured can also vary. The JSON Schema and the tables of docs/sweep-file.md are
//! generated from it.

use super::optimizer_keys::{ALWAYS_WRITTEN, OPTIMIZER_KEY_NAMES};
use super::trial_config::Config;
use crate::optimizers::{OptimizerKey, OptimizerKind, Setting};
use crate::values::config_value::ConfigValue;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use crate::yaml::short_text::short_text;
use serde_json::{Map, Value, json};
use std::sync::{Arc, LazyLock};

/// The sections of the base configuration.
pub(crate) const SECTIONS: [&str; 4] = ["data", "model", "training", "validation"];

/// A key of the configuration.
pub struct Key {
    /// The path, such as `training.learning_rate`.
    pub path: &'static str,
    /// The short name in folder names and tables, such as `lr`.
    pub short_name: &'static str,
    /// What a user has to know about the key. A default that depends on other keys is the last
    /// sentence: `Default: ….`
    pub description: &'static str,
    /// The index in [`KEYS`].
    pub index: usize,
    access: Access,
    schema: fn() -> Value,
    expected: fn() -> String,
}

/// How the value of a key is read and where it is in a configuration.
#[derive(Clone, Copy)]
enum Access {
    /// A field of a section.
    Field {
        read: fn(&YamlNode) -> Result<Assignment, Diagnostic>,
        value: fn(&Config) -> Value,
    },
    /// A key that some optimizers have.
    Optimizer(OptimizerAccess),
}

/// The key that some optimizers have.
#[derive(Clone, Copy)]
pub(crate) struct OptimizerAccess {
    /// Its name, such as `beta1`.
    pub(crate) name: &'static str,
    /// Its path and that of the optimizer.
    pub(super) depends_on: &'static [&'static str],
    read: fn(&YamlNode) -> Result<Setting, Diagnostic>,
}

type Apply = dyn Fn(&mut Config) + Send + Sync;

/// A value of a key, and how to set it in a configuration.
#[derive(Clone)]
pub struct Assignment {
    /// The value as JSON, as in a sweep file.
    pub value: Value,
    apply: Arc<Apply>,
}

impl Assignment {
    /// Sets the key in `config` to this value.
    pub fn apply(&self, config: &mut Config) {
        (self.apply)(config);
    }
}

impl std::fmt::Debug for Assignment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.value)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.path)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

macro_rules! keys {
    ($name:ident: $($section:ident . $field:ident, $short_name:literal, $description:literal;)+) => {
        fn $name() -> Vec<Key> {
            vec![$(
                Key {
                    path: concat!(stringify!($section), ".", stringify!($field)),
                    short_name: $short_name,
                    description: $description,
                    index: 0,
                    access: Access::Field {
                        read: |node| {
                            let value = ConfigValue::read(node)?;
                            Ok(assignment(value, |config, value| config.$section.$field = value))
                        },
                        value: |config| config.$section.$field.to_value(),
                    },
                    schema: || schema_of(|config| &config.$section.$field),
                    expected: || expected_of(|config| &config.$section.$field),
                },
            )+]
        }
    };
}

/// All keys, in the order in which configurations are written.
pub static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let mut keys = keys_before_the_optimizers();
    keys.extend(optimizer_keys());
    keys.extend(keys_after_the_optimizers());
    for (index, key) in keys.iter_mut().enumerate() {
        key.index = index;
    }
    keys
});

/// The keys that some optimizers have.
fn optimizer_keys() -> impl Iterator<Item = Key> {
    OPTIMIZER_KEY_NAMES.iter().filter_map(|&name| {
        let mut declared = OptimizerKind::with_key(name).filter_map(|owner| owner.key(name));
        let key = declared.next()?;
        // Kept for the list of all keys, which is made once.
        let path: &'static str = format!("training.{name}").leak();
        Some(Key {
            path,
            short_name: key.short_name,
            description: described(key).leak(),
            index: 0,
            access: Access::Optimizer(OptimizerAccess {
                name,
                depends_on: vec![path, "training.optimizer"].leak(),
                read: key.read,
            }),
            schema: key.schema,
            expected: key.expected,
        })
    })
}

/// The description of an optimizer's key: with the optimizers that have it, and its meaning and default where
/// these depend on the optimizer.
fn described(key: &OptimizerKey) -> String {
    let owners: Vec<OptimizerKind> = OptimizerKind::with_key(key.name).collect();
    let names: Vec<String> = owners.iter().map(|owner| format!("`{owner}`")).collect();
    let names = match names.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        names => names.concat(),
    };
    let default = |key: &OptimizerKey| short_text(&key.default.to_value());
    let mut text = format!("{} For {names}.", key.description);
    let mut defaults = default(key);
    for owner in owners {
        let Some(own) = owner.key(key.name) else {
            continue;
        };
        if own.description != key.description {
            text += &format!(" With `{owner}`: {}", lower_first(own.description));
        }
        if own.default != key.default {
            defaults += &format!("; `{owner}`: {}", default(own));
        }
    }
    if defaults.contains(';') || !ALWAYS_WRITTEN.contains(&key.name) {
        text += &format!(" Default: {defaults}.");
    }
    text
}

/// A sentence that follows a colon.
fn lower_first(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(characters).collect()
}

keys! { keys_before_the_optimizers:
    data.set, "data", "The data set: a built-in one, or the format of your own files. See docs/data.md.";
    data.path, "path", "Your own data: a file or folder, relative to the current folder, or to the folder of the sweep file or one above it.";
    data.label, "label", "The column of a `table` that holds the classes.";
    data.drop, "drop", "Columns of a `table` to leave out; `*` matches any text.";
    data.categorical, "categorical", "Columns of a `table` to treat as categorical, although they hold numbers or have many categories.";
    data.ordinal, "ordinal", "Columns of a `table` whose categories have an order, each with its categories from the lowest to the highest, such as `{ size: [small, medium, large] }`.";
    data.na_values, "navalues", "Texts that mark a missing value in any feature of a `table`, in addition to empty cells.";
    data.impute, "impute", "How missing values of a `table` are filled (see docs/data.md); with `none`, a missing value is an error. Default: `median`.";
    data.test_fraction, "testfraction", "Fraction of your own data to hold out as the test set, if the data has none; more than 0.";
    data.limit, "limit", "Train and validate on a stratified subset of this many training samples; at most as many as the data set has. Default: all.";
    data.normalise, "normalise", "Mean and standard deviation that features are normalised by: the published ones, those of the run's own training samples, or none. Default: `known` if they are published, otherwise `training`.";
    data.shift, "shift", "Maximum shift of training images in each direction, in pixels; less than the smaller side of an image.";
    data.flip, "flip", "Mirror training images left to right, with probability 1/2.";
    model.kind, "model", "`mlp` has fully connected layers; `cnn`, for images, has convolution blocks before them.";
    model.layers, "layers", "Number of hidden layers, at most 100; leave it out if `model.width` is a list. Default: 1, or the length of `model.width`.";
    model.width, "width", "Units of each hidden layer.";
    model.activation, "activation", "Activation after each hidden layer and each convolution, with PyTorch's default settings. `prelu` also accepts its initial slope.";
    model.dropout, "dropout", "Dropout probability of a unit, after each hidden activation.";
    model.input_dropout, "inputdropout", "Dropout probability of an input.";
    model.norm, "norm", "Normalisation at each hidden layer and each convolution.";
    model.norm_position, "normposition", "Whether the normalisation is before or after the activation.";
    model.init, "init", "Initial weights of every dense and convolution layer.";
    model.bias_init, "biasinit", "Initial biases of every dense and convolution layer.";
    model.same_init, "sameinit", "`true` starts all trials of the same model shape from the same random numbers, `false` each trial from its own.";
    model.channels, "channels", "Output channels of each block of a `cnn`. Default: 16, 32.";
    model.kernel_size, "kernel", "Height and width of a convolution's kernel: odd, at most 31. The image is padded with zeros, so that the kernel size does not change the output size.";
    model.pooling, "pooling", "How each block of a `cnn` halves the height and width of the image: 2 × 2 pooling (odd sizes are rounded down), or a convolution of stride 2 instead of 1 (`strided_convolution`, Springenberg et al. 2015; odd sizes are rounded up). `none` keeps the size.";
    model.shortcut, "shortcut", "Residual (skip) connection around each block of a `cnn`: `identity` adds the block's input just before the block's activation (He et al. 2016, option A: missing channels are filled with 0). Default: none.";
    model.global_pooling, "globalpooling", "Global pooling after the last block of a `cnn`: `average` replaces each channel by its mean over all pixels (Lin et al. 2014). Default: none.";
    model.block_dropout, "blockdropout", "Dropout probability of a value, at the end of each block of a `cnn`.";
    training.epochs, "epochs", "Passes over the training samples.";
    training.batch_size, "batch", "Samples of one optimizer step; the last step of an epoch takes the remaining ones.";
    training.optimizer, "optimizer", "Optimizer; those that `torch.optim` has compute what it computes.";
    training.learning_rate, "lr", "Learning rate, after a warm-up and before the schedule.";
}

keys! { keys_after_the_optimizers:
    training.weight_decay, "decay", "Weight decay of all parameters, as the optimizer applies it: an L2 penalty, or decoupled. Default: 0; `adamw`: 0.01.";
    training.l1, "l1", "L1 penalty: this times the sign of each parameter is added to its gradient.";
    training.label_smoothing, "smoothing", "Share of each target that is spread over all classes; reported losses are the cross-entropy without smoothing.";
    training.clip_value, "clipvalue", "Maximum absolute value of each element of a gradient.";
    training.clip_norm, "clipnorm", "Maximum norm of all gradients together; applied after `clip_value`.";
    training.max_norm, "maxnorm", "Maximum norm of the weights into one unit; applied after each step.";
    training.schedule, "schedule", "How the learning rate changes.";
    training.schedule_unit, "per", "Unit of `schedule` and `warmup`.";
    training.warmup, "warmup", "Epochs or steps of linear warm-up before the schedule.";
    training.warmup_start, "warmupstart", "Fraction of the learning rate at which the warm-up starts; at most 1. Default: 1/3.";
    training.monitor, "monitor", "Validation score that early stopping and the schedule `plateau` monitor.";
    training.patience, "patience", "Epochs without improvement after which training stops; `null` never stops early.";
    training.min_delta, "mindelta", "Minimum change that early stopping counts as an improvement.";
    training.restore_best, "restore", "With early stopping, end a run with the parameters of its best epoch.";
    validation.folds, "folds", "Folds of cross-validation: at least 2, at most the number of samples.";
    validation.holdout, "holdout", "Fraction to hold out for validation, instead of folds; 0 trains on all samples, without a validation score. Default: 0.1.";
    validation.stratified, "stratified", "Keep the proportions of the classes in every split and subset.";
    validation.seed, "seed", "Seed of every random number of the sweep.";
    validation.repeats, "repeats", "Number of times that each trial is repeated, with different splits, initial weights and batches.";
}

fn assignment<T: ConfigValue + Clone + Send + Sync + 'static>(
    value: T,
    set: fn(&mut Config, T),
) -> Assignment {
    Assignment {
        value: value.to_value(),
        apply: Arc::new(move |config| set(config, value.clone())),
    }
}

/// The JSON Schema of the type of a field.
fn schema_of<T: ConfigValue>(_field: fn(&Config) -> &T) -> Value {
    T::schema()
}

/// The accepted values of the type of a field.
fn expected_of<T: ConfigValue>(_field: fn(&Config) -> &T) -> String {
    T::expected()
}

impl Key {
    /// The key with this path.
    pub fn find(path: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.path == path)
    }

    /// The paths of all keys.
    pub fn paths() -> impl Iterator<Item = &'static str> + Clone {
        KEYS.iter().map(|key| key.path)
    }

    /// The section and the field, such as `training` and `learning_rate`.
    pub fn section_and_field(&self) -> (&'static str, &'static str) {
        self.path.split_once('.').unwrap_or((self.path, ""))
    }

    /// Reads a value for this key.
    ///
    /// # Errors
    /// The key does not accept the value.
    pub fn read(&self, node: &YamlNode) -> Result<Assignment, Diagnostic> {
        match self.access {
            Access::Field { read, .. } => read(node),
            // `null` unsets a key, so that the optimizer's default counts.
            Access::Optimizer(OptimizerAccess { name, .. }) if node.value == YamlValue::Null => {
                Ok(Assignment {
                    value: Value::Null,
                    apply: Arc::new(move |config| {
                        config.training.optimizer_keys.unset(name);
                    }),
                })
            }
            Access::Optimizer(OptimizerAccess { name, read, .. }) => {
                let setting = read(node)?;
                Ok(Assignment {
                    value: setting.to_value(),
                    apply: Arc::new(move |config| {
                        config.training.optimizer_keys.set(name, setting);
                    }),
                })
            }
        }
    }

    /// The value of this key in `config`, as in a sweep file.
    pub fn value_in(&self, config: &Config) -> Value {
        match self.access {
            Access::Field { value, .. } => value(config),
            Access::Optimizer(key) => config.training.optimizer_value(key.name),
        }
    }

    /// The key of optimizers that it is, if it is one.
    pub(crate) fn optimizer_key(&self) -> Option<OptimizerAccess> {
        match self.access {
            Access::Field { .. } => None,
            Access::Optimizer(key) => Some(key),
        }
    }

    /// The accepted values, in words.
    pub(crate) fn expected(&self) -> String {
        let expected = (self.expected)();
        if self.optimizer_key().is_some() {
            format!("{expected} (or null)")
        } else {
            expected
        }
    }

    /// The JSON Schema of the accepted values, with the description and the default.
    pub fn schema(&self) -> Value {
        let mut schema = (self.schema)();
        if self.optimizer_key().is_some() {
            schema = json!({ "anyOf": [schema, { "type": "null" }] });
        }
        schema["description"] = Value::from(self.description);
        schema["default"] = self.value_in(&Config::default());
        schema
    }
}

impl Config {
    /// The configuration as nested sections, without keys that are `null`.
    ///
    /// This value identifies a trial: equal configurations give equal values, in the same order.
    pub fn to_value(&self) -> Value {
        self.sections(|_, _| true)
    }

    /// The configuration for display: [`Config::to_value`] without defaults that do not apply, such as
    /// the betas of Adam with another optimizer. Reading it gives the same configuration.
    pub fn to_applicable_value(&self) -> Value {
        // Computed once, because this is called for every run of a sweep.
        static DEFAULTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
            let defaults = Config::default();
            KEYS.iter().map(|key| key.value_in(&defaults)).collect()
        });
        self.sections(|key, value| *value != DEFAULTS[key.index] || self.is_applicable(key))
    }

    fn sections(&self, is_included: impl Fn(&Key, &Value) -> bool) -> Value {
        let mut sections = Map::new();
        for key in KEYS.iter() {
            let value = key.value_in(self);
            if value.is_null() || !is_included(key, &value) {
                continue;
            }
            let (section, field) = key.section_and_field();
            if let Value::Object(fields) = sections
                .entry(section)
                .or_insert_with(|| Value::Object(Map::new()))
            {
                fields.insert(field.to_owned(), value);
            }
        }
        Value::Object(sections)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::node::YamlValue;
    use crate::yaml::span::Span;

    #[test]
    fn each_key_is_at_its_index_and_short_names_are_unique() {
        for (position, key) in KEYS.iter().enumerate() {
            assert_eq!(key.index, position, "{}", key.path);
            assert_eq!(
                KEYS.iter()
                    .filter(|k| k.short_name == key.short_name)
                    .count(),
                1,
                "{}",
                key.short_name
            );
        }
    }

    #[test]
    fn a_key_reads_the_value_that_it_writes() {
        for key in KEYS.iter() {
            let value = key.value_in(&Config::default());
            let node = YamlNode::parse(&value.to_string()).unwrap();
            assert_eq!(
                key.read(&node)
                    .map(|assignment| assignment.value)
                    .unwrap_or_default(),
                value,
                "{}",
                key.path
            );
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_names_what_is_expected() {
        let node = YamlNode {
            value: YamlValue::List(Vec::new()),
            span: Span::default(),
            source_text: None,
        };
        for key in KEYS.iter() {
            let diagnostic = key.read(&node).unwrap_err();
            assert!(
                diagnostic.message.starts_with("expected ")
                    || diagnostic.message.starts_with("unknown "),
                "{}: {diagnostic}",
                key.path
            );
        }
    }
}
