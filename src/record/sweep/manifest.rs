//! `sweep.json`: the sweep of a folder, and the program and machine that trained it.

use crate::bounded_io::read_file;
use crate::plan::{Plan, RESULTS_VERSION};
use crate::record::error::{RecordError, failed_to};
use crate::record::fs::atomic::write_atomically;
use crate::record::fs::json::pretty_json;
use crate::record::fs::temp_file::remove_temp_files;
use crate::record::sweep::machine::Machine;
use crate::spec::{Config, Factor, Level, RecordedDataset, Sweep};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The name of the file in the folder of a sweep.
const FILE: &str = "sweep.json";

/// The version of the format. Readers accept all versions.
const FORMAT: u32 = 2;

/// Maximum number of earlier invocations that the file keeps.
const MAX_INVOCATIONS: usize = 100;

/// Maximum size of the file: an escaped sweep file of 1 MiB, and the encoding of the columns of wide
/// tables.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// The parsed sweep of a folder, and the last invocation.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// The version of the format.
    pub format: u32,
    /// The name of the sweep.
    pub name: String,
    /// The program of the last invocation.
    pub program: Program,
    /// The last invocation.
    #[serde(rename = "start")]
    pub invocation: Invocation,
    /// The number format of the computation. All devices of one invocation use the same.
    pub precision: &'static str,
    /// Number of cohorts that train at the same time on each device.
    pub workers: usize,
    /// Number of trials.
    pub trials: usize,
    /// Number of runs.
    pub runs: usize,
    /// Hashes of the data sets, by name.
    pub data: BTreeMap<String, String>,
    /// The properties of the data sets, so that results can be read without the data.
    pub known_data: Vec<RecordedDataset>,
    /// The seeds of all random numbers.
    pub seeds: BTreeSet<u64>,
    /// The complete configuration on which all trials are based.
    pub base: Value,
    /// The factors with all levels.
    pub factors: Value,
    /// The `--set` options, which override the sweep file.
    pub overrides: Vec<String>,
    /// The path of the sweep file, as in the command line.
    pub sweep_path: String,
    /// The text of the sweep file.
    pub sweep_file: String,
    /// Earlier invocations, oldest first; at most a hundred.
    #[serde(rename = "starts")]
    pub earlier_invocations: Vec<Invocation>,
}

/// The version of the program and its dependencies.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Program {
    /// The version of tp-sweep.
    pub version: &'static str,
    /// The commit that it was built from, if known.
    pub commit: &'static str,
    /// The version of the numbers that a configuration produces.
    pub results_version: u32,
    /// The versions of the crates that determine numbers and speed.
    pub crates: BTreeMap<&'static str, &'static str>,
}

/// One invocation of tp-sweep for a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invocation {
    /// The time, in seconds since 1970.
    #[serde(default)]
    pub started: f64,
    /// The version of tp-sweep.
    #[serde(default)]
    pub version: String,
    /// The commit that it was built from; empty if not recorded.
    #[serde(default)]
    pub commit: String,
    /// The command line; empty if not recorded.
    #[serde(default)]
    pub command_line: Vec<String>,
    /// The devices that it trained on, separated by commas.
    #[serde(default)]
    pub device: String,
    /// The models of its GPUs, such as `NVIDIA H100`.
    #[serde(default)]
    pub gpus: Vec<String>,
    /// The driver of the device and its version; for the CPU, the version of the NVIDIA driver.
    #[serde(default)]
    pub driver: Option<String>,
    /// The machine.
    #[serde(rename = "host")]
    pub machine: Machine,
}

impl Manifest {
    /// The manifest for a new invocation of a sweep.
    pub fn new(sweep: &Sweep, plan: &Plan, invocation: Invocation) -> Self {
        let mut base = Config::default();
        for set in &sweep.base {
            set.assignment.apply(&mut base);
        }
        let seeds = plan.trials.iter();
        Self {
            format: FORMAT,
            name: plan.name.clone(),
            program: Program::current(),
            invocation,
            precision: "",
            workers: 1,
            trials: plan.trials.len(),
            runs: plan.runs().count(),
            data: BTreeMap::new(),
            known_data: Vec::new(),
            seeds: seeds.map(|trial| trial.config.validation.seed).collect(),
            factors: sweep
                .factors
                .iter()
                .map(|f| factor_to_json(f, &base))
                .collect(),
            base: base.to_value(),
            overrides: Vec::new(),
            sweep_path: sweep.source.name.clone(),
            sweep_file: sweep.source.text.clone(),
            earlier_invocations: Vec::new(),
        }
    }

    /// Writes the manifest into the folder of a sweep, and keeps the invocations in the old one.
    ///
    /// # Errors
    /// The folder is not writable, or the disk is full.
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        let mut manifest = self.clone();
        if let Ok(old) = RecordedSweep::read(folder) {
            manifest.earlier_invocations = old.invocations;
            manifest.keep_known_contents(&old.known_data);
        }
        let kept = &mut manifest.earlier_invocations;
        kept.drain(..kept.len().saturating_sub(MAX_INVOCATIONS));
        let text = pretty_json(&manifest);
        remove_temp_files(folder)?;
        write_atomically(&folder.join(FILE), text.as_bytes())
    }

    /// Takes over the contents of unchanged data sets from the old manifest: this invocation may not have
    /// read them.
    fn keep_known_contents(&mut self, earlier: &[RecordedDataset]) {
        for known in self.known_data.iter_mut().filter(|k| k.contents.is_none()) {
            let same = earlier.iter().find(|earlier| {
                (&earlier.set, &earlier.fingerprint) == (&known.set, &known.fingerprint)
            });
            known.contents = same.and_then(|same| same.contents.clone());
        }
    }
}

