//! What `tp-sweep devices` reports: the devices of this machine, and what is missing for CUDA.

pub(in crate::run) mod check;
#[cfg_attr(not(feature = "cuda"), path = "no_cuda_requirements.rs")]
pub(in crate::run) mod cuda_requirements;
pub(in crate::run) mod device_facts;
pub(in crate::run) mod requirement;
