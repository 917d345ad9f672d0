//! The binary as a process that is killed, sent signals, and waited for.

use crate::support::{Done, Project};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// No process of these tests takes that long, unless it hangs.
const LONGEST: Duration = Duration::from_secs(120);

/// The command that trains the project's sweep on the CPU, with further arguments.
pub fn train(project: &Project, arguments: &[&str]) -> Command {
    let fixed = ["sweep.yaml", "--device", "cpu"];
    project.command(&[&fixed, arguments].concat())
}

/// Starts a command whose output nobody reads.
pub fn start(mut command: Command) -> Child {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the binary starts")
}

/// Sends a signal by its name, such as `TERM`.
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status();
    assert!(sent.expect("kill is there").success(), "{name} is sent");
}

/// Waits for the end of a process.
///
/// # Panics
/// When it hangs.
pub fn wait(child: &mut Child) -> std::process::ExitStatus {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status;
        }
        if started.elapsed() > LONGEST {
            child.kill().expect("it is there");
            panic!("the process hangs");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Runs a command to its end; its code is -1 where a signal ended it.
///
/// # Panics
/// When it hangs.
pub fn done(mut command: Command) -> Done {
    // In files, which no process waits for to be read.
    let [output, error] = [(); 2].map(|()| tempfile::NamedTempFile::new().expect("a file"));
    let handle = |file: &tempfile::NamedTempFile| file.reopen().expect("the file is there");
    command.stdin(Stdio::null());
    command.stdout(handle(&output)).stderr(handle(&error));
    let status = wait(&mut command.spawn().expect("the binary starts"));
    let text = |file: &tempfile::NamedTempFile| {
        let bytes = std::fs::read(file.path()).expect("the file is there");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Done {
        code: status.code().unwrap_or(-1),
        output: text(&output),
        error: text(&error),
    }
}
