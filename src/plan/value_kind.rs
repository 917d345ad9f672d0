//! The kind of a column's values, over the whole sweep.

use serde_json::Value;

/// The kind of a column's values, which is the same for all trials, so that values can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Numbers, each of them exact as a 64-bit float.
    Number,
    /// Flags.
    Flag,
    /// Text, values of several kinds, or `null` among other values.
    Text,
}

impl ValueKind {
    /// The kind of these values; text if there are none.
    pub(super) fn of(values: impl Iterator<Item = Value>) -> Self {
        let mut kinds = values.map(|value| match value {
            Value::Number(number) if is_exact(&number) => Self::Number,
            Value::Bool(_) => Self::Flag,
            _ => Self::Text,
        });
        let first = kinds.next().unwrap_or(Self::Text);
        if kinds.all(|kind| kind == first) {
            first
        } else {
            Self::Text
        }
    }
}

/// Whether a 64-bit float represents this number exactly: beyond 2⁵³, two integers can be one float.
fn is_exact(number: &serde_json::Number) -> bool {
    const MAX_EXACT: u64 = 1 << 53;
    match (number.as_u64(), number.as_i64()) {
        (Some(whole), _) => whole <= MAX_EXACT,
        (None, Some(whole)) => whole.unsigned_abs() <= MAX_EXACT,
        (None, None) => number.as_f64().is_some_and(f64::is_finite),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_of_one_kind_keep_it_and_mixed_values_are_text() {
        let kind = |values: Value| match values {
            Value::Array(values) => ValueKind::of(values.into_iter()),
            other => ValueKind::of(std::iter::once(other)),
        };
        for (values, expected) in [
            (json!([8, 16]), ValueKind::Number),
            (json!([0, 0.9, -1]), ValueKind::Number),
            (json!([9_007_199_254_740_992_u64]), ValueKind::Number),
            (json!([true, false]), ValueKind::Flag),
            (json!(["sgd", "adam"]), ValueKind::Text),
            (json!([8, [8, 4]]), ValueKind::Text),
            (json!([null, 0.1]), ValueKind::Text),
            (json!([0.1, null]), ValueKind::Text),
            (json!([true, 1]), ValueKind::Text),
            (
                json!(["constant", { "step": { "every": 1 } }]),
                ValueKind::Text,
            ),
            (json!([1, 9_007_199_254_740_993_u64]), ValueKind::Text),
            (json!([u64::MAX]), ValueKind::Text),
            (json!([]), ValueKind::Text),
        ] {
            assert_eq!(kind(values.clone()), expected, "{values}");
        }
    }
}
