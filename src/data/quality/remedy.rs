//! Settings that fix a problem, in the syntax of the sweep file, and texts shortened for messages.

/// The maximum number of characters of a cell or a name in a message.
const MAX_CHARACTERS: usize = 40;

/// The setting that leaves a column out: `data.drop: ["name"]`.
pub(crate) fn drop_setting(name: &str) -> String {
    drop_settings(&[name])
}

/// The setting that leaves several columns out.
pub(crate) fn drop_settings(names: &[&str]) -> String {
    let patterns: Vec<String> = names.iter().map(|name| pattern(name)).collect();
    let patterns: Vec<String> = patterns.iter().map(|pattern| quoted(pattern)).collect();
    format!("data.drop: [{}]", patterns.join(", "))
}

/// The pattern for a name in `data.drop`; a long name is cut.
fn pattern(name: &str) -> String {
    let escaped = |name: &str| name.replace('\\', "\\\\").replace('*', "\\*");
    if name.chars().count() > MAX_CHARACTERS {
        format!("{}*", escaped(&first(name)))
    } else if name.contains(['\\', '*']) {
        escaped(name)
    } else {
        name.to_owned()
    }
}

/// The setting that makes a column categorical.
pub(crate) fn categorical_setting(name: &str) -> String {
    setting("data.categorical", name)
}

/// The setting that makes a text a missing value.
pub(crate) fn na_values_setting(text: &str) -> String {
    setting("data.na_values", text.trim())
}

/// A setting with a quoted text: YAML reads JSON strings.
fn setting(key: &str, text: &str) -> String {
    format!("{key}: [{}]", quoted(text))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text shortened for a message.
pub(crate) fn shortened(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() > MAX_CHARACTERS {
        format!("{}…", first(text))
    } else {
        text.to_owned()
    }
}

fn first(text: &str) -> String {
    text.chars().take(MAX_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::table::matches;

    #[test]
    fn a_remedy_is_yaml_that_means_the_column() {
        let long = "x".repeat(50);
        for name in [
            "Age",
            "x \"cm\" [a, b]",
            "C:\\tmp",
            "a*",
            "a\\*b",
            "'",
            "é: #1",
            &long,
        ] {
            let remedy = drop_setting(name);
            let node = crate::spec::YamlNode::parse(&remedy).unwrap();
            let list = node.get("data.drop").unwrap();
            let names = <crate::spec::ColumnNames as crate::spec::ConfigValue>::read(list).unwrap();
            let pattern = names.iter().next().unwrap();
            assert!(matches(pattern, name), "{remedy} {name}");
            assert!(
                !matches(pattern, "ab") && !matches(pattern, "aXb"),
                "{remedy}"
            );
        }
        assert_eq!(
            na_values_setting(" \"n/a\" "),
            r#"data.na_values: ["\"n/a\""]"#
        );
    }
}
