// What is fuzzed: each parser of files that come from outside, through the functions that the
// program itself calls. No input may make them panic, hang or take unbounded memory; that they
// refuse it is right.
//
// Used by the fuzz targets and by `tests/it/fuzz_corpus.rs`.

use std::path::Path;
use tp_sweep::data::{DatasetCache, ExpectedInput, read_inputs};
use tp_sweep::model_io::read_model;
use tp_sweep::plan::{Plan, RunId};
use tp_sweep::record::{CHECKPOINT_FILE, Checkpoint, RESULT_FILE, Store};
use tp_sweep::report::{Listing, NoDetails, Report};
use tp_sweep::spec::{Config, DataRemarks, Key, Source, Sweep, YamlNode};

/// A target: its name, which is that of its corpus, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
#[allow(dead_code, reason = "a fuzz target uses one")]
pub const TARGETS: [Target; 11] = [
    ("sweep", sweep),
    ("overrides", overrides),
    ("csv", csv),
    ("parquet", parquet),
    ("npy", npy),
    ("idx", idx),
    ("image", image),
    ("cifar10", cifar10),
    ("result", result),
    ("checkpoint", checkpoint),
    ("model", model),
];

/// Larger sweeps are read, but not planned here: a large number of trials is not an error.
const MAX_TEXT_BYTES: usize = 4096;

/// A sweep file: read, checked, expanded.
pub fn sweep(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    if text.len() > MAX_TEXT_BYTES {
        return;
    }
    let source = Source {
        name: "sweep.yaml".into(),
        text: text.into(),
    };
    if let Ok(sweep) = Sweep::parse(source, "sweep", &[]) {
        let trials = sweep.factors.iter().map(|factor| factor.levels.len() + 1);
        if trials.product::<usize>() < 1000 {
            let _ = Plan::new(&sweep);
        }
    }
}

/// An override from the command line.
pub fn overrides(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let source = Source {
        name: "sweep.yaml".into(),
        text: "data: { limit: 100 }\ngrid: { model.width: [1, 2] }\n".into(),
    };
    let _ = Sweep::parse(source, "sweep", &[text.to_owned()]);
}

/// A table as CSV.
pub fn csv(input: &[u8]) {
    own_data("table", &[("table.csv", input)], "table.csv");
}

/// A table as Parquet.
pub fn parquet(input: &[u8]) {
    own_data("table", &[("table.parquet", input)], "table.parquet");
}

/// NumPy arrays: samples and labels.
pub fn npy(input: &[u8]) {
    let (samples, labels) = halves(input);
    own_data(
        "npy",
        &[("x_train.npy", samples), ("y_train.npy", labels)],
        ".",
    );
    predict_inputs("array.npy", samples);
}

/// IDX files: samples, packed, and labels.
pub fn idx(input: &[u8]) {
    let (samples, labels) = halves(input);
    let files = [
        ("train-images-idx3-ubyte", samples),
        ("train-labels-idx1-ubyte", labels),
    ];
    own_data("idx", &files, ".");
    own_data(
        "idx",
        &[("train-images.gz", samples), ("train-labels.gz", labels)],
        ".",
    );
    predict_inputs("images-idx3-ubyte", samples);
}

/// Images, PNG or JPEG, of two classes.
pub fn image(input: &[u8]) {
    own_data("images", &[("a/1.png", input), ("b/2.png", input)], ".");
    predict_inputs("image.png", input);
}

/// CIFAR-10's batches.
pub fn cifar10(input: &[u8]) {
    let batches = (1..=5).map(|batch| format!("data_batch_{batch}.bin"));
    let names: Vec<String> = batches.chain(["test_batch.bin".to_owned()]).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), input)).collect();
    in_folder(&files, |folder| {
        let cache = DatasetCache::new(vec![folder.to_owned()], Vec::new());
        let _ = cache.load(&config(&[("data.set", "cifar10")]).data);
    });
}

