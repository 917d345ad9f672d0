//! `launch`: what the sweep asks of a cluster. It changes no result.

use super::node::{Node, Yaml};
use super::number::Count;
use super::problem::Problem;
use super::setting::Setting;
use serde_json::{Map, Value, json};
use std::fmt;
use std::str::FromStr;

/// What a sweep asks of a cluster. What is left out is the cluster's own default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaunchOptions {
    /// Shares of the runs, each a task of its own.
    pub shards: Option<Count>,
    /// Tasks that may run at the same time.
    pub max_parallel: Option<Count>,
    /// Slurm: the partition.
    pub partition: Option<Word>,
    /// Slurm: the account that is charged.
    pub account: Option<Word>,
    /// The longest that a task may take.
    pub time: Option<TimeLimit>,
    /// The memory of a task.
    pub memory: Option<Memory>,
    /// The processor cores of a task.
    pub cpus: Option<Count>,
    /// The GPUs of a task.
    pub gpus: Option<Count>,
    /// Slurm: further options of `sbatch`.
    pub directives: Vec<Directive>,
    /// Kubernetes: the container's image, which has tp-sweep on its path.
    pub image: Option<Word>,
    /// Kubernetes: the namespace.
    pub namespace: Option<ResourceName>,
    /// Kubernetes: the claim of the volume that holds the sweep's folders.
    pub volume_claim: Option<ResourceName>,
    /// Kubernetes: where the volume is mounted.
    pub mount_path: Option<Word>,
}

/// The keys of the section, what each is for, and the schema of its values.
fn keys() -> [(&'static str, &'static str, Value); 13] {
    [
        (
            "shards",
            "Shares of the runs, each a task of its own. Default: one for each 4 runs, at most 32.",
            Count::schema(),
        ),
        (
            "max_parallel",
            "Tasks that may run at the same time. Default: all.",
            Count::schema(),
        ),
        ("partition", "Slurm: the partition.", Word::schema()),
        (
            "account",
            "Slurm: the account that is charged.",
            Word::schema(),
        ),
        (
            "time",
            "The longest that a task may take, such as 2:00:00 or 1-12:00:00.",
            TimeLimit::schema(),
        ),
        (
            "memory",
            "The memory of a task, such as 4G.",
            Memory::schema(),
        ),
        (
            "cpus",
            "The processor cores of a task. Default: 1.",
            Count::schema(),
        ),
        (
            "gpus",
            "The GPUs of a task. Default: none.",
            Count::schema(),
        ),
        (
            "directives",
            "Slurm: further options of sbatch, such as --qos=short.",
            json!({ "type": "array", "items": Directive::schema() }),
        ),
        (
            "image",
            "Kubernetes: the container's image, which has tp-sweep on its path.",
            Word::schema(),
        ),
        (
            "namespace",
            "Kubernetes: the namespace.",
            ResourceName::schema(),
        ),
        (
            "volume_claim",
            "Kubernetes: the claim of the volume that holds the sweep's folders.",
            ResourceName::schema(),
        ),
        (
            "mount_path",
            "Kubernetes: where the volume is mounted. Default: /work.",
            Word::schema(),
        ),
    ]
}

impl LaunchOptions {
    /// Reads the section.
    ///
    /// # Errors
    /// Unknown keys, and values that a key cannot have.
    pub(super) fn read(node: &Node) -> Result<Self, Problem> {
        let mut options = Self::default();
        for entry in node.entries("the settings of `launch`")? {
            let node = &entry.node;
            match entry.key.as_str() {
                "shards" => options.shards = Setting::read(node)?,
                "max_parallel" => options.max_parallel = Setting::read(node)?,
                "partition" => options.partition = Setting::read(node)?,
                "account" => options.account = Setting::read(node)?,
                "time" => options.time = Setting::read(node)?,
                "memory" => options.memory = Setting::read(node)?,
                "cpus" => options.cpus = Setting::read(node)?,
                "gpus" => options.gpus = Setting::read(node)?,
                "directives" => {
                    let items = node.items("a list of options of sbatch")?;
                    options.directives = items
                        .iter()
                        .map(Directive::read)
                        .collect::<Result<_, _>>()?;
                }
                "image" => options.image = Setting::read(node)?,
                "namespace" => options.namespace = Setting::read(node)?,
                "volume_claim" => options.volume_claim = Setting::read(node)?,
                "mount_path" => options.mount_path = Setting::read(node)?,
                _ => return Err(entry.unknown(keys().map(|(key, _, _)| key))),
            }
        }
        Ok(options)
    }

