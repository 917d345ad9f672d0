//! Number formats for labels.

use crate::primitives::text::Label;

/// Formats a number with a true minus sign, and narrow spaces between thousands from five digits
/// on. Numbers that are not finite become a dash.
pub(crate) fn format_fixed(value: f64, decimals: usize, decimal: char) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let digits = format!("{:.decimals$}", value.abs());
    let (integers, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::new();
    if value < 0.0 && digits.contains(|digit: char| ('1'..='9').contains(&digit)) {
        text.push('−');
    }
    for (index, digit) in integers.char_indices() {
        let left = integers.len() - index;
        if integers.len() >= 5 && index > 0 && left.is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(decimal);
        text.push_str(fraction);
    }
    text
}

/// Formats a mantissa times a power of ten; a mantissa of 1 is omitted.
pub(crate) fn format_power(mantissa: &str, exponent: i32) -> Label {
    let plain = match mantissa {
        "1" => "10".to_owned(),
        _ => format!("{mantissa}×10"),
    };
    Label {
        plain,
        superscript: format_fixed(f64::from(exponent), 0, '.'),
    }
}

/// Returns the exponent of the first significant digit; 0 for 0.
pub(crate) fn decimal_exponent(value: f64) -> i32 {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    let guess = libm::log10(value.abs()).floor() as i32;
    // Rounding of the logarithm can cross a power of ten.
    if power_of_ten(guess + 1) <= value.abs() {
        guess + 1
    } else if power_of_ten(guess) > value.abs() {
        guess - 1
    } else {
        guess
    }
}

/// Returns the float nearest to a power of ten, which a product of powers does not.
pub(crate) fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}")
        .parse()
        .expect("a power of ten is a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_requested_decimal_mark() {
        assert_eq!(format_fixed(98.25, 2, '.'), "98.25");
        assert_eq!(format_fixed(98.25, 1, ','), "98,2");
        assert_eq!(format_fixed(-0.5, 1, ','), "−0,5");
        assert_eq!(format_fixed(-0.01, 1, '.'), "0.0");
        assert_eq!(format_fixed(1234.0, 0, '.'), "1234");
        assert_eq!(
            format_fixed(1_234_567.5, 1, ','),
            "1\u{202f}234\u{202f}567,5"
        );
        assert_eq!(format_fixed(f64::NAN, 1, '.'), "–");
    }

    #[test]
    fn exponents_are_those_of_the_first_digit() {
        for exact in -300..300 {
            assert_eq!(decimal_exponent(power_of_ten(exact)), exact);
            assert_eq!(decimal_exponent(-power_of_ten(exact) * 9.99), exact);
        }
        assert_eq!(decimal_exponent(0.0), 0);
    }
}
