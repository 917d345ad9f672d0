//! Corrections for multiple tests.

/// Adjusts p values with Holm's step-down method (Holm 1979). Rejecting hypotheses whose adjusted p
/// value is at most α keeps the probability of any false rejection at or below α, whatever the
/// dependence between the tests.
///
/// The k-th smallest of m p values is multiplied by m − k + 1. Adjusted values preserve the order
/// of the p values, are at most 1, and are returned in the order of `p_values`. NaN counts as 1.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let certain = |p: f64| if p.is_nan() { 1.0 } else { p };
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| certain(p_values[a]).total_cmp(&certain(p_values[b])));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut largest = 0.0_f64;
    for (rank, &index) in order.iter().enumerate() {
        let left = (p_values.len() - rank) as f64;
        largest = largest.max((left * certain(p_values[index])).min(1.0));
        adjusted[index] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{assert_close, cases, numbers};
    use proptest::prelude::*;

    #[test]
    fn adjusted_values_are_those_of_statsmodels() {
        for case in cases("holm") {
            let found = holm(&numbers(&case["p_values"]));
            let expected = case["adjusted"].as_array().unwrap();
            assert_eq!(found.len(), expected.len());
            for (index, (&found, expected)) in found.iter().zip(expected).enumerate() {
                assert_close(found, expected, format_args!("{}, {index}", case["name"]));
            }
        }
    }

    #[test]
    fn nan_counts_as_1() {
        assert_eq!(holm(&[f64::NAN, 0.01, 0.5]), [1.0, 0.03, 1.0]);
        assert!(holm(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn adjusted_values_keep_the_order_and_are_never_smaller(
            p_values in proptest::collection::vec(0.0_f64..=1.0, 1..40),
        ) {
            let adjusted = holm(&p_values);
            for (a, b) in p_values.iter().zip(&adjusted) {
                prop_assert!(a <= b && *b <= 1.0);
                for (c, d) in p_values.iter().zip(&adjusted) {
                    prop_assert!(a > c || b <= d, "{a} ≤ {c}, but {b} > {d}");
                }
            }
        }

        #[test]
        fn adjusted_values_do_not_depend_on_the_order(
            (p_values, shuffled) in proptest::collection::vec(0.0_f64..=1.0, 1..40)
                .prop_flat_map(|p| (Just(p.clone()), Just(p).prop_shuffle())),
        ) {
            let sorted = |p: &[f64]| {
                let mut adjusted = holm(p);
                adjusted.sort_by(f64::total_cmp);
                adjusted
            };
            prop_assert_eq!(sorted(&p_values), sorted(&shuffled));
        }
    }
}
