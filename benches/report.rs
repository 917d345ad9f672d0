//! The time and memory that a report of 100,000 runs takes, from files on disk.
//!
//!     cargo bench --bench report
//!
//! writes the made-up results of a grid of four factors with 10 levels each and 10 folds to a
//! temporary folder, then runs `tp-sweep report` on it, three times.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use tp_sweep::data::DatasetCache;
use tp_sweep::metrics::{EpochMetrics, SamplePredictions, Score, Scores};
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::{RESULT_FILE, RunResult, Store, write_predictions};
use tp_sweep::spec::{Source, Sweep};

const SWEEP: &str = "
name: large
validation: { folds: 10 }
training: { epochs: 5 }
grid:
  training.learning_rate: { logarithmic: { from: 0.001, to: 1.0, count: 10 } }
  model.width: { linear: { from: 10, to: 100, count: 10 } }
  model.dropout: { linear: { from: 0.0, to: 0.45, count: 10 } }
  training.label_smoothing: { linear: { from: 0.0, to: 0.09, count: 10 } }
";

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("large.yaml");
    std::fs::write(&file, SWEEP).expect("the folder can be written to");
    let source = Source {
        name: "large.yaml".into(),
        text: SWEEP.into(),
    };
    let sweep = Sweep::parse(source, "large", &[]).expect("a sweep");
    let plan = Plan::new(&sweep).expect("a plan");
    let started = Instant::now();
    write_results(folder.path(), &plan);
    let runs = plan.runs().count();
    let seconds = started.elapsed().as_secs_f64();
    println!("{runs} results written in {seconds:.1} s");
    for _ in 0..3 {
        let started = Instant::now();
        let binary = env!("CARGO_BIN_EXE_tp-sweep");
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let mut report = Command::new(binary)
            .args(["report", "large.yaml", "--data"])
            .arg(data)
            .current_dir(folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("the binary runs");
        let peak = peak_bytes(report.id());
        let status = report.wait().expect("the binary ends");
        assert!(status.success(), "{status}");
        println!(
            "report in {:.2} s, {:.0} MiB at most",
            started.elapsed().as_secs_f64(),
            peak as f64 / f64::from(1 << 20)
        );
    }
}

/// Results as a sweep would leave them.
fn write_results(folder: &Path, plan: &Plan) {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data");
    let cache = DatasetCache::new(vec![data], Vec::new());
    let fingerprint = cache.fingerprint(&plan.trials[0].config.data);
    let fingerprint = fingerprint.expect("data/mnist exists");
    let store = Store::new(&folder.join("runs"), plan, |_| fingerprint.clone());
    for run in plan.runs() {
        let folder = store.run_folder(plan, run);
        std::fs::create_dir_all(&folder).expect("a folder");
        let text = result(plan, &store, run).to_json();
        std::fs::write(folder.join(RESULT_FILE), text).expect("a file");
        // All trials predict the same: one file on the disk for each fold.
        let first = store.run_folder(plan, RunId { trial: 0, ..run });
        if run.trial == 0 {
            write_predictions(&folder, &predictions(run.fold)).expect("a file");
        } else {
            let file = "predictions.bin";
            std::fs::hard_link(first.join(file), folder.join(file)).expect("a link");
        }
    }
}

/// Predictions for a tenth of 60,000 samples, one in 20 of them wrong.
fn predictions(fold: u32) -> SamplePredictions {
    let samples: Vec<u32> = (0..6000).map(|index| 10 * index + fold).collect();
    let labels: Vec<u16> = samples
        .iter()
        .map(|sample| (sample * 7 % 11 % 10) as u16)
        .collect();
    let predict = |(index, label): (usize, &u16)| (label + u16::from(index % 20 == 0)) % 10;
    SamplePredictions {
        classes: 10,
        predicted: labels.iter().enumerate().map(predict).collect(),
        samples,
        labels,
    }
}

/// A number from 0 to 1 that differs from run to run.
fn made_up(run: RunId) -> f64 {
    ((run.trial * 7919 + run.fold as usize * 104_729) % 10_007) as f64 / 10_007.0
}

fn result(plan: &Plan, store: &Store, run: RunId) -> RunResult {
    let trial = &plan.trials[run.trial];
    // Most trials are clearly worse than the best, as in a real grid.
    let accuracy = 0.6 + 0.3 * run.trial as f64 / plan.trials.len() as f64 + 0.05 * made_up(run);
    let evaluated = Scores::from([
        (Score::LOSS, 1.0 - accuracy),
        (Score::ACCURACY, accuracy),
        (Score::MACRO_F1, accuracy),
    ]);
    let epoch = |epoch: usize| EpochMetrics {
        epoch,
        training: Scores::loss_and_accuracy(1.0 / epoch as f64, accuracy),
        validation: Scores::loss_and_accuracy(1.1 / epoch as f64, accuracy),
        learning_rate: 0.01,
        gradient_norms: vec![0.1, 0.2],
        seconds: 0.1,
    };
    RunResult {
        run_hash: store.run_hash(run).clone(),
        trial: trial.name.clone(),
        repeat: run.repeat,
        fold: run.fold,
        failure: None,
        final_epoch: Some(5),
        validation: Some(evaluated.clone()),
        test: Some(evaluated),
        epochs: (1..=5).map(epoch).collect(),
        seconds_per_epoch: Some(0.1),
        seconds: 0.6,
        parameters: trial.config.parameters(),
        device: "cpu".to_owned(),
        workers: 2,
        cohort: 1,
        precision: "float32".to_owned(),
        config: trial.config.to_value(),
        events: None,
    }
}

/// The peak memory of a process, sampled until it ends; 0 where the system does not report it.
fn peak_bytes(process: u32) -> u64 {
    let mut peak = 0;
    while let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) {
        let line = status.lines().find(|line| line.starts_with("VmHWM"));
        let Some(kibibytes) = line.and_then(|line| line.split_whitespace().nth(1)) else {
            break;
        };
        peak = kibibytes
            .parse::<u64>()
            .map_or(peak, |kibibytes| kibibytes << 10);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    peak
}
