//! Colours and their contrast.

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Colour {
    pub(crate) red: u8,
    pub(crate) green: u8,
    pub(crate) blue: u8,
}

impl Colour {
    /// Creates a colour from `0xRRGGBB`.
    pub(crate) const fn new(code: u32) -> Self {
        let [_, red, green, blue] = code.to_be_bytes();
        Self { red, green, blue }
    }

    /// Returns the colour in the hexadecimal notation of SVG.
    pub(crate) fn to_hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// Relative luminance, 0 (black) to 1 (white): WCAG 2.2, section "relative luminance".
    pub(crate) fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let fraction = f64::from(channel) / 255.0;
            if fraction <= 0.040_45 {
                fraction / 12.92
            } else {
                libm::pow((fraction + 0.055) / 1.055, 2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Contrast ratio, 1 to 21: WCAG 2.2, section "contrast ratio".
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Returns the colour of text on this colour: dark or white, whichever has the higher contrast.
    pub(crate) fn text_colour(self) -> Self {
        if self.contrast(TEXT) >= self.contrast(WHITE) {
            TEXT
        } else {
            WHITE
        }
    }
}

pub(crate) const WHITE: Colour = Colour::new(0xff_ff_ff);
/// Titles, labels, and text on light cells.
pub(crate) const TEXT: Colour = Colour::new(0x1a_1a_1a);
/// Notes below labels.
pub(crate) const SECONDARY_TEXT: Colour = Colour::new(0x55_55_55);
/// Axes and their ticks.
pub(crate) const AXIS: Colour = Colour::new(0x55_55_55);
/// Grid lines.
pub(crate) const GRID: Colour = Colour::new(0xe4_e4_e4);
/// Background lines and frames of empty cells.
pub(crate) const LIGHT_GREY: Colour = Colour::new(0xc8_c8_c8);
/// Background of title strips, and of charts without data.
pub(crate) const BACKGROUND: Colour = Colour::new(0xf2_f2_f2);

pub(crate) const BLUE: Colour = Colour::new(0x00_72_b2);
pub(crate) const VERMILION: Colour = Colour::new(0xd5_5e_00);

/// Colours that readers with colour vision deficiency can distinguish: Okabe and Ito, "Color
/// Universal Design" (2008), without yellow, which is too light for lines on white, and with black
/// last.
pub(crate) const CATEGORIES: [Colour; 7] = [
    BLUE,
    VERMILION,
    Colour::new(0x00_9e_73), // bluish green
    Colour::new(0xcc_79_a7), // reddish purple
    Colour::new(0xe6_9f_00), // orange
    Colour::new(0x56_b4_e9), // sky blue
    Colour::new(0x00_00_00),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luminance_and_contrast_are_those_of_wcag() {
        let black = Colour::new(0);
        assert_eq!(black.luminance(), 0.0);
        assert!((WHITE.luminance() - 1.0).abs() < 1e-12);
        assert!((WHITE.contrast(black) - 21.0).abs() < 1e-9);
        // The lightest grey with sufficient contrast on white, according to WCAG's techniques.
        assert!(Colour::new(0x76_76_76).contrast(WHITE) >= 4.5);
        assert!(Colour::new(0x77_77_77).contrast(WHITE) < 4.5);
    }

    #[test]
    fn codes_are_hexadecimal() {
        assert_eq!(Colour::new(0x00_72_b2).to_hex(), "#0072b2");
    }

    #[test]
    fn text_is_legible_on_every_grey() {
        for level in 0..=255 {
            let grey = Colour::new(level << 16 | level << 8 | level);
            assert!(grey.text_colour().contrast(grey) >= 4.0, "{level}");
        }
    }

    #[test]
    fn categorical_colours_contrast_with_white() {
        for colour in CATEGORIES {
            assert!(colour.contrast(WHITE) > 2.1, "{}", colour.to_hex());
        }
    }
}
