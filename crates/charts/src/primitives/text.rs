//! Positioned text.

use crate::primitives::colour::{Colour, TEXT};
use crate::primitives::geometry::Point;
#[cfg(test)]
use crate::primitives::geometry::Rectangle;
use crate::primitives::text_width::text_width;

/// Font size of all text but titles, in CSS pixels.
pub(crate) const FONT_SIZE: f64 = 12.0;
/// Font size of superscripts, as a multiple of that of the text.
pub(crate) const SUPERSCRIPT_SCALE: f64 = 0.75;
/// Height of the baseline of superscripts, as a multiple of the font size.
pub(crate) const SUPERSCRIPT_RISE: f64 = 0.38;
/// Width of the white halo around text that is drawn over other marks, in CSS pixels.
pub(crate) const HALO_WIDTH: f64 = 3.0;
/// Height of capitals and digits, as a multiple of the font size: DejaVu Sans has 0.73, Arial 0.72.
const CAPITAL_HEIGHT: f64 = 0.72;
/// Distances from the baseline to the top of letters and to the end of descenders, as multiples of
/// the font size.
#[cfg(test)]
const ASCENT: f64 = 0.78;
#[cfg(test)]
const DESCENT: f64 = 0.22;

/// The part of a text that is at its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A label with an optional superscript, such as a power of ten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) plain: String,
    /// Superscript after the plain text.
    pub(crate) superscript: String,
}

impl Label {
    /// Returns the width at the default font size, in CSS pixels.
    pub(crate) fn width(&self) -> f64 {
        text_width(&self.plain, FONT_SIZE)
            + text_width(&self.superscript, FONT_SIZE * SUPERSCRIPT_SCALE)
    }
}

impl Label {
    /// Returns plain text with Unicode superscript characters.
    pub(crate) fn to_plain_text(&self) -> String {
        let superscript = self.superscript.chars().map(superscript_char);
        self.plain.chars().chain(superscript).collect()
    }
}

/// Returns the superscript form of a digit or minus sign; other characters are unchanged.
pub(crate) fn superscript_char(letter: char) -> char {
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
            superscript: String::new(),
        }
    }
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    pub(crate) label: Label,
    /// Position on the baseline.
    pub(crate) at: Point,
    pub(crate) anchor: Anchor,
    /// Font size in CSS pixels.
    pub(crate) size: f64,
    /// Clockwise rotation about `at`, in degrees.
    pub(crate) angle: f64,
    pub(crate) colour: Colour,
    /// Whether a white halo separates the text from the marks behind it.
    pub(crate) halo: bool,
}

impl Text {
    /// Creates text of the default size, with its baseline starting at `at`.
    pub(crate) fn new(label: impl Into<Label>, at: Point) -> Self {
        Self {
            label: label.into(),
            at,
            anchor: Anchor::Start,
            size: FONT_SIZE,
            angle: 0.0,
            colour: TEXT,
            halo: false,
        }
    }

    /// Creates text whose capitals are vertically centred on `at`.
    pub(crate) fn vertically_centred(label: impl Into<Label>, at: Point) -> Self {
        Self::new(label, at.offset(0.0, FONT_SIZE * CAPITAL_HEIGHT / 2.0))
    }

    pub(crate) fn with_anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub(crate) fn with_colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(crate) fn rotated(self, angle: f64) -> Self {
        Self { angle, ..self }
    }

    pub(crate) fn with_halo(self) -> Self {
        Self { halo: true, ..self }
    }

    pub(crate) fn with_size(self, size: f64) -> Self {
        Self { size, ..self }
    }

    /// Returns the width in CSS pixels.
    pub(crate) fn width(&self) -> f64 {
        self.label.width() * self.size / FONT_SIZE
    }

    /// Returns the bounding box before rotation.
    #[cfg(test)]
    pub(crate) fn bounding_box(&self) -> Rectangle {
        let width = self.width();
        let left = match self.anchor {
            Anchor::Start => self.at.x,
            Anchor::Middle => self.at.x - width / 2.0,
            Anchor::End => self.at.x - width,
        };
        let superscript = if self.label.superscript.is_empty() {
            0.0
        } else {
            SUPERSCRIPT_RISE * 0.5
        };
        Rectangle::new(
            left,
            self.at.y - self.size * (ASCENT + superscript),
            left + width,
            self.at.y + self.size * DESCENT,
        )
    }

    /// Returns the corners of the rotated bounding box.
    #[cfg(test)]
    pub(crate) fn corners(&self) -> [Point; 4] {
        self.bounding_box()
            .corners()
            .map(|corner| corner.rotated(self.at, self.angle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_use_superscript_characters() {
        let label = Label {
            plain: "2.5×10".to_owned(),
            superscript: "−17".to_owned(),
        };
        assert_eq!(label.to_plain_text(), "2.5×10⁻¹⁷");
        let digits: String = ('0'..='9').map(superscript_char).collect();
        assert_eq!(digits, "⁰¹²³⁴⁵⁶⁷⁸⁹");
    }

    #[test]
    fn bounding_boxes_follow_the_anchor_and_the_rotation() {
        let text = Text::new("loss".to_owned(), Point::new(100.0, 50.0));
        let width = text.width();
        assert_eq!(text.bounding_box().left, 100.0);
        let end = text.clone().with_anchor(Anchor::End).bounding_box();
        assert!((end.right - 100.0).abs() < 1e-9 && (end.left - 100.0 + width).abs() < 1e-9);
        // After the rotation, the text reads upwards from its position.
        let [start, far, ..] = text.rotated(-90.0).corners();
        assert!((start.y - 50.0).abs() < 1e-9 && (far.y - 50.0 + width).abs() < 1e-9);
    }
}
