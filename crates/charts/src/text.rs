//! Texts at their places: how wide they are, and how they are cut to fit.

use crate::colour::{Colour, DARK};
use crate::font;
use crate::geometry::Point;
#[cfg(test)]
use crate::geometry::Rectangle;

/// Of all texts but titles, in CSS pixels.
pub(crate) const FONT_SIZE: f64 = 12.0;
/// Size of raised letters, as a multiple of the size of the text.
pub(crate) const RAISED_SIZE: f64 = 0.75;
/// How far up raised letters stand, as a multiple of the size of the text.
pub(crate) const RAISED_BY: f64 = 0.38;
/// Height of capitals and digits, as a multiple of the size: DejaVu Sans has 0.73, Arial 0.72.
const CAPITAL_HEIGHT: f64 = 0.72;
/// From the baseline to the tops of letters, and to the ends of descenders, as multiples of the
/// size.
#[cfg(test)]
const ASCENT: f64 = 0.78;
#[cfg(test)]
const DESCENT: f64 = 0.22;

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// What an axis says of a value: plain text, and an exponent where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) plain: String,
    /// Raised and smaller, after the plain text.
    pub(crate) raised: String,
}

impl Label {
    /// In CSS pixels.
    pub(crate) fn width(&self) -> f64 {
        width(&self.plain, FONT_SIZE) + width(&self.raised, FONT_SIZE * RAISED_SIZE)
    }
}

impl Label {
    /// As plain text: a raised minus sign and digits have characters of their own.
    pub(crate) fn in_one(&self) -> String {
        let raised = self.raised.chars().map(superscript);
        self.plain.chars().chain(raised).collect()
    }
}

/// A digit or minus sign as a raised character; any other as it is.
pub(crate) fn superscript(letter: char) -> char {
    match letter {
        '-' | '−' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => {
            char::from_u32('⁰' as u32 + letter as u32 - '0' as u32).unwrap_or(letter)
        }
        other => other,
    }
}

impl From<String> for Label {
    fn from(plain: String) -> Self {
        Self {
            plain,
            raised: String::new(),
        }
    }
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    pub(crate) label: Label,
    /// On the baseline.
    pub(crate) at: Point,
    pub(crate) anchor: Anchor,
    /// In CSS pixels.
    pub(crate) size: f64,
    /// Clockwise about `at`, in degrees.
    pub(crate) angle: f64,
    pub(crate) colour: Colour,
    /// Whether a white rim parts the text from what lies behind.
    pub(crate) rim: bool,
}

impl Text {
    /// Text of the usual size, whose baseline starts at a place.
    pub(crate) fn new(label: impl Into<Label>, at: Point) -> Self {
        Self {
            label: label.into(),
            at,
            anchor: Anchor::Start,
            size: FONT_SIZE,
            angle: 0.0,
            colour: DARK,
            rim: false,
        }
    }

    /// Text whose capitals are centred on the height of `at`.
    pub(crate) fn beside(label: impl Into<Label>, at: Point) -> Self {
        Self::new(label, at.moved(0.0, FONT_SIZE * CAPITAL_HEIGHT / 2.0))
    }

    pub(crate) fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub(crate) fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(crate) fn turned(self, angle: f64) -> Self {
        Self { angle, ..self }
    }

    pub(crate) fn rimmed(self) -> Self {
        Self { rim: true, ..self }
    }

    pub(crate) fn sized(self, size: f64) -> Self {
        Self { size, ..self }
    }

    /// In CSS pixels.
    pub(crate) fn width(&self) -> f64 {
        self.label.width() * self.size / FONT_SIZE
    }

    /// The box of the text before it is turned.
    #[cfg(test)]
    pub(crate) fn upright(&self) -> Rectangle {
        let width = self.width();
        let left = match self.anchor {
            Anchor::Start => self.at.x,
            Anchor::Middle => self.at.x - width / 2.0,
            Anchor::End => self.at.x - width,
        };
        let raised = if self.label.raised.is_empty() {
            0.0
        } else {
            RAISED_BY * 0.5
        };
        Rectangle::new(
            left,
            self.at.y - self.size * (ASCENT + raised),
            left + width,
            self.at.y + self.size * DESCENT,
        )
    }

    /// The corners of the box of the text as it stands.
    #[cfg(test)]
    pub(crate) fn corners(&self) -> [Point; 4] {
        self.upright()
            .corners()
            .map(|corner| corner.turned(self.at, self.angle))
    }
}

/// Width of a text, in CSS pixels.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(font::advance).sum::<f64>() * size
}

/// The text, cut at its end and marked with an ellipsis where it is wider than `limit`.
pub(crate) fn shortened(text: &str, size: f64, limit: f64) -> String {
    if width(text, size) <= limit {
        return text.to_owned();
    }
    let room = limit - width("…", size);
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

/// The text in at most `most` lines no wider than `limit`, broken between words; what has no room
/// is cut off.
pub(crate) fn wrapped(text: &str, size: f64, limit: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let last = lines.len() == most;
        match lines.last_mut() {
            Some(line) if last || width(&format!("{line} {word}"), size) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
        .iter()
        .map(|line| shortened(line, size, limit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_stay_and_long_ones_end_in_an_ellipsis() {
        assert_eq!(shortened("width", FONT_SIZE, 100.0), "width");
        let long = "learning_rate_of_the_first_layer";
        let cut = shortened(long, FONT_SIZE, 100.0);
        assert!(cut.ends_with('…') && long.starts_with(cut.trim_end_matches('…')));
        assert!(width(&cut, FONT_SIZE) <= 100.0);
        assert!(width(&cut, FONT_SIZE) > 80.0, "{cut}");
        assert_eq!(shortened("width", FONT_SIZE, 0.0), "…");
    }

    #[test]
    fn lines_break_between_words_and_the_last_is_cut() {
        let text = "accuracy on the validation folds over the epochs of training";
        let lines = wrapped(text, FONT_SIZE, 150.0, 9);
        assert!(lines.len() > 1);
        assert_eq!(lines.join(" "), text);
        assert!(lines.iter().all(|line| width(line, FONT_SIZE) <= 150.0));
        let two = wrapped(text, FONT_SIZE, 150.0, 2);
        assert_eq!(two.len(), 2);
        assert_eq!(two[0], lines[0]);
        assert!(two[1].ends_with('…') && width(&two[1], FONT_SIZE) <= 150.0);
        assert!(wrapped("  ", FONT_SIZE, 150.0, 2).is_empty());
    }

    #[test]
    fn exponents_have_characters_of_their_own() {
        let label = Label {
            plain: "2.5×10".to_owned(),
            raised: "−17".to_owned(),
        };
        assert_eq!(label.in_one(), "2.5×10⁻¹⁷");
        let digits: String = ('0'..='9').map(superscript).collect();
        assert_eq!(digits, "⁰¹²³⁴⁵⁶⁷⁸⁹");
    }

    #[test]
    fn boxes_follow_the_anchor_and_turn_about_it() {
        let text = Text::new("loss".to_owned(), Point::new(100.0, 50.0));
        let width = text.width();
        assert_eq!(text.upright().left, 100.0);
        let end = text.clone().anchored(Anchor::End).upright();
        assert!((end.right - 100.0).abs() < 1e-9 && (end.left - 100.0 + width).abs() < 1e-9);
        // Turned to read upwards, the text runs from its place to the top.
        let [start, far, ..] = text.turned(-90.0).corners();
        assert!((start.y - 50.0).abs() < 1e-9 && (far.y - 50.0 + width).abs() < 1e-9);
    }
}
