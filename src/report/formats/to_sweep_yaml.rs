//! A configuration as a complete sweep file.

use crate::metrics::Score;
use crate::spec::Config;
use serde_json::{Map, Value, json};

/// The YAML of a sweep with this configuration as its only trial.
#[expect(clippy::expect_used, reason = "serialising our own values never fails")]
pub fn to_sweep_yaml(name: &str, config: &Config, rank_by: Score) -> String {
    let mut document = Map::new();
    document.insert("name".to_owned(), Value::from(name));
    if let Value::Object(sections) = config.to_applicable_value() {
        document.extend(sections);
    }
    document.insert("report".to_owned(), json!({ "rank_by": rank_by.id }));
    // JSON values are YAML values, and text keys and finite numbers always serialise.
    serde_saphyr::to_string(&Value::Object(document)).expect("a configuration is plain values")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use crate::spec::{KEYS, Source, Sweep, YamlNode};

    #[test]
    fn every_configuration_survives_being_written_and_read() {
        let mut config = Config::default();
        for (path, yaml) in [
            ("data.limit", "1000"),
            ("model.width", "[64, 32]"),
            ("training.schedule", "{ step: { every: 2, gamma: 0.3 } }"),
            ("training.optimizer", "adam"),
            ("training.epsilon", "1e-10"),
            ("training.restore_best", "false"),
            ("model.norm_position", "after_activation"),
            ("training.learning_rate", "0.1"),
            ("validation.folds", "4"),
            ("validation.seed", "18446744073709551615"),
        ] {
            let key = KEYS.iter().find(|key| key.path == path).unwrap();
            key.read(&YamlNode::parse(yaml).unwrap())
                .unwrap()
                .apply(&mut config);
        }
        let text = to_sweep_yaml("best", &config, Score::LOSS);
        let source = Source {
            name: "best.yaml".into(),
            text: text.clone(),
        };
        let sweep = Sweep::parse(source, "best", &[]).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let plan = Plan::new(&sweep).unwrap();
        assert_eq!(plan.trials.len(), 1);
        let read = &plan.trials[0].config;
        assert_eq!(read.canonical(), config.canonical(), "{text}");
        assert_eq!(sweep.options.report.rank_by, Score::LOSS);
    }
}
