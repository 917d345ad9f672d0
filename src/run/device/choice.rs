//! The value of `--device`.

use std::fmt;
use std::str::FromStr;

/// The device that `--device` selects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The first GPU that computes: through CUDA, else through the system's graphics API; else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The GPUs of one kind with these indices: at least one, without duplicates.
    Gpus(GpuKind, Vec<usize>),
}

/// The interface to a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GpuKind {
    /// NVIDIA's CUDA.
    Cuda,
    /// Vulkan: GPUs of every vendor, and software devices such as Mesa's lavapipe.
    Vulkan,
    /// Apple's Metal.
    Metal,
    /// The graphics API that wgpu prefers on the system: Metal on macOS, Vulkan elsewhere.
    Webgpu,
}

impl GpuKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Cuda, Self::Vulkan, Self::Metal, Self::Webgpu];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cuda => "cuda",
            Self::Vulkan => "vulkan",
            Self::Metal => "metal",
            Self::Webgpu => "webgpu",
        }
    }
}

impl fmt::Display for GpuKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DeviceChoice {
    type Err = String;

    /// Parses `auto`, `cpu`, or GPUs of one kind, separated by commas.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => return Ok(Self::Auto),
            "cpu" => return Ok(Self::Cpu),
            _ => {}
        }
        let names = text.split(',').map(str::trim);
        let gpus = names.map(parse_gpu).collect::<Result<Vec<_>, _>>()?;
        // `split` yields at least one part.
        let (kind, _) = gpus[0];
        let mut indices = Vec::with_capacity(gpus.len());
        for (gpu_kind, index) in gpus {
            if gpu_kind != kind {
                return Err(format!(
                    "{kind} and {gpu_kind} cannot be combined: list devices of one kind"
                ));
            }
            if indices.contains(&index) {
                return Err(format!("{kind}:{index} is listed twice; remove one"));
            }
            indices.push(index);
        }
        Ok(Self::Gpus(kind, indices))
    }
}

/// Parses the name of a GPU, such as `cuda:1`; without an index, the first one.
fn parse_gpu(name: &str) -> Result<(GpuKind, usize), String> {
    if matches!(name, "auto" | "cpu") {
        return Err(format!(
            "{name} cannot be combined with other devices: only GPUs of one kind can"
        ));
    }
    let (kind, index) = match name.split_once(':') {
        None => (name, Some(0)),
        Some((kind, index)) => (kind, index.parse().ok()),
    };
    let kind = GpuKind::ALL.into_iter().find(|known| known.name() == kind);
    kind.zip(index).ok_or_else(|| {
        "expected auto, cpu, cuda, vulkan, metal or webgpu, a GPU with an index such as cuda:1, \
         or several of one kind: cuda:0,cuda:1"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_parsed() {
        let gpus = |kind, indices: &[usize]| Ok(DeviceChoice::Gpus(kind, indices.to_vec()));
        assert_eq!("auto".parse(), Ok(DeviceChoice::Auto));
        assert_eq!("cpu".parse(), Ok(DeviceChoice::Cpu));
        assert_eq!("cuda".parse(), gpus(GpuKind::Cuda, &[0]));
        assert_eq!("cuda:3".parse(), gpus(GpuKind::Cuda, &[3]));
        assert_eq!("cuda:2,cuda:0".parse(), gpus(GpuKind::Cuda, &[2, 0]));
        assert_eq!("vulkan, vulkan:1".parse(), gpus(GpuKind::Vulkan, &[0, 1]));
        assert_eq!("metal".parse(), gpus(GpuKind::Metal, &[0]));
        assert_eq!("webgpu:7".parse(), gpus(GpuKind::Webgpu, &[7]));
        for wrong in [
            "gpu",
            "cuda:",
            "cuda:x",
            "CPU",
            "",
            "cuda:0,",
            "cuda:0,1",
            "cuda:0:1",
            "vulkan:-1",
        ] {
            assert!(wrong.parse::<DeviceChoice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn devices_that_cannot_be_combined_are_refused() {
        let error = |text: &str| text.parse::<DeviceChoice>().unwrap_err();
        assert_eq!(error("cuda:1,cuda:1"), "cuda:1 is listed twice; remove one");
        assert_eq!(
            error("vulkan,vulkan:0"),
            "vulkan:0 is listed twice; remove one"
        );
        for mixed in ["cpu,cuda:0", "cuda:0,cpu", "auto,cuda:0", "cpu,cpu"] {
            assert!(error(mixed).contains("cannot be combined"), "{mixed}");
        }
        let mixed = error("cuda:0,vulkan:0");
        assert!(
            mixed.contains("cuda and vulkan cannot be combined"),
            "{mixed}"
        );
    }
}
