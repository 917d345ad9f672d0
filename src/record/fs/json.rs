//! The text of JSON files.

use serde::Serialize;

/// The text of a JSON file with this value: indented, and ended by a newline.
///
/// # Panics
/// If JSON cannot represent the value, such as a map whose keys are not texts.
#[expect(
    clippy::expect_used,
    reason = "only values of our types are written, which JSON can represent"
)]
pub(crate) fn pretty_json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("keys are texts");
    text.push('\n');
    text
}
