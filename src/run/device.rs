//! Where a sweep is trained.

#[cfg(feature = "cuda")]
use super::faults::quietly;
use std::fmt;
use std::str::FromStr;

/// What `--device` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The first GPU where CUDA's driver and a GPU answer, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The CUDA devices of these indices, at least one, none of them twice.
    Cuda(Vec<usize>),
}

/// Where a sweep is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// The CPU: burn's Flex backend.
    Cpu,
    /// The CUDA device of this index: burn's CUDA backend.
    Cuda(usize),
}

/// CUDA was asked for, but there is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no CUDA device {index}: {reason}; use --device cpu, or --device auto to take what is there"
)]
pub struct DeviceError {
    index: usize,
    reason: String,
}

impl FromStr for DeviceChoice {
    type Err = String;

    /// Reads `auto`, `cpu`, or CUDA devices with commas between them.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => return Ok(Self::Auto),
            "cpu" => return Ok(Self::Cpu),
            _ => {}
        }
        let mut indices = Vec::new();
        for name in text.split(',').map(str::trim) {
            let index = cuda_index(name)?;
            if indices.contains(&index) {
                return Err(format!("cuda:{index} is named twice"));
            }
            indices.push(index);
        }
        Ok(Self::Cuda(indices))
    }
}

/// The index of the CUDA device of this name.
fn cuda_index(name: &str) -> Result<usize, String> {
    match name {
        "cuda" => Ok(0),
        "auto" | "cpu" => Err(format!(
            "{name} stands alone: only CUDA devices can be trained on together"
        )),
        _ => name
            .strip_prefix("cuda:")
            .and_then(|index| index.parse().ok())
            .ok_or_else(|| {
                "expected auto, cpu, cuda, cuda:N or several of them: cuda:0,cuda:1".to_owned()
            }),
    }
}

impl DeviceChoice {
    /// Finds the devices: at least one, each once.
    ///
    /// # Errors
    /// A CUDA device asked for by name that cannot be had.
    pub fn resolve(&self) -> Result<Vec<Device>, DeviceError> {
        match self {
            Self::Cpu => Ok(vec![Device::Cpu]),
            Self::Auto => Ok(match cuda_devices() {
                Ok(1..) if computes(0).is_ok() => vec![Device::Cuda(0)],
                _ => vec![Device::Cpu],
            }),
            Self::Cuda(indices) => {
                let found = cuda_devices();
                let device = |&index: &usize| {
                    match &found {
                        Ok(count) if index < *count => {
                            computes(index).map(|()| Device::Cuda(index))
                        }
                        Ok(count) => Err(format!("the driver sees {count}")),
                        Err(reason) => Err(reason.clone()),
                    }
                    .map_err(|reason| DeviceError { index, reason })
                };
                indices.iter().map(device).collect()
            }
        }
    }
}

impl Device {
    /// The numbers that it computes in.
    ///
    /// burn 0.21 multiplies matrices by the tensor cores of an NVIDIA GPU where it has any for
    /// float32 (from Ampere on), and offers no way to turn that off: these round what goes in to
    /// TF32, which has 10 bits behind the point where float32 has 23, and add in float32.
    pub fn precision(self) -> &'static str {
        match self {
            Self::Cpu => "float32",
            Self::Cuda(_) => "float32, products in TF32 where the GPU has it",
        }
    }

    /// The model of a GPU, such as `NVIDIA H100 80GB HBM3`, where the driver tells it.
    pub fn model(self) -> Option<String> {
        match self {
            Self::Cpu => None,
            #[cfg(feature = "cuda")]
            Self::Cuda(index) => {
                let context = cudarc::driver::CudaContext::new(index).ok()?;
                context.name().ok()
            }
            #[cfg(not(feature = "cuda"))]
            Self::Cuda(_) => None,
        }
    }
}

/// The version of the machine's NVIDIA driver, where there is one: as the driver writes it into a file
/// on Linux.
pub fn driver_version() -> Option<String> {
    let text = std::fs::read_to_string("/proc/driver/nvidia/version").ok()?;
    version_in(&text)
}

