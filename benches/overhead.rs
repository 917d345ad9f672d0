//! What the orchestrator costs in addition to training: plan, files, events, for each run.
//!
//! A sweep of 500 runs goes through the real scheduler and the real records, with an executor
//! that trains nothing, reports three epochs and has a network; with its weights kept, and not.
//!
//!     cargo bench --bench overhead

use std::sync::Arc;
use std::time::Instant;
use tp_sweep::metrics::{ClassificationCounts, EpochMetrics, SamplePredictions, Score, Scores};
use tp_sweep::model::state_shapes;
use tp_sweep::outcome::{FinishedRun, Outcome};
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::Store;
use tp_sweep::report::{Listing, Report, TrialClasses};
use tp_sweep::run::{
    CohortError, DeviceSlot, ExecutionContext, Executor, Interrupt, NoProgress, run_sweep,
};
use tp_sweep::spec::{DataRemarks, Source, Sweep};
use tp_sweep::train::{TrainingEvent, TrainingHost};

const SWEEP: &str = "
name: overhead
validation: { folds: 5 }
training: { epochs: 3 }
grid:
  training.learning_rate: { logarithmic: { from: 0.001, to: 1.0, count: 50 } }
  model.width: [64, 128]
";

struct Instantly;

impl Executor for Instantly {
    fn execute(
        &self,
        plan: &Plan,
        cohort: &[RunId],
        host: &mut TrainingHost<'_>,
    ) -> Result<(), CohortError> {
        for epoch in 1..=3 {
            for member in 0..cohort.len() {
                let metrics = EpochMetrics {
                    epoch,
                    training: Scores::loss_and_accuracy(0.5, 0.9),
                    validation: Scores::loss_and_accuracy(0.5, 0.9),
                    learning_rate: 0.01,
                    gradient_norms: vec![0.1; 2],
                    seconds: 0.1,
                };
                host.emit(TrainingEvent::EpochEnd { member, metrics })?;
            }
        }
        for (member, run) in cohort.iter().enumerate() {
            if host.wants_weights() {
                let shapes = state_shapes(&plan.trials[run.trial].config.stages());
                let values = |[rows, columns]: [usize; 2]| vec![0.5; rows * columns];
                let weights = Arc::new(shapes.into_iter().map(values).collect());
                host.emit(TrainingEvent::FinalWeights { member, weights })?;
            }
        }
        let evaluated = Scores::from([
            (Score::LOSS, 0.5),
            (Score::ACCURACY, 0.9),
            (Score::MACRO_F1, 0.9),
        ]);
        let finished = FinishedRun {
            epoch: 3,
            validation: Some((evaluated.clone(), ClassificationCounts::new(10))),
            predictions: Some(predictions()),
            test: (evaluated, ClassificationCounts::new(10)),
        };
        for member in 0..cohort.len() {
            let outcome = Arc::new(Outcome::Finished(Box::new(finished.clone())));
            host.emit(TrainingEvent::RunEnd { member, outcome })?;
        }
        Ok(())
    }
}

/// Predictions for 5,000 samples, one in 20 of them wrong.
fn predictions() -> SamplePredictions {
    let labels: Vec<u16> = (0..5000).map(|sample| sample * 7 % 11 % 10).collect();
    let predict = |(index, label): (usize, &u16)| (label + u16::from(index % 20 == 0)) % 10;
    SamplePredictions {
        classes: 10,
        samples: (0..5000).map(|sample| 3 * sample).collect(),
        predicted: labels.iter().enumerate().map(predict).collect(),
        labels,
    }
}

fn main() {
    for keep in ["none", "best 1"] {
        measure(keep);
    }
}

/// Measures with the weights of these trials kept.
fn measure(keep: &str) {
    let mut samples: Vec<[f64; 3]> = Vec::new();
    let mut runs = 0;
    for _ in 0..5 {
        let folder = tempfile::tempdir_in(".").expect("the current folder can be written to");
        let started = Instant::now();
        let source = Source {
            name: "overhead.yaml".into(),
            text: format!("{SWEEP}keep: {keep}\n"),
        };
        let sweep = Sweep::parse(source, "overhead", &[]).expect("a valid sweep");
        let plan = Plan::new(&sweep).expect("a valid plan");
        let store = Store::new(folder.path(), &plan, |_| "data".to_owned());
        let planned = started.elapsed().as_secs_f64();
        let slot = DeviceSlot {
            executor: &Instantly,
            device: "none".into(),
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
        let recorded = started.elapsed().as_secs_f64();
        let classes = |trial| {
            let scores = store.trial_classification(&plan, trial)?;
            Some(TrialClasses::new(Vec::new(), scores))
        };
        Report::new(
            &sweep,
            &plan,
            &ran.results,
            &DataRemarks::default(),
            &Listing::default(),
            &classes,
        )
        .expect("tables of valid results");
        let reported = started.elapsed().as_secs_f64();
        runs = ran.results.runs.len();
        samples.push([planned, recorded - planned, reported - recorded]);
    }
    let median = |part: usize| {
        let mut values: Vec<f64> = samples.iter().map(|sample| sample[part]).collect();
        values.sort_by(f64::total_cmp);
        1000.0 * values[values.len() / 2] / runs as f64
    };
    println!(
        "{runs} runs of 3 epochs, one worker, keep: {keep}, medians of 5, milliseconds a run:"
    );
    println!("plan    {:.3}", median(0));
    println!("records {:.3} (files, events, fsync)", median(1));
    println!("tables  {:.3}", median(2));
    println!("sum     {:.3}", median(0) + median(1) + median(2));
}
