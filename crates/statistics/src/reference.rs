//! Reference values for tests, computed independently with SciPy and statsmodels in
//! `judges/statistics/`.

use serde_json::Value;
use std::fmt::Display;

/// Maximum relative difference from a reference.
const TOLERANCE: f64 = 1e-9;

/// Returns the cases of one section of the file.
pub(crate) fn cases(section: &str) -> Vec<Value> {
    let text = include_str!("../../../judges/statistics/values.json");
    let mut file: Value = serde_json::from_str(text).expect("the reference file is JSON");
    let cases = match file[section].take() {
        Value::Array(cases) => cases,
        other => panic!("{section} is not a list of cases: {other}"),
    };
    assert!(!cases.is_empty(), "{section} has no cases");
    cases
}

/// Returns a number of the file; quoted numbers are infinite.
pub(crate) fn number(value: &Value) -> f64 {
    let text = value.as_str().and_then(|text| text.parse().ok());
    let number = value.as_f64().or(text);
    number.unwrap_or_else(|| panic!("{value} is not a number"))
}

/// Returns a list of numbers of the file.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list of numbers");
    list.iter().map(number).collect()
}

/// Compares a number with its reference.
///
/// # Panics
///
/// Panics if they differ by more than 1e-9 of the reference.
pub(crate) fn assert_close(found: f64, expected: &Value, name: impl Display) {
    let expected = number(expected);
    let off = (found - expected).abs();
    // The first condition is for 0 and infinity. NaN is close to nothing.
    let close = found == expected || off <= TOLERANCE * expected.abs();
    assert!(close, "{name}: {found:e}, not {expected:e}");
}
