//! Ranges of levels.

use crate::values::config_value::ConfigValue;
use crate::values::number::Count;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};

/// The maximum number of levels of a range.
const MAX_LEVELS: usize = 10_000;

/// The keywords of ranges.
pub(crate) const KEYWORDS: [&str; 2] = ["linear", "logarithmic"];

/// The levels of `linear: { from, to, count | step }` or `logarithmic: { from, to, count }`.
///
/// The range includes both ends (with `step`, the upper end only if a step reaches it). If both ends are
/// whole numbers, so are whole levels: ranges also work for counts.
///
/// # Errors
/// A setting is missing, unknown or invalid, or the range is empty or too long.
pub(crate) fn levels(keyword: &str, node: &YamlNode) -> Result<Vec<YamlNode>, Diagnostic> {
    let logarithmic = keyword == "logarithmic";
    let known: &[&str] = if logarithmic {
        &["from", "to", "count"]
    } else {
        &["from", "to", "count", "step"]
    };
    let example = if logarithmic {
        "write logarithmic: { from: 0.0001, to: 0.1, count: 4 }"
    } else {
        "write linear: { from: 0.1, to: 0.5, count: 5 } or { from: 1, to: 9, step: 2 }"
    };
    for entry in node.entries("from, to and count")? {
        if !known.contains(&entry.key.as_str()) {
            return Err(entry.unknown_key(known.iter().copied()));
        }
    }
    let (from, from_whole) = end(node, "from", example)?;
    let (to, to_whole) = end(node, "to", example)?;
    if logarithmic && (from <= 0.0 || to <= 0.0) {
        return Err(Diagnostic::new(
            &node.span,
            "both ends of a logarithmic range must be greater than 0",
        ));
    }
    if from == to {
        return Err(
            Diagnostic::new(&node.span, format!("both ends of the range are {from}"))
                .with_help("write a list with this level, or change one end"),
        );
    }
    let count = node.get("count").map(Count::read).transpose()?;
    let step = node.get("step").map(number).transpose()?;
    let values = match (count, step) {
        (Some(count), None) => by_count(from, to, count.get(), logarithmic, &node.span)?,
        (None, Some((step, _))) => by_step(from, to, step, &node.span)?,
        _ => {
            return Err(Diagnostic::new(
                &node.span,
                if logarithmic {
                    "the range requires `count`"
                } else {
                    "the range requires either `count` or `step`"
                },
            )
            .with_help(example));
        }
    };
    let whole = from_whole && to_whole;
    Ok(values
        .into_iter()
        .map(|value| YamlNode {
            value: as_yaml(value, whole),
            span: node.span.clone(),
            source_text: None,
        })
        .collect())
}

fn end(node: &YamlNode, name: &str, example: &str) -> Result<(f64, bool), Diagnostic> {
    match node.get(name) {
        Some(value) => number(value),
        None => Err(
            Diagnostic::new(&node.span, format!("the range requires `{name}`")).with_help(example),
        ),
    }
}

/// A finite number, and whether it is written as a whole number.
fn number(node: &YamlNode) -> Result<(f64, bool), Diagnostic> {
    match node.value {
        YamlValue::Integer(value) => Ok((value as f64, true)),
        YamlValue::Float(value) if value.is_finite() => Ok((value, false)),
        _ => Err(node.unexpected("a finite number")),
    }
}

fn by_count(
    from: f64,
    to: f64,
    count: usize,
    logarithmic: bool,
    span: &crate::yaml::span::Span,
) -> Result<Vec<f64>, Diagnostic> {
    if !(2..=MAX_LEVELS).contains(&count) {
        return Err(Diagnostic::new(
            span,
            format!("a range has 2 to {MAX_LEVELS} levels, not {count}"),
        ));
    }
    let last = count - 1;
    Ok((0..count)
        .map(|index| {
            let fraction = index as f64 / last as f64;
            match index {
                0 => from,
                _ if index == last => to,
                _ if logarithmic => rounded(from * (to / from).powf(fraction)),
                _ => rounded(from + (to - from) * fraction),
            }
        })
        .collect())
}

