//! The keys that shell completion offers for `--set`.

use super::config::key::KEYS;
use super::sections::options::SweepOptions;
use serde_json::Value;

/// A key that can be overridden with `--set`.
#[derive(Clone, Debug)]
pub struct SettableKey {
    /// The key, such as `training.epochs`.
    pub path: String,
    /// What a user has to know about the key.
    pub description: &'static str,
    /// The fixed values that it accepts, such as `adam` or `off`; empty if there are none. It may accept other
    /// values too.
    pub values: Vec<String>,
}

/// The keys of the configuration, then those of the other sections.
pub fn settable_keys() -> Vec<SettableKey> {
    let of_configuration = KEYS.iter().map(|key| SettableKey {
        path: key.path.to_owned(),
        description: key.description,
        values: names(&key.schema()),
    });
    let of_options = SweepOptions::NAMES.into_iter().flat_map(|part| {
        let keys = SweepOptions::keys(part).unwrap_or_default();
        keys.into_iter().map(move |key| SettableKey {
            path: if key.name == part {
                part.to_owned()
            } else {
                format!("{part}.{}", key.name)
            },
            description: key.description,
            values: names(&key.schema()),
        })
    });
    of_configuration.chain(of_options).collect()
}

/// The fixed values in a schema.
fn names(schema: &Value) -> Vec<String> {
    if schema["type"] == "boolean" {
        return vec!["true".to_owned(), "false".to_owned()];
    }
    let listed = schema["enum"].as_array().into_iter().flatten();
    let listed = listed.chain(schema.get("const"));
    let names = listed.filter_map(Value::as_str).map(str::to_owned);
    let alternatives = schema["anyOf"].as_array().into_iter().flatten();
    names.chain(alternatives.flat_map(self::names)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_fixed_values_that_they_accept() {
        let keys = settable_keys();
        let values = |path: &str| {
            let key = keys.iter().find(|key| key.path == path);
            key.unwrap_or_else(|| panic!("{path}")).values.clone()
        };
        assert!(values("training.optimizer").contains(&"adamw".to_owned()));
        assert_eq!(values("training.nesterov"), ["true", "false"]);
        assert_eq!(values("report.language"), ["en", "fr"]);
        assert!(values("training.epochs").is_empty());
        assert!(values("tensorboard.histograms").contains(&"off".to_owned()));
        assert_eq!(values("keep"), ["all", "none"]);
        assert_eq!(values("checkpoint"), ["none"]);
    }
}
