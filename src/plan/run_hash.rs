//! The hashes that identify runs and trials.

use crate::random::Seed;
use crate::spec::Config;
use serde::{Deserialize, Serialize};

/// Increases when a change of the program changes the numbers of a configuration, so that old results
/// are not mistaken for new ones.
pub const RESULTS_VERSION: u32 = 8;

/// The hash of everything that determines a run's numbers: its configuration, its data, its seed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RunHash(String);

impl RunHash {
    /// The hash of a run on data of this fingerprint.
    pub fn new(config: &Config, seed: Seed, data: &str) -> Self {
        TrialHash::new(config, data).of_run(seed)
    }

    /// Whether it has the form of a hash: one that was read from a file may be any text.
    pub fn is_well_formed(&self) -> bool {
        let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        self.0.len() == 2 * blake3::OUT_LEN && self.0.bytes().all(is_digit)
    }
}

/// The part of the hash that all runs of a trial share.
#[derive(Clone, Debug)]
pub struct TrialHash(blake3::Hasher);

impl TrialHash {
    /// The hash of a configuration on data of this fingerprint.
    pub fn new(config: &Config, data: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("tp-sweep run identity");
        let version = RESULTS_VERSION.to_string();
        for part in [&version, &hashed_config(config).to_string(), data] {
            add_part(&mut hasher, part);
        }
        Self(hasher)
    }

    /// The hash of the trial's run with this seed.
    pub fn of_run(&self, seed: Seed) -> RunHash {
        let mut hasher = self.0.clone();
        let Seed {
            sweep,
            repeat,
            fold,
        } = seed;
        add_part(&mut hasher, &format!("{sweep} {repeat} {fold}"));
        RunHash(hasher.finalize().to_hex().to_string())
    }
}

/// Adds a part after its length, so that different lists of parts never give the same bytes.
fn add_part(hasher: &mut blake3::Hasher, part: &str) {
    hasher.update(&(part.len() as u64).to_le_bytes());
    hasher.update(part.as_bytes());
}

/// Keys that do not change the numbers of a run: the number of repeats, the path of the data, and how its
/// columns are encoded, since the data is hashed as the network gets it.
pub const KEYS_OUTSIDE_HASH: [(&str, &str); 7] = [
    ("data", "drop"),
    ("data", "categorical"),
    ("data", "ordinal"),
    ("data", "na_values"),
    ("data", "impute"),
    ("validation", "repeats"),
    ("data", "path"),
];

/// The configuration without keys that do not change the numbers of a run or do not apply to it.
fn hashed_config(config: &Config) -> serde_json::Value {
    let mut shown = config.canonical().to_value();
    for (section, field) in KEYS_OUTSIDE_HASH {
        let Some(fields) = shown.get_mut(section).and_then(|v| v.as_object_mut()) else {
            continue;
        };
        match field {
            // The last key takes the position of the removed one: the hashes of earlier results have this order.
            "repeats" | "path" => fields.swap_remove(field),
            // The order is the same whether they are set or not.
            _ => fields.shift_remove(field),
        };
    }
    shown
}

impl std::fmt::Display for RunHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{ColumnNames, Count, Fraction, Impute};

    #[test]
    fn a_run_hash_changes_with_each_part_but_not_with_the_number_of_repeats() {
        let seed = Seed {
            sweep: 0,
            repeat: 0,
            fold: 0,
        };
        let config = Config::default();
        let base = RunHash::new(&config, seed, "data");
        let mut other = config.clone();
        other.model.dropout = Fraction::new(0.5).unwrap();
        assert_ne!(base, RunHash::new(&other, seed, "data"));
        assert_ne!(
            base,
            RunHash::new(&config, Seed { fold: 1, ..seed }, "data")
        );
        assert_ne!(base, RunHash::new(&config, seed, "other data"));
        let mut repeated = config.clone();
        repeated.validation.repeats = Count::new(5).unwrap();
        assert_eq!(base, RunHash::new(&repeated, seed, "data"));
        let mut columns = config.clone();
        columns.data.drop = ColumnNames::new(["a"]);
        columns.data.categorical = ColumnNames::new(["b"]);
        columns.data.na_values = ColumnNames::new(["c"]);
        columns.data.impute = Some(Impute::None);
        assert_eq!(
            base,
            RunHash::new(&columns, seed, "data"),
            "the encoding of columns is part of the data, in whatever order keys are set"
        );
        let mut written = config.clone();
        written.model.layers = Count::new(1);
        written.validation.holdout = Fraction::new(0.1);
        assert_eq!(
            base,
            RunHash::new(&written, seed, "data"),
            "defaults written"
        );
        let mut refined = config.clone();
        refined.training.restore_best = false;
        assert_eq!(
            base,
            RunHash::new(&refined, seed, "data"),
            "without patience"
        );
        refined.training.patience = Count::new(3);
        let impatient = RunHash::new(&refined, seed, "data");
        refined.training.restore_best = true;
        assert_ne!(impatient, RunHash::new(&refined, seed, "data"));
    }
}