/// The result of a run, and the report of it. `IDENTITY` is replaced by the run's hash.
pub fn result(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let source = Source {
        name: "sweep.yaml".into(),
        text: "data: { limit: 100 }\nvalidation: { folds: 2 }\ngrid: { model.width: [1, 2] }\n"
            .into(),
    };
    let Ok(sweep) = Sweep::parse(source, "sweep", &[]) else {
        return;
    };
    let Ok(plan) = Plan::new(&sweep) else {
        return;
    };
    in_folder(&[], |folder| {
        let store = Store::new(folder, &plan, |_| "data".to_owned());
        let runs: Vec<RunId> = plan.runs().collect();
        for &run in &runs {
            let run_folder = store.run_folder(&plan, run);
            let text = text.replace("IDENTITY", &store.run_hash(run).to_string());
            let written = std::fs::create_dir_all(&run_folder)
                .and_then(|()| std::fs::write(run_folder.join(RESULT_FILE), text));
            assert!(written.is_ok(), "the temporary folder can be written to");
        }
        let results = store.read(&plan);
        if let Ok(report) = Report::new(
            &sweep,
            &plan,
            &results,
            &DataRemarks::default(),
            &Listing::default(),
            &NoDetails,
        ) {
            let _ = report.files();
        }
    });
}

/// A run in training.
pub fn checkpoint(input: &[u8]) {
    let read = Checkpoint::from_bytes(input);
    if let Some(checkpoint) = read {
        let config = config(&[]);
        let _ = tp_sweep::train::is_compatible(&config, &checkpoint.state);
        in_folder(&[(CHECKPOINT_FILE, input)], |folder| {
            assert!(Checkpoint::read(folder, &checkpoint.run_hash).is_some());
        });
    }
}

/// An exported model: its description and its weights.
pub fn model(input: &[u8]) {
    let (description, weights) = halves(input);
    let files = [("model.json", description), ("model.safetensors", weights)];
    in_folder(&files, |folder| {
        let _ = read_model(folder);
    });
}

/// The parts of an input that holds two files: the first two bytes are the length of the first.
fn halves(input: &[u8]) -> (&[u8], &[u8]) {
    match input {
        [low, high, rest @ ..] => {
            let length = usize::from(u16::from_le_bytes([*low, *high]));
            rest.split_at(length.min(rest.len()))
        }
        _ => (input, &[]),
    }
}

/// Reads these files as custom data.
fn own_data(set: &str, files: &[(&str, &[u8])], path: &str) {
    in_folder(files, |folder| {
        let settings = [
            ("data.set", set),
            ("data.path", path),
            ("data.label", "label"),
        ];
        let settings = match set {
            "table" => &settings[..],
            _ => &settings[..2],
        };
        let cache = DatasetCache::new(Vec::new(), vec![folder.to_owned()]);
        let _ = cache.load(&config(settings).data);
    });
}

/// Reads a file as input of a prediction.
fn predict_inputs(name: &str, input: &[u8]) {
    in_folder(&[(name, input)], |folder| {
        let expected = ExpectedInput {
            features: 4,
            image: Some([2, 2, 1]),
            columns: &[],
            encoding: None,
            imputes: false,
            label: None,
            is_bytes: true,
        };
        let _ = read_inputs(&folder.join(name), &expected);
    });
}

fn config(settings: &[(&str, &str)]) -> Config {
    let mut config = Config::default();
    for (path, yaml) in settings {
        let read = Key::find(path)
            .zip(YamlNode::parse(yaml).ok())
            .and_then(|(key, node)| key.read(&node).ok());
        match read {
            Some(assignment) => assignment.apply(&mut config),
            None => panic!("{path}: {yaml} is no setting"),
        }
    }
    config
}

/// Does something in a folder that has these files.
fn in_folder(files: &[(&str, &[u8])], work: impl FnOnce(&Path)) {
    // In memory if possible, because the program reads files.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let folder = folder.expect("a temporary folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        let parent = path.parent().expect("a file has a folder");
        let written = std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, bytes));
        assert!(written.is_ok(), "the temporary folder can be written to");
    }
    work(folder.path());
}
