//! SHA-256 checksums.

use sha2::{Digest, Sha256};
use std::io::Read;

/// The SHA-256 of everything that `read` gives, in hexadecimal digits.
pub(crate) fn sha256(mut read: impl Read) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut read, &mut hasher)?;
    let digest = hasher.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}
