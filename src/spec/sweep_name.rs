//! Names of sweeps, which are also names of folders.

use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};

/// The maximum length of the name of a sweep, in characters.
pub(crate) const MAX_NAME_CHARS: usize = 64;

/// Reads a name that is a valid name of a folder on all platforms.
pub(super) fn read_name(node: &YamlNode) -> Result<String, Diagnostic> {
    let expected = "a name of letters, digits, `-`, `_` and `.` that starts with a letter or digit";
    // A number is kept as written: `007` is not `7`.
    let text = match &node.value {
        YamlValue::String(_) | YamlValue::Integer(_) | YamlValue::Float(_) => {
            node.literal_text().unwrap_or_default()
        }
        _ => return Err(node.unexpected(expected)),
    };
    let is_safe = text.len() <= MAX_NAME_CHARS
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        && !text.ends_with('.')
        && !is_reserved(&text);
    if is_safe {
        Ok(text)
    } else {
        Err(node.unexpected(expected).with_help(format!(
            "set `name`, with at most {MAX_NAME_CHARS} characters: it is the name of the folder under runs/"
        )))
    }
}

/// Whether Windows reserves this name: the name of a device, with any extension.
pub(crate) fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    match stem.as_str() {
        "con" | "prn" | "aux" | "nul" => true,
        stem => ["com", "lpt"].iter().any(|device| {
            let number = stem.strip_prefix(device);
            number.is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
        }),
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::{Source, Sweep};

    #[test]
    fn a_name_that_a_file_system_cannot_have_is_refused() {
        for name in [
            "con", "Nul.txt", "com1", "LPT9.a", "a.", "../a", "a/b", ".a", "é",
        ] {
            let text = format!("name: '{name}'\n");
            let source = Source {
                name: "x.yaml".into(),
                text,
            };
            assert!(Sweep::parse(source, "x", &[]).is_err(), "{name}");
        }
        for name in ["console", "com", "com10", "a.b"] {
            let text = format!("name: '{name}'\n");
            let source = Source {
                name: "x.yaml".into(),
                text,
            };
            assert_eq!(Sweep::parse(source, "x", &[]).unwrap().name, name);
        }
    }
}
