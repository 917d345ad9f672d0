//! The smallest difference that a number of folds can detect, as documented.

use statistics::interval;

/// Numbers of folds and repeats.
const SPLITS: [(usize, usize); 5] = [(3, 1), (5, 1), (10, 1), (5, 5), (10, 10)];

/// Returns the smallest mean difference from the best that is marked at 5 % if all others are
/// closer, in standard deviations of the differences over the splits.
fn just_marked(candidates: usize, folds: usize, repeats: usize) -> f64 {
    let pairs = (candidates * (candidates - 1) / 2) as f64;
    let differences: Vec<f64> = (0..folds * repeats).map(|split| split as f64).collect();
    let ratio = 1.0 / (folds - 1) as f64;
    // A difference is marked if the interval of this confidence excludes 0.
    let found = interval(&differences, ratio, 1.0 - 0.05 / pairs).unwrap();
    (found.high - found.mean) / found.deviation
}

#[test]
fn the_smallest_detectable_difference_is_as_documented() {
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
