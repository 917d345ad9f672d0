//! The settings that differ between two trials.

use crate::report::document::table::{Align, Table};
use crate::report::locale::{Locale, missing};
use crate::spec::{Config, KEYS, Key, short_text};

/// A table of the keys whose values differ, with the value of each trial; `None` if no key differs. A
/// key that does not apply to a trial, such as the momentum of Adam, has no value.
pub(crate) fn differing_settings(locale: Locale, configs: [&Config; 2]) -> Option<Table> {
    let columns = [locale.tr("setting", "réglage"), "A", "B"];
    let mut table = Table::new(columns.map(|name| (name.to_owned(), Align::Left)));
    for key in KEYS.iter() {
        let [a, b] = configs.map(|config| applicable_value(key, config));
        if a != b {
            let cells = [a, b].map(|value| value.unwrap_or_else(missing));
            table.row([[key.path.to_owned()].as_slice(), &cells].concat());
        }
    }
    (table.height() > 0).then_some(table)
}

fn applicable_value(key: &Key, config: &Config) -> Option<String> {
    config
        .is_applicable(key)
        .then(|| short_text(&key.effective_value_in(config)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizers::OptimizerKind;
    use crate::spec::Language;

    const ENGLISH: Locale = Locale {
        language: Language::English,
    };

    #[test]
    fn settings_that_differ_or_apply_to_one_trial_only_are_listed() {
        let sgd = Config::default();
        assert!(differing_settings(ENGLISH, [&sgd, &sgd]).is_none());
        let mut adam = Config::default();
        adam.training.optimizer = OptimizerKind::Adam;
        let table = differing_settings(ENGLISH, [&sgd, &adam]).unwrap();
        let row = |key: &str| table.rows().iter().find(|row| row[0] == key);
        assert_eq!(row("training.optimizer").unwrap()[1..], ["sgd", "adam"]);
        assert_eq!(row("training.momentum").unwrap()[1..], ["0", "–"]);
        assert_eq!(row("training.beta1").unwrap()[1..], ["–", "0.9"]);
        assert!(row("model.width").is_none() && row("training.alpha").is_none());
        assert!(row("training.weight_decay").is_none());
    }

    #[test]
    fn the_defaults_of_optimizers_are_settings() {
        let [adamw, adadelta] = ["adamw", "adadelta"].map(|name| {
            let mut config = Config::default();
            let kinds = OptimizerKind::ALL.iter();
            config.training.optimizer = *kinds.clone().find(|kind| kind.name() == name).unwrap();
            config
        });
        let table = differing_settings(ENGLISH, [&adamw, &adadelta]).unwrap();
        let row = |key: &str| table.rows().iter().find(|row| row[0] == key).unwrap();
        assert_eq!(row("training.weight_decay")[1..], ["0.01", "0"]);
        assert_eq!(row("training.epsilon")[1..], ["1e-8", "1e-6"]);
        assert_eq!(row("training.rho")[1..], ["–", "0.9"]);
        assert_eq!(row("training.amsgrad")[1..], ["false", "–"]);
    }
}
