//! Error rates of comparisons with the best if no candidate is worse than the best.

mod support;

use statistics::{Direction, against_best};
use support::Stream;

const CANDIDATES: [usize; 4] = [2, 5, 20, 108];
const SPLITS: [usize; 4] = [3, 5, 10, 30];
const ERROR_RATE: f64 = 0.05;

/// How scores of candidates vary.
#[derive(Clone, Copy, Debug)]
enum Noise {
    /// Scores are independent.
    Independent,
    /// Neighbouring candidates err alike: their correlation is 0.9 to the power of their distance.
    Neighbours,
    /// Each candidate errs alike on all its splits, as overlapping training sets cause it according
    /// to the assumption of the corrected test, which is then exact. The following kinds include
    /// this error.
    Overlapping,
    /// The last candidate varies 100 times as much as the first. Without the common error.
    Unequal,
    /// Scores are rounded to tenths of their standard deviation. Without the common error.
    Coarse,
    /// Every third candidate varies six times as much as the others.
    Mixed,
    /// The errors of a candidate have Student's t distribution with three degrees of freedom.
    Heavy,
    /// A fifth of the candidates diverges: they are far worse and vary 20 times as much.
    Diverging,
    /// Candidates differ, and the worse ones vary more.
    Following,
}

const NOISES: [Noise; 9] = [
    Noise::Independent,
    Noise::Neighbours,
    Noise::Overlapping,
    Noise::Unequal,
    Noise::Coarse,
    Noise::Mixed,
    Noise::Heavy,
    Noise::Diverging,
    Noise::Following,
];

impl Noise {
    /// True mean and standard deviation of a candidate.
    fn mean_and_deviation(self, candidate: usize, candidates: usize) -> (f64, f64) {
        let part = candidate as f64 / (candidates - 1) as f64;
        match self {
            Self::Unequal => (0.0, 100.0_f64.powf(part)),
            Self::Mixed if candidate % 3 == 2 => (0.0, 6.0),
            Self::Diverging if candidate * 5 >= candidates * 4 => (-20.0, 20.0),
            Self::Following => {
                // Groups of three equal candidates; few are near the best.
                let group = (candidate / 3 * 3) as f64 / candidates as f64;
                let loss = (4.0 * group).powi(3);
                (-loss, 1.0 + loss / 5.0)
            }
            _ => (0.0, 1.0),
        }
    }

    fn has_common_error(self) -> bool {
        use Noise::{Coarse, Independent, Neighbours, Unequal};
        !matches!(self, Independent | Neighbours | Unequal | Coarse)
    }
}

/// Returns the scores of one sweep: `[candidate][split]`. Splits differ by more than the noise.
fn sweep(
    noise: Noise,
    candidates: usize,
    splits: usize,
    ratio: f64,
    stream: &mut Stream,
) -> Vec<Vec<f64>> {
    let of_splits: Vec<f64> = (0..splits).map(|_| 3.0 * stream.normal()).collect();
    let mut last = vec![0.0; splits];
    let mut rows = Vec::with_capacity(candidates);
    for candidate in 0..candidates {
        let (mean, deviation) = noise.mean_and_deviation(candidate, candidates);
        let squares: f64 = (0..3).map(|_| stream.normal().powi(2)).sum();
        let heaviness = match noise {
            Noise::Heavy => (3.0 / squares).sqrt(),
            _ => 1.0,
        };
        let common = stream.normal()
            * if noise.has_common_error() {
                ratio.sqrt()
            } else {
                0.0
            };
        let row = last.iter_mut().zip(&of_splits).map(|(last, of_split)| {
            let fresh = stream.normal();
            *last = match noise {
                Noise::Neighbours if candidate > 0 => 0.9 * *last + (1.0_f64 - 0.81).sqrt() * fresh,
                _ => mean + deviation * heaviness * (common + fresh),
            };
            let score = *last + of_split;
            match noise {
                Noise::Coarse => (10.0 * score).round() / 10.0,
                _ => score,
            }
        });
        rows.push(row.collect());
    }
    rows
}

/// Returns the number of sweeps in which any candidate is called worse than the best that is not.
fn false_alarms(noise: Noise, candidates: usize, splits: usize, sweeps: usize) -> usize {
    // The ratio for k folds.
    let ratio = 1.0 / (splits - 1) as f64;
    let key = (noise as u64) << 32 | (candidates as u64) << 16 | splits as u64;
    let mut stream = Stream::keyed(key);
    let mean = |candidate| noise.mean_and_deviation(candidate, candidates).0;
    let is_false_alarm = |_: &usize| {
        let scores = sweep(noise, candidates, splits, ratio, &mut stream);
        let found = against_best(&scores, Direction::Maximise, ratio).unwrap();
        let same = found.indistinguishable_from_best(ERROR_RATE);
        (0..candidates).any(|one| !same[one] && mean(one) >= mean(found.best))
    };
    (0..sweeps).filter(is_false_alarm).count()
}

/// Returns the number of false alarms that is not exceeded for 999 of 1,000 keys if the true rate
/// is 5 % (binomial).
fn max_by_chance(sweeps: usize) -> usize {
    let odds = ERROR_RATE / (1.0 - ERROR_RATE);
    let mut probability = (1.0 - ERROR_RATE).powi(sweeps as i32);
    let (mut count, mut below) = (0, probability);
    while below < 0.999 {
        probability *= odds * (sweeps - count) as f64 / (count + 1) as f64;
        count += 1;
        below += probability;
    }
    count
}

/// Checks all sizes of sweeps, and returns the rows of a table with percentages.
fn check(noise: Noise, sweeps: usize) -> Vec<String> {
    let row = |candidates: usize| {
        let mut row = format!("| {noise:?} | {candidates} |").to_lowercase();
        for splits in SPLITS {
            let found = false_alarms(noise, candidates, splits, sweeps);
            row += &format!(" {:.1} |", 100.0 * found as f64 / sweeps as f64);
            assert!(found <= max_by_chance(sweeps), "{row}");
        }
        println!("{row}");
        row
    };
    CANDIDATES.into_iter().map(row).collect()
}

#[test]
fn in_few_sweeps_a_candidate_is_called_worse_that_is_not() {
    for noise in NOISES {
        check(noise, 40);
    }
}

/// `cargo test --release -p statistics --test null_sweeps -- --ignored --nocapture` takes a few
/// minutes.
#[test]
#[ignore = "takes minutes"]
fn the_documented_error_rates_are_those_of_a_thousand_sweeps() {
    let document = include_str!("../../../docs/statistics.md");
    let rows = std::thread::scope(|scope| {
        let noises = NOISES.map(|noise| scope.spawn(move || check(noise, 1000)));
        noises.map(|rows| rows.join().unwrap())
    });
    for row in rows.iter().flatten() {
        assert!(
            document.contains(row),
            "docs/statistics.md should have\n{row}"
        );
    }
}

#[test]
fn the_check_notices_tests_that_err_too_often() {
    // The plain t-test of overlapping training sets, without any correction.
    let mut stream = Stream::keyed(7);
    let mut alarms = 0;
    for _ in 0..40 {
        let scores = sweep(Noise::Overlapping, 20, 5, 0.25, &mut stream);
        let found = against_best(&scores, Direction::Maximise, 0.0).unwrap();
        alarms += usize::from(
            found
                .indistinguishable_from_best(ERROR_RATE)
                .contains(&false),
        );
    }
    assert!(alarms > max_by_chance(40), "{alarms}");
}
