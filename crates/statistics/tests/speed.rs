//! Large sweeps take imperceptible time. Timings depend on the machine: `cargo test --release -p
//! statistics --test speed -- --ignored --nocapture`.

mod support;

use statistics::{Direction, against_best, functional_anova, interval, main_effects, pareto_front};
use std::time::Instant;
use support::Stream;

fn table(rows: usize, columns: usize) -> Vec<Vec<f64>> {
    let mut stream = Stream::keyed(1);
    (0..rows)
        .map(|_| (0..columns).map(|_| stream.uniform()).collect())
        .collect()
}

fn seconds(name: &str, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    let seconds = start.elapsed().as_secs_f64();
    println!("{name}: {:.1} ms", 1000.0 * seconds);
    seconds
}

#[test]
#[ignore = "measures time"]
fn ten_thousand_candidates_take_less_than_a_fifth_of_a_second() {
    use Direction::{Maximise, Minimise};
    let scores = table(10_000, 10);
    let levels = [10, 10, 5, 5, 2, 2];
    let objectives = [Maximise, Minimise, Minimise];
    let random = table(10_000, 3);
    // On the part of a sphere with positive coordinates no point dominates another.
    let mut sphere = random.clone();
    for point in &mut sphere {
        let length = point.iter().map(|value| value * value).sum::<f64>().sqrt();
        point.iter_mut().for_each(|value| *value /= length);
    }
    let all = [
        seconds("against the best", || {
            assert!(against_best(&scores, Maximise, 1.0 / 9.0).is_ok());
        }),
        seconds("intervals", || {
            assert!(
                scores
                    .iter()
                    .all(|row| interval(row, 1.0 / 9.0, 0.95).is_some())
            );
        }),
        seconds("functional ANOVA, 6 factors", || {
            assert!(functional_anova(&levels, &scores, 0.0).is_ok());
        }),
        seconds("main effects", || {
            assert!(main_effects(&levels, &scores, 1.0 / 9.0, 0.95).is_ok());
        }),
        seconds("Pareto front, random", || {
            assert!(pareto_front(&objectives, &random).is_ok_and(|front| front.len() < 1000));
        }),
        seconds("Pareto front, all points", || {
            assert_eq!(
                pareto_front(&[Maximise; 3], &sphere).map(|front| front.len()),
                Ok(10_000)
            );
        }),
    ];
    assert!(all.iter().all(|&seconds| seconds < 0.2), "{all:?}");
}
