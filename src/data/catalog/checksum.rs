//! SHA-256 sums as people write them.

use sha2::{Digest, Sha256};
use std::io::Read;

/// The SHA-256 of all that is read, in hexadecimal digits.
pub(crate) fn sha256(mut read: impl Read) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut read, &mut hasher)?;
    let digits = hasher.finalize();
    Ok(digits.iter().map(|byte| format!("{byte:02x}")).collect())
}
