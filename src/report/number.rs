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

/// A number with four decimals: `0.1963`; a huge one as `3.552e35`.
pub(super) fn four_decimals(value: Option<f64>) -> String {
    value.map_or_else(missing, |value| match value {
        v if v >= 1e4 => format!("{v:.3e}"),
        v => format!("{v:.4}"),
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

fn missing() -> String {
    "–".to_owned()
}
