//! Large sweeps take imperceptible time. Timings depend on the machine: `cargo test --release -p
//! statistics --test speed -- --ignored --nocapture`.

mod support;

use statistics::{
    Direction, Measured, against_best, forecast, functional_anova, interval, main_effects,
    pareto_front,
};
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
fn ten_thousand_candidates_take_less_than_half_a_second() {
    use Direction::{Maximise, Minimise};
    let scores = table(10_000, 10);
    let levels = [10, 10, 5, 5, 2, 2];
    let objectives = [Maximise, Minimise, Minimise];
    let random = table(10_000, 3);
    let add_mean = |(index, row): (usize, &Vec<f64>)| {
        let mean = index as f64 / 1000.0;
        row.iter().map(|score| mean + score).collect()
    };
    let spread: Vec<Vec<f64>> = scores.iter().enumerate().map(add_mean).collect();
    let measure = |point: &Vec<f64>| -> Vec<Measured> {
        let with_error = |&value: &f64| Measured {
            value,
            standard_error: 0.01 * value,
        };
        point.iter().map(with_error).collect()
    };
    let measured: Vec<Vec<Measured>> = random.iter().map(measure).collect();
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
        seconds("against the best, most clearly worse", || {
            assert!(against_best(&spread, Maximise, 1.0 / 9.0).is_ok());
        }),
        seconds("against the best, three splits", || {
            let three: Vec<&[f64]> = spread.iter().map(|row| &row[..3]).collect();
            assert!(against_best(&three, Maximise, 0.5).is_ok());
        }),
        seconds("forecast", || {
            assert!(forecast(&spread, Maximise, 1.0 / 9.0, 0.05).is_ok());
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
        seconds("Pareto front, measured points", || {
            assert!(pareto_front(&objectives, &measured).is_ok());
        }),
        seconds("Pareto front, all points", || {
            assert_eq!(
                pareto_front(&[Maximise; 3], &sphere).map(|front| front.len()),
                Ok(10_000)
            );
        }),
    ];
    assert!(all.iter().all(|&seconds| seconds < 0.5), "{all:?}");
}
