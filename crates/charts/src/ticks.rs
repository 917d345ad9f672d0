//! Round values along an axis.

use crate::number::{exponent, fixed, power, power_of_ten};
use crate::scale::{Scale, Span};
use crate::text::Label;

/// A value with its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: Label,
}

/// Round values within the ends of a span: about `wanted`, never more than twice as many. On a
/// whole axis they are whole numbers.
pub(crate) fn ticks(span: &Span, wanted: usize, whole: bool, decimal: char) -> Vec<Tick> {
    let mut ticks = match span.scale() {
        Scale::Linear => linear(span.ends(), wanted, whole, decimal),
        Scale::Log => logarithmic(span.ends(), wanted, decimal),
    };
    // Rounding may carry a value over the largest that the scale can show.
    ticks.retain(|tick| span.scale().shows(tick.value));
    ticks
}

/// The values between the powers of ten of a logarithmic axis, which show that it is one.
pub(crate) fn minor_ticks(span: &Span) -> Vec<f64> {
    let (start, end) = span.ends();
    if span.scale() == Scale::Linear || end - start > 8.0 {
        return Vec::new();
    }
    (start.floor() as i32..=end.floor() as i32)
        .flat_map(|exponent| (2..10).map(move |digit| f64::from(digit) * power_of_ten(exponent)))
        .filter(|&value| is_within(span.ends(), libm::log10(value)))
        .collect()
}

/// Whether a place is between the ends, up to rounding.
fn is_within((start, end): (f64, f64), place: f64) -> bool {
    let slack = 1e-9 * (end - start);
    start - slack <= place && place <= end + slack
}

/// The digits that steps of a linear axis may have, as in Heckbert, "Nice numbers for graph
/// labels" (Graphics Gems, 1990).
const STEPS: [f64; 4] = [1.0, 2.0, 5.0, 10.0];

fn linear((start, end): (f64, f64), wanted: usize, whole: bool, decimal: char) -> Vec<Tick> {
    let rough = (end - start) / wanted.max(1) as f64;
    let magnitude = power_of_ten(exponent(rough));
    let nice = STEPS
        .into_iter()
        .find(|step| step * magnitude >= rough * 0.999)
        .unwrap_or(10.0)
        * magnitude;
    let step = if whole { nice.max(1.0) } else { nice };
    let slack = 1e-9 * (end - start);
    let first = ((start - slack) / step).ceil() as i64;
    let last = ((end + slack) / step).floor() as i64;
    let values: Vec<f64> = (first..=last).map(|index| index as f64 * step).collect();
    let size = start.abs().max(end.abs());
    let (size_exponent, step_exponent) = (exponent(size), exponent(step * 1.000_001));
    let plain = size_exponent < 7 && step_exponent > -6;
    values
        .into_iter()
        .map(|value| {
            let label = if plain {
                fixed(value, decimals(step_exponent), decimal).into()
            } else if value.abs() < step / 2.0 {
                "0".to_owned().into()
            } else {
                let mantissa = value / power_of_ten(size_exponent);
                let decimals = decimals(step_exponent - size_exponent);
                power(&fixed(mantissa, decimals, decimal), size_exponent)
            };
            Tick { value, label }
        })
        .collect()
}

/// Decimals that steps with this exponent need.
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
        // Less than a decade: the round values of a linear axis.
        let ends = (libm::pow(10.0, start), libm::pow(10.0, end));
        let mut ticks = linear(ends, wanted, false, decimal);
        thin_out(&mut ticks, (end - start) / (2 * wanted) as f64);
        ticks
    }
}

/// Leaves out values that are less than `apart` from the one before, in logarithms to base 10.
fn thin_out(ticks: &mut Vec<Tick>, apart: f64) {
    let mut last = f64::NEG_INFINITY;
    ticks.retain(|tick| {
        let place = libm::log10(tick.value.max(f64::MIN_POSITIVE));
        let is_kept = tick.value > 0.0 && place - last >= apart;
        if is_kept {
            last = place;
        }
        is_kept
    });
}

/// Digits times powers of ten: written out where all are of everyday size.
fn powers(values: &[(u8, i32)], decimal: char) -> Vec<Tick> {
    let everyday = values
        .iter()
        .all(|&(_, exponent)| (-3..=4).contains(&exponent));
    values
        .iter()
        .map(|&(digit, exponent)| {
            let value = f64::from(digit) * power_of_ten(exponent);
            let label = if everyday {
                fixed(value, decimals(exponent), decimal).into()
            } else {
                power(&digit.to_string(), exponent)
            };
            Tick { value, label }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(span: &Span, wanted: usize) -> Vec<String> {
        ticks(span, wanted, false, '.')
            .into_iter()
            .map(|tick| {
                if tick.label.raised.is_empty() {
                    tick.label.plain
                } else {
                    format!("{}^{}", tick.label.plain, tick.label.raised)
                }
            })
            .collect()
    }

    fn linear_names(start: f64, end: f64, wanted: usize) -> Vec<String> {
        names(&Span::exactly(Scale::Linear, [start, end]).unwrap(), wanted)
    }

    fn log_names(start: f64, end: f64, wanted: usize) -> Vec<String> {
        names(&Span::exactly(Scale::Log, [start, end]).unwrap(), wanted)
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
        let span = Span::exactly(Scale::Linear, [1.0, 3.0]).unwrap();
        let values: Vec<f64> = ticks(&span, 8, true, '.')
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
        let span = Span::exactly(Scale::Log, [1.0, 10.0]).unwrap();
        let minor: Vec<u32> = minor_ticks(&span)
            .iter()
            .map(|value| *value as u32)
            .collect();
        assert_eq!(minor, [2, 3, 4, 5, 6, 7, 8, 9]);
        let linear = Span::exactly(Scale::Linear, [1.0, 10.0]).unwrap();
        assert!(minor_ticks(&linear).is_empty());
    }

    proptest! {
        #[test]
        fn ticks_are_few_ascending_within_the_ends_and_told_apart(
            one: f64, two: f64, wanted in 1_usize..12, log: bool, whole: bool,
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let Some(span) = Span::around(scale, [one, two]) else { return Ok(()) };
            let ticks = ticks(&span, wanted, whole, ',');
            prop_assert!(ticks.len() <= 2 * wanted + 2, "{}", ticks.len());
            prop_assert!(ticks.is_sorted_by(|one, two| one.value < two.value));
            for tick in &ticks {
                let share = span.share(tick.value);
                prop_assert!(share.is_some(), "{tick:?}");
                let share = share.unwrap_or_default();
                prop_assert!((-1e-6..=1.0 + 1e-6).contains(&share), "{tick:?} {share}");
            }
            for pair in ticks.windows(2) {
                prop_assert!(pair[0].label != pair[1].label, "{pair:?}");
            }
        }
    }
}
