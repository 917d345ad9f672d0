//! Colours that stand for numbers: light is little, dark is much.

use crate::colour::Colour;

/// The colour of a share of the way from the least value (0) to the greatest (1).
///
/// As viridis runs, yellow over green and blue to violet, but from light to dark, as readers
/// expect on white paper (Schloss and others, "Mapping color to meaning in colormap data
/// visualizations", 2019). Lightness falls evenly in Oklab (Ottosson, "A perceptual color space
/// for image processing", 2020), so that equal steps look equal and the order survives in grey.
pub(crate) fn sequential(share: f64) -> Colour {
    let share = if share.is_nan() {
        0.0
    } else {
        share.clamp(0.0, 1.0)
    };
    let lightness = between(0.97, 0.30, share);
    let hue = between(105.0, 290.0, share).to_radians();
    // Little at the light end, where the page is near; the most that sRGB has further on.
    let chroma = between(0.045, 0.125, (share / 0.4).min(1.0));
    let chroma = chroma.min(between(0.125, 0.11, share));
    oklab(lightness, chroma * libm::cos(hue), chroma * libm::sin(hue))
}

fn between(start: f64, end: f64, share: f64) -> f64 {
    start + (end - start) * share
}

/// Oklab to sRGB, with the matrices of Ottosson's article; colours outside of sRGB are cut off.
fn oklab(lightness: f64, a: f64, b: f64) -> Colour {
    let cubed = |value: f64| value * value * value;
    let long = cubed(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let middle = cubed(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let short = cubed(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
    let channel = |linear: f64| {
        let linear = linear.clamp(0.0, 1.0);
        let share = if linear <= 0.003_130_8 {
            linear * 12.92
        } else {
            1.055 * libm::pow(linear, 1.0 / 2.4) - 0.055
        };
        (share * 255.0).round() as u8
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
    use crate::colour::WHITE;

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
            assert!(colour.of_text_on().contrast(colour) >= 4.0, "{step}");
        }
    }

    #[test]
    fn what_is_no_share_has_a_colour_too() {
        assert_eq!(sequential(f64::NAN), sequential(0.0));
        assert_eq!(sequential(-1.0), sequential(0.0));
        assert_eq!(sequential(f64::INFINITY), sequential(1.0));
    }
}
