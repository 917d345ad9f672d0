//! A library that is loaded into a process before it starts (`LD_PRELOAD`) and makes one of its calls
//! to the system fail. For Linux on x86-64 only. `recovery/fault.rs` compiles it.
//!
//! System calls are caught by a seccomp filter that turns them into signals: a
//! library that makes system calls without the C library cannot bypass it. Only calls
//! about paths below `TP_FAULT_FOLDER` are counted, each kind for itself: `write`, `sync`, `rename`,
//! `open` (of files that may be created), `unlink`, `mkdir`, `chmod`.
//!
//! | variable | meaning |
//! | -------- | ------- |
//! | `TP_FAULT_KIND`, `TP_FAULT_AT` | the call that the fault happens at; calls are numbered from 1 |
//! | `TP_FAULT_DO` | `ENOSPC`, `EIO`, `EACCES`; `short`: half of the bytes are written; `kill`: the process is killed before the call; `kill-after`: after it |
//! | `TP_FAULT_LASTS` | if set, all later calls of the kind fail too |
//! | `TP_FAULT_LOG` | a file that gets a line for the first fault: the path that it was about |
//! | `TP_FAULT_COUNT` | a file that gets the number of calls of each kind, at the process's end |
//! | `TP_FAULT_DELAY` | maximum microseconds that a call waits before it is made; how long differs by `TP_FAULT_SEED` |
//! | `TP_FAULT_STALE` | milliseconds in which a file that another process has put there is not seen: neither by its name, unless its folder was listed meanwhile, nor, for half as long, in a list of its folder |
//! | `TP_FAULT_CLOCK` | if set, the monotonic clock advances by a second at each reading |
//!
//! Delays and stale files simulate a folder that is shared over a network, whose machines see
//! changes late.

mod paths;
mod stale;
mod system;

use paths::{MAX_PATH, O_CREAT, SEEING, about, read_path, seen};
use stale::{KNOWN, hash, see};
use std::ffi::{c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use system::{call, number, sigaction, tp_fault_called};

/// `struct sigaction` of glibc on x86-64.
#[repr(C)]
struct SignalAction {
    handler: extern "C" fn(c_int, *const u8, *mut u8),
    mask: [u64; 16],
    flags: c_int,
    restorer: usize,
}

/// `struct sock_filter` and `struct sock_fprog`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Instruction(u16, u8, u8, u32);
#[repr(C)]
struct Program {
    length: u16,
    instructions: *const Instruction,
}

const KINDS: [&str; 7] = ["write", "sync", "rename", "open", "unlink", "mkdir", "chmod"];
const RENAMED: usize = 2;
const OPENED: usize = 3;
static COUNTS: [AtomicU64; KINDS.len()] = [const { AtomicU64::new(0) }; KINDS.len()];

/// The calls that are caught, and the position of their kind.
const CAUGHT: [(i64, usize); 23] = [
    (number::WRITE, 0),
    (number::PWRITE, 0),
    (number::WRITEV, 0),
    (number::PWRITEV, 0),
    (number::PWRITEV2, 0),
    (number::SENDFILE, 0),
    (number::COPY_FILE_RANGE, 0),
    (number::FSYNC, 1),
    (number::FDATASYNC, 1),
    (number::RENAME, 2),
    (number::RENAMEAT, 2),
    (number::RENAMEAT2, 2),
    (number::OPEN, 3),
    (number::CREAT, 3),
    (number::OPENAT, 3),
    (number::UNLINK, 4),
    (number::UNLINKAT, 4),
    (number::RMDIR, 4),
    (number::MKDIR, 5),
    (number::MKDIRAT, 5),
    (number::CHMOD, 6),
    (number::FCHMOD, 6),
    (number::FCHMODAT, 6),
];

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Error(i64),
    Short,
    Kill,
    KillAfter,
}

struct Plan {
    folder: Vec<u8>,
    fault: Option<(usize, u64, Fault)>,
    lasts: bool,
    log: Option<Vec<u8>>,
    count: Option<String>,
    /// In microseconds.
    delay: u64,
    /// In nanoseconds.
    stale: u64,
    /// Whether the clock is a second later at each reading.
    speeds_up_clock: bool,
}

static PLAN: OnceLock<Plan> = OnceLock::new();

#[unsafe(link_section = ".init_array")]
#[used]
static AT_START: extern "C" fn() = start;
#[unsafe(link_section = ".fini_array")]
#[used]
static AT_END: extern "C" fn() = end;

