//! JSON within HTML.

use serde::Serialize;

/// JSON for a script element: without `<` it cannot end the element or open a comment, and without
/// the two line separators it is valid JavaScript too.
#[expect(clippy::expect_used, reason = "serialising our own values never fails")]
pub(crate) fn script_json(value: &impl Serialize) -> String {
    serde_json::to_string(value)
        .expect("all maps of a page have texts for keys")
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_cannot_end_its_script_and_reads_back_as_it_was() {
        let hostile = "</script><!--<script>\u{2028}\u{2029}\"\\\u{202e}";
        let escaped = script_json(&hostile);
        assert!(!escaped.contains(['<', '\u{2028}', '\u{2029}']));
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), hostile);
    }
}
