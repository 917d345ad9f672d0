//! What records cost in addition to training: events, tables and results of a run, without and with
//! histograms of every epoch.
//!
//! The course's baseline, three epochs, one worker: trained bare, and through the scheduler into
//! real files. Rounds of all are interleaved; the medians of the rounds' ratios are printed.
//!
//!     cargo bench --bench recording

use burn::backend::Flex;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tp_sweep::data::{DeviceDatasetKey, load};
use tp_sweep::datasets::KnownSet;
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::Store;
use tp_sweep::run::{
    CohortError, DeviceSlot, ExecutionContext, Executor, Interrupt, NoProgress, TensorExecutor,
    TensorMemory, run_sweep,
};
use tp_sweep::spec::{Config, DatasetKind, Source, Sweep};
use tp_sweep::train::TrainingHost;

#[global_allocator]
static ALLOCATOR: alloc_tracker::TrackingAllocator<mimalloc::MiMalloc> =
    alloc_tracker::TrackingAllocator(mimalloc::MiMalloc);

const ROUNDS: usize = 7;

/// Trains as the executor within, but is not asked for profiles: they are no part of recording.
struct Unprofiled<'a>(&'a TensorExecutor<Flex>);

impl Executor for Unprofiled<'_> {
    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        host: &mut TrainingHost<'_>,
    ) -> Result<(), CohortError> {
        self.0.execute(plan, cohort, host)
    }
}

fn main() {
    let dataset = load(
        DatasetKind::Known(KnownSet::MNIST),
        &[PathBuf::from("data")],
    )
    .expect("data/mnist exists");
    let form = DeviceDatasetKey::of(&Config::default().data);
    let datasets = HashMap::from([(form, Arc::new(dataset))]);
    let executor = TensorExecutor::<Flex>::new(datasets, &Default::default(), TensorMemory::Thread);
    println!("MLP 784-128-10, 3 epochs, one worker; medians of {ROUNDS} interleaved rounds");
    for samples in [60_000, 15_000, 5_000] {
        let mut ratios: [Vec<f64>; 2] = Default::default();
        let mut bare = Vec::new();
        for round in 0..ROUNDS {
            // Each comes first in its turn: what the first finds cold meets all alike.
            let mut seconds = [0.0; 3];
            for turn in 0..3 {
                let program = (round + turn) % 3;
                seconds[program] = match program {
                    0 => trained(&executor, samples),
                    1 => recorded(&executor, samples, "off"),
                    _ => recorded(&executor, samples, "1"),
                };
            }
            bare.push(seconds[0]);
            ratios[0].push(seconds[1] / seconds[0]);
            ratios[1].push(seconds[2] / seconds[0]);
        }
        let [off, on] = ratios.map(|ratios| 100.0 * (median(ratios) - 1.0));
        println!(
            "{samples:>6} samples: bare {:.3} s; records {off:+.1} %, with histograms {on:+.1} %",
            median(bare)
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn sweep(samples: usize, histograms: &str) -> (Sweep, Plan) {
    let text = format!(
        "data: {{ limit: {samples} }}\ntraining: {{ epochs: 3 }}\n\
         tensorboard: {{ histograms: {histograms} }}\n"
    );
    let source = Source {
        name: "recording.yaml".into(),
        text,
    };
    let sweep = Sweep::parse(source, "recording", &[]).expect("a valid sweep");
    let plan = Plan::new(&sweep).expect("a valid plan");
    (sweep, plan)
}

/// Seconds of the training alone, in a fresh thread as the scheduler's workers are.
fn trained(executor: &TensorExecutor<Flex>, samples: usize) -> f64 {
    let (_, plan) = sweep(samples, "off");
    let cohort: Vec<RunId> = plan.runs().collect();
    let started = Instant::now();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread");
    pool.install(|| {
        executor
            .execute(&plan, &cohort, &mut TrainingHost::new(&started, Vec::new()))
            .expect("no interrupt");
    });
    started.elapsed().as_secs_f64()
}

/// Seconds of the training with all its records.
fn recorded(executor: &TensorExecutor<Flex>, samples: usize, histograms: &str) -> f64 {
    let (sweep, plan) = sweep(samples, histograms);
    let folder = tempfile::tempdir_in(".").expect("the current folder can be written to");
    let store = Store::new(folder.path(), &plan, |_| "data".to_owned());
    let started = Instant::now();
    let slot = DeviceSlot {
        executor: &Unprofiled(executor),
        device: "cpu".into(),
        precision: "float32".into(),
        workers: 1,
        hardware: String::new(),
    };
    let context = ExecutionContext {
        sweep: &sweep,
        plan: &plan,
        store: &store,
        shard: None,
        devices: &[slot],
        max_cohort_size: None,
        retry_failed: false,
        fail_fast: false,
        progress: &NoProgress,
        interrupt: &Interrupt::default(),
    };
    let ran = run_sweep(&context).expect("the folder can be written to");
    assert!(ran.results.runs.values().all(|run| run.failure.is_none()));
    started.elapsed().as_secs_f64()
}