extern "C" fn start() {
    let text = |name: &str| std::env::var(name).ok();
    let Some(folder) = std::env::var_os("TP_FAULT_FOLDER") else {
        return;
    };
    let number_of = |name: &str| text(name).map_or(0, |n| n.parse().expect("a number"));
    let fault = text("TP_FAULT_KIND").map(|kind| {
        let kind = KINDS.iter().position(|known| *known == kind);
        let at = text("TP_FAULT_AT").and_then(|at| at.parse().ok());
        let fault = match text("TP_FAULT_DO").as_deref() {
            Some("ENOSPC") => Fault::Error(28),
            Some("EIO") => Fault::Error(5),
            Some("EACCES") => Fault::Error(13),
            Some("short") => Fault::Short,
            Some("kill") => Fault::Kill,
            Some("kill-after") => Fault::KillAfter,
            other => panic!("TP_FAULT_DO: {other:?}"),
        };
        (kind.expect("TP_FAULT_KIND"), at.expect("TP_FAULT_AT"), fault)
    });
    let plan = Plan {
        folder: folder.as_bytes().to_vec(),
        fault,
        lasts: text("TP_FAULT_LASTS").is_some(),
        log: text("TP_FAULT_LOG").map(|path| [path.as_bytes(), b"\0"].concat()),
        count: text("TP_FAULT_COUNT"),
        delay: number_of("TP_FAULT_DELAY"),
        stale: number_of("TP_FAULT_STALE") * 1_000_000,
        speeds_up_clock: text("TP_FAULT_CLOCK").is_some(),
    };
    RANDOM.store(number_of("TP_FAULT_SEED"), Ordering::SeqCst);
    if PLAN.set(plan).is_ok() {
        catch();
    }
}

/// Turns calls into signals, in this thread and all that it starts.
fn catch() {
    const SIGSYS: c_int = 31;
    const SA_SIGINFO: c_int = 4;
    const SET_NO_NEW_PRIVILEGES: i64 = 38;
    const SET_SECCOMP: i64 = 22;
    const WITH_FILTER: i64 = 2;
    const LOAD: u16 = 0x20;
    const IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    const ALLOW: u32 = 0x7fff_0000;
    const TRAP: u32 = 0x0003_0000;
    let action = SignalAction {
        handler,
        mask: [0; 16],
        flags: SA_SIGINFO,
        restorer: 0,
    };
    // SAFETY: the action is of the form that the C library asks for, and outlives the call.
    assert_eq!(unsafe { sigaction(SIGSYS, &action, std::ptr::null_mut()) }, 0);
    let own_address = tp_fault_called as *const c_void as usize as u64;
    // Of `struct seccomp_data`: the call's number is at 0, the instruction's address at 8.
    let mut filter = vec![
        Instruction(LOAD, 0, 0, 8),
        Instruction(IF_EQUAL, 0, 3, own_address as u32),
        Instruction(LOAD, 0, 0, 12),
        Instruction(IF_EQUAL, 0, 1, (own_address >> 32) as u32),
        Instruction(RETURN, 0, 0, ALLOW),
        Instruction(LOAD, 0, 0, 0),
    ];
    let sees_late = PLAN.get().is_some_and(|plan| plan.stale > 0);
    let seeing = SEEING.into_iter().filter(|_| sees_late);
    for number in CAUGHT.map(|(number, _)| number).into_iter().chain(seeing) {
        filter.push(Instruction(IF_EQUAL, 0, 1, number as u32));
        filter.push(Instruction(RETURN, 0, 0, TRAP));
    }
    filter.push(Instruction(RETURN, 0, 0, ALLOW));
    let program = Program {
        length: filter.len() as u16,
        instructions: filter.as_ptr(),
    };
    assert_eq!(call(number::PRCTL, &[SET_NO_NEW_PRIVILEGES, 1]), 0);
    let program = &raw const program as i64;
    assert_eq!(call(number::PRCTL, &[SET_SECCOMP, WITH_FILTER, program]), 0);
}

/// Makes the caught call, or injects the fault.
extern "C" fn handler(_signal: c_int, info: *const u8, context: *mut u8) {
    // SAFETY: `siginfo_t` has the call's number at byte 24; `ucontext_t` has the registers from
    // byte 40 on, in the order R8, R9, R10, …, RDI 8, RSI 9, RDX 12, RAX 13.
    let number = i64::from(unsafe { *info.add(24).cast::<i32>() });
    let registers = unsafe { &mut *context.add(40).cast::<[i64; 23]>() };
    let mut arguments = [8, 9, 12, 2, 0, 1].map(|register| registers[register]);
    registers[13] = outcome(number, &mut arguments);
}

