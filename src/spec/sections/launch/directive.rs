//! Additional options of `sbatch`.

use super::text_value::text_value;
use serde_json::json;
use std::fmt;
use std::str::FromStr;

/// An additional option of `sbatch`, such as `--qos=short`: a line of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive(String);

/// The options of `sbatch` that the scripts set, and why or how.
const RESERVED_OPTIONS: [(&[&str], &str); 16] = [
    (&["--array", "-a"], "use `shards` and `max_parallel`"),
    (&["--dependency", "-d"], "the report waits for the array"),
    (&["--chdir", "-D"], "jobs run in the current folder"),
    (
        &["--output", "-o", "--error", "-e"],
        "output goes to the results folder of the sweep",
    ),
    (&["--open-mode"], "a restarted task appends to its output"),
    (
        &["--requeue", "--no-requeue"],
        "a task is restarted if its node fails",
    ),
    (
        &["--signal"],
        "the signal announces the time limit to a task",
    ),
    (&["--job-name", "-J"], "it is the name of the sweep"),
    (&["--time", "-t"], "use `time`"),
    (&["--mem"], "use `memory`"),
    (&["--cpus-per-task", "-c"], "use `cpus`"),
    (&["--gpus", "-G"], "use `gpus`"),
    (&["--partition", "-p"], "use `partition`"),
    (&["--account", "-A"], "use `account`"),
    (&["--wait", "-W"], "use `tp-sweep launch slurm --wait`"),
    (
        &["--wrap", "--parsable", "--test-only"],
        "the job runs tp-sweep",
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
            return Err("write separate options as separate items of the list".to_owned());
        }
        if !text.starts_with('-') || text.trim_matches('-').is_empty() {
            return Err("start with `-`, such as --qos=short".to_owned());
        }
        let name = text.split(['=', ' ']).next().unwrap_or(text);
        // The value of a short option can follow directly: `-a1-4`.
        let is_option = |option: &&str| match option.len() {
            2 => !name.starts_with("--") && name.starts_with(*option),
            _ => name == *option,
        };
        let mut reserved = RESERVED_OPTIONS.iter();
        match reserved.find(|(options, _)| options.iter().any(is_option)) {
            Some((_, reason)) => Err(format!("tp-sweep sets `{name}`: {reason}")),
            None => Ok(Self(text.to_owned())),
        }
    }
}

text_value!(
    Directive,
    "an option of sbatch such as --qos=short"; a list of "options of sbatch",
    json!({ "type": "string", "pattern": "^-[^\\x00-\\x1f]+$" })
);
