//! A library that is loaded into a process before it starts (`LD_PRELOAD`) and makes one of its calls
//! to the system fail: of Linux on x86-64 alone. It is compiled by `recovery/fault.rs`.
//!
//! Calls are caught at the system's own door, by a seccomp filter that turns them into signals: a
//! library cannot go round it, as those do that make system calls without the C library. Only calls
//! about paths below `TP_FAULT_FOLDER` are counted, each kind for itself: `write`, `sync`, `rename`,
//! `open` (of files that may be created), `unlink`, `mkdir`, `chmod`.
//!
//! | variable | meaning |
//! | -------- | ------- |
//! | `TP_FAULT_KIND`, `TP_FAULT_AT` | the call that the fault happens at; calls are numbered from 1 |
//! | `TP_FAULT_DO` | `ENOSPC`, `EIO`, `EACCES`; `short`: half of the bytes are written; `kill`: the process is killed before the call; `kill-after`: after it |
//! | `TP_FAULT_LASTS` | where it is set, all later calls of the kind fail too |
//! | `TP_FAULT_LOG` | a file that gets a line for the first fault: the path that it was about |
//! | `TP_FAULT_COUNT` | a file that gets the number of calls of each kind, at the process's end |

use std::ffi::{CStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

// One instruction that makes all of this library's own calls. The filter lets them pass by its
// address.
std::arch::global_asm!(
    ".hidden tp_fault_call",
    ".globl tp_fault_call",
    "tp_fault_call:",
    "mov rax, rdi",
    "mov rdi, rsi",
    "mov rsi, rdx",
    "mov rdx, rcx",
    "mov r10, r8",
    "mov r8, r9",
    "mov r9, [rsp + 8]",
    "syscall",
    ".hidden tp_fault_called",
    ".globl tp_fault_called",
    "tp_fault_called:",
    "ret",
);

unsafe extern "C" {
    fn tp_fault_call(number: i64, a: i64, b: i64, c: i64, d: i64, e: i64, f: i64) -> i64;
    fn tp_fault_called();
    fn sigaction(signal: c_int, new: *const SignalAction, old: *mut SignalAction) -> c_int;
}

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

/// System calls of x86-64.
mod number {
    pub const WRITE: i64 = 1;
    pub const OPEN: i64 = 2;
    pub const PWRITE: i64 = 18;
    pub const WRITEV: i64 = 20;
    pub const GETPID: i64 = 39;
    pub const SENDFILE: i64 = 40;
    pub const KILL: i64 = 62;
    pub const FSYNC: i64 = 74;
    pub const FDATASYNC: i64 = 75;
    pub const RENAME: i64 = 82;
    pub const MKDIR: i64 = 83;
    pub const RMDIR: i64 = 84;
    pub const CREAT: i64 = 85;
    pub const UNLINK: i64 = 87;
    pub const READLINK: i64 = 89;
    pub const CHMOD: i64 = 90;
    pub const FCHMOD: i64 = 91;
    pub const PRCTL: i64 = 157;
    pub const OPENAT: i64 = 257;
    pub const MKDIRAT: i64 = 258;
    pub const UNLINKAT: i64 = 263;
    pub const RENAMEAT: i64 = 264;
    pub const FCHMODAT: i64 = 268;
    pub const PWRITEV: i64 = 296;
    pub const RENAMEAT2: i64 = 316;
    pub const COPY_FILE_RANGE: i64 = 326;
    pub const PWRITEV2: i64 = 328;
}

/// What a call is about: an open file, or a path below an open folder.
enum About {
    File(i64),
    Path(i64, i64),
}

/// The folder that relative paths start from.
const HERE: i64 = -100;
/// Flags of `open`: a file may be created.
const O_CREAT: i64 = 0o100;
const O_TMPFILE: i64 = 0o20_000_000;

const KINDS: [&str; 7] = ["write", "sync", "rename", "open", "unlink", "mkdir", "chmod"];
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
}

static PLAN: OnceLock<Plan> = OnceLock::new();