fn outcome(number: i64, arguments: &mut [i64; 6]) -> i64 {
    let Some(plan) = PLAN.get() else {
        return call(number, arguments);
    };
    let is_below = |path: &[u8]| {
        path.starts_with(&plan.folder) && matches!(path.get(plan.folder.len()), None | Some(b'/'))
    };
    let mut path = [0; 2 * MAX_PATH];
    let Some(about) = about(number, arguments) else {
        if plan.stale > 0
            && let Some(about) = seen(number, arguments)
        {
            let length = read_path(&about, &mut path);
            if is_below(&path[..length]) {
                return see(plan, number, arguments, &path, length);
            }
        }
        return call(number, arguments);
    };
    let length = read_path(&about, &mut path);
    let path = &path[..length];
    if !is_below(path) {
        return call(number, arguments);
    }
    let kind = CAUGHT.iter().find(|(caught, _)| *caught == number);
    let kind = kind.map_or(0, |(_, kind)| *kind);
    wait(plan);
    if kind == OPENED || kind == RENAMED {
        // Even if the call fails, this process has seen the current file.
        KNOWN.note(path);
    }
    let count = COUNTS[kind].fetch_add(1, Ordering::SeqCst) + 1;
    match plan.fault {
        Some((fault_kind, at, fault))
            if fault_kind == kind && (count == at || plan.lasts && count > at) =>
        {
            if count == at {
                log(plan, path);
            }
            fail(fault, number, arguments)
        }
        _ => call(number, arguments),
    }
}

fn fail(fault: Fault, number: i64, arguments: &mut [i64; 6]) -> i64 {
    match fault {
        Fault::Error(error) => -error,
        Fault::Short => short(number, arguments),
        Fault::Kill => kill(),
        Fault::KillAfter => {
            call(number, arguments);
            kill()
        }
    }
}

/// Writes half of the data, at least one byte.
fn short(number: i64, arguments: &mut [i64; 6]) -> i64 {
    let half = |bytes: i64| (bytes / 2).max(bytes.min(1));
    match number {
        number::WRITEV | number::PWRITEV | number::PWRITEV2 => {
            // SAFETY: the list has at least one entry where anything is to be written.
            let first = unsafe { *(arguments[1] as *const [i64; 2]) };
            let one = [first[0], half(first[1])];
            arguments[1] = one.as_ptr() as i64;
            arguments[2] = 1;
            return call(number, arguments);
        }
        number::COPY_FILE_RANGE => arguments[4] = half(arguments[4]),
        number::SENDFILE => arguments[3] = half(arguments[3]),
        _ => arguments[2] = half(arguments[2]),
    }
    call(number, arguments)
}

fn kill() -> i64 {
    const SIGKILL: i64 = 9;
    let process = call(number::GETPID, &[]);
    call(number::KILL, &[process, SIGKILL])
}

static RANDOM: AtomicU64 = AtomicU64::new(0);

/// Readings of the clock.
static READINGS: AtomicU64 = AtomicU64::new(0);

/// The C library's function of this name, for the whole process.
#[unsafe(no_mangle)]
extern "C" fn clock_gettime(clock: c_int, time: *mut [i64; 2]) -> c_int {
    const MONOTONIC: c_int = 1;
    if call(number::CLOCK_GETTIME, &[clock.into(), time as i64]) != 0 {
        return -1;
    }
    if clock == MONOTONIC && PLAN.get().is_some_and(|plan| plan.speeds_up_clock) {
        let readings = READINGS.fetch_add(1, Ordering::SeqCst);
        // SAFETY: the system has written the time there.
        unsafe { (*time)[0] += readings as i64 };
    }
    0
}

/// Waits for a random time before a call.
fn wait(plan: &Plan) {
    if plan.delay > 0 {
        let count = RANDOM.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        let microseconds = hash(&count.to_le_bytes()) % plan.delay;
        let time = [0_i64, microseconds as i64 * 1000];
        call(number::NANOSLEEP, &[time.as_ptr() as i64, 0]);
    }
}

/// Adds a line to the log.
fn log(plan: &Plan, path: &[u8]) {
    const WRITE_APPEND_CREATE: i64 = 1 | 0o2000 | O_CREAT;
    if let Some(log) = &plan.log {
        let file = call(number::OPEN, &[log.as_ptr() as i64, WRITE_APPEND_CREATE, 0o644]);
        call(number::WRITE, &[file, path.as_ptr() as i64, path.len() as i64]);
        call(number::WRITE, &[file, b"\n".as_ptr() as i64, 1]);
    }
}

extern "C" fn end() {
    if let Some(path) = PLAN.get().and_then(|plan| plan.count.as_ref()) {
        let lines = KINDS.iter().zip(&COUNTS);
        let line = |(kind, count): (&&str, &AtomicU64)| {
            format!("{kind} {}\n", count.load(Ordering::SeqCst))
        };
        let lines: String = lines.map(line).collect();
        let _ = std::fs::write(path, lines);
    }
}
