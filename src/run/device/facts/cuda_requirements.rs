//! What CUDA needs from the system, each looked for as burn's CUDA backend does.

use super::requirement::{MissingRequirement, Requirement};
use crate::run::device::driver::nvidia_driver_version;
use crate::run::executor::probe::probe_silently;
use cudarc::driver::result;
use cudarc::nvrtc::compile_ptx;
use std::path::{Path, PathBuf};

/// The NVIDIA driver, the compiler NVRTC and the CUDA headers.
pub fn cuda_requirements() -> Vec<Requirement> {
    let toolkit = toolkit_folder(std::env::var_os("CUDA_PATH").map(PathBuf::from));
    vec![
        Requirement {
            name: "driver",
            state: driver(),
        },
        Requirement {
            name: "NVRTC",
            state: nvrtc(),
        },
        Requirement {
            name: "CUDA headers",
            state: headers(toolkit.as_deref()),
        },
    ]
}

fn driver() -> Result<String, MissingRequirement> {
    let missing = |reason: &str| MissingRequirement {
        reason: reason.to_owned(),
        remedy: "install NVIDIA's driver for your system, then check it with nvidia-smi; in a container, \
                 start it with --gpus all; in a virtual machine or under WSL, the host has the driver",
    };
    match probe_silently(result::init) {
        None => Err(missing("cannot find libcuda.so.1")),
        Some(Err(error)) => Err(missing(&format!("the driver failed ({error})"))),
        Some(Ok(())) => {
            let version = nvidia_driver_version();
            Ok(version.unwrap_or_else(|| "present".to_owned()))
        }
    }
}

fn nvrtc() -> Result<String, MissingRequirement> {
    let missing = |reason: String| MissingRequirement {
        reason,
        remedy: "install the CUDA toolkit; or run `pip install nvidia-cuda-nvrtc-cu12` and add the folder \
                 nvidia/cuda_nvrtc/lib that it creates to LD_LIBRARY_PATH",
    };
    let compiled = probe_silently(|| compile_ptx("extern \"C\" __global__ void nothing() {}"));
    match compiled {
        None => Err(missing("cannot find libnvrtc.so".to_owned())),
        Some(Err(error)) => Err(missing(format!("it does not compile ({error:?})"))),
        Some(Ok(_)) => Ok("compiles".to_owned()),
    }
}

/// The folder of the CUDA toolkit.
fn toolkit_folder(cuda_path: Option<PathBuf>) -> Option<PathBuf> {
    const USUAL: [&str; 2] = ["/usr/local/cuda", "/opt/cuda"];
    cuda_path
        .or_else(|| {
            let mut usual = USUAL.iter().map(PathBuf::from);
            usual.find(|folder| folder.exists())
        })
        .or_else(|| {
            Path::new("/usr/bin/nvcc")
                .exists()
                .then(|| PathBuf::from("/usr"))
        })
}

/// The header that every generated kernel includes.
const HEADER: &str = "include/cuda_runtime.h";

fn headers(toolkit: Option<&Path>) -> Result<String, MissingRequirement> {
    let header = toolkit.map(|folder| folder.join(HEADER));
    match header {
        Some(header) if header.is_file() => Ok(header.display().to_string()),
        other => Err(MissingRequirement {
            reason: match other {
                Some(header) => format!("there is no {}", header.display()),
                None => format!(
                    "CUDA_PATH is not set, and neither /usr/local/cuda, /opt/cuda nor /usr has {HEADER}"
                ),
            },
            remedy: "install the CUDA toolkit and set CUDA_PATH to its folder; or run `pip install \
                     nvidia-cuda-runtime-cu12` and set CUDA_PATH to the folder nvidia/cuda_runtime that it \
                     creates",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_looked_for_in_the_toolkit_s_folder() {
        let folder = tempfile::tempdir().unwrap();
        let toolkit = toolkit_folder(Some(folder.path().to_owned())).unwrap();
        assert_eq!(toolkit, folder.path());
        let missing = headers(Some(&toolkit)).unwrap_err();
        assert!(
            missing.reason.contains("include/cuda_runtime.h"),
            "{missing:?}"
        );
        std::fs::create_dir(folder.path().join("include")).unwrap();
        std::fs::write(folder.path().join(HEADER), "").unwrap();
        assert!(headers(Some(&toolkit)).is_ok());
        assert!(
            headers(None)
                .unwrap_err()
                .reason
                .contains("CUDA_PATH is not set")
        );
    }

    #[test]
    fn every_requirement_is_reported() {
        let names: Vec<_> = cuda_requirements().iter().map(|found| found.name).collect();
        assert_eq!(names, ["driver", "NVRTC", "CUDA headers"]);
    }
}
