//! `sweep.json`: what a sweep's folder holds, and where it came from.

use crate::bounded_io::read_file;
use crate::plan::{Plan, RESULTS_VERSION};
use crate::record::error::{RecordError, on};
use crate::record::fs::atomic::{remove_temp_files, write_atomically};
use crate::record::fs::host::host_name;
use crate::spec::{Config, Factor, Level, RecordedDataset, Sweep};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The name of the file in a sweep's folder.
const FILE: &str = "sweep.json";

/// The version of the format. Readers take what they need from any version.
const FORMAT: u32 = 2;

/// Earlier starts that are remembered.
const MOST_STARTS: usize = 100;

/// The most bytes of the file: a sweep file of a MiB, escaped, and what became of the columns of wide tables.
const LARGEST: u64 = 256 << 20;

/// What a sweep's folder holds: the sweep as it was understood, and by what and where it was last
/// started.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// The version of this file's format.
    pub format: u32,
    /// The sweep's name.
    pub name: String,
    /// The program that was started last.
    pub program: Program,
    /// The last start.
    pub start: Invocation,
    /// The numbers that it computes in: the devices of one start are of one kind.
    pub precision: &'static str,
    /// Cohorts that train beside each other on each device.
    pub workers: usize,
    /// Trials of the sweep.
    pub trials: usize,
    /// Runs of the sweep.
    pub runs: usize,
    /// Hashes of the data sets, by name.
    pub data: BTreeMap<String, String>,
    /// What is known of the data sets: results can be read without their files.
    pub known_data: Vec<RecordedDataset>,
    /// The seeds of all random numbers.
    pub seeds: BTreeSet<u64>,
    /// The configuration that each trial starts from, whole.
    pub base: Value,
    /// What varies, with every level.
    pub factors: Value,
    /// `--set` options on top of the sweep file.
    pub overrides: Vec<String>,
    /// Where the sweep file was, as the command named it.
    pub sweep_path: String,
    /// The sweep file, as it was.
    pub sweep_file: String,
    /// The starts before the last, the earliest first; no more than a hundred.
    pub starts: Vec<Invocation>,
}

/// What a program is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Program {
    /// The version of tp-sweep.
    pub version: &'static str,
    /// The commit that it was built from, where that is known.
    pub commit: &'static str,
    /// The version of the numbers that a configuration gives.
    pub results_version: u32,
    /// The versions of the crates that decide numbers and speed.
    pub crates: BTreeMap<&'static str, &'static str>,
}

/// One start of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invocation {
    /// When, in seconds since 1970.
    #[serde(default)]
    pub started: f64,
    /// The version of tp-sweep.
    #[serde(default)]
    pub version: String,
    /// The commit that it was built from; empty where it was not told.
    #[serde(default)]
    pub commit: String,
    /// The command line; empty where it was not told.
    #[serde(default)]
    pub command_line: Vec<String>,
    /// Where it trained; several devices with commas between them.
    #[serde(default)]
    pub device: String,
    /// The models of its GPUs, such as `NVIDIA H100`.
    #[serde(default)]
    pub gpus: Vec<String>,
    /// The driver of the device and its version; of the CPU, the version of the machine's NVIDIA driver.
    #[serde(default)]
    pub driver: Option<String>,
    /// The machine.
    pub host: Machine,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Its name; empty where it was not told.
    #[serde(default)]
    pub name: String,
    /// Operating system and processor architecture.
    pub system: String,
    /// The processor's name, where it is known.
    pub processor: Option<String>,
    /// Processor cores that may be used.
    pub cores: usize,
}

impl Manifest {
    /// The manifest of a sweep that is started now.
    pub fn new(sweep: &Sweep, plan: &Plan, start: Invocation) -> Self {
        let mut base = Config::default();
        for set in &sweep.base {
            set.assignment.apply(&mut base);
        }
        let seeds = plan.trials.iter();
        Self {
            format: FORMAT,
            name: plan.name.clone(),
            program: Program::current(),
            start,
            precision: "",
            workers: 1,
            trials: plan.trials.len(),
            runs: plan.runs().count(),
            data: BTreeMap::new(),
            known_data: Vec::new(),
            seeds: seeds.map(|trial| trial.config.validation.seed).collect(),
            factors: sweep.factors.iter().map(|f| factor(f, &base)).collect(),
            base: base.to_value(),
            overrides: Vec::new(),
            sweep_path: sweep.source.name.clone(),
            sweep_file: sweep.source.text.clone(),
            starts: Vec::new(),
        }
    }

