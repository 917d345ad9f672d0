//! The settings that help, as a sweep file has them, and long texts made short.

/// The most characters of a cell or a name in a message.
const SHOWN: usize = 40;

/// The setting that leaves a column out: `data.drop: ["name"]`.
pub(in crate::data) fn drop(name: &str) -> String {
    let escaped = name.replace('\\', "\\\\").replace('*', "\\*");
    let plain = name.replace(['\\', '*'], "");
    let pattern = match name.chars().count() <= SHOWN {
        // A backslash alone is read as it is.
        true if plain == name => name.to_owned(),
        true => escaped,
        false => format!("{}*", first(name).replace('\\', "\\\\").replace('*', "\\*")),
    };
    setting("data.drop", &pattern)
}

/// The setting that makes categories of a column.
pub(super) fn categorical(name: &str) -> String {
    setting("data.categorical", name)
}

/// The setting that makes a text stand for a missing value.
pub(super) fn na_values(text: &str) -> String {
    setting("data.na_values", text.trim())
}

/// YAML reads a text in JSON's quotation marks as JSON does.
fn setting(key: &str, text: &str) -> String {
    format!("{key}: [{}]", serde_json::Value::from(text))
}

/// A text that is not too long for a message.
pub(super) fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.chars().count() <= SHOWN {
        true => text.to_owned(),
        false => format!("{}…", first(text)),
    }
}

fn first(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// The first of these, and how many more there are.
pub(super) fn listed(items: &[String]) -> String {
    const LISTED: usize = 12;
    let shown = items.iter().take(LISTED).map(|item| shortened(item));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::selection::matches;
    use super::*;

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
            let node = crate::spec::Node::parse(&remedy).unwrap();
            let list = node.get("data.drop").unwrap();
            let names = <crate::spec::Names as crate::spec::Setting>::read(list).unwrap();
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