fn by_step(
    from: f64,
    to: f64,
    step: f64,
    span: &crate::yaml::span::Span,
) -> Result<Vec<f64>, Diagnostic> {
    // The tolerance absorbs rounding, as in 0.1 + 0.2, and is far smaller than any step.
    let steps = ((to - from) / step + 1e-9).floor();
    if step == 0.0 || !(0.0..MAX_LEVELS as f64).contains(&steps) {
        return Err(Diagnostic::new(
            span,
            format!(
                "from {from} to {to} in steps of {step} is not a range of 1 to {MAX_LEVELS} levels"
            ),
        )
        .with_help("choose a `step` that leads from `from` to `to`"));
    }
    Ok((0..=steps as usize)
        .map(|index| rounded(from + step * index as f64))
        .collect())
}

/// Rounds to 12 significant digits, so that 0.30000000000000004 becomes 0.3.
fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

fn as_yaml(value: f64, whole: bool) -> YamlValue {
    if whole && value.fract() == 0.0 {
        YamlValue::Integer(value as i128)
    } else {
        YamlValue::Float(value)
    }
}

/// The JSON Schema of a range keyword.
pub(crate) fn schema(keyword: &str) -> Value {
    let number = json!({ "type": "number" });
    let mut properties = json!({ "from": number, "to": number, "count": Count::schema() });
    let mut required = vec!["from", "to"];
    match keyword {
        "linear" => properties["step"] = number,
        _ => required.push("count"),
    }
    json!({ "type": "object", "properties": properties, "required": required,
            "additionalProperties": false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(keyword: &str, yaml: &str) -> Vec<YamlValue> {
        let node = YamlNode::parse(yaml).unwrap();
        levels(keyword, &node)
            .unwrap()
            .into_iter()
            .map(|n| n.value)
            .collect()
    }

    #[test]
    fn a_linear_range_includes_both_ends_and_keeps_whole_numbers() {
        assert_eq!(
            values("linear", "{ from: 1, to: 3, count: 3 }"),
            [
                YamlValue::Integer(1),
                YamlValue::Integer(2),
                YamlValue::Integer(3)
            ]
        );
        assert_eq!(
            values("linear", "{ from: 0.1, to: 0.5, step: 0.2 }"),
            [
                YamlValue::Float(0.1),
                YamlValue::Float(0.3),
                YamlValue::Float(0.5)
            ]
        );
    }

    #[test]
    fn a_logarithmic_range_multiplies_by_the_same_factor() {
        assert_eq!(
            values("logarithmic", "{ from: 0.0001, to: 0.1, count: 4 }"),
            [
                YamlValue::Float(1e-4),
                YamlValue::Float(1e-3),
                YamlValue::Float(1e-2),
                YamlValue::Float(0.1)
            ]
        );
        assert_eq!(
            values("logarithmic", "{ from: 32, to: 128, count: 3 }"),
            [
                YamlValue::Integer(32),
                YamlValue::Integer(64),
                YamlValue::Integer(128)
            ]
        );
    }

    #[test]
    fn impossible_ranges_are_refused() {
        for (keyword, yaml) in [
            ("linear", "{ from: 1, to: 3 }"),
            ("linear", "{ from: 1, to: 3, count: 3, step: 1 }"),
            ("linear", "{ from: 1, to: 3, step: -1 }"),
            ("linear", "{ from: 1, to: 3, step: 0 }"),
            ("linear", "{ from: 1, to: 1, count: 2 }"),
            ("linear", "{ from: 1, to: .inf, count: 2 }"),
            ("linear", "{ from: 0, to: 1, count: 20000 }"),
            ("logarithmic", "{ from: 0, to: 1, count: 3 }"),
            ("logarithmic", "{ from: 1, to: 10, count: 1 }"),
        ] {
            let node = YamlNode::parse(yaml).unwrap();
            assert!(levels(keyword, &node).is_err(), "{keyword}: {yaml}");
        }
    }
}
