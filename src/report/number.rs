//! Numbers as a table shows them.

/// An accuracy (0 to 1) in percent with two decimals: `94.65`.
pub(super) fn percent(value: Option<f64>) -> String {
    value.map_or_else(missing, |value| format!("{:.2}", 100.0 * value))
}

/// An accuracy in percent with its standard deviation, where there is one: `94.65 ± 0.10`.
pub(super) fn percent_with_deviation(mean: Option<f64>, deviation: Option<f64>) -> String {
    match (mean, deviation) {
        (Some(mean), Some(deviation)) => {
            format!("{:.2} ± {:.2}", 100.0 * mean, 100.0 * deviation)
        }
        _ => percent(mean),
    }
}

/// An accuracy as its author wrote it, in percent: `97.5 %`.
pub(super) fn target(accuracy: f64) -> String {
    // Through the shortest digits that are this number: 0.07 · 100 would be 7.000000000000001.
    let percent = (100.0 * accuracy * 1e9).round() / 1e9;
    format!("{percent} %")
}

/// A number with four decimals: `0.1963`; a huge one as `3.552e35`.
pub(super) fn four_decimals(value: Option<f64>) -> String {
    value.map_or_else(missing, |value| match value {
        v if v >= 1e4 => format!("{v:.3e}"),
        v => format!("{v:.4}"),
    })
}

/// A difference with four decimals and its sign: `+0.0153`.
pub(super) fn difference(value: Option<f64>) -> String {
    value.map_or_else(missing, |value| match value.abs() {
        size if size >= 1e4 => format!("{value:+.3e}"),
        _ => format!("{value:+.4}"),
    })
}

/// A mean of whole numbers: `3`, `2.7`.
pub(super) fn mean_count(value: Option<f64>) -> String {
    value.map_or_else(missing, |value| match value.fract() == 0.0 {
        true => format!("{value:.0}"),
        false => format!("{value:.1}"),
    })
}

/// A number that is not negative, of any size, with three significant digits: `1.25`, `0.0125`,
/// `1.25e-5`.
pub(super) fn three_digits(value: Option<f64>) -> String {
    value.map_or_else(missing, |value| {
        if value == 0.0 {
            return "0".to_owned();
        }
        // Of the number as it is shown: 0.9996 is 1.00.
        let shown = format!("{value:.2e}");
        let exponent = shown
            .split_once('e')
            .and_then(|(_, e)| e.parse::<i32>().ok());
        match exponent {
            Some(exponent @ -3..=2) => format!("{value:.*}", (2 - exponent) as usize),
            _ => shown,
        }
    })
}

/// Seconds with three significant digits: `0.149`.
pub(super) fn seconds(value: Option<f64>) -> String {
    value.map_or_else(missing, |value| match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 1.0 => format!("{v:.2}"),
        v if v >= 0.01 => format!("{v:.3}"),
        v => format!("{v:.5}"),
    })
}

/// Bytes in mebibytes: `1.2`.
pub(super) fn mebibytes(value: Option<f64>) -> String {
    value.map_or_else(missing, |bytes| {
        format!("{:.1}", bytes / f64::from(1 << 20))
    })
}

pub(super) fn missing() -> String {
    "–".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_are_three_whatever_the_size() {
        let shown = |value| three_digits(Some(value));
        assert_eq!(shown(0.0), "0");
        assert_eq!(shown(123.456), "123");
        assert_eq!(shown(1.0), "1.00");
        assert_eq!(shown(0.9996), "1.00");
        assert_eq!(shown(0.012_349), "0.0123");
        assert_eq!(shown(0.001), "0.00100");
        assert_eq!(shown(0.000_123_4), "1.23e-4");
        assert_eq!(shown(999.9), "1.00e3");
        assert_eq!(shown(f64::INFINITY), "inf");
        assert_eq!(three_digits(None), "–");
    }

    #[test]
    fn differences_have_a_sign_and_means_no_needless_decimals() {
        assert_eq!(difference(Some(0.01534)), "+0.0153");
        assert_eq!(difference(Some(-0.5)), "-0.5000");
        assert_eq!(difference(Some(-1e35)), "-1.000e35");
        assert_eq!(mean_count(Some(3.0)), "3");
        assert_eq!(mean_count(Some(8.0 / 3.0)), "2.7");
    }
}