    /// Writes the manifest into a sweep's folder, with the starts that the one there tells of.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk.
    #[expect(
        clippy::expect_used,
        reason = "what is written is our own value, which JSON can hold"
    )]
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        let mut manifest = self.clone();
        if let Ok(old) = RecordedSweep::read(folder) {
            manifest.starts = old.starts;
            manifest.remember(&old.known_data);
        }
        let excess = manifest.starts.len().saturating_sub(MOST_STARTS);
        manifest.starts.drain(..excess);
        let mut text = serde_json::to_string_pretty(&manifest).expect("it has only text keys");
        text.push('\n');
        remove_temp_files(folder)?;
        write_atomically(&folder.join(FILE), text.as_bytes())
    }
}

impl Manifest {
    /// Takes over what an earlier start knew of the contents of the same data, which this one had no
    /// need to read.
    fn remember(&mut self, earlier: &[RecordedDataset]) {
        for known in self.known_data.iter_mut().filter(|k| k.contents.is_none()) {
            let same = earlier.iter().find(|earlier| {
                (&earlier.set, &earlier.fingerprint) == (&known.set, &known.fingerprint)
            });
            known.contents = same.and_then(|same| same.contents.clone());
        }
    }
}

/// A factor with its levels: what each sets.
fn factor(factor: &Factor, base: &Config) -> Value {
    let level = |level: &Level| {
        let mut config = base.clone();
        level.apply(&mut config);
        let settings = level.settings.iter();
        let values = settings.map(|set| (set.key.path.to_owned(), set.key.value_in(&config)));
        let settings: Map<String, Value> = values.collect();
        serde_json::json!({ "label": level.label, "settings": settings })
    };
    let levels: Vec<Value> = factor.levels.iter().map(level).collect();
    serde_json::json!({
        "name": factor.name,
        "conditional": factor.when.is_some(),
        "levels": levels,
    })
}

impl Program {
    /// This program.
    pub fn current() -> Self {
        let crates = env!("TP_SWEEP_CRATES").split(';');
        Self {
            version: env!("CARGO_PKG_VERSION"),
            commit: env!("TP_SWEEP_COMMIT"),
            results_version: RESULTS_VERSION,
            crates: crates.filter_map(|one| one.split_once(' ')).collect(),
        }
    }
}

/// The sweep that a folder's results are of, and its starts.
#[derive(Clone, Debug)]
pub struct RecordedSweep {
    /// Its name.
    pub name: String,
    /// Where the sweep file was, as the command named it; empty where that was not told.
    pub sweep_path: String,
    /// The sweep file, as it was.
    pub sweep_file: String,
    /// `--set` options on top of it.
    pub overrides: Vec<String>,
    /// What was known of its data sets at the last start.
    pub known_data: Vec<RecordedDataset>,
    /// Its starts that are known, the latest last.
    pub starts: Vec<Invocation>,
}

/// The file, of any version; in the first version the one start that it tells of is not apart.
#[derive(Deserialize)]
struct File {
    name: String,
    #[serde(default)]
    sweep_path: String,
    sweep_file: String,
    overrides: Vec<String>,
    #[serde(default)]
    known_data: Value,
    #[serde(default)]
    starts: Vec<Invocation>,
    start: Option<Invocation>,
}

impl RecordedSweep {
    /// Reads it from a sweep's folder.
    ///
    /// # Errors
    /// A folder without the file, a file that tp-sweep did not write.
    pub fn read(folder: &Path) -> std::io::Result<Self> {
        let text = read_file(&folder.join(FILE), LARGEST)?;
        let file: File = serde_json::from_slice(&text)?;
        let mut starts = file.starts;
        // What a start lacks is not worth a sweep that cannot be read.
        starts.extend(file.start.or_else(|| serde_json::from_slice(&text).ok()));
        Ok(Self {
            name: file.name,
            sweep_path: file.sweep_path,
            sweep_file: file.sweep_file,
            overrides: file.overrides,
            // What cannot be understood is not worth a sweep that cannot be read either.
            known_data: serde_json::from_value(file.known_data).unwrap_or_default(),
            starts,
        })
    }
}

