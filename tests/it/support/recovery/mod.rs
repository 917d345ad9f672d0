//! What a sweep leaves on disk, whatever happens to it on the way: a small sweep, and the comparison
//! of its files with those of one that nothing happened to.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod fault;
pub mod files;
pub mod process;
pub mod random;
pub mod sweep;