    /// These settings where they are given, else those of `other`.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        let other = other.clone();
        Self {
            shards: self.shards.or(other.shards),
            max_parallel: self.max_parallel.or(other.max_parallel),
            partition: self.partition.or(other.partition),
            account: self.account.or(other.account),
            time: self.time.or(other.time),
            memory: self.memory.or(other.memory),
            cpus: self.cpus.or(other.cpus),
            gpus: self.gpus.or(other.gpus),
            directives: match self.directives.is_empty() {
                true => other.directives,
                false => self.directives,
            },
            image: self.image.or(other.image),
            namespace: self.namespace.or(other.namespace),
            volume_claim: self.volume_claim.or(other.volume_claim),
            mount_path: self.mount_path.or(other.mount_path),
        }
    }

    /// The JSON Schema of the section.
    pub(super) fn schema() -> Value {
        let described = keys().map(|(key, about, mut schema)| {
            schema["description"] = about.into();
            (key.to_owned(), schema)
        });
        json!({ "type": "object", "additionalProperties": false,
                "properties": Map::from_iter(described) })
    }
}

/// Reads text by its type's own rule; what is wrong with it is the help.
fn read_text<T: Setting + FromStr<Err = String>>(node: &Node) -> Result<T, Problem> {
    let unexpected = || node.unexpected(&T::expects());
    match &node.value {
        Yaml::Text(text) => text.parse().map_err(|help: String| unexpected().help(help)),
        Yaml::Integer(number) => number
            .to_string()
            .parse()
            .map_err(|help: String| unexpected().help(help)),
        _ => Err(unexpected()),
    }
}

/// Makes a type of text a setting, whose rule is its `FromStr`.
macro_rules! text_setting {
    ($type:ident, $expects:literal, $schema:expr) => {
        impl Setting for $type {
            fn expects() -> String {
                $expects.to_owned()
            }
            fn read(node: &Node) -> Result<Self, Problem> {
                read_text(node)
            }
            fn show(&self) -> Value {
                self.to_string().into()
            }
            fn schema() -> Value {
                $schema
            }
        }
    };
}

/// A name of somebody else's, such as a partition: without spaces and control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(String);

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Word {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            true => Ok(Self(text.to_owned())),
            false => Err("it is one word, without spaces".to_owned()),
        }
    }
}

text_setting!(
    Word,
    "a name without spaces",
    json!({ "type": ["string", "integer"], "pattern": "^\\S+$" })
);

/// A name that Kubernetes accepts for a namespace or a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceName(String);

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ResourceName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let ends = !text.starts_with('-') && !text.ends_with('-');
        match (1..=63).contains(&text.len()) && text.chars().all(is_plain) && ends {
            true => Ok(Self(text.to_owned())),
            false => Err(
                "small letters, digits and `-`, at most 63, with a letter or digit at both ends"
                    .to_owned(),
            ),
        }
    }
}

text_setting!(
    ResourceName,
    "a name that Kubernetes accepts",
    json!({ "type": ["string", "integer"], "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" })
);

/// The longest that a task may take, in seconds; at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit(u32);

