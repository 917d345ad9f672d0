//! What the values of a column are, over the whole sweep.

use serde_json::Value;

/// The kind of all values of a column: one for all trials, so that a reader who knows the value of
/// one trial can compare it with that of every other.
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
    /// The kind of these values; text where there are none.
    pub(super) fn of(values: impl Iterator<Item = Value>) -> Self {
        let mut kinds = values.map(|value| match value {
            Value::Number(number) if is_exact(&number) => Self::Number,
            Value::Bool(_) => Self::Flag,
            _ => Self::Text,
        });
        let first = kinds.next().unwrap_or(Self::Text);
        match kinds.all(|kind| kind == first) {
            true => first,
            false => Self::Text,
        }
    }
}

/// Whether a 64-bit float is this number: two seeds beyond 2⁵³ can be one float.
fn is_exact(number: &serde_json::Number) -> bool {
    const EXACT: u64 = 1 << 53;
    match (number.as_u64(), number.as_i64()) {
        (Some(whole), _) => whole <= EXACT,
        (None, Some(whole)) => whole.unsigned_abs() <= EXACT,
        (None, None) => number.as_f64().is_some_and(f64::is_finite),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_of_one_kind_keep_it_and_all_others_are_text() {
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
