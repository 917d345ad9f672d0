//! The limits of an archive, which `pack` keeps and `unpack` enforces.

/// Maximum number of bytes of a file.
pub(super) const MAX_FILE_BYTES: u64 = 256 << 20;

/// Maximum number of files.
pub(super) const MAX_FILES: usize = 1 << 20;

/// Maximum number of bytes of the archive before compression: files, and the headers before them.
pub(super) const MAX_TAR_BYTES: u64 = 2 << 30;