impl TimeLimit {
    /// The limit in seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

/// As Slurm writes it: `H:MM:SS`, or `D-HH:MM:SS`.
impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, rest) = (self.0 / 86_400, self.0 % 86_400);
        let (hours, minutes, seconds) = (rest / 3600, rest / 60 % 60, rest % 60);
        match days {
            0 => write!(f, "{hours}:{minutes:02}:{seconds:02}"),
            _ => write!(f, "{days}-{hours:02}:{minutes:02}:{seconds:02}"),
        }
    }
}

impl FromStr for TimeLimit {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let example = || "write hours, minutes and seconds: 2:00:00 is two hours".to_owned();
        let number = |text: &str| -> Result<u32, String> {
            match (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
                true => text.parse().map_err(|_| example()),
                false => Err(example()),
            }
        };
        let (days, clock) = match text.split_once('-') {
            Some((days, clock)) => (number(days)?, clock),
            None => (0, text),
        };
        let has_days = text.contains('-');
        let parts: Vec<u32> = clock.split(':').map(number).collect::<Result<_, _>>()?;
        let seconds = match (&parts[..], has_days) {
            ([hours], true) => hours * 3600,
            ([hours, minutes], true) => hours * 3600 + minutes * 60,
            ([hours, minutes, seconds], _) if *minutes < 60 && *seconds < 60 => {
                hours * 3600 + minutes * 60 + seconds
            }
            // Minutes in Slurm, and hours or seconds elsewhere.
            ([minutes], false) => {
                let limit = Self(minutes * 60);
                return Err(format!("{minutes} minutes are written {limit}"));
            }
            ([first, second], false) => {
                let (hours, minutes) = (first * 3600 + second * 60, first * 60 + second);
                return Err(format!(
                    "write {} for hours and minutes, {} for minutes and seconds",
                    Self(hours),
                    Self(minutes)
                ));
            }
            _ => return Err(example()),
        };
        let total = days
            .checked_mul(86_400)
            .and_then(|d| d.checked_add(seconds));
        match total {
            Some(total @ 1..) => Ok(Self(total)),
            _ => Err(example()),
        }
    }
}

text_setting!(
    TimeLimit,
    "a time such as 2:00:00 (hours, minutes, seconds) or 1-12:00:00 (with days)",
    json!({ "type": "string",
            "pattern": "^([0-9]{1,5}-[0-9]{1,5}(:[0-9]{2}(:[0-9]{2})?)?|[0-9]{1,5}:[0-9]{2}:[0-9]{2})$" })
);

/// An amount of memory, in MiB; at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory(u32);

impl Memory {
    /// The amount in MiB.
    pub fn mebibytes(self) -> u32 {
        self.0
    }
}

/// As Slurm writes it: its `G` are GiB.
impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_multiple_of(1024) {
            true => write!(f, "{}G", self.0 / 1024),
            false => write!(f, "{}M", self.0),
        }
    }
}

impl FromStr for Memory {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let example = || "write the unit: 512M, 4G or 1T".to_owned();
        let end = text.find(|c: char| !c.is_ascii_digit());
        let (number, unit) = text.split_at(end.unwrap_or(text.len()));
        let factor = match unit {
            "M" | "MiB" | "Mi" => 1,
            "G" | "GiB" | "Gi" => 1024,
            "T" | "TiB" | "Ti" => 1024 * 1024,
            _ => return Err(example()),
        };
        let number: u32 = number.parse().map_err(|_| example())?;
        match number.checked_mul(factor) {
            Some(mebibytes @ 1..) => Ok(Self(mebibytes)),
            _ => Err(example()),
        }
    }
}

text_setting!(
    Memory,
    "an amount of memory such as 4G",
    json!({ "type": "string", "pattern": "^[1-9][0-9]*([MGT]i?|[MGT]iB)$" })
);

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
        let is_named = |own: &&str| match own.len() {
            2 => !name.starts_with("--") && name.starts_with(*own),
            _ => name == *own,
        };
        match OWN_OPTIONS.iter().find(|(own, _)| own.iter().any(is_named)) {
            Some((_, why)) => Err(format!("tp-sweep sets `{name}` itself: {why}")),
            None => Ok(Self(text.to_owned())),
        }
    }
}

