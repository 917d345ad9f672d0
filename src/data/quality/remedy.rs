//! The settings that help, as a sweep file has them, and long texts made short.

/// The most characters of a cell or a name in a message.
const SHOWN: usize = 40;

/// The setting that leaves a column out: `data.drop: ["name"]`.
pub(crate) fn drop(name: &str) -> String {
    drop_all(&[name])
}

/// The setting that leaves several columns out.
pub(crate) fn drop_all(names: &[&str]) -> String {
    let patterns: Vec<String> = names.iter().map(|name| pattern(name)).collect();
    let patterns: Vec<String> = patterns.iter().map(|pattern| quoted(pattern)).collect();
    format!("data.drop: [{}]", patterns.join(", "))
}

/// What stands for a name in `data.drop`: a long one is cut.
fn pattern(name: &str) -> String {
    let escaped = |name: &str| name.replace('\\', "\\\\").replace('*', "\\*");
    match name.chars().count() <= SHOWN {
        // A backslash alone is read as it is.
        true if !name.contains(['\\', '*']) => name.to_owned(),
        true => escaped(name),
        false => format!("{}*", escaped(&first(name))),
    }
}

/// The setting that makes categories of a column.
pub(crate) fn categorical(name: &str) -> String {
    setting("data.categorical", name)
}

/// The setting that makes a text stand for a missing value.
pub(crate) fn na_values(text: &str) -> String {
    setting("data.na_values", text.trim())
}

/// YAML reads a text in JSON's quotation marks as JSON does.
fn setting(key: &str, text: &str) -> String {
    format!("{key}: [{}]", quoted(text))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text that is not too long for a message.
pub(crate) fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.chars().count() <= SHOWN {
        true => text.to_owned(),
        false => format!("{}…", first(text)),
    }
}

fn first(text: &str) -> String {
    text.chars().take(SHOWN).collect()
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
            let remedy = drop(name);
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
        assert_eq!(na_values(" \"n/a\" "), r#"data.na_values: ["\"n/a\""]"#);
    }
}
