//! Every configuration key, in one list.
//!
//! A key of the base configuration, a factor of the grid, an entry of `exclude` or `include` and
//! a `--set` option all go through this list: what can be configured can vary.

use super::trial_config::Config;
use crate::spec::values::config_value::ConfigValue;
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::YamlNode;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The sections of the base configuration.
pub(crate) const SECTIONS: [&str; 4] = ["data", "model", "training", "validation"];

/// A key of the configuration.
pub struct Key {
    /// Its path, such as `training.learning_rate`.
    pub path: &'static str,
    /// The name in run folders, such as `lr`.
    pub short_name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// Position in [`KEYS`].
    pub index: usize,
    read: fn(&YamlNode) -> Result<Assignment, Diagnostic>,
    to_value: fn(&Config) -> Value,
    schema: fn() -> Value,
}

type Apply = dyn Fn(&mut Config) + Send + Sync;

/// A value read for a key, ready to be put into a configuration.
#[derive(Clone)]
pub struct Assignment {
    /// The value as a sweep file would write it.
    pub value: Value,
    apply: Arc<Apply>,
}

impl Assignment {
    /// Puts the value into `config`.
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
    ($($section:ident . $field:ident, $short:literal, $about:literal;)+) => {
        /// Every key, in the order in which a configuration is shown.
        pub static KEYS: &[Key] = &[$(
            Key {
                path: concat!(stringify!($section), ".", stringify!($field)),
                short_name: $short,
                description: $about,
                index: Index::$field as usize,
                read: |node| {
                    let value = ConfigValue::read(node)?;
                    Ok(assignment(value, |config, value| config.$section.$field = value))
                },
                to_value: |config| config.$section.$field.to_value(),
                schema: || schema_of(|config| &config.$section.$field),
            },
        )+];

        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Index { $($field,)+ }
    };
}

keys! {
    data.set, "data", "The data set.";
    data.path, "path", "The file or folder of your own data, for the sets table, images, idx and npy.";
    data.label, "label", "The column of a table that holds the classes.";
    data.drop, "drop", "Columns of a table to leave out: a name or a list, in which * stands for any text.";
    data.categorical, "categorical", "Columns of a table that hold categories, even if they are numbers.";
    data.ordinal, "ordinal", "Columns of a table that hold categories in an order, with their levels from lowest to highest.";
    data.na_values, "navalues", "Texts that stand for a missing value in any feature of a table.";
    data.impute, "impute", "What fills the cells of a table that have no value. Default: median.";
    data.test_fraction, "testfraction", "Fraction held out as the test part, where your own data has none.";
    data.limit, "limit", "Train and validate on a stratified subset of this many samples.";
    data.normalise, "normalise", "What features are shifted and scaled by. Default: known where it is known, else training.";
    data.shift, "shift", "Training images are shifted by up to this many pixels in each direction.";
    data.flip, "flip", "Training images are mirrored left to right, one in two.";
    model.kind, "model", "The kind of network: mlp, fully connected layers; cnn, convolutions first.";
    model.layers, "layers", "Hidden layers. Default: 1, or as many as model.width lists.";
    model.width, "width", "Units of each hidden layer, or a list with one width for each.";
    model.activation, "activation", "The function after each hidden layer and each convolution.";
    model.dropout, "dropout", "Probability of a unit being dropped, after each hidden activation.";
    model.input_dropout, "inputdropout", "Probability of an input being dropped.";
    model.norm, "norm", "What is normalised at each hidden layer and each convolution.";
    model.norm_position, "normposition", "Whether the norm is before or after the activation.";
    model.init, "init", "Initial weights of every dense and convolution layer.";
    model.bias_init, "biasinit", "Initial biases of every dense and convolution layer.";
    model.same_init, "sameinit", "Trials of equal shape start from the same random numbers.";
    model.channels, "channels", "Output channels of each block of a cnn. Default: 16 and 32.";
    model.kernel_size, "kernel", "Height and width of a convolution's kernel; odd.";
    model.pooling, "pooling", "How each block of a cnn halves its image.";
    model.block_dropout, "blockdropout", "Probability of a value being dropped after each block.";
    training.epochs, "epochs", "Passes over the training samples.";
    training.batch_size, "batch", "Samples of one optimizer step.";
    training.optimizer, "optimizer", "How weights follow their gradients.";
    training.learning_rate, "lr", "The learning rate, after a warm-up and before the schedule.";
    training.momentum, "momentum", "Momentum of sgd and rmsprop.";
    training.dampening, "dampening", "Dampening of the momentum of sgd.";
    training.nesterov, "nesterov", "Nesterov's form of the momentum of sgd; needs a momentum.";
    training.beta1, "beta1", "Decay of the mean of gradients of adam, adamw and nadam.";
    training.beta2, "beta2", "Decay of the mean of squared gradients of adam, adamw and nadam.";
    training.epsilon, "epsilon", "Term against division by zero. Default: 1e-8; adagrad 1e-10.";
    training.alpha, "alpha", "Decay of rmsprop's mean of squared gradients.";
    training.centered, "centered", "rmsprop divides by the gradients' deviation.";
    training.momentum_decay, "momentumdecay", "Decay of nadam's momentum.";
    training.learning_rate_decay, "lrdecay", "Decay of adagrad's learning rate.";
    training.weight_decay, "decay", "L2 penalty, as the optimizer has it. Default: 0; adamw 0.01.";
    training.l1, "l1", "L1 penalty: this times the sign of each parameter is added to its gradient.";
    training.label_smoothing, "smoothing", "Share of each target that is spread over all classes.";
    training.clip_value, "clipvalue", "The largest absolute value of a gradient's element.";
    training.clip_norm, "clipnorm", "The largest norm of all gradients together.";
    training.max_norm, "maxnorm", "The largest norm of the weights into one unit.";
    training.schedule, "schedule", "How the learning rate changes.";
    training.schedule_unit, "per", "What schedule and warmup count: epochs or steps.";
    training.warmup, "warmup", "Epochs or steps of linear warm-up before the schedule; 0 for none.";
    training.warmup_start, "warmupstart", "Fraction of the learning rate where the warm-up starts.";
    training.monitor, "monitor", "What early stopping and the schedule plateau watch.";
    training.patience, "patience", "Epochs without improvement until training stops; null: never.";
    training.min_delta, "mindelta", "The least change that early stopping takes for an improvement.";
    training.restore_best, "restore", "A run that may stop early ends with its best epoch's parameters.";
    validation.folds, "folds", "Folds of cross-validation, at least 2.";
    validation.holdout, "holdout", "Fraction held out, in the place of folds; 0 trains on all.";
    validation.stratified, "stratified", "Keep the classes' shares in every split.";
    validation.seed, "seed", "The seed of every random number of the sweep.";
    validation.repeats, "repeats", "How often each trial is repeated with other random numbers.";
}

