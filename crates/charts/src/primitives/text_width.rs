//! Measures, truncates and wraps text.

use crate::primitives::font;

/// Returns the width of a text in a font of this size, both in CSS pixels.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(font::advance).sum::<f64>() * size
}

/// Truncates a text with an ellipsis if it is wider than `limit`.
pub(crate) fn truncated(text: &str, size: f64, limit: f64) -> String {
    if text_width(text, size) <= limit {
        return text.to_owned();
    }
    let room = limit - text_width("…", size);
    let mut used = 0.0;
    let kept: String = text
        .chars()
        .take_while(|&letter| {
            used += font::advance(letter) * size;
            used <= room
        })
        .collect();
    format!("{}…", kept.trim_end())
}

/// Wraps a text into at most `max_lines` lines no wider than `limit`. Words that do not fit are
/// truncated.
pub(crate) fn wrapped(text: &str, size: f64, limit: f64, max_lines: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let last = lines.len() == max_lines;
        match lines.last_mut() {
            Some(line) if last || text_width(&format!("{line} {word}"), size) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
        .iter()
        .map(|line| truncated(line, size, limit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::text::FONT_SIZE;

    #[test]
    fn long_texts_are_truncated_with_an_ellipsis() {
        assert_eq!(truncated("width", FONT_SIZE, 100.0), "width");
        let long = "learning_rate_of_the_first_layer";
        let cut = truncated(long, FONT_SIZE, 100.0);
        assert!(cut.ends_with('…') && long.starts_with(cut.trim_end_matches('…')));
        assert!(text_width(&cut, FONT_SIZE) <= 100.0);
        assert!(text_width(&cut, FONT_SIZE) > 80.0, "{cut}");
        assert_eq!(truncated("width", FONT_SIZE, 0.0), "…");
    }

    #[test]
    fn text_wraps_between_words_and_the_last_line_is_truncated() {
        let text = "accuracy on the validation folds over the epochs of training";
        let lines = wrapped(text, FONT_SIZE, 150.0, 9);
        assert!(lines.len() > 1);
        assert_eq!(lines.join(" "), text);
        assert!(
            lines
                .iter()
                .all(|line| text_width(line, FONT_SIZE) <= 150.0)
        );
        let two = wrapped(text, FONT_SIZE, 150.0, 2);
        assert_eq!(two.len(), 2);
        assert_eq!(two[0], lines[0]);
        assert!(two[1].ends_with('…') && text_width(&two[1], FONT_SIZE) <= 150.0);
        assert!(wrapped("  ", FONT_SIZE, 150.0, 2).is_empty());
    }
}
