//! Where burn keeps which of its kernels were found fastest.
//!
//! By itself cubecl keeps them in the `target` folder of whatever Rust project it is started in,
//! and knows GPUs by their index alone: what was found on one would be used for another that has
//! its place. Here they are kept in the user's cache, in a folder of the GPUs' models.

use std::ffi::OsString;
use std::path::PathBuf;

/// Has cubecl keep what it finds in a folder of these GPUs, named in the order of their indices.
///
/// To be called before burn's backend is used for the first time. A place that `cubecl.toml` asks
/// for stays, and where there is no folder to write to, all stays as cubecl has it.
#[cfg(feature = "cuda")]
pub(super) fn keep_for(gpus: &[String]) {
    use burn::cubecl::config::cache::CacheConfig;
    use burn::cubecl::config::{CubeClRuntimeConfig, RuntimeConfig};
    // The configuration may be set once, and never after it was read.
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let variable = |name| std::env::var_os(name);
        let Some(folder) = folder(variable("XDG_CACHE_HOME"), variable("HOME"), gpus) else {
            return;
        };
        let mut config = CubeClRuntimeConfig::from_current_dir().override_from_env();
        let is_default = matches!(config.autotune.cache, CacheConfig::Target);
        if is_default && std::fs::create_dir_all(&folder).is_ok() {
            config.autotune.cache = CacheConfig::File(folder);
            CubeClRuntimeConfig::set(config);
        }
    });
}

/// The folder for these GPUs in the user's cache.
#[cfg_attr(not(any(feature = "cuda", test)), expect(dead_code))]
fn folder(cache: Option<OsString>, home: Option<OsString>, gpus: &[String]) -> Option<PathBuf> {
    // A relative path is to be taken for none, as the XDG Base Directory Specification has it.
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let in_home = || Some(absolute(home?)?.join(".cache"));
    let root = cache.and_then(absolute).or_else(in_home)?;
    Some(root.join("tp-sweep").join(models(gpus)))
}

/// The models of GPUs as the name of a folder: one where all are alike, else all in their order.
fn models(gpus: &[String]) -> String {
    let are_alike = gpus.windows(2).all(|pair| pair[0] == pair[1]);
    let named = if are_alike {
        &gpus[..gpus.len().min(1)]
    } else {
        gpus
    };
    let kept = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name = |gpu: &String| gpu.chars().map(kept).collect::<String>();
    named.iter().map(name).collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_cache(cache: Option<&str>, home: Option<&str>, gpus: &[&str]) -> Option<String> {
        let gpus: Vec<String> = gpus.iter().map(|&gpu| gpu.to_owned()).collect();
        let folder = folder(cache.map(Into::into), home.map(Into::into), &gpus)?;
        Some(folder.display().to_string())
    }

    #[cfg(unix)]
    #[test]
    fn what_is_fastest_is_kept_for_each_model() {
        let a100 = "NVIDIA A100/SXM4";
        let at = |cache, home| in_cache(cache, home, &[a100, a100]);
        let told = |folder: &str| Some(format!("{folder}/tp-sweep/nvidia-a100-sxm4"));
        assert_eq!(at(Some("/c"), Some("/home/me")), told("/c"));
        assert_eq!(at(None, Some("/home/me")), told("/home/me/.cache"));
        assert_eq!(at(Some(""), Some("/home/me")), told("/home/me/.cache"));
        assert_eq!(at(Some("relative"), None), None);
        let mixed = in_cache(Some("/c"), None, &[a100, "T4", a100]);
        let expected = "/c/tp-sweep/nvidia-a100-sxm4+t4+nvidia-a100-sxm4";
        assert_eq!(mixed.as_deref(), Some(expected));
    }
}
