//! How often confidence intervals contain the true mean.

mod support;

use statistics::{against_reference, interval, moderated_intervals};
use support::Stream;

const SWEEPS: usize = 300;
const CANDIDATES: usize = 24;
const SPLITS: usize = 3;
const RATIO: f64 = 0.5;
const CONFIDENCE: f64 = 0.95;

/// Scores of candidates with a mean of 0, of which every third varies six times as much.
fn sweep(effect_of_splits: f64, stream: &mut Stream) -> Vec<Vec<f64>> {
    let mut normal = |scale: f64| scale * stream.normal();
    let shared = normal(effect_of_splits * RATIO.sqrt());
    let splits: Vec<f64> = (0..SPLITS).map(|_| normal(effect_of_splits)).collect();
    let mut row = |candidate: usize| -> Vec<f64> {
        let deviation = if candidate.is_multiple_of(3) {
            6.0
        } else {
            1.0
        };
        let common = shared + normal(deviation * RATIO.sqrt());
        splits
            .iter()
            .map(|split| common + split + normal(deviation))
            .collect()
    };
    (0..CANDIDATES).map(&mut row).collect()
}

#[test]
fn intervals_contain_the_truth_and_are_shorter_where_candidates_vary_much() {
    for effect_of_splits in [0.0, 1.0, 10.0] {
        let mut stream = Stream::keyed(effect_of_splits as u64);
        let (mut covered, mut all) = (0, 0);
        let (mut width, mut plain_width) = (0.0, 0.0);
        for _ in 0..SWEEPS {
            let scores = sweep(effect_of_splits, &mut stream);
            let found = moderated_intervals(&scores, RATIO, CONFIDENCE).unwrap();
            for (index, one) in found.iter().enumerate() {
                all += 1;
                covered += usize::from(one.low <= 0.0 && 0.0 <= one.high);
                if index.is_multiple_of(3) {
                    let plain = interval(&scores[index], RATIO, CONFIDENCE).unwrap();
                    width += one.high - one.low;
                    plain_width += plain.high - plain.low;
                }
            }
        }
        let part = covered as f64 / all as f64;
        println!("{effect_of_splits}: {part:.3}, {:.2}", width / plain_width);
        // The shared error of a sweep is covered or not for all its candidates at once, so this is
        // about a thousandth of chance.
        let spread = (CONFIDENCE * (1.0 - CONFIDENCE) / SWEEPS as f64).sqrt();
        assert!(
            part > CONFIDENCE - 3.1 * spread,
            "{effect_of_splits}: {part}"
        );
        if effect_of_splits < 10.0 {
            assert!(width < 0.8 * plain_width, "{effect_of_splits}");
        }
    }
}

#[test]
fn intervals_of_differences_contain_the_truth() {
    let mut stream = Stream::keyed(77);
    let (mut covered, mut all) = (0, 0);
    for _ in 0..SWEEPS {
        let scores = sweep(3.0, &mut stream);
        let found = against_reference(&scores, 1, RATIO, CONFIDENCE).unwrap();
        for one in found.iter().filter(|one| one.p_value < 1.0) {
            all += 1;
            covered += usize::from(one.low <= 0.0 && 0.0 <= one.high);
        }
    }
    let part = covered as f64 / all as f64;
    println!("{part:.3}");
    assert!(part > 0.93, "{part}");
}
