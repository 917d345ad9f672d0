//! The files of a sweep after faults: a small sweep, and the comparison
//! of its files with those of an undisturbed one.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod fault;
pub mod files;
pub mod process;
pub mod random;
pub mod sweep;
