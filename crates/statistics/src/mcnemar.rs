//! McNemar's exact test for two classifiers on the same samples.

/// The mantissa of a product of many factors is scaled back when it exceeds this power of 2.
const SCALE_EXPONENT: i32 = 512;

/// Returns the two-sided p value of McNemar's exact test, given the number of samples that only the
/// first classifier classifies correctly, and the number that only the second does.
///
/// Samples on which both are right or both are wrong say nothing about which one is better. If both
/// classifiers are equally good, each of the n other samples is as likely to be in favour of the one
/// as of the other, so that the smaller number k has a binomial distribution: p = 2 · P(X ≤ k) for X
/// ~ B(n, 1/2), and at most 1 (McNemar 1947; Dietterich 1998, who recommends it for two classifiers
/// that were trained once). Samples must be independent, so each must occur once.
///
/// It tests these two trained classifiers, not the procedures that trained them: trained again with
/// other random numbers or on other samples, the same settings give another result.
///
/// The largest term of the sum is a product of ratios, without logarithms of factorials, which lose
/// digits for large n: p has 9 digits for up to a million samples or more.
pub fn mcnemar(only_first: u64, only_second: u64) -> f64 {
    if only_first == only_second {
        return 1.0;
    }
    let fewer = only_first.min(only_second);
    let discordant = only_first.saturating_add(only_second);
    // The term of k = fewer, n! / (k! (n − k)!) / 2ⁿ, is mantissa · 2^exponent.
    let more = discordant - fewer;
    let mut mantissa = 1.0;
    let mut exponent = -i64::try_from(discordant).unwrap_or(i64::MAX);
    for index in 1..=fewer {
        mantissa *= (more + index) as f64 / index as f64;
        if mantissa > 2.0_f64.powi(SCALE_EXPONENT) {
            mantissa *= 2.0_f64.powi(-SCALE_EXPONENT);
            exponent += i64::from(SCALE_EXPONENT);
        }
    }
    // The sum of all terms up to this one, as a multiple of it. Each is less than its successor.
    let (mut term, mut sum) = (1.0, 1.0);
    for index in (1..=fewer).rev() {
        term *= index as f64 / (discordant - index + 1) as f64;
        sum += term;
        if term < f64::EPSILON * f64::EPSILON * sum {
            break;
        }
    }
    // In two steps, because 2^exponent alone can be too small for a number.
    let exponent = exponent.max(-10_000) as i32;
    let half = exponent / 2;
    let tail = sum * mantissa * 2.0_f64.powi(half) * 2.0_f64.powi(exponent - half);
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{assert_close, cases};

    #[test]
    fn p_values_are_those_of_scipy() {
        for case in cases("mcnemar") {
            let count = |name: &str| case[name].as_u64().unwrap();
            let (first, second) = (count("only_first"), count("only_second"));
            let label = format_args!("{first} and {second}");
            assert_close(mcnemar(first, second), &case["p"], label);
            assert_eq!(mcnemar(second, first), mcnemar(first, second), "{label}");
        }
    }

    #[test]
    fn small_numbers_are_exact() {
        assert_eq!(mcnemar(0, 0), 1.0);
        assert_eq!(mcnemar(1, 0), 1.0);
        assert_eq!(mcnemar(4, 4), 1.0);
        assert_eq!(mcnemar(4, 5), 1.0);
        // 2 / 2⁵.
        assert_eq!(mcnemar(0, 5), 0.0625);
        // 2 · (1 + 10) / 2¹⁰.
        assert_eq!(mcnemar(9, 1), 22.0 / 1024.0);
    }

    #[test]
    fn large_numbers_neither_overflow_nor_take_long() {
        assert_eq!(mcnemar(u64::MAX, 0), 0.0);
        assert_eq!(mcnemar(2_000_000, 1_000_000), 0.0);
        let close = mcnemar(1_000_000, 1_000_500);
        assert!((0.7..0.75).contains(&close), "{close}");
    }
}
