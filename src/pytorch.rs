//! For tests: reference values computed with PyTorch, in `judges/pytorch/`.

use crate::spec::{Config, Key, YamlNode};
use serde_json::Value;

/// Parses a file of reference values.
pub(crate) fn file(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Sets the keys of a case, as in a sweep file.
pub(crate) fn set(config: &mut Config, settings: &Value) {
    for (path, value) in settings.as_object().unwrap() {
        let node = YamlNode::parse(&value.to_string()).unwrap();
        let key = Key::find(path).unwrap_or_else(|| panic!("no key {path}"));
        let assignment = key.read(&node);
        assignment
            .unwrap_or_else(|problem| panic!("{path}: {problem}"))
            .apply(config);
    }
}

/// A list of numbers.
pub(crate) fn doubles(list: &Value) -> Vec<f64> {
    let numbers = list.as_array().unwrap().iter();
    numbers.map(|number| number.as_f64().unwrap()).collect()
}

/// The shape of a tensor.
pub(crate) fn shape(tensor: &Value) -> Vec<usize> {
    let sizes = doubles(&tensor["shape"]).into_iter();
    sizes.map(|size| size as usize).collect()
}

/// The values of a tensor, in row-major order.
pub(crate) fn tensor(tensor: &Value) -> Vec<f32> {
    let values = doubles(&tensor["values"]).into_iter();
    values.map(|value| value as f32).collect()
}

/// Checks that the relative error of a tensor is at most 10⁻⁵: the maximum difference divided by the
/// maximum value, because a value near 0 may be the rounded difference of larger ones.
pub(crate) fn assert_close(ours: &[f32], expected: &[f32], what: &str) {
    assert_eq!(ours.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
    for (position, (ours, expected)) in ours.iter().zip(expected).enumerate() {
        assert!(
            (ours - expected).abs() <= 1e-5 * largest,
            "{what}, number {position}: {ours}, PyTorch {expected}"
        );
    }
}
