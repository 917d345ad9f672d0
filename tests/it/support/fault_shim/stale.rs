//! Files of other processes are seen late.

use super::Plan;
use super::paths::{HERE, MAX_PATH};
use super::system::{call, number};
use std::ffi::CStr;
use std::sync::atomic::{AtomicU64, Ordering};

/// When a process used paths, by their hashes. Of fixed size: a signal handler must not
/// allocate.
pub(super) struct Paths {
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

    /// Records that a path was used now.
    pub(super) fn note(&self, path: &[u8]) {
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
pub(super) static KNOWN: Paths = Paths::new();
/// Folders that it has listed.
static LISTED: Paths = Paths::new();

/// FNV-1a; never 0.
pub(super) fn hash(path: &[u8]) -> u64 {
    let step = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    path.iter().fold(0xcbf2_9ce4_8422_2325, step) | 1
}

/// Nanoseconds since 1970.
fn now() -> u64 {
    let mut time = [0_i64; 2];
    call(number::CLOCK_GETTIME, &[0, time.as_mut_ptr() as i64]);
    time[0] as u64 * 1_000_000_000 + time[1] as u64
}

/// When a file was put where it is, in nanoseconds since 1970; `None` for what is no file.
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

/// Returns a stale view of a path or a folder.
pub(super) fn see(plan: &Plan, number: i64, arguments: &[i64; 6], path: &[u8], length: usize) -> i64 {
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
    if is_unseen { NOT_THERE } else { call(number, arguments) }
}

/// Removes files that other processes have just created from a list of a folder; returns its length in
/// bytes. The list never becomes empty, which would mean its end.
fn without_new(plan: &Plan, list: *mut u8, bytes: i64, folder: &[u8]) -> i64 {
    let Ok(bytes) = usize::try_from(bytes) else {
        return bytes;
    };
    let (mut from, mut to) = (0, 0);
    while from < bytes {
        // SAFETY: the system has written entries up to there: their length is at byte 16 of
        // each, the name, which ends in 0, at byte 19.
        let length = usize::from(unsafe { list.add(from + 16).cast::<u16>().read_unaligned() });
        let name = unsafe { CStr::from_ptr(list.add(from + 19).cast()) }.to_bytes();
        let mut path = [0; 2 * MAX_PATH];
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
