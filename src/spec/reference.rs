//! The tables of keys in docs/sweep-file.md, generated from the descriptions of the keys.

use super::config::key::KEYS;
use super::config::monitor::Monitor;
use super::config::trial_config::Config;
use super::sections::options::SweepOptions;
use crate::datasets::{KnownDataset, KnownSet};
use crate::metrics::Score;
use crate::optimizers::{OptimizerKind, WeightDecay};
use crate::stages::{Activation, Norm};
use crate::values::config_value::ConfigValue;
use crate::values::number::Count;
use crate::values::section::SectionKey;
use crate::values::tagged_variant::VariantInfo;
use crate::yaml::short_text::short_text;
use serde_json::Value;
use statistics::Direction;

/// A Markdown table of the keys of `section`: their values, defaults and descriptions. `None` if there
/// is no such section.
pub fn reference_table(section: &str) -> Option<String> {
    let of_section = SweepOptions::keys(section).unwrap_or_default();
    let defaults = Config::default();
    let of_configuration = KEYS
        .iter()
        .filter(|key| key.section_and_field().0 == section)
        .map(|key| {
            let default = key.value_in(&defaults);
            row(key.path, &key.expected(), &default, key.description)
        });
    let rows: Vec<String> = of_configuration
        .chain(of_section.iter().map(section_row))
        .collect();
    let header = "| key | values | default | meaning |\n| --- | --- | --- | --- |\n";
    (!rows.is_empty()).then(|| header.to_owned() + &rows.concat())
}

/// A Markdown table of all scores: their names, what they measure, and which values are better.
pub fn score_table() -> String {
    let row = |score: Score| {
        let [low, high] = score.range.map(|bound| match bound {
            f64::INFINITY => "∞".to_owned(),
            bound => bound.to_string(),
        });
        let better = match score.direction {
            Direction::Maximise => "higher",
            Direction::Minimise => "lower",
        };
        let (id, meaning) = (score.id, score.description);
        format!("| `{id}` | {meaning} | {low} to {high} | {better} |\n")
    };
    let header = "| score | meaning | values | better |\n| --- | --- | --- | --- |\n";
    header.to_owned() + &Score::all().map(row).collect::<String>()
}

/// A Markdown table of the optimizers: what they do, and the keys that each has with its defaults.
pub fn optimizer_table() -> String {
    let row = |kind: &OptimizerKind| {
        let keys = kind.keys().iter().map(|key| {
            let default = short_text(&key.default.to_value());
            format!("`{}` {default}", key.name)
        });
        let mut keys: Vec<String> = keys.collect();
        let decay = match kind.weight_decay() {
            WeightDecay::Coupled => "L2 penalty",
            WeightDecay::Decoupled => "decoupled",
        };
        let default = kind.default_weight_decay();
        if default != 0.0 {
            keys.push(format!("`weight_decay` {default}"));
        }
        let (about, keys) = (kind.about(), keys.join(", "));
        format!("| `{kind}` | {about} | {keys} | {decay} |\n")
    };
    let header = "| optimizer | meaning | keys with their defaults | weight decay |\n\
                  | --- | --- | --- | --- |\n";
    header.to_owned() + &OptimizerKind::ALL.iter().map(row).collect::<String>()
}

/// A Markdown table of the values of `model.norm` and `model.activation` that have a stage of their own.
pub fn variant_table() -> String {
    let row = |key: &str, variant: VariantInfo| {
        let VariantInfo {
            name,
            about,
            settings,
        } = variant;
        let settings = settings.into_iter();
        let settings = settings.map(|(name, default)| format!("`{name}` {}", short_text(&default)));
        let settings = settings.collect::<Vec<_>>().join(", ");
        format!("| `{key}: {name}` | {about} | {settings} |\n")
    };
    let norms = Norm::variants().into_iter();
    let norms = norms.map(|variant| row("norm", variant));
    let activations = Activation::variants().into_iter();
    let activations = activations.map(|variant| row("activation", variant));
    let header =
        "| value | meaning | settings with their defaults |\n| --- | --- | --- |\n".to_owned();
    header + &norms.chain(activations).collect::<String>()
}

