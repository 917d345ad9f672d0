//! The settings of the `launch` section.

use super::directive::Directive;
use super::memory::MemoryRequest;
use super::name::{ResourceName, Token};
use super::time_limit::TimeLimit;
use crate::spec::values::config_value::ConfigValue;
use crate::spec::values::number::Count;
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::YamlNode;
use serde_json::{Map, Value, json};

/// What a sweep asks of a cluster. What is left out is the cluster's own default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaunchOptions {
    /// Shares of the runs, each a task of its own.
    pub shards: Option<Count>,
    /// Tasks that may run at the same time.
    pub max_parallel: Option<Count>,
    /// Slurm: the partition.
    pub partition: Option<Token>,
    /// Slurm: the account that is charged.
    pub account: Option<Token>,
    /// The longest that a task may take.
    pub time: Option<TimeLimit>,
    /// The memory of a task.
    pub memory: Option<MemoryRequest>,
    /// The processor cores of a task.
    pub cpus: Option<Count>,
    /// The GPUs of a task.
    pub gpus: Option<Count>,
    /// Slurm: further options of `sbatch`.
    pub directives: Vec<Directive>,
    /// Kubernetes: the container's image, which has tp-sweep on its path.
    pub image: Option<Token>,
    /// Kubernetes: the namespace.
    pub namespace: Option<ResourceName>,
    /// Kubernetes: the claim of the volume that holds the sweep's folders.
    pub volume_claim: Option<ResourceName>,
    /// Kubernetes: where the volume is mounted.
    pub mount_path: Option<Token>,
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
        ("partition", "Slurm: the partition.", Token::schema()),
        (
            "account",
            "Slurm: the account that is charged.",
            Token::schema(),
        ),
        (
            "time",
            "The longest that a task may take, such as 2:00:00 or 1-12:00:00.",
            TimeLimit::schema(),
        ),
        (
            "memory",
            "The memory of a task, such as 4G.",
            MemoryRequest::schema(),
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
            Token::schema(),
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
            Token::schema(),
        ),
    ]
}

impl LaunchOptions {
    /// Reads the section.
    ///
    /// # Errors
    /// Unknown keys, and values that a key cannot have.
    pub(crate) fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let mut options = Self::default();
        for entry in node.entries("the settings of `launch`")? {
            let node = &entry.node;
            match entry.key.as_str() {
                "shards" => options.shards = ConfigValue::read(node)?,
                "max_parallel" => options.max_parallel = ConfigValue::read(node)?,
                "partition" => options.partition = ConfigValue::read(node)?,
                "account" => options.account = ConfigValue::read(node)?,
                "time" => options.time = ConfigValue::read(node)?,
                "memory" => options.memory = ConfigValue::read(node)?,
                "cpus" => options.cpus = ConfigValue::read(node)?,
                "gpus" => options.gpus = ConfigValue::read(node)?,
                "directives" => {
                    let items = node.items("a list of options of sbatch")?;
                    options.directives = items
                        .iter()
                        .map(Directive::read)
                        .collect::<Result<_, _>>()?;
                }
                "image" => options.image = ConfigValue::read(node)?,
                "namespace" => options.namespace = ConfigValue::read(node)?,
                "volume_claim" => options.volume_claim = ConfigValue::read(node)?,
                "mount_path" => options.mount_path = ConfigValue::read(node)?,
                _ => return Err(entry.unknown_key(keys().map(|(key, _, _)| key))),
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
            directives: if self.directives.is_empty() {
                other.directives
            } else {
                self.directives
            },
            image: self.image.or(other.image),
            namespace: self.namespace.or(other.namespace),
            volume_claim: self.volume_claim.or(other.volume_claim),
            mount_path: self.mount_path.or(other.mount_path),
        }
    }

    /// The JSON Schema of the section.
    pub(crate) fn schema() -> Value {
        let described = keys().map(|(key, about, mut schema)| {
            schema["description"] = about.into();
            (key.to_owned(), schema)
        });
        json!({ "type": "object", "additionalProperties": false,
                "properties": Map::from_iter(described) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LaunchOptions, Diagnostic> {
        LaunchOptions::read(&YamlNode::parse(text).unwrap())
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
            assert_eq!(text.parse::<MemoryRequest>().unwrap().to_string(), shown);
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
            let diagnostic = read(text).unwrap_err();
            let told = diagnostic.help.unwrap_or_default();
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
