//! The sequential colour map: from light for low to dark for high values.

use crate::primitives::colour::Colour;

/// Returns the colour of a fraction from 0 (lowest) to 1 (highest).
///
/// Like viridis it runs from yellow through green and blue to violet, but from light to dark, as
/// readers expect on white paper (Schloss et al., "Mapping color to meaning in colormap data
/// visualizations", 2019). Lightness falls linearly in Oklab (Ottosson, "A perceptual color space
/// for image processing", 2020), so equal steps look equal and the order survives in greyscale.
pub(crate) fn sequential(fraction: f64) -> Colour {
    let fraction = if fraction.is_nan() {
        0.0
    } else {
        fraction.clamp(0.0, 1.0)
    };
    let lightness = between(0.97, 0.30, fraction);
    let hue = between(105.0, 290.0, fraction).to_radians();
    // Low chroma at the light end, close to the white page; then the most that sRGB allows.
    let chroma = between(0.045, 0.125, (fraction / 0.4).min(1.0));
    let chroma = chroma.min(between(0.125, 0.11, fraction));
    oklab(lightness, chroma * libm::cos(hue), chroma * libm::sin(hue))
}

fn between(start: f64, end: f64, fraction: f64) -> f64 {
    start + (end - start) * fraction
}

/// Converts Oklab to sRGB with the matrices of Ottosson's article. Colours outside sRGB are
/// clipped.
fn oklab(lightness: f64, a: f64, b: f64) -> Colour {
    let cubed = |value: f64| value * value * value;
    let long = cubed(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let middle = cubed(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let short = cubed(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
    let channel = |linear: f64| {
        let linear = linear.clamp(0.0, 1.0);
        let fraction = if linear <= 0.003_130_8 {
            linear * 12.92
        } else {
            1.055 * libm::pow(linear, 1.0 / 2.4) - 0.055
        };
        (fraction * 255.0).round() as u8
    };
    Colour {
        red: channel(4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short),
        green: channel(
            -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
        ),
        blue: channel(-0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701 * short),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::colour::WHITE;

    #[test]
    fn grey_and_red_are_where_oklab_has_them() {
        // Lightness 1 is white; the coordinates of red are those of CSS Color 4.
        assert_eq!(oklab(1.0, 0.0, 0.0), WHITE);
        assert_eq!(oklab(0.0, 0.0, 0.0), Colour::new(0));
        assert_eq!(
            oklab(0.627_955, 0.224_863, 0.125_846),
            Colour::new(0xff_00_00)
        );
    }

    #[test]
    fn luminance_falls_all_the_way() {
        let luminance: Vec<f64> = (0..=100)
            .map(|step| sequential(f64::from(step) / 100.0).luminance())
            .collect();
        assert!(luminance.is_sorted_by(|one, next| one > next));
        assert!(luminance[0] > 0.85 && luminance[100] < 0.05);
    }

    #[test]
    fn text_is_legible_on_every_colour() {
        for step in 0..=100 {
            let colour = sequential(f64::from(step) / 100.0);
            assert!(colour.text_colour().contrast(colour) >= 4.0, "{step}");
        }
    }

    #[test]
    fn fractions_outside_of_0_to_1_are_clamped() {
        assert_eq!(sequential(f64::NAN), sequential(0.0));
        assert_eq!(sequential(-1.0), sequential(0.0));
        assert_eq!(sequential(f64::INFINITY), sequential(1.0));
    }
}