fn assignment<T: ConfigValue + Clone + Send + Sync + 'static>(
    value: T,
    put: fn(&mut Config, T),
) -> Assignment {
    Assignment {
        value: value.to_value(),
        apply: Arc::new(move |config| put(config, value.clone())),
    }
}

/// The schema of the type that a field has.
fn schema_of<T: ConfigValue>(_field: fn(&Config) -> &T) -> Value {
    T::schema()
}

impl Key {
    /// The key of this path.
    pub fn find(path: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.path == path)
    }

    /// Every path.
    pub fn paths() -> impl Iterator<Item = &'static str> + Clone {
        KEYS.iter().map(|key| key.path)
    }

    /// Section and field: `training` and `learning_rate`.
    pub fn section_and_field(&self) -> (&'static str, &'static str) {
        self.path.split_once('.').unwrap_or((self.path, ""))
    }

    /// Reads a value for this key.
    ///
    /// # Errors
    /// A value that the key does not accept.
    pub fn read(&self, node: &YamlNode) -> Result<Assignment, Diagnostic> {
        (self.read)(node)
    }

    /// The value of this key in `config`, as a sweep file would write it.
    pub fn value_in(&self, config: &Config) -> Value {
        (self.to_value)(config)
    }

    /// The JSON Schema of the accepted values, with the description and the default.
    pub fn schema(&self) -> Value {
        let mut schema = (self.schema)();
        schema["description"] = Value::from(self.description);
        schema["default"] = self.value_in(&Config::default());
        schema
    }
}

impl Config {
    /// The configuration as nested sections; keys that are not set are left out.
    ///
    /// It is what identifies a trial: equal configurations show equal values, in equal order.
    pub fn to_value(&self) -> Value {
        self.sections(|_| true)
    }

    /// The configuration for people: [`Config::show`] without defaults that mean nothing in it, such
    /// as Adam's with another optimizer. Read again, it gives the same configuration.
    pub fn to_applicable_value(&self) -> Value {
        let defaults = Self::default();
        self.sections(|key| {
            self.is_applicable(key) || key.value_in(self) != key.value_in(&defaults)
        })
    }

    fn sections(&self, shown: impl Fn(&Key) -> bool) -> Value {
        let mut sections = Map::new();
        for key in KEYS.iter().filter(|key| shown(key)) {
            let value = key.value_in(self);
            if value.is_null() {
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
    use crate::spec::yaml::node::YamlValue;
    use crate::spec::yaml::span::Span;

    #[test]
    fn each_key_stands_at_its_index_and_short_names_are_unique() {
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
        assert!(
            KEYS.len() <= 64,
            "plan keeps sets of keys in the bits of a u64"
        );
    }

    #[test]
    fn what_a_key_shows_it_also_reads() {
        for key in KEYS {
            let shown = key.value_in(&Config::default());
            let node = YamlNode::parse(&shown.to_string()).unwrap();
            assert_eq!(
                key.read(&node).map(|a| a.value).unwrap_or_default(),
                shown,
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
        for key in KEYS {
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
