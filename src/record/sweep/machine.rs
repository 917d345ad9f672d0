//! The machine of a process, as far as it determines results.

use crate::record::fs::host::host_name;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Its name; empty if not recorded.
    #[serde(default)]
    pub name: String,
    /// Operating system and processor architecture.
    pub system: String,
    /// The name of the processor, if known.
    pub processor: Option<String>,
    /// The widest vector instructions of the processor, such as `AVX-512`, if known.
    #[serde(default)]
    pub vector_unit: Option<String>,
    /// The geometry of the first-level data cache, such as `48K, 12 ways`, if known.
    #[serde(default)]
    pub cache: Option<String>,
    /// Number of processor cores available to the process.
    pub cores: usize,
}

impl Machine {
    /// The machine of this process.
    pub fn current() -> Self {
        let caches = Path::new("/sys/devices/system/cpu/cpu0/cache");
        Self {
            name: host_name(),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            processor: processor(),
            vector_unit: vector_unit().map(str::to_owned),
            cache: first_data_cache(caches),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// Whether training on the CPUs of the two machines is known to give the same numbers, bit for bit.
    ///
    /// Vector units of different width add in a different order. So do matrix products that are cut into blocks for a
    /// different cache. Some clouds give processors with different vector units the same name. A processor or vector unit
    /// that was not recorded may be a different one.
    pub fn computes_like(&self, other: &Self) -> bool {
        let known =
            |machine: &Self| Some((machine.processor.clone()?, machine.vector_unit.clone()?));
        self.system == other.system
            && self.cache == other.cache
            && known(self).is_some()
            && known(self) == known(other)
    }

    /// The processor with its vector unit and cache, as far as they are known.
    pub fn kind_of_processor(&self) -> Option<String> {
        let parts = [&self.processor, &self.vector_unit, &self.cache];
        let known: Vec<&str> = parts.into_iter().filter_map(Option::as_deref).collect();
        (!known.is_empty()).then(|| known.join(", "))
    }
}

/// The name of the processor, on Linux.
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The widest vector instructions of the CPU; `None` if it has none that matter.
fn vector_unit() -> Option<&'static str> {
    #[cfg(target_arch = "x86_64")]
    {
        let known = [
            ("AVX-512", is_x86_feature_detected!("avx512f")),
            // Matrix products need FMA, which all but a few rare processors with AVX2 have.
            (
                "AVX2",
                is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            ),
            ("AVX", is_x86_feature_detected!("avx")),
            ("SSE4.2", is_x86_feature_detected!("sse4.2")),
        ];
        let mut present = known.into_iter().filter(|(_, is_present)| *is_present);
        present.next().map(|(name, _)| name)
    }
    #[cfg(target_arch = "aarch64")]
    {
        // Every processor of this architecture has it.
        Some("NEON")
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        None
    }
}

/// The size and associativity of the first-level data cache, by which matrix products are cut into blocks. `caches` is
/// the folder in which Linux describes the caches of a core.
fn first_data_cache(caches: &Path) -> Option<String> {
    let entries = std::fs::read_dir(caches).ok()?.flatten();
    entries.map(|entry| entry.path()).find_map(|cache| {
        let property = |name: &str| {
            let text = std::fs::read_to_string(cache.join(name)).ok()?;
            Some(text.trim().to_owned())
        };
        let is_first = property("level")? == "1" && property("type")? != "Instruction";
        let [size, ways] = ["size", "ways_of_associativity"].map(property);
        is_first.then(|| Some(format!("{}, {} ways", size?, ways?)))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_compute_alike_if_their_vector_units_and_caches_are_the_same() {
        let machine = Machine {
            name: "a".to_owned(),
            system: "linux x86_64".to_owned(),
            processor: Some("EPYC".to_owned()),
            vector_unit: Some("AVX2".to_owned()),
            cache: Some("32K, 8 ways".to_owned()),
            cores: 2,
        };
        let mut other = machine.clone();
        other.name.push('x');
        other.cores += 1;
        assert!(machine.computes_like(&other));
        for change in [
            |machine: &mut Machine| machine.vector_unit = Some("other".to_owned()),
            |machine: &mut Machine| machine.cache = Some("other".to_owned()),
            |machine: &mut Machine| machine.processor = Some("other".to_owned()),
            |machine: &mut Machine| machine.system.push('x'),
            // Not recorded, by neither of them in the end.
            |machine: &mut Machine| machine.vector_unit = None,
        ] {
            let mut other = machine.clone();
            change(&mut other);
            assert!(!machine.computes_like(&other), "{other:?}");
            let unknown = other.vector_unit.is_none();
            assert_eq!(other.computes_like(&other.clone()), !unknown);
        }
    }

    #[test]
    fn the_first_data_cache_is_found_among_others() {
        let folder = tempfile::tempdir().unwrap();
        for (index, level, kind, size) in [
            (0, "2", "Unified", "2048K"),
            (1, "1", "Instruction", "64K"),
            (2, "1", "Data", "48K"),
        ] {
            let cache = folder.path().join(format!("index{index}"));
            std::fs::create_dir(&cache).unwrap();
            let properties = [("level", level), ("type", kind), ("size", size)];
            for (name, value) in [&properties[..], &[("ways_of_associativity", "12")]].concat() {
                std::fs::write(cache.join(name), format!("{value}\n")).unwrap();
            }
        }
        let found = first_data_cache(folder.path());
        assert_eq!(found.as_deref(), Some("48K, 12 ways"));
        assert_eq!(first_data_cache(&folder.path().join("none")), None);
    }
}
