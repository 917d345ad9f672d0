//! The Slurm scripts: a job array of shards, and the report after it.

use super::request::LaunchRequest;
use super::shell::{quote_directive, quote_words};
use crate::spec::TimeLimit;

/// Seconds before the time limit at which a task gets the signal, if the limit is long enough. Slurm may
/// send it up to a minute early.
pub const SIGNAL_LEAD_SECONDS: u32 = 120;

/// Seconds before the time limit at which a task gets the signal: at most half of the limit.
pub fn signal_lead_seconds(limit: Option<TimeLimit>) -> u32 {
    limit.map_or(SIGNAL_LEAD_SECONDS, |limit| {
        SIGNAL_LEAD_SECONDS.min(limit.seconds() / 2).max(1)
    })
}

/// The script of the array: each task trains one shard.
pub fn array_script(request: &LaunchRequest) -> String {
    let options = &request.options;
    let shards = request.shards;
    let at_once = options
        .max_parallel
        .map_or(String::new(), |max| format!("%{}", max.get()));
    let mut script = header(
        request,
        "The shards of sweep",
        &request.name,
        "shard-%a.out",
    );
    let mut set = |option: &str, value: &str| script.push_str(&option_line(option, value));
    set("array", &format!("1-{shards}{at_once}"));
    set("cpus-per-task", &request.cpus().to_string());
    if let Some(gpus) = options.gpus {
        set("gpus", &gpus.get().to_string());
    }
    // A task whose node fails runs again from its checkpoints.
    script.push_str("#SBATCH --requeue\n");
    let lead = signal_lead_seconds(options.time);
    // `B:` signals the batch shell, which `exec` replaces with tp-sweep.
    script.push_str(&option_line("signal", &format!("B:USR1@{lead}")));
    script.push_str(&directive_lines(request));
    let mut words = vec![request.program.clone()];
    words.extend(request.arguments("run"));
    words.extend(request.device_arguments());
    words.extend(["--requeue".to_owned(), "slurm".to_owned()]);
    if let Some(plan) = &request.plan {
        words.extend(["--plan".to_owned(), plan.clone()]);
    }
    let words = quote_words(words.iter().map(String::as_str));
    script + &format!("\nexec {words} --shard \"$SLURM_ARRAY_TASK_ID/{shards}\"\n")
}

/// The script of the report, which is submitted to run after the array.
pub fn report_script(request: &LaunchRequest) -> String {
    // No sweep name contains `:`, so this is not the name of any array.
    let name = format!("{}:report", request.name);
    let mut script = header(request, "The report of sweep", &name, "report.out");
    script.push_str(&directive_lines(request));
    let mut words = vec![request.program.clone()];
    words.extend(request.arguments("report"));
    script + &format!("\nexec {}\n", quote_words(words.iter().map(String::as_str)))
}

/// The lines that both scripts start with.
fn header(request: &LaunchRequest, what: &str, job: &str, output: &str) -> String {
    let options = &request.options;
    let mut script = format!(
        "#!/bin/bash\n# {what} {}, written by `tp-sweep launch slurm`.\n",
        request.name
    );
    let mut set = |option: &str, value: &str| script.push_str(&option_line(option, value));
    set("job-name", job);
    set("chdir", &request.folder);
    // `%` starts a placeholder; `%%` is a literal `%`.
    let folder = request.output.replace('%', "%%");
    set("output", &format!("{folder}/{output}"));
    set("open-mode", "append");
    if let Some(partition) = &options.partition {
        set("partition", &partition.to_string());
    }
    if let Some(account) = &options.account {
        set("account", &account.to_string());
    }
    if let Some(time) = options.time {
        set("time", &time.to_string());
    }
    if let Some(memory) = options.memory {
        set("mem", &memory.to_string());
    }
    script
}

fn option_line(option: &str, value: &str) -> String {
    format!("#SBATCH --{option}={}\n", quote_directive(value))
}

/// The user's additional options, one per line.
fn directive_lines(request: &LaunchRequest) -> String {
    let directives = request.options.directives.iter();
    directives
        .map(|option| format!("#SBATCH {option}\n"))
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::spec::{Count, LaunchOptions};

    pub(crate) fn request() -> LaunchRequest {
        LaunchRequest {
            name: "axe5".into(),
            program: "/opt/tp-sweep".into(),
            folder: "/home/me/course".into(),
            sweep: "/home/me/course/sweeps/axe5.yaml".into(),
            overrides: Vec::new(),
            data: None,
            runs: "/home/me/course/runs".into(),
            reports: "/home/me/course/reports".into(),
            output: "/home/me/course/runs/axe5/launch".into(),
            plan: None,
            shards: 8,
            options: LaunchOptions::default(),
        }
    }

    /// A request with every option, and names that break a script without quoting.
    pub(crate) fn hostile() -> LaunchRequest {
        LaunchRequest {
            overrides: vec!["name=a'b".into(), "description=$(touch /tmp/x) `id`".into()],
            folder: "/home/me/it's \"100%\" $HOME".into(),
            output: "/home/me/it's \"100%\" $HOME/runs/axe5/launch".into(),
            data: Some("/data of all".into()),
            plan: Some("0123456789abcdef".into()),
            options: LaunchOptions {
                shards: Count::new(8),
                max_parallel: Count::new(4),
                partition: "main,long".parse().ok(),
                account: "a$(id)".parse().ok(),
                time: "0:01:00".parse().ok(),
                memory: "4G".parse().ok(),
                cpus: Count::new(2),
                gpus: Count::new(2),
                directives: vec!["--qos=short".parse().unwrap(), "-C $(id)".parse().unwrap()],
                image: "registry.example/tp-sweep:1".parse().ok(),
                namespace: "course".parse().ok(),
                volume_claim: "course-data".parse().ok(),
                mount_path: "/data$(HOME)".parse().ok(),
            },
            ..request()
        }
    }

    #[test]
    fn the_scripts_of_a_plain_sweep() {
        insta::assert_snapshot!("array", array_script(&request()));
        insta::assert_snapshot!("report", report_script(&request()));
    }

    #[test]
    fn the_scripts_of_a_sweep_with_every_option_and_hostile_names() {
        insta::assert_snapshot!("array_hostile", array_script(&hostile()));
        insta::assert_snapshot!("report_hostile", report_script(&hostile()));
    }

    #[test]
    fn a_task_is_signalled_in_the_second_half_of_its_time_limit() {
        let of = |time: &str| signal_lead_seconds(time.parse().ok());
        assert_eq!([of("1:00:00"), of("0:02:00"), of("0:00:01")], [120, 60, 1]);
        assert_eq!(signal_lead_seconds(None), 120);
    }
}
