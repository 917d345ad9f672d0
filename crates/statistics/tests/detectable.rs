//! What a number of folds can tell at all, as the document says it.

use statistics::interval;

/// Folds and repeats of them.
const SPLITS: [(usize, usize); 5] = [(3, 1), (5, 1), (10, 1), (5, 5), (10, 10)];

/// The mean difference from the best that is just marked at 5 % when all others are closer, in
/// standard deviations of the differences over the splits.
fn just_marked(candidates: usize, folds: usize, repeats: usize) -> f64 {
    let pairs = (candidates * (candidates - 1) / 2) as f64;
    let differences: Vec<f64> = (0..folds * repeats).map(|split| split as f64).collect();
    let ratio = 1.0 / (folds - 1) as f64;
    // A difference is marked when the interval of this confidence leaves 0 outside.
    let found = interval(&differences, ratio, 1.0 - 0.05 / pairs).unwrap();
    (found.high - found.mean) / found.deviation
}

#[test]
fn the_smallest_difference_that_is_marked_is_as_documented() {
    let document = include_str!("../../../docs/statistics.md");
    for candidates in [2, 5, 20, 108, 1000] {
        let cells = SPLITS.map(|(folds, repeats)| just_marked(candidates, folds, repeats));
        let cells = cells.map(|value| {
            if value < 10.0 {
                format!("{value:.1}")
            } else {
                format!("{value:.0}")
            }
        });
        let row = format!("| {candidates} | {} |", cells.join(" | "));
        println!("{row}");
        assert!(
            document.contains(&row),
            "docs/statistics.md should have\n{row}"
        );
    }
}
