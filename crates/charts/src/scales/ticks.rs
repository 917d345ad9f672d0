//! Ticks at round values.

use crate::primitives::text::Label;
use crate::scales::domain::Domain;
use crate::scales::number_format::{decimal_exponent, format_fixed, format_power, power_of_ten};
use crate::scales::scale::Scale;

/// A tick: a value and its label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: Label,
}

/// Returns ticks at round values of a domain: about `wanted`, never more than about twice as many.
/// With `integers`, ticks are at whole numbers only.
pub(crate) fn ticks(domain: &Domain, wanted: usize, integers: bool, decimal: char) -> Vec<Tick> {
    let mut ticks = match domain.scale() {
        Scale::Linear => linear(domain.bounds(), wanted, integers, decimal),
        Scale::Log => logarithmic(domain.bounds(), wanted, decimal),
    };
    // Rounding can exceed the largest value that the scale can show.
    ticks.retain(|tick| domain.scale().can_show(tick.value));
    ticks
}

/// Returns the values between the powers of ten of a logarithmic axis.
pub(crate) fn minor_ticks(domain: &Domain) -> Vec<f64> {
    let (start, end) = domain.bounds();
    if domain.scale() == Scale::Linear || end - start > 8.0 {
        return Vec::new();
    }
    (start.floor() as i32..=end.floor() as i32)
        .flat_map(|exponent| (2..10).map(move |digit| f64::from(digit) * power_of_ten(exponent)))
        .filter(|&value| is_within(domain.bounds(), libm::log10(value)))
        .collect()
}

/// Returns whether a position is between the bounds, up to rounding.
fn is_within((start, end): (f64, f64), position: f64) -> bool {
    let slack = 1e-9 * (end - start);
    start - slack <= position && position <= end + slack
}

/// The leading digits of tick distances on a linear axis, as in Heckbert, "Nice numbers for graph
/// labels" (Graphics Gems, 1990).
const STEPS: [f64; 4] = [1.0, 2.0, 5.0, 10.0];

fn linear((start, end): (f64, f64), wanted: usize, integers: bool, decimal: char) -> Vec<Tick> {
    let rough = (end - start) / wanted.max(1) as f64;
    let magnitude = power_of_ten(decimal_exponent(rough));
    let nice = STEPS
        .into_iter()
        .find(|step| step * magnitude >= rough * 0.999)
        .unwrap_or(10.0)
        * magnitude;
    let step = if integers { nice.max(1.0) } else { nice };
    let slack = 1e-9 * (end - start);
    let first = ((start - slack) / step).ceil() as i64;
    let last = ((end + slack) / step).floor() as i64;
    let values: Vec<f64> = (first..=last).map(|index| index as f64 * step).collect();
    let size = start.abs().max(end.abs());
    let (size_exponent, step_exponent) =
        (decimal_exponent(size), decimal_exponent(step * 1.000_001));
    let plain = size_exponent < 7 && step_exponent > -6;
    values
        .into_iter()
        .map(|value| {
            let label = if plain {
                format_fixed(value, decimals(step_exponent), decimal).into()
            } else if value.abs() < step / 2.0 {
                "0".to_owned().into()
            } else {
                let mantissa = value / power_of_ten(size_exponent);
                let decimals = decimals(step_exponent - size_exponent);
                format_power(&format_fixed(mantissa, decimals, decimal), size_exponent)
            };
            Tick { value, label }
        })
        .collect()
}

/// Returns the decimals that tick distances with this exponent need.
fn decimals(exponent: i32) -> usize {
    usize::try_from(-exponent).unwrap_or(0)
}

fn logarithmic((start, end): (f64, f64), wanted: usize, decimal: char) -> Vec<Tick> {
    let wanted = wanted.max(1);
    let slack = 1e-9 * (end - start);
    let first = (start - slack).ceil() as i32;
    let last = (end + slack).floor() as i32;
    let decades = usize::try_from(last - first + 1).unwrap_or(0);
    if decades >= 3 || decades >= wanted {
        let stride = decades.div_ceil(wanted);
        let shown: Vec<(u8, i32)> = (first..=last)
            .filter(|exponent| exponent.rem_euclid(stride as i32) == 0)
            .map(|exponent| (1, exponent))
            .collect();
        return powers(&shown, decimal);
    }
    let digits: &[u8] = if wanted >= 3 * (decades + 1) {
        &[1, 2, 5]
    } else {
        &[1, 3]
    };
    let shown: Vec<(u8, i32)> = (first - 1..=last)
        .flat_map(|exponent| digits.iter().map(move |&digit| (digit, exponent)))
        .filter(|&(digit, exponent)| {
            is_within(
                (start, end),
                libm::log10(f64::from(digit) * power_of_ten(exponent)),
            )
        })
        .collect();
    if shown.len() >= 3 {
        powers(&shown, decimal)
    } else {
        // Less than a decade: use the round values of a linear axis.
        let ends = (libm::pow(10.0, start), libm::pow(10.0, end));
        let mut ticks = linear(ends, wanted, false, decimal);
        thin_out(&mut ticks, (end - start) / (2 * wanted) as f64);
        ticks
    }
}