/// A Markdown table of the data sets known by name: what they contain, and their licences.
pub fn dataset_table() -> String {
    let row = |set: KnownSet| {
        let (training, test) = (set.training_samples, set.test_samples);
        let KnownDataset {
            name,
            description,
            home,
            licence,
            ..
        } = set.definition();
        let classes = set.classes.len();
        format!(
            "| `{name}` | {description} | {training} | {test} | {classes} | [{licence}]({home}) |\n"
        )
    };
    let header = "| `data.set` | content | training | test | classes | licence |\n\
                  | --- | --- | ---: | ---: | ---: | --- |\n";
    header.to_owned() + &KnownSet::all().map(row).collect::<String>()
}

/// A Markdown table of the files of the data sets known by name, and where they come from.
pub fn dataset_files_table() -> String {
    let row = |set: KnownSet| {
        let files = set.definition().files.iter();
        let names: Vec<String> = files.map(|file| format!("`{}`", file.name)).collect();
        let (name, folder, base_url) = (set.name, set.folder, set.base_url);
        let names = names.join(", ");
        format!("| `{name}` | `data/{folder}` | {names} | <{base_url}> |\n")
    };
    let header = "| `data.set` | folder | files | from |\n| --- | --- | --- | --- |\n";
    header.to_owned() + &KnownSet::all().map(row).collect::<String>()
}

fn section_row(key: &SectionKey) -> String {
    row(key.name, &key.expected, &key.default, key.description)
}

fn row(name: &str, expected: &str, default: &Value, description: &str) -> String {
    // A default in words replaces the value.
    let (meaning, default) = match description.rsplit_once(" Default: ") {
        Some((meaning, words)) => (meaning, words.trim_end_matches('.').to_owned()),
        None => (description, default_cell(default)),
    };
    let cells = [
        format!("`{name}`"),
        values_cell(expected),
        default,
        linked(meaning),
    ];
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | ").replace("|  |", "| |"))
}

/// The accepted values; names and flags as code.
fn values_cell(expected: &str) -> String {
    let expected = expected.strip_suffix(" (or null)").unwrap_or(expected);
    if expected == bool::expected() {
        return "`true`, `false`".to_owned();
    }
    if expected == Score::expected() {
        return "a [score](#scores)".to_owned();
    }
    if expected == Vec::<Score>::expected() {
        return "a list of [scores](#scores)".to_owned();
    }
    if expected == Monitor::expected() {
        return "`val_` and the name of a [score](#scores), such as `val_accuracy`".to_owned();
    }
    if expected == Count::expected() {
        // The maximum is far beyond any use.
        return "a whole number of at least 1".to_owned();
    }
    match expected.strip_prefix("one of ") {
        Some(names) => {
            let names: Vec<String> = names.split(", ").map(|name| format!("`{name}`")).collect();
            names.join(", ")
        }
        None => linked(&expected.replace("another one in docs/sweep-file.md", "another one below")),
    }
}

fn default_cell(default: &Value) -> String {
    match default {
        Value::Null => String::new(),
        Value::Number(_) => short_text(default),
        _ => format!("`{}`", short_text(default)),
    }
}

/// The text with links to other pages of the documentation.
fn linked(text: &str) -> String {
    let mut linked = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("docs/") {
        let end = after.find(".md").map_or(0, |end| end + ".md".len());
        let (page, remaining) = after.split_at(end);
        linked.push_str(before);
        linked.push_str(&format!("[{page}]({page})"));
        rest = remaining;
    }
    linked + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_values_default_and_meaning() {
        let table = reference_table("data").unwrap();
        let row = |key: &str| {
            let start = format!("| `{key}` |");
            table.lines().find(|line| line.starts_with(&start)).unwrap()
        };
        assert!(row("data.flip").starts_with("| `data.flip` | `true`, `false` | `false` | Mirror"));
        assert!(row("data.set").contains("[data.md](data.md)"));
        assert!(row("data.impute").contains("| `median`, `none` | `median` |"));
        assert!(row("data.label").contains("| text | | The column"));
    }

    #[test]
    fn every_section_has_a_table() {
        for section in [
            "model",
            "training",
            "validation",
            "report",
            "launch",
            "record",
            "keep",
        ] {
            assert!(reference_table(section).is_some(), "{section}");
        }
        assert_eq!(reference_table("grid"), None);
    }
}