/// The version in the driver's first line: the first word that is numbers with points between them.
fn version_in(text: &str) -> Option<String> {
    let is_version = |word: &&str| {
        let mut parts = word.split('.');
        word.contains('.') && parts.all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut words = text.lines().next()?.split_whitespace();
    words.find(is_version).map(str::to_owned)
}

/// The bytes of a CUDA device that nobody uses now.
///
/// # Errors
/// A driver that does not tell.
#[cfg(feature = "cuda")]
pub fn free_bytes(index: usize) -> Result<u64, DeviceError> {
    // The context is that of the device's first user, burn's backend here: nothing is set up twice.
    let context = cudarc::driver::CudaContext::new(index);
    let memory = context.and_then(|context| context.mem_get_info());
    let error = |error| DeviceError {
        index,
        reason: format!("the driver does not tell its free memory ({error})"),
    };
    memory.map(|(free, _)| free as u64).map_err(error)
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

/// How many CUDA devices the driver sees.
///
/// Asked of the driver itself before burn's backend is touched: that would panic on a thread of
/// its own where there is no driver.
#[cfg(feature = "cuda")]
fn cuda_devices() -> Result<usize, String> {
    use cudarc::driver::result;
    let count = quietly(|| result::init().and_then(|()| result::device::get_count()));
    match count {
        None => Err("there is no CUDA driver on this machine".to_owned()),
        Some(Err(error)) => Err(format!("the CUDA driver does not answer ({error})")),
        Some(Ok(count)) => usize::try_from(count).map_err(|_| "the driver sees none".to_owned()),
    }
}

/// Lets burn compile and run a kernel on the GPU of this index: a driver alone does not suffice.
#[cfg(feature = "cuda")]
fn computes(index: usize) -> Result<(), String> {
    use burn::backend::Cuda;
    use burn::backend::cuda::CudaDevice;
    use burn::tensor::Tensor;
    let sum = quietly(|| {
        let ones = Tensor::<Cuda, 1>::ones([8], &CudaDevice::new(index));
        ones.sum().into_scalar()
    });
    match sum {
        Some(8.0) => Ok(()),
        _ => Err(
            "there is a driver, but a first sum on the GPU fails: it may have no memory left, \
            and burn also needs NVRTC and the CUDA headers (CUDA_PATH or /usr/local/cuda)"
                .to_owned(),
        ),
    }
}

#[cfg(not(feature = "cuda"))]
fn cuda_devices() -> Result<usize, String> {
    Err("this tp-sweep was built without the `cuda` feature".to_owned())
}

#[cfg(not(feature = "cuda"))]
fn computes(_index: usize) -> Result<(), String> {
    Err("this tp-sweep was built without the `cuda` feature".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_as_written() {
        assert_eq!("auto".parse(), Ok(DeviceChoice::Auto));
        assert_eq!("cuda".parse(), Ok(DeviceChoice::Cuda(vec![0])));
        assert_eq!("cuda:3".parse(), Ok(DeviceChoice::Cuda(vec![3])));
        let several = "cuda:2,cuda:0".parse();
        assert_eq!(several, Ok(DeviceChoice::Cuda(vec![2, 0])));
        for wrong in ["gpu", "cuda:", "cuda:x", "CPU", "", "cuda:0,", "cuda:0,1"] {
            assert!(wrong.parse::<DeviceChoice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_driver_tells_its_version() {
        for (text, version) in [
            (
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC",
                Some("535.183.01"),
            ),
            (
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build",
                Some("570.86.15"),
            ),
            ("NVRM version: unknown", None),
            ("", None),
        ] {
            assert_eq!(version_in(text).as_deref(), version);
        }
    }

    #[test]
    fn devices_that_do_not_go_together_are_told() {
        let error = |text: &str| text.parse::<DeviceChoice>().unwrap_err();
        assert_eq!(error("cuda:1,cuda:1"), "cuda:1 is named twice");
        assert_eq!(error("cuda,cuda:0"), "cuda:0 is named twice");
        for mixed in ["cpu,cuda:0", "cuda:0,cpu", "auto,cuda:0", "cpu,cpu"] {
            assert!(error(mixed).contains("stands alone"), "{mixed}");
        }
    }

    #[test]
    fn auto_always_finds_a_device() {
        assert!(DeviceChoice::Auto.resolve().is_ok());
        assert_eq!(DeviceChoice::Cpu.resolve(), Ok(vec![Device::Cpu]));
    }

    #[test]
    fn a_cuda_device_that_is_not_there_is_an_error() {
        let error = DeviceChoice::Cuda(vec![9999]).resolve().unwrap_err();
        assert!(error.to_string().contains("--device cpu"), "{error}");
    }
}
