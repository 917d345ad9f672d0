//! A command line for HyperQueue: a task array whose tasks train the shards.

use super::request::LaunchRequest;
use super::shell::quote_words;

/// Restarts of a task after its worker is lost.
const MAX_CRASHES: u32 = 20;

/// The command line that submits the shards.
pub fn hyperqueue_command(request: &LaunchRequest) -> String {
    let (options, shards) = (&request.options, request.shards);
    let folder = &request.output;
    let mut words = vec![
        "hq".to_owned(),
        "submit".to_owned(),
        format!("--array=1-{shards}"),
        format!("--name={}", request.name),
        format!("--cpus={}", request.cpus()),
        format!("--crash-limit={MAX_CRASHES}"),
        format!("--cwd={}", request.folder),
        format!("--stdout={folder}/shard-%{{TASK_ID}}.out"),
        format!("--stderr={folder}/shard-%{{TASK_ID}}.err"),
    ];
    words.extend(
        options
            .gpus
            .map(|gpus| format!("--resource=gpus/nvidia={}", gpus.get())),
    );
    words.extend(
        options
            .time
            .map(|time| format!("--time-limit={}s", time.seconds())),
    );
    let script = format!("exec \"$0\" \"$@\" --shard \"$HQ_TASK_ID/{shards}\"");
    words.extend(["--".to_owned(), "sh".to_owned(), "-c".to_owned(), script]);
    words.push(request.program.clone());
    words.extend(request.arguments("run"));
    words.extend(request.device_arguments());
    quote_words(words.iter().map(String::as_str)) + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::scripts::tests::{hostile, request};
    use super::*;

    #[test]
    fn the_command_line_of_a_sweep() {
        insta::assert_snapshot!(hyperqueue_command(&request()));
        insta::assert_snapshot!("hyperqueue_hostile", hyperqueue_command(&hostile()));
    }
}
