//! The font that measures text, and draws it in PNG files.
//!
//! SVG leaves the choice of font to the viewer. DejaVu Sans is wider than the fonts requested
//! there, so text that fits in DejaVu Sans fits in those too.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use std::sync::LazyLock;

static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::new(include_bytes!("../../fonts/DejaVuSans-latin.ttf"))
        .expect("the embedded file is a font")
});

/// Advance of a letter that is missing in the font, in em: that of the widest scripts.
const DEFAULT_ADVANCE: f64 = 1.0;

/// Returns the advance width of a letter, in em.
pub(crate) fn advance(letter: char) -> f64 {
    let Some(glyph) = FONT.charmap().map(letter) else {
        return if is_mark(letter) {
            0.0
        } else {
            DEFAULT_ADVANCE
        };
    };
    let metrics = FONT.glyph_metrics(Size::new(1.0), LocationRef::default());
    metrics
        .advance_width(glyph)
        .map_or(DEFAULT_ADVANCE, f64::from)
}

/// Draws a letter with the pen, in em relative to its origin on the baseline, with y upwards. A
/// missing letter becomes the font's empty box.
pub(crate) fn outline(letter: char, pen: &mut impl OutlinePen) {
    if is_mark(letter) {
        return;
    }
    let glyph = FONT.charmap().map(letter).unwrap_or(GlyphId::NOTDEF);
    if let Some(outline) = FONT.outline_glyphs().get(glyph) {
        let settings = DrawSettings::unhinted(Size::new(1.0), LocationRef::default());
        // A glyph that cannot be drawn leaves its position empty, like a space.
        let _ = outline.draw(settings, pen);
    }
}

/// Returns whether a character has no width: combining accents, joiners, directional marks.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Extent {
        left: f32,
        right: f32,
        bottom: f32,
        top: f32,
        contours: usize,
    }

    impl Extent {
        fn see(&mut self, x: f32, y: f32) {
            self.left = self.left.min(x);
            self.right = self.right.max(x);
            self.bottom = self.bottom.min(y);
            self.top = self.top.max(y);
        }
    }

    impl OutlinePen for Extent {
        fn move_to(&mut self, x: f32, y: f32) {
            self.contours += 1;
            self.see(x, y);
        }

        fn line_to(&mut self, x: f32, y: f32) {
            self.see(x, y);
        }

        fn quad_to(&mut self, _: f32, _: f32, x: f32, y: f32) {
            self.see(x, y);
        }

        fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, x: f32, y: f32) {
            self.see(x, y);
        }

        fn close(&mut self) {}
    }

    #[test]
    fn letters_have_the_advances_of_the_font() {
        // In font units of 1/2048 em: DejaVu Sans 2.37, table hmtx.
        for (letter, units) in [('M', 1767.0), ('i', 569.0), ('0', 1303.0), (' ', 651.0)] {
            assert!((advance(letter) - units / 2048.0).abs() < 1e-4, "{letter}");
        }
    }

    #[test]
    fn the_font_has_the_letters_of_english_and_french() {
        for letter in ('!'..='~').chain("éèêëàâçùûîïôœÉÀÇ«»–−×…⁰⁴⁻βλμ≤≥€".chars())
        {
            let mut extent = Extent::default();
            outline(letter, &mut extent);
            assert!(FONT.charmap().map(letter).is_some(), "{letter}");
            assert!(extent.contours > 0, "{letter}");
            assert!(extent.top < 1.3 && extent.bottom > -0.5, "{letter}");
            assert!(f64::from(extent.right) < advance(letter) + 0.2, "{letter}");
        }
    }

    #[test]
    fn letters_that_are_missing_take_room_and_accents_none() {
        assert_eq!(advance('漢'), 1.0);
        assert_eq!(advance('\u{301}'), 0.0);
        let mut extent = Extent::default();
        outline('漢', &mut extent);
        assert!(extent.contours > 0);
    }
}