fn call(number: i64, arguments: &[i64]) -> i64 {
    let at = |index: usize| arguments.get(index).copied().unwrap_or(0);
    // SAFETY: the arguments are those of the process's own call, or of one that only reads and
    // writes memory of this library.
    unsafe { tp_fault_call(number, at(0), at(1), at(2), at(3), at(4), at(5)) }
}

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
    };
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
    let own = tp_fault_called as *const c_void as usize as u64;
    // Of `struct seccomp_data`: the call's number stands at 0, the instruction's address at 8.
    let mut filter = vec![
        Instruction(LOAD, 0, 0, 8),
        Instruction(IF_EQUAL, 0, 3, own as u32),
        Instruction(LOAD, 0, 0, 12),
        Instruction(IF_EQUAL, 0, 1, (own >> 32) as u32),
        Instruction(RETURN, 0, 0, ALLOW),
        Instruction(LOAD, 0, 0, 0),
    ];
    for (number, _) in CAUGHT {
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

/// Makes the call that was caught, or not.
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
    let kind = CAUGHT.iter().find(|(caught, _)| *caught == number);
    let kind = kind.map_or(0, |(_, kind)| *kind);
    let mut path = [0; 2 * LONGEST];
    let length = match about(number, arguments) {
        Some(about) => read_path(&about, &mut path),
        None => return call(number, arguments),
    };
    let path = &path[..length];
    let is_below = path.starts_with(&plan.folder)
        && matches!(path.get(plan.folder.len()), None | Some(b'/'));
    if !is_below {
        return call(number, arguments);
    }
    let count = COUNTS[kind].fetch_add(1, Ordering::SeqCst) + 1;
    match plan.fault {
        Some((asked, at, fault))
            if asked == kind && (count == at || plan.lasts && count > at) =>
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

/// Writes half of what is to be written, at least a byte of it.
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
    let own = call(number::GETPID, &[]);
    call(number::KILL, &[own, SIGKILL])
}

/// Nothing for a call that changes nothing on disk.
fn about(number: i64, arguments: &[i64; 6]) -> Option<About> {
    let [a, b, c, d, ..] = *arguments;
    let creates = |flags: i64| flags & O_CREAT != 0 || flags & O_TMPFILE != 0;
    Some(match number {
        number::COPY_FILE_RANGE => About::File(c),
        number::OPEN if !creates(b) => return None,
        number::OPENAT if !creates(c) => return None,
        number::OPEN | number::CREAT | number::UNLINK | number::RMDIR => About::Path(HERE, a),
        number::MKDIR | number::CHMOD => About::Path(HERE, a),
        number::OPENAT | number::UNLINKAT | number::MKDIRAT | number::FCHMODAT => {
            About::Path(a, b)
        }
        number::RENAME => About::Path(HERE, b),
        number::RENAMEAT | number::RENAMEAT2 => About::Path(c, d),
        _ => About::File(a),
    })
}

/// The longest path that is looked at.
const LONGEST: usize = 4096;

/// Writes the path of what a call is about into a buffer; its length.
fn read_path(about: &About, into: &mut [u8; 2 * LONGEST]) -> usize {
    let (folder, relative) = match *about {
        About::File(file) => return read_link(file, into),
        About::Path(folder, path) => {
            // SAFETY: the process hands a path that ends in 0 to the system.
            let path = unsafe { CStr::from_ptr(path as *const c_char) };
            (folder, path.to_bytes())
        }
    };
    let length = match relative.starts_with(b"/") {
        true => 0,
        false => {
            let length = read_link(folder, into);
            into[length] = b'/';
            length + 1
        }
    };
    let end = (length + relative.len()).min(into.len());
    into[length..end].copy_from_slice(&relative[..end - length]);
    end
}

/// Writes the path of an open file, or of the current folder, into a buffer; its length.
fn read_link(file: i64, into: &mut [u8; 2 * LONGEST]) -> usize {
    let mut name = *b"/proc/self/cwd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    // The kernel takes the number for 32 bits.
    let file = i64::from(file as i32);
    if file != HERE {
        name[11..].fill(0);
        name[11..14].copy_from_slice(b"fd/");
        let mut digits = 1;
        while digits < 9 && file / 10_i64.pow(digits) > 0 {
            digits += 1;
        }
        for place in 0..digits {
            let digit = file / 10_i64.pow(digits - 1 - place) % 10;
            name[14 + place as usize] = b'0' + digit as u8;
        }
    }
    let arguments = [name.as_ptr() as i64, into.as_mut_ptr() as i64, LONGEST as i64];
    usize::try_from(call(number::READLINK, &arguments)).unwrap_or(0)
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
