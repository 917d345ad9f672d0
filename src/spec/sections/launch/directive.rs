//! Options of `sbatch` that are the author's own.

use super::text_value::text_value;
use serde_json::json;
use std::fmt;
use std::str::FromStr;

/// A further option of `sbatch`, which is a line of its own in the script: `--qos=short`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive(String);

/// The options of `sbatch` that the scripts set themselves, and what sets them instead.
const OWN_OPTIONS: [(&[&str], &str); 9] = [
    (&["--array", "-a"], "`shards` and `max_parallel` say it"),
    (&["--dependency", "-d"], "the report waits for the array"),
    (&["--chdir", "-D"], "it is the folder where you are"),
    (
        &["--output", "-o", "--error", "-e"],
        "outputs are in the sweep's folder",
    ),
    (&["--open-mode"], "a task that runs again appends"),
    (
        &["--requeue", "--no-requeue"],
        "a task whose node fails runs again",
    ),
    (&["--signal"], "it tells a task that its time is nearly up"),
    (
        &["--wait", "-W"],
        "`tp-sweep launch slurm --wait` waits for the end",
    ),
    (
        &["--wrap", "--parsable", "--test-only"],
        "tp-sweep runs in the job",
    ),
];

impl fmt::Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Directive {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.chars().any(char::is_control) {
            return Err("it is one line: each option is an item of its own".to_owned());
        }
        if !text.starts_with('-') || text.trim_matches('-').is_empty() {
            return Err("it begins with `-`, such as --qos=short".to_owned());
        }
        let name = text.split(['=', ' ']).next().unwrap_or(text);
        // A short option may stand together with its value: `-a1-4`.
        let is_builtin = |own: &&str| match own.len() {
            2 => !name.starts_with("--") && name.starts_with(*own),
            _ => name == *own,
        };
        match OWN_OPTIONS
            .iter()
            .find(|(own, _)| own.iter().any(is_builtin))
        {
            Some((_, why)) => Err(format!("tp-sweep sets `{name}` itself: {why}")),
            None => Ok(Self(text.to_owned())),
        }
    }
}

text_value!(
    Directive,
    "an option of sbatch such as --qos=short",
    json!({ "type": "string", "pattern": "^-[^\\x00-\\x1f]+$" })
);
