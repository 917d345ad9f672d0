//! The settings of the `launch` section.

use super::directive::Directive;
use super::memory::MemoryRequest;
use super::name::{ResourceName, Token};
use super::time_limit::TimeLimit;
use crate::values::number::Count;
use crate::values::section::section;

section! {
    /// Settings of `tp-sweep launch`, for clusters. They change no result.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LaunchOptions {
        /// Split the runs into this many shards, one task each; at most the number of runs.
        /// Default: one per 4 runs, at most 32.
        shards: Option<Count> = None,
        /// Run at most this many tasks at the same time. Default: all.
        max_parallel: Option<Count> = None,
        /// Submit to this Slurm partition.
        partition: Option<Token> = None,
        /// Charge this Slurm account.
        account: Option<Token> = None,
        /// Limit the time per task, such as `2:00:00` (hours, minutes, seconds).
        time: Option<TimeLimit> = None,
        /// Request this much memory per task, such as `4G` (4096 MiB).
        memory: Option<MemoryRequest> = None,
        /// Request this many CPU cores per task; a task trains as many runs at the same time. Default: 1.
        cpus: Option<Count> = None,
        /// Request this many GPUs per task; a task trains on all of them. Default: none.
        gpus: Option<Count> = None,
        /// Add options of Slurm's `sbatch`, such as `--qos=short`, to both scripts; options that tp-sweep
        /// sets are refused. Default: none.
        directives: Vec<Directive> = Vec::new(),
        /// Run this container image on Kubernetes, with `tp-sweep` in its `PATH`.
        image: Option<Token> = None,
        /// Use this Kubernetes namespace.
        namespace: Option<ResourceName> = None,
        /// Mount this Kubernetes PersistentVolumeClaim: that of the volume that contains the sweep's folders.
        volume_claim: Option<ResourceName> = None,
        /// Mount the volume at this path in each container. Default: `/work`.
        mount_path: Option<Token> = None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::section::SweepOption;
    use crate::yaml::diagnostic::{Diagnostic, Diagnostics};
    use crate::yaml::node::YamlNode;

    fn read(text: &str) -> Result<LaunchOptions, Diagnostic> {
        let mut diagnostics = Diagnostics::default();
        let options = LaunchOptions::read_option(
            "section",
            &YamlNode::parse(text).unwrap(),
            &mut diagnostics,
        );
        diagnostics
            .into_result(options)
            .map_err(|mut all| all.remove(0))
    }

    #[test]
    fn all_keys_are_read() {
        let text = "{ shards: 8, max_parallel: 2, partition: main, account: 42, time: 1:30:00, \
                    memory: 4G, cpus: 2, gpus: 1, directives: [--qos=short, '-C fast'], \
                    image: 'registry/tp-sweep:1', namespace: course, volume_claim: data, \
                    mount_path: /data }";
        let options = read(text).unwrap();
        assert_eq!(options.time.unwrap().seconds(), 5400);
        assert_eq!(options.memory.unwrap().mebibytes(), 4096);
        assert_eq!(options.account.as_ref().unwrap().to_string(), "42");
        assert_eq!(options.directives[1].to_string(), "-C fast");
    }

    #[test]
    fn times_and_memory_are_written_as_they_are_read() {
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
    fn mistakes_are_reported_with_corrections() {
        for (text, help) in [
            ("{ time: 90 }", "write 1:30:00 for 90 minutes"),
            (
                "{ time: '2:30' }",
                "write 2:30:00 for hours and minutes, 0:02:30 for minutes",
            ),
            ("{ time: soon }", "2:00:00 is two hours"),
            ("{ time: '0:00:00' }", "2:00:00"),
            ("{ time: '99999-23:00:00' }", "2:00:00"),
            ("{ memory: 4096 }", "with a unit"),
            ("{ memory: 4 G }", "with a unit"),
            ("{ memory: 99999999T }", "with a unit"),
            ("{ partition: 'a b' }", "without spaces"),
            ("{ partition: \"a\\nb\" }", "without spaces"),
            ("{ directives: [\"--qos=a\\nrm -rf .\"] }", "separate items"),
            ("{ directives: [\"--qos=a\\rb\"] }", "separate items"),
            ("{ directives: [qos=a] }", "start with `-`"),
            (
                "{ directives: [--array=1-5] }",
                "`shards` and `max_parallel`",
            ),
            ("{ directives: [-a1-5] }", "`shards` and `max_parallel`"),
            ("{ directives: ['--output x'] }", "folder of the sweep"),
            ("{ namespace: Course }", "lowercase letters"),
            ("{ shard: 3 }", "did you mean `shards`?"),
        ] {
            let diagnostic = read(text).unwrap_err();
            let shown = diagnostic.help.unwrap_or_default();
            assert!(shown.contains(help), "{text}: {shown}");
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