/// Copies what a folder of results says of its sweep into another.
///
/// # Errors
/// A file that cannot be read, a folder that cannot be written to.
pub fn copy_recorded_sweep(from: &Path, to: &Path) -> Result<(), RecordError> {
    let path = from.join(FILE);
    let text = read_file(&path, LARGEST).map_err(on("read", &path))?;
    write_atomically(&to.join(FILE), &text)
}

impl Machine {
    /// The machine that this process runs on.
    pub fn current() -> Self {
        let processor = std::fs::read_to_string("/proc/cpuinfo")
            .ok()
            .and_then(|text| {
                let line = text.lines().find(|line| line.starts_with("model name"))?;
                Some(line.split_once(':')?.1.trim().to_owned())
            });
        Self {
            name: host_name(),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            processor,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Source;

    fn sweep(text: &str) -> (Sweep, Plan) {
        let source = Source {
            name: "test.yaml".into(),
            text: text.into(),
        };
        let sweep = Sweep::parse(source, "test", &[]).unwrap();
        let plan = Plan::new(&sweep).unwrap();
        (sweep, plan)
    }

    fn start(started: f64) -> Invocation {
        Invocation {
            started,
            version: "1".to_owned(),
            commit: String::new(),
            command_line: vec!["tp-sweep".to_owned()],
            device: "cpu".to_owned(),
            gpus: Vec::new(),
            driver: None,
            host: Machine::current(),
        }
    }

    #[test]
    fn a_manifest_of_the_first_version_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{ "format": 1, "version": "0.1.0", "name": "old", "sweep_file": "{}",
            "overrides": ["training.epochs=1"], "trials": 1, "runs": 1, "data": {}, "device": "cpu",
            "precision": "float32", "workers": 2, "started": 5.5,
            "host": { "system": "linux x86_64", "processor": null, "cores": 2 } }"#;
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let read = RecordedSweep::read(folder.path()).unwrap();
        assert_eq!((&*read.name, &*read.sweep_file), ("old", "{}"));
        assert_eq!(read.overrides, ["training.epochs=1"]);
        let [start] = &read.starts[..] else {
            panic!("{:?}", read.starts);
        };
        assert_eq!(
            (start.started, &*start.version, start.host.cores),
            (5.5, "0.1.0", 2)
        );
    }

    #[test]
    fn starts_are_remembered_but_not_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let (sweep, plan) = sweep("validation: { seed: 3 }");
        let count = MOST_STARTS + 3;
        for number in 0..count {
            let manifest = Manifest::new(&sweep, &plan, start(number as f64));
            manifest.write(folder.path()).unwrap();
        }
        let read = RecordedSweep::read(folder.path()).unwrap();
        let times: Vec<f64> = read.starts.iter().map(|start| start.started).collect();
        let wanted: Vec<f64> = (2..count).map(|number| number as f64).collect();
        assert_eq!(times, wanted);
    }

    #[test]
    fn a_manifest_tells_every_level_and_the_whole_configuration() {
        let (sweep, plan) = sweep(
            "training: { epochs: 3 }\nvalidation: { seed: 3 }\ngrid:\n  model.width: [8, 16]\n  \
             size: { a: { model.layers: 2, model.dropout: 0.5 } }\n",
        );
        let manifest = Manifest::new(&sweep, &plan, start(0.0));
        let factors = serde_json::json!([
            { "name": "model.width", "conditional": false, "levels": [
                { "label": "8", "settings": { "model.width": 8 } },
                { "label": "16", "settings": { "model.width": 16 } },
            ] },
            { "name": "size", "conditional": false, "levels": [
                { "label": "a", "settings": { "model.layers": 2, "model.dropout": 0.5 } },
            ] },
        ]);
        assert_eq!(manifest.factors, factors);
        assert_eq!(manifest.base["training"]["epochs"], 3);
        assert_eq!(manifest.base["training"]["batch_size"], 64);
        assert_eq!(Vec::from_iter(manifest.seeds), [3]);
        let program = Program::current();
        assert_eq!(program.crates["burn"], "0.21.0");
        assert_eq!(program.crates.len(), 6);
        assert!(program.crates.values().all(|version| *version != "unknown"));
        assert_eq!(
            program.crates["rand_chacha"].split('.').count(),
            3,
            "one of several"
        );
    }
}
