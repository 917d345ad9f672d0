//! Tails of the t and F distributions, exact to about 12 digits however deep.

use statrs::distribution::{Continuous, ContinuousCDF, StudentsT};
use statrs::function::beta::beta_reg;

/// The probability of an F at least as large as `f`, with these degrees of freedom of the numerator and
/// the denominator, all positive.
///
/// It is I(a, b; x), the regularised incomplete beta function with a = denominator/2,
/// b = numerator/2 and x = denominator / (denominator + numerator · f) (Abramowitz and Stegun 1964,
/// 26.6.2). statrs gets I from a continued fraction at x or at 1 − x, and would take the latter
/// from a rounded x; both are computed from f here.
pub(crate) fn f_upper(f: f64, numerator: f64, denominator: f64) -> f64 {
    if f <= 0.0 {
        return 1.0;
    }
    let (a, b) = (denominator / 2.0, numerator / 2.0);
    // Divided by the larger term, so that none overflows.
    let ratio = numerator * f / denominator;
    let x = 1.0 / (1.0 + ratio);
    // Where the fraction at x converges quickly.
    if x < (a + 1.0) / (a + b + 2.0) {
        beta_reg(a, b, x)
    } else {
        1.0 - beta_reg(b, a, ratio / (1.0 + ratio))
    }
}

/// The probability of a t at least as far from 0 as `t`, in either direction.
pub(crate) fn t_two_sided(t: f64, degrees_of_freedom: f64) -> f64 {
    f_upper(t * t, 1.0, degrees_of_freedom)
}

/// How far from 0 a t is at most with this probability: the 1 − (1 − `confidence`)/2 quantile.
pub(crate) fn t_quantile(confidence: f64, degrees_of_freedom: f64) -> f64 {
    let outside = 1.0 - confidence;
    let t = StudentsT::new(0.0, 1.0, degrees_of_freedom).expect("positive degrees of freedom");
    let near = -t.inverse_cdf(outside / 2.0);
    // statrs stops at about 8 digits: one step of Newton's method on the logarithm of the tail.
    let tail = t_two_sided(near, degrees_of_freedom);
    near + tail * (tail / outside).ln() / (2.0 * t.pdf(near))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{assert_close, cases, number};

    #[test]
    fn tails_of_t_are_those_of_scipy() {
        for case in cases("t_tails") {
            let (t, df) = (number(&case["t"]), number(&case["df"]));
            assert_close(
                t_two_sided(t, df),
                &case["p"],
                format_args!("t {t}, df {df}"),
            );
        }
    }

    #[test]
    fn quantiles_of_t_are_those_of_scipy() {
        for case in cases("t_quantiles") {
            let (confidence, df) = (number(&case["confidence"]), number(&case["df"]));
            let label = format_args!("confidence {confidence}, df {df}");
            assert_close(t_quantile(confidence, df), &case["t"], label);
        }
    }

    #[test]
    fn tails_of_f_are_those_of_scipy() {
        for case in cases("f_tails") {
            let (f, numerator) = (number(&case["f"]), number(&case["numerator"]));
            let denominator = number(&case["denominator"]);
            let found = f_upper(f, numerator, denominator);
            let label = format_args!("F {f}, df {numerator} and {denominator}");
            assert_close(found, &case["p"], label);
        }
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(f_upper(0.0, 3.0, 5.0), 1.0);
        assert_eq!(f_upper(f64::INFINITY, 3.0, 5.0), 0.0);
        assert_eq!(t_two_sided(1e200, 3.0), 0.0);
        assert_eq!(t_two_sided(0.0, 3.0), 1.0);
    }
}