/// The JSON value of a factor, with the settings of each level.
fn factor_to_json(factor: &Factor, base: &Config) -> Value {
    let level_to_json = |level: &Level| {
        let mut config = base.clone();
        level.apply(&mut config);
        let settings: Map<String, Value> = level
            .settings
            .iter()
            .map(|set| (set.key.path.to_owned(), set.key.value_in(&config)))
            .collect();
        serde_json::json!({ "label": level.label, "settings": settings })
    };
    let levels: Vec<Value> = factor.levels.iter().map(level_to_json).collect();
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

/// The sweep recorded in a folder, and its invocations.
#[derive(Clone, Debug)]
pub struct RecordedSweep {
    /// The name of the sweep.
    pub name: String,
    /// The path of the sweep file, as in the command line; empty if not recorded.
    pub sweep_path: String,
    /// The text of the sweep file.
    pub sweep_file: String,
    /// The `--set` options, which override the sweep file.
    pub overrides: Vec<String>,
    /// The properties of its data sets at the last invocation.
    pub known_data: Vec<RecordedDataset>,
    /// The known invocations, the latest last.
    pub invocations: Vec<Invocation>,
}

/// The contents of the file, of any version. In the first version, the fields of the only invocation are
/// at the top level.
#[derive(Deserialize)]
struct File {
    name: String,
    #[serde(default)]
    sweep_path: String,
    sweep_file: String,
    overrides: Vec<String>,
    #[serde(default)]
    known_data: Value,
    #[serde(default, rename = "starts")]
    earlier_invocations: Vec<Invocation>,
    #[serde(rename = "start")]
    invocation: Option<Invocation>,
}

impl RecordedSweep {
    /// Reads the file in the folder of a sweep.
    ///
    /// # Errors
    /// The file does not exist, or was not written by tp-sweep.
    pub fn read(folder: &Path) -> std::io::Result<Self> {
        let text = read_file(&folder.join(FILE), MAX_FILE_BYTES)?;
        let file: File = serde_json::from_slice(&text)?;
        let mut invocations = file.earlier_invocations;
        // An invalid invocation does not prevent reading the sweep.
        invocations.extend(
            file.invocation
                .or_else(|| serde_json::from_slice(&text).ok()),
        );
        Ok(Self {
            name: file.name,
            sweep_path: file.sweep_path,
            sweep_file: file.sweep_file,
            overrides: file.overrides,
            // Neither do invalid properties of data sets.
            known_data: serde_json::from_value(file.known_data).unwrap_or_default(),
            invocations,
        })
    }
}

/// Copies the recorded sweep of a folder into another folder.
///
/// # Errors
/// The file cannot be read, or the folder is not writable.
pub fn copy_recorded_sweep(from: &Path, to: &Path) -> Result<(), RecordError> {
    let path = from.join(FILE);
    let text = read_file(&path, MAX_FILE_BYTES).map_err(failed_to("read", &path))?;
    write_atomically(&to.join(FILE), &text)
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

    fn invocation(started: f64) -> Invocation {
        Invocation {
            started,
            version: "1".to_owned(),
            commit: String::new(),
            command_line: vec!["tp-sweep".to_owned()],
            device: "cpu".to_owned(),
            gpus: Vec::new(),
            driver: None,
            machine: Machine::current(),
        }
    }

    #[test]
    fn a_manifest_of_the_first_version_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{ "format": 1, "version": "0.1.0", "name": "old", "sweep_file": "{}",
            "overrides": ["training.epochs=1"], "trials": 1, "runs": 1, "data": {}, "device": "cpu",
            "precision": "float32", "workers": 2, "started": 5.5,
            "host": { "system": "linux x86_64", "processor": null, "cores": 2 } }"#;
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let read = RecordedSweep::read(folder.path()).unwrap();
        assert_eq!((&*read.name, &*read.sweep_file), ("old", "{}"));
        assert_eq!(read.overrides, ["training.epochs=1"]);
        let [invocation] = &read.invocations[..] else {
            panic!("{:?}", read.invocations);
        };
        assert_eq!(
            (
                invocation.started,
                &*invocation.version,
                invocation.machine.cores
            ),
            (5.5, "0.1.0", 2)
        );
    }

    #[test]
    fn earlier_invocations_are_kept_up_to_a_maximum() {
        let folder = tempfile::tempdir().unwrap();
        let (sweep, plan) = sweep("validation: { seed: 3 }");
        let count = MAX_INVOCATIONS + 3;
        for number in 0..count {
            let manifest = Manifest::new(&sweep, &plan, invocation(number as f64));
            manifest.write(folder.path()).unwrap();
        }
        let read = RecordedSweep::read(folder.path()).unwrap();
        let times: Vec<f64> = read.invocations.iter().map(|one| one.started).collect();
        let expected: Vec<f64> = (2..count).map(|number| number as f64).collect();
        assert_eq!(times, expected);
    }

    #[test]
    fn a_manifest_contains_every_level_and_the_complete_configuration() {
        let (sweep, plan) = sweep(
            "training: { epochs: 3 }\nvalidation: { seed: 3 }\ngrid:\n  model.width: [8, 16]\n  \
             size: { a: { model.layers: 2, model.dropout: 0.5 } }\n",
        );
        let manifest = Manifest::new(&sweep, &plan, invocation(0.0));
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
