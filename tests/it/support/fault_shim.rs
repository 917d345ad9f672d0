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
//! | `TP_FAULT_DELAY` | microseconds that a call waits at most before it is made; how long differs by `TP_FAULT_SEED` |
//! | `TP_FAULT_STALE` | milliseconds in which a file that another process has put there is not seen: neither by its name, unless its folder was listed meanwhile, nor, for half as long, in a list of its folder |
//! | `TP_FAULT_CLOCK` | where it is set, the monotonic clock is a second later at each reading |
//!
//! Delays and stale files make of a folder one that is shared over a network, whose machines remember for a
//! while what was there.

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
    pub const STAT: i64 = 4;
    pub const LSTAT: i64 = 6;
    pub const PWRITE: i64 = 18;
    pub const WRITEV: i64 = 20;
    pub const ACCESS: i64 = 21;
    pub const NANOSLEEP: i64 = 35;
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
    pub const GETDENTS: i64 = 217;
    pub const CLOCK_GETTIME: i64 = 228;
    pub const OPENAT: i64 = 257;
    pub const MKDIRAT: i64 = 258;
    pub const FSTATAT: i64 = 262;
    pub const UNLINKAT: i64 = 263;
    pub const RENAMEAT: i64 = 264;
    pub const FCHMODAT: i64 = 268;
    pub const FACCESSAT: i64 = 269;
    pub const PWRITEV: i64 = 296;
    pub const RENAMEAT2: i64 = 316;
    pub const COPY_FILE_RANGE: i64 = 326;
    pub const PWRITEV2: i64 = 328;
    pub const STATX: i64 = 332;
    pub const FACCESSAT2: i64 = 439;
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

