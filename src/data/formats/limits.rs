//! Maximum sizes of files.

/// The maximum size in bytes of a CSV file, and of an unpacked array (NumPy or IDX). A gzipped file may unpack to far
/// more than its own size.
pub(crate) const MAX_FILE_BYTES: u64 = 8 << 30;