/// Removes ticks that are less than `apart` from the previous one, in base-10 logarithms.
fn thin_out(ticks: &mut Vec<Tick>, apart: f64) {
    let mut last = f64::NEG_INFINITY;
    ticks.retain(|tick| {
        let position = libm::log10(tick.value.max(f64::MIN_POSITIVE));
        let is_kept = tick.value > 0.0 && position - last >= apart;
        if is_kept {
            last = position;
        }
        is_kept
    });
}

/// Returns ticks at digits times powers of ten, in positional notation if all exponents are small.
fn powers(values: &[(u8, i32)], decimal: char) -> Vec<Tick> {
    let everyday = values
        .iter()
        .all(|&(_, exponent)| (-3..=4).contains(&exponent));
    values
        .iter()
        .map(|&(digit, exponent)| {
            let value = f64::from(digit) * power_of_ten(exponent);
            let label = if everyday {
                format_fixed(value, decimals(exponent), decimal).into()
            } else {
                format_power(&digit.to_string(), exponent)
            };
            Tick { value, label }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(domain: &Domain, wanted: usize) -> Vec<String> {
        ticks(domain, wanted, false, '.')
            .into_iter()
            .map(|tick| {
                if tick.label.superscript.is_empty() {
                    tick.label.plain
                } else {
                    format!("{}^{}", tick.label.plain, tick.label.superscript)
                }
            })
            .collect()
    }

    fn linear_names(start: f64, end: f64, wanted: usize) -> Vec<String> {
        names(&Domain::tight(Scale::Linear, [start, end]).unwrap(), wanted)
    }

    fn log_names(start: f64, end: f64, wanted: usize) -> Vec<String> {
        names(&Domain::tight(Scale::Log, [start, end]).unwrap(), wanted)
    }

    #[test]
    fn linear_ticks_are_round() {
        assert_eq!(
            linear_names(0.0, 1.0, 5),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(linear_names(93.1, 98.7, 6), ["94", "95", "96", "97", "98"]);
        assert_eq!(
            linear_names(-0.03, 0.05, 4),
            ["−0.02", "0.00", "0.02", "0.04"]
        );
        assert_eq!(
            linear_names(0.0, 40_000.0, 4),
            [
                "0",
                "10\u{202f}000",
                "20\u{202f}000",
                "30\u{202f}000",
                "40\u{202f}000"
            ]
        );
        assert_eq!(
            linear_names(0.0, 3e-9, 3),
            ["0", "10^−9", "2×10^−9", "3×10^−9"]
        );
        assert_eq!(
            linear_names(1.5e9, 2e9, 5),
            [
                "1.5×10^9",
                "1.6×10^9",
                "1.7×10^9",
                "1.8×10^9",
                "1.9×10^9",
                "2.0×10^9"
            ]
        );
    }

    #[test]
    fn whole_axes_have_whole_ticks() {
        let domain = Domain::tight(Scale::Linear, [1.0, 3.0]).unwrap();
        let values: Vec<f64> = ticks(&domain, 8, true, '.')
            .iter()
            .map(|tick| tick.value)
            .collect();
        assert_eq!(values, [1.0, 2.0, 3.0]);
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten_or_parts_of_them() {
        assert_eq!(log_names(0.01, 100.0, 6), ["0.01", "0.1", "1", "10", "100"]);
        assert_eq!(
            log_names(1e-6, 1.0, 8),
            ["10^−6", "10^−5", "10^−4", "10^−3", "10^−2", "10^−1", "10^0"]
        );
        assert_eq!(
            log_names(1e-12, 1e3, 5),
            ["10^−12", "10^−8", "10^−4", "10^0"]
        );
        assert_eq!(log_names(0.3, 8.0, 9), ["0.5", "1", "2", "5"]);
        assert_eq!(log_names(0.3, 8.0, 5), ["0.3", "1", "3"]);
        assert_eq!(log_names(20.0, 28.0, 5), ["20", "22", "24", "26", "28"]);
    }

    #[test]
    fn minor_ticks_fill_the_decades() {
        let domain = Domain::tight(Scale::Log, [1.0, 10.0]).unwrap();
        let minor: Vec<u32> = minor_ticks(&domain)
            .iter()
            .map(|value| *value as u32)
            .collect();
        assert_eq!(minor, [2, 3, 4, 5, 6, 7, 8, 9]);
        let linear = Domain::tight(Scale::Linear, [1.0, 10.0]).unwrap();
        assert!(minor_ticks(&linear).is_empty());
    }

    proptest! {
        #[test]
        fn ticks_are_few_ascending_within_bounds_and_distinct(
            one: f64, two: f64, wanted in 1_usize..12, log: bool, integers: bool,
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let Some(domain) = Domain::padded(scale, [one, two]) else { return Ok(()) };
            let ticks = ticks(&domain, wanted, integers, ',');
            prop_assert!(ticks.len() <= 2 * wanted + 2, "{}", ticks.len());
            prop_assert!(ticks.is_sorted_by(|one, two| one.value < two.value));
            for tick in &ticks {
                let fraction = domain.fraction(tick.value);
                prop_assert!(fraction.is_some(), "{tick:?}");
                let fraction = fraction.unwrap_or_default();
                prop_assert!((-1e-6..=1.0 + 1e-6).contains(&fraction), "{tick:?} {fraction}");
            }
            for pair in ticks.windows(2) {
                prop_assert!(pair[0].label != pair[1].label, "{pair:?}");
            }
        }
    }
}
