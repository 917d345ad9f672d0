//! Values as short text, for levels, tables and names of folders.

use serde_json::Value;

/// A value in the notation of tables: `0.01`, `cosine`, `step every=1 gamma=0.5`.
pub fn short_text(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_label(number),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(short_text).collect::<Vec<_>>().join("-"),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| match value {
                Value::Object(inner) => {
                    let settings: Vec<String> = inner
                        .iter()
                        .map(|(key, value)| format!("{key}={}", short_text(value)))
                        .collect();
                    [vec![key.clone()], settings].concat().join(" ")
                }
                other => format!("{key}={}", short_text(other)),
            })
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// The shortest text that is read as the same number; very small and large numbers as `1e-5`.
fn number_label(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() => {
            let plain = format!("{value}");
            let scientific = format!("{value:e}");
            if scientific.len() < plain.len() && !(1e-4..1e6).contains(&value.abs()) {
                scientific
            } else {
                plain
            }
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_short() {
        assert_eq!(short_text(&json!(0.01)), "0.01");
        assert_eq!(short_text(&json!(1e-5)), "1e-5");
        assert_eq!(short_text(&json!(64)), "64");
        assert_eq!(short_text(&json!([256, 128])), "256-128");
        assert_eq!(
            short_text(&json!({ "step": { "every": 1, "gamma": 0.5 } })),
            "step every=1 gamma=0.5"
        );
    }
}