text_setting!(
    Directive,
    "an option of sbatch such as --qos=short",
    json!({ "type": "string", "pattern": "^-[^\\x00-\\x1f]+$" })
);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LaunchOptions, Problem> {
        LaunchOptions::read(&Node::parse(text).unwrap())
    }

    #[test]
    fn the_section_is_read_whole_and_flags_win() {
        let text = "{ shards: 8, max_parallel: 2, partition: main, account: 42, time: 1:30:00, \
                    memory: 4G, cpus: 2, gpus: 1, directives: [--qos=short, '-C fast'], \
                    image: 'registry/tp-sweep:1', namespace: course, volume_claim: data, \
                    mount_path: /data }";
        let options = read(text).unwrap();
        assert_eq!(options.time.unwrap().seconds(), 5400);
        assert_eq!(options.memory.unwrap().mebibytes(), 4096);
        assert_eq!(options.account.as_ref().unwrap().to_string(), "42");
        assert_eq!(options.directives[1].to_string(), "-C fast");
        let flags = LaunchOptions {
            shards: Count::new(3),
            ..LaunchOptions::default()
        };
        let both = flags.or(&options);
        assert_eq!(both.shards, Count::new(3));
        assert_eq!(
            LaunchOptions {
                shards: options.shards,
                ..both
            },
            options
        );
    }

    #[test]
    fn times_and_memory_are_shown_as_they_are_read() {
        for (text, shown) in [
            ("2:00:00", "2:00:00"),
            ("36:00:00", "1-12:00:00"),
            ("1-12", "1-12:00:00"),
            ("1-12:30", "1-12:30:00"),
            ("0:00:01", "0:00:01"),
        ] {
            let limit: TimeLimit = text.parse().unwrap();
            assert_eq!(limit.to_string(), shown);
            assert_eq!(shown.parse::<TimeLimit>().unwrap(), limit);
        }
        for (text, shown) in [
            ("512M", "512M"),
            ("4096M", "4G"),
            ("2T", "2048G"),
            ("4GiB", "4G"),
        ] {
            assert_eq!(text.parse::<Memory>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_cannot_be_meant_is_answered_with_what_would_be_right() {
        for (text, help) in [
            ("{ time: 90 }", "90 minutes are written 1:30:00"),
            (
                "{ time: '2:30' }",
                "write 2:30:00 for hours and minutes, 0:02:30 for minutes",
            ),
            ("{ time: soon }", "2:00:00 is two hours"),
            ("{ time: '0:00:00' }", "2:00:00"),
            ("{ time: '99999-23:00:00' }", "2:00:00"),
            ("{ memory: 4096 }", "write the unit"),
            ("{ memory: 4 G }", "write the unit"),
            ("{ memory: 99999999T }", "write the unit"),
            ("{ partition: 'a b' }", "one word"),
            ("{ partition: \"a\\nb\" }", "one word"),
            ("{ directives: [\"--qos=a\\nrm -rf .\"] }", "one line"),
            ("{ directives: [\"--qos=a\\rb\"] }", "one line"),
            ("{ directives: [qos=a] }", "begins with `-`"),
            (
                "{ directives: [--array=1-5] }",
                "`shards` and `max_parallel`",
            ),
            ("{ directives: [-a1-5] }", "`shards` and `max_parallel`"),
            ("{ directives: ['--output x'] }", "sweep's folder"),
            ("{ namespace: Course }", "small letters"),
            ("{ shard: 3 }", "did you mean `shards`?"),
        ] {
            let problem = read(text).unwrap_err();
            let told = problem.help.unwrap_or_default();
            assert!(told.contains(help), "{text}: {told}");
        }
        for text in [
            "3",
            "{ shards: 0 }",
            "{ cpus: 1.5 }",
            "{ directives: --qos=a }",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
