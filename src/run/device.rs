//! Where a sweep is trained.

use std::fmt;
use std::str::FromStr;

/// What `--device` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// CUDA where a driver and a GPU answer, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The CUDA device of this index.
    Cuda(usize),
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

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => text
                .strip_prefix("cuda:")
                .and_then(|index| index.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(|| "expected auto, cpu, cuda or cuda:N".to_owned()),
        }
    }
}

impl DeviceChoice {
    /// Finds the device.
    ///
    /// # Errors
    /// CUDA asked for by name where it cannot be had.
    pub fn resolve(self) -> Result<Device, DeviceError> {
        match self {
            Self::Cpu => Ok(Device::Cpu),
            Self::Auto => Ok(match cuda_devices() {
                Ok(1..) => Device::Cuda(0),
                _ => Device::Cpu,
            }),
            Self::Cuda(index) => match cuda_devices() {
                Ok(count) if index < count => Ok(Device::Cuda(index)),
                Ok(count) => Err(format!("the driver sees {count}")),
                Err(reason) => Err(reason),
            }
            .map_err(|reason| DeviceError { index, reason }),
        }
    }
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
        Some(Ok(1..)) if !computes() => Err("there is a driver, but a first sum on the GPU \
            fails: burn also needs NVRTC and the CUDA headers (CUDA_PATH or /usr/local/cuda)"
            .to_owned()),
        Some(Ok(count)) => usize::try_from(count).map_err(|_| "the driver sees none".to_owned()),
    }
}

/// Whether burn can compile and run a kernel on the first GPU: a driver alone does not suffice.
#[cfg(feature = "cuda")]
fn computes() -> bool {
    use burn::backend::Cuda;
    use burn::tensor::Tensor;
    let sum = quietly(|| {
        let ones = Tensor::<Cuda, 1>::ones([8], &Default::default());
        ones.sum().into_scalar()
    });
    sum == Some(8.0)
}

/// Runs `probe`, which panics where the driver's library cannot be loaded: nothing then.
#[cfg(feature = "cuda")]
fn quietly<T>(probe: impl FnOnce() -> T + std::panic::UnwindSafe) -> Option<T> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let answer = std::panic::catch_unwind(probe).ok();
    std::panic::set_hook(hook);
    answer
}

#[cfg(not(feature = "cuda"))]
fn cuda_devices() -> Result<usize, String> {
    Err("this tp-sweep was built without the `cuda` feature".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_as_written() {
        assert_eq!("auto".parse(), Ok(DeviceChoice::Auto));
        assert_eq!("cuda".parse(), Ok(DeviceChoice::Cuda(0)));
        assert_eq!("cuda:3".parse(), Ok(DeviceChoice::Cuda(3)));
        for wrong in ["gpu", "cuda:", "cuda:x", "CPU", ""] {
            assert!(wrong.parse::<DeviceChoice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn auto_always_finds_a_device() {
        assert!(DeviceChoice::Auto.resolve().is_ok());
        assert_eq!(DeviceChoice::Cpu.resolve(), Ok(Device::Cpu));
    }

    #[test]
    fn a_cuda_device_that_is_not_there_is_an_error() {
        let error = DeviceChoice::Cuda(9999).resolve().unwrap_err();
        assert!(error.to_string().contains("--device cpu"), "{error}");
    }
}
