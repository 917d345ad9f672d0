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

/// A process, which ends at the latest with the test.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl std::ops::Deref for Running {
    type Target = Child;
    fn deref(&self) -> &Child {
        &self.0
    }
}

impl std::ops::DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

/// Starts a command.
pub fn spawn(mut command: Command) -> Running {
    Running(command.spawn().expect("the binary starts"))
}

/// Starts a command whose output nobody reads.
pub fn start(mut command: Command) -> Running {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    spawn(command)
}

/// Waits until the table of epochs in a run's folder has so many rows.
///
/// # Panics
/// When they do not appear.
pub fn wait_for_epochs(project: &Project, run: &str, count: usize) {
    let started = Instant::now();
    let path = project.path("runs/sweep").join(run).join("epochs.csv");
    let rows = || std::fs::read_to_string(&path).map_or(0, |text| text.lines().count());
    // One line more than there are rows: the header.
    while rows() <= count {
        assert!(started.elapsed() < LONGEST, "no epochs in {run}");
        std::thread::sleep(Duration::from_millis(1));
    }
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
    let status = wait(&mut spawn(command));
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
