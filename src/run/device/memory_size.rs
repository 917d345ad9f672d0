//! The memory of a device.

/// The memory of a device, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemorySize {
    /// All of it.
    pub total: u64,
    /// What no program uses.
    pub free: u64,
}

impl MemorySize {
    /// The memory of the system; `None` if it has no `/proc/meminfo`.
    pub(super) fn of_system() -> Option<Self> {
        Self::parse(&std::fs::read_to_string("/proc/meminfo").ok()?)
    }

    fn parse(meminfo: &str) -> Option<Self> {
        let bytes = |name: &str| {
            let mut lines = meminfo.lines();
            let line = lines.find_map(|line| line.strip_prefix(name))?;
            let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
            kibibytes.checked_mul(1024)
        };
        Some(Self {
            total: bytes("MemTotal:")?,
            free: bytes("MemAvailable:")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_memory_is_parsed() {
        let text = "MemTotal:       24105868 kB\nMemFree: 1 kB\nMemAvailable:   23105868 kB\n";
        let size = MemorySize::parse(text).unwrap();
        assert_eq!(size.total, 24_105_868 * 1024);
        assert_eq!(size.free, 23_105_868 * 1024);
        assert_eq!(MemorySize::parse("MemTotal: 1 kB\n"), None);
    }
}
