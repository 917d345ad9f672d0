//! The binary as a process that is killed, sent signals, and waited for.

use crate::support::{Done, Project, files};
use std::ops::Range;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A limit against hangs: nothing that a test waits for takes this long on any machine.
pub const HANG: Duration = Duration::from_secs(30 * 60);

/// How often a process is started again because it ended before it could be caught.
const ATTEMPTS: usize = 100;

/// Waits for a condition.
///
/// # Panics
/// If it never holds.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < HANG, "{what}: not in {HANG:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Repeats an attempt to catch a process before its end until it succeeds.
///
/// # Panics
/// If it never does.
pub fn until_caught<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let caught = (0..ATTEMPTS).find_map(|_| attempt());
    caught.unwrap_or_else(|| panic!("{ATTEMPTS} processes have ended before they were caught"))
}

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

/// Starts a command and discards its output.
pub fn start(mut command: Command) -> Running {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    spawn(command)
}

/// The rows in the table of epochs of a run.
pub fn epochs(project: &Project, run: &str) -> usize {
    let path = project.path("runs/sweep").join(run).join("epochs.csv");
    // The first line is the header.
    std::fs::read_to_string(path).map_or(0, |text| text.lines().count().saturating_sub(1))
}

/// The number of results in a project.
pub fn results(project: &Project) -> usize {
    let folder = project.path("runs");
    if !folder.is_dir() {
        return 0;
    }
    let is_result = |path: &&std::path::PathBuf| path.ends_with("result.json");
    files(&folder).iter().filter(is_result).count()
}

/// Stops a process (SIGSTOP) once a condition holds: it stays stopped for as long as the test needs.
/// `false` if it has ended before.
pub fn paused_when(child: &mut Child, mut condition: impl FnMut() -> bool) -> bool {
    let mut has_ended = false;
    wait_until("the moment to stop the process", || {
        has_ended = child.try_wait().expect("a child").is_some();
        has_ended || condition()
    });
    if has_ended {
        return false;
    }
    signal(child, "STOP");
    wait_until("the process to stop", || {
        has_ended = child.try_wait().expect("a child").is_some();
        has_ended || is_stopped(child)
    });
    !has_ended
}

/// Whether all threads of a process are stopped.
#[cfg(target_os = "linux")]
fn is_stopped(child: &Child) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{}/task", child.id())) else {
        return false;
    };
    let is_thread_stopped = |thread: std::fs::DirEntry| {
        let about = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        // The name before it, in parentheses, may have any characters.
        let state = about.rsplit_once(") ").map(|(_, rest)| &rest[..1]);
        state == Some("T")
    };
    threads.flatten().all(is_thread_stopped)
}

/// Whether a process is stopped.
#[cfg(not(target_os = "linux"))]
fn is_stopped(child: &Child) -> bool {
    let id = child.id().to_string();
    let output = Command::new("ps").args(["-o", "stat=", "-p", &id]).output();
    output
        .expect("ps exists")
        .stdout
        .trim_ascii()
        .starts_with(b"T")
}

/// Stops a process once each of these runs has so many epochs. `false` if one of them has got further by then.
pub fn paused_in_training(
    child: &mut Child,
    project: &Project,
    runs: &[&str],
    count: Range<usize>,
) -> bool {
    let counts = || runs.iter().map(|run| epochs(project, run));
    paused_when(child, || counts().all(|epochs| epochs >= count.start))
        && counts().all(|epochs| count.contains(&epochs))
}

/// The CPU time of a process over all its threads, which does not depend on how
/// busy the machine is. `None` if it has ended.
#[cfg(target_os = "linux")]
pub fn cpu_time(child: &Child, _started: Instant) -> Option<Duration> {
    let threads = std::fs::read_dir(format!("/proc/{}/task", child.id())).ok()?;
    let nanoseconds = |thread: std::fs::DirEntry| {
        let about = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        about.split(' ').next()?.parse::<u64>().ok()
    };
    Some(Duration::from_nanos(
        threads.flatten().filter_map(nanoseconds).sum(),
    ))
}

/// The time since a process was started, where the system does not report its computing time.
#[cfg(not(target_os = "linux"))]
pub fn cpu_time(_child: &Child, started: Instant) -> Option<Duration> {
    Some(started.elapsed())
}

/// Continues a stopped process.
pub fn resume_process(child: &Child) {
    signal(child, "CONT");
}

/// Sends a signal by its name, such as `TERM`.
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status();
    assert!(sent.expect("kill exists").success(), "{name} is sent");
}

/// Waits for the end of a process.
///
/// # Panics
/// When it hangs.
pub fn wait(child: &mut Child) -> std::process::ExitStatus {
    let mut status = None;
    wait_until("the end of the process", || {
        status = child.try_wait().expect("a child can be waited for");
        status.is_some()
    });
    status.expect("it has ended")
}

/// Runs a command to its end; its code is -1 where a signal ended it.
///
/// # Panics
/// When it hangs.
pub fn done(mut command: Command) -> Done {
    // In files, which no process waits for to be read.
    let [output, error] = [(); 2].map(|()| tempfile::NamedTempFile::new().expect("a file"));
    let handle = |file: &tempfile::NamedTempFile| file.reopen().expect("the file exists");
    command.stdin(Stdio::null());
    command.stdout(handle(&output)).stderr(handle(&error));
    let status = wait(&mut spawn(command));
    let text = |file: &tempfile::NamedTempFile| {
        let bytes = std::fs::read(file.path()).expect("the file exists");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Done {
        code: status.code().unwrap_or(-1),
        output: text(&output),
        error: text(&error),
    }
}