/// The calls by which a process sees what others have done; caught beside the others where it is
/// to see it late.
const SEEING: [i64; 8] = [
    number::STAT,
    number::LSTAT,
    number::ACCESS,
    number::FSTATAT,
    number::FACCESSAT,
    number::FACCESSAT2,
    number::STATX,
    number::GETDENTS,
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
    hurries: bool,
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
        hurries: text("TP_FAULT_CLOCK").is_some(),
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
    let is_below = |path: &[u8]| {
        path.starts_with(&plan.folder) && matches!(path.get(plan.folder.len()), None | Some(b'/'))
    };
    let mut path = [0; 2 * LONGEST];
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
        // Whatever comes of it, this process has asked for the file as it is now.
        KNOWN.note(path);
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
    if SEEING.contains(&number) {
        return None;
    }
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

/// What a call looks at, if it is one that sees what others have done.
fn seen(number: i64, arguments: &[i64; 6]) -> Option<About> {
    let [a, b, ..] = *arguments;
    let is_empty = |path: i64| {
        // SAFETY: the process hands nothing, or a path that ends in 0, to the system.
        path == 0 || unsafe { *(path as *const u8) } == 0
    };
    match number {
        number::STAT | number::LSTAT | number::ACCESS | number::OPEN => {
            Some(About::Path(HERE, a))
        }
        number::OPENAT
        | number::FSTATAT
        | number::FACCESSAT
        | number::FACCESSAT2
        | number::STATX => {
            // Without a path they are about the open file.
            (!is_empty(b)).then_some(About::Path(a, b))
        }
        number::GETDENTS => Some(About::File(a)),
        _ => None,
    }
}

/// What a process has done with paths, by their hashes. Of fixed size: a handler of signals may not
/// ask for memory.
struct Paths {
    used: AtomicU64,
    hashes: [AtomicU64; 8192],
    times: [AtomicU64; 8192],
}

impl Paths {
    const fn new() -> Self {
        Self {
            used: AtomicU64::new(0),
            hashes: [const { AtomicU64::new(0) }; 8192],
            times: [const { AtomicU64::new(0) }; 8192],
        }
    }

    /// Notes that a path was used now.
    fn note(&self, path: &[u8]) {
        let place = self.used.fetch_add(1, Ordering::SeqCst) as usize % self.hashes.len();
        self.times[place].store(now(), Ordering::SeqCst);
        self.hashes[place].store(hash(path), Ordering::SeqCst);
    }

    /// When a path was used last, in nanoseconds since 1970; 0 if never.
    fn last(&self, path: &[u8]) -> u64 {
        let wanted = hash(path);
        let places = self.hashes.iter().zip(&self.times);
        let times = places
            .filter(|(hash, _)| hash.load(Ordering::SeqCst) == wanted)
            .map(|(_, time)| time.load(Ordering::SeqCst));
        times.max().unwrap_or(0)
    }
}

/// Files that this process has made, or has tried to.
static KNOWN: Paths = Paths::new();
/// Folders that it has listed.
static LISTED: Paths = Paths::new();
static RANDOM: AtomicU64 = AtomicU64::new(0);

/// FNV-1a; never 0.
fn hash(path: &[u8]) -> u64 {
    let step = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    path.iter().fold(0xcbf2_9ce4_8422_2325, step) | 1
}

/// Nanoseconds since 1970.
fn now() -> u64 {
    let mut time = [0_i64; 2];
    call(number::CLOCK_GETTIME, &[0, time.as_mut_ptr() as i64]);
    time[0] as u64 * 1_000_000_000 + time[1] as u64
}

/// Readings of the clock.
static READINGS: AtomicU64 = AtomicU64::new(0);

/// The C library's function of this name, for the whole process.
#[unsafe(no_mangle)]
extern "C" fn clock_gettime(clock: c_int, time: *mut [i64; 2]) -> c_int {
    const MONOTONIC: c_int = 1;
    if call(number::CLOCK_GETTIME, &[clock.into(), time as i64]) != 0 {
        return -1;
    }
    if clock == MONOTONIC && PLAN.get().is_some_and(|plan| plan.hurries) {
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

/// When a file was put where it is, in nanoseconds since 1970; nothing for what is no file.
fn put(path: *const u8) -> Option<u64> {
    const WITHOUT_FOLLOWING: i64 = 0x100;
    const KIND: u32 = 0o170_000;
    const FILE: u32 = 0o100_000;
    // `struct stat` of x86-64: the mode at byte 24, the time of the last change at 104.
    let mut about = [0_u64; 18];
    let asked = [HERE, path as i64, about.as_mut_ptr() as i64, WITHOUT_FOLLOWING];
    let is_file = call(number::FSTATAT, &asked) == 0 && about[3] as u32 & KIND == FILE;
    is_file.then(|| about[13] * 1_000_000_000 + about[14])
}

const NOT_THERE: i64 = -2;

/// Sees what is at a path, or in a folder, as it was a while ago.
fn see(plan: &Plan, number: i64, arguments: &[i64; 6], path: &[u8], length: usize) -> i64 {
    const O_DIRECTORY: i64 = 0o200_000;
    let flags = match number {
        number::OPEN => arguments[1],
        number::OPENAT => arguments[2],
        _ => 0,
    };
    if number == number::GETDENTS {
        let bytes = call(number, arguments);
        return without_new(plan, arguments[1] as *mut u8, bytes, &path[..length]);
    }
    if flags & O_DIRECTORY != 0 {
        LISTED.note(&path[..length]);
        return call(number, arguments);
    }
    // Behind the path there are zeros.
    let is_unseen = put(path.as_ptr()).is_some_and(|put| {
        let folder = path[..length].iter().rposition(|&byte| byte == b'/');
        let folder = &path[..folder.unwrap_or(0)];
        now().saturating_sub(put) < plan.stale
            && KNOWN.last(&path[..length]) == 0
            && LISTED.last(folder) < put
    });
    match is_unseen {
        true => NOT_THERE,
        false => call(number, arguments),
    }
}

/// Takes the files out of a list of a folder that others have put there a moment ago; its length in
/// bytes then. A list never becomes empty by it: that would be its end.
fn without_new(plan: &Plan, list: *mut u8, bytes: i64, folder: &[u8]) -> i64 {
    let Ok(bytes) = usize::try_from(bytes) else {
        return bytes;
    };
    let (mut from, mut to) = (0, 0);
    while from < bytes {
        // SAFETY: the system has written entries up to there: their length stands at byte 16 of
        // each, the name, which ends in 0, at byte 19.
        let length = usize::from(unsafe { list.add(from + 16).cast::<u16>().read_unaligned() });
        let name = unsafe { CStr::from_ptr(list.add(from + 19).cast()) }.to_bytes();
        let mut path = [0; 2 * LONGEST];
        let end = folder.len() + 1 + name.len();
        path[..folder.len()].copy_from_slice(folder);
        path[folder.len()] = b'/';
        path[folder.len() + 1..end].copy_from_slice(name);
        let is_new = put(path.as_ptr()).is_some_and(|put| {
            now().saturating_sub(put) < plan.stale / 2 && KNOWN.last(&path[..end]) == 0
        });
        let is_last = to == 0 && from + length >= bytes;
        if !is_new || is_last {
            // SAFETY: within what the system has written, to a place before it.
            unsafe { std::ptr::copy(list.add(from), list.add(to), length) };
            to += length;
        }
        from += length;
    }
    to as i64
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
