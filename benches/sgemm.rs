//! The limit of training on a CPU: the operations of a model-epoch in large square matrix products.
//!
//!     cargo bench --bench sgemm -- --cores 2
//!
//! prints one line of JSON. With several cores each works on separate products, all at once.

use cpu_kernels::{Matrix, multiply_into};
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// Operations of the matrix products of one epoch of the course's baseline: an MLP 784-128-10 on
/// 60,000 samples, forward, and the gradients of weights and of the hidden layer.
const FLOP_PER_EPOCH: f64 = 60_000.0 * 2.0 * (784.0 * 128.0 * 2.0 + 128.0 * 10.0 * 3.0);
const SIZE: usize = 1024;
const DURATION: Duration = Duration::from_secs(2);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let cores = arguments
        .iter()
        .position(|argument| argument == "--cores")
        .map_or(1, |at| {
            arguments[at + 1].parse().expect("a number of cores")
        });
    let start = Barrier::new(cores);
    let rates: Vec<f64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(|| rate(&start))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("products do not panic"))
            .collect()
    });
    println!(
        "{{\"program\": \"sgemm\", \"cores\": {cores}, \"model_epochs_per_second\": {}}}",
        rates.iter().sum::<f64>()
    );
}

/// Model-epochs a second of one core, counted while all are at work.
fn rate(start: &Barrier) -> f64 {
    let matrix = |step: usize| -> Vec<f32> {
        let number = |i: usize| ((i * step) % 1000) as f32 / 1000.0 - 0.5;
        (0..SIZE * SIZE).map(number).collect()
    };
    let (a, b) = (matrix(7919), matrix(104_729));
    let mut product = vec![0.0; SIZE * SIZE];
    let mut multiply = || {
        let (a, b) = (Matrix::new(&a, [SIZE, SIZE]), Matrix::new(&b, [SIZE, SIZE]));
        multiply_into(&mut product, 0.0, a, b, 1.0);
    };
    multiply();
    start.wait();
    let (started, mut products) = (Instant::now(), 0_u32);
    while started.elapsed() < DURATION {
        multiply();
        products += 1;
    }
    let flop = f64::from(products) * 2.0 * (SIZE as f64).powi(3);
    flop / started.elapsed().as_secs_f64() / FLOP_PER_EPOCH
}
