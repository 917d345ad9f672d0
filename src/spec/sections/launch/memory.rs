//! Amounts of memory.

use super::text_value::text_value;
use serde_json::json;
use std::fmt;
use std::str::FromStr;

/// An amount of memory, in MiB; at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryRequest(u32);

impl MemoryRequest {
    /// The amount in MiB.
    pub fn mebibytes(self) -> u32 {
        self.0
    }
}

/// In the notation of Slurm, whose `G` is GiB.
impl fmt::Display for MemoryRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1024) {
            write!(f, "{}G", self.0 / 1024)
        } else {
            write!(f, "{}M", self.0)
        }
    }
}

impl FromStr for MemoryRequest {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let example = || "write a number with a unit: 512M, 4G or 1T".to_owned();
        let end = text.find(|c: char| !c.is_ascii_digit());
        let (number, unit) = text.split_at(end.unwrap_or(text.len()));
        let factor = match unit {
            "M" | "MiB" | "Mi" => 1,
            "G" | "GiB" | "Gi" => 1024,
            "T" | "TiB" | "Ti" => 1024 * 1024,
            _ => return Err(example()),
        };
        let number: u32 = number.parse().map_err(|_| example())?;
        match number.checked_mul(factor) {
            Some(mebibytes @ 1..) => Ok(Self(mebibytes)),
            _ => Err(example()),
        }
    }
}

text_value!(
    MemoryRequest,
    "an amount of memory such as 512M, 4G or 1T",
    json!({ "type": "string", "pattern": "^[1-9][0-9]*([MGT]i?|[MGT]iB)$" })
);
