//! What a call is about, and the path of that.

use super::system::{call, number};
use std::ffi::{CStr, c_char};

/// What a call is about: an open file, or a path below an open folder.
pub(super) enum About {
    File(i64),
    Path(i64, i64),
}

/// The folder that relative paths start from.
pub(super) const HERE: i64 = -100;
/// Flags of `open`: a file may be created.
pub(super) const O_CREAT: i64 = 0o100;
const O_TMPFILE: i64 = 0o20_000_000;

/// The calls by which a process sees what others have done; caught together with the others where it is
/// to see it late.
pub(super) const SEEING: [i64; 8] = [
    number::STAT,
    number::LSTAT,
    number::ACCESS,
    number::FSTATAT,
    number::FACCESSAT,
    number::FACCESSAT2,
    number::STATX,
    number::GETDENTS,
];

/// `None` for a call that changes nothing on disk.
pub(super) fn about(number: i64, arguments: &[i64; 6]) -> Option<About> {
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
pub(super) fn seen(number: i64, arguments: &[i64; 6]) -> Option<About> {
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

/// The maximum length of a path.
pub(super) const MAX_PATH: usize = 4096;

/// Writes the path of what a call is about into a buffer; its length.
pub(super) fn read_path(about: &About, into: &mut [u8; 2 * MAX_PATH]) -> usize {
    let (folder, relative) = match *about {
        About::File(file) => return read_link(file, into),
        About::Path(folder, path) => {
            // SAFETY: the process hands a path that ends in 0 to the system.
            let path = unsafe { CStr::from_ptr(path as *const c_char) };
            (folder, path.to_bytes())
        }
    };
    let length = if relative.starts_with(b"/") { 0 } else {
            let length = read_link(folder, into);
            into[length] = b'/';
            length + 1
    };
    let end = (length + relative.len()).min(into.len());
    into[length..end].copy_from_slice(&relative[..end - length]);
    end
}

/// Writes the path of an open file, or of the current folder, into a buffer; its length.
fn read_link(file: i64, into: &mut [u8; 2 * MAX_PATH]) -> usize {
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
    let arguments = [name.as_ptr() as i64, into.as_mut_ptr() as i64, MAX_PATH as i64];
    usize::try_from(call(number::READLINK, &arguments)).unwrap_or(0)
}
