//! Tells the program what it was built from: the commit, and the versions of the crates that decide
//! its numbers and its speed. Where either cannot be told, as in an archive without git, it is
//! "unknown", and the build goes on.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates whose versions a sweep's manifest names.
const CRATES: [&str; 6] = [
    "burn",
    "burn-flex",
    "gemm",
    "cubecl-cuda",
    "rand_chacha",
    "polars",
];

/// What the program is made of.
const SOURCES: [&str; 5] = ["build.rs", "Cargo.toml", "Cargo.lock", "src", "crates"];

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    // A change of any of these makes another program, or another word for it.
    for path in SOURCES {
        watch(&root.join(path));
    }
    let commit = commit(&root).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=TP_SWEEP_COMMIT={commit}");
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
    let versions = CRATES.map(|name| {
        let version = version(&lock, name).unwrap_or_else(|| "unknown".to_owned());
        format!("{name} {version}")
    });
    println!("cargo::rustc-env=TP_SWEEP_CRATES={}", versions.join(";"));
}

/// Asks cargo to run this program again when `path` changes; one that is not there would make it run
/// each time.
fn watch(path: &Path) {
    if path.exists() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

/// The commit that is checked out, with a mark where files differ from it.
fn commit(root: &Path) -> Option<String> {
    // An archive that lies within another repository is not of that one's commit.
    let top = PathBuf::from(git(root, &["rev-parse", "--show-toplevel"])?);
    if top.canonicalize().ok()? != root.canonicalize().ok()? {
        return None;
    }
    let commit = git(root, &["rev-parse", "HEAD"])?;
    // In a worktree these are not below `.git`. Other branches than this do not matter.
    let branch = git(root, &["symbolic-ref", "HEAD"]);
    for name in ["HEAD", "packed-refs"].into_iter().chain(branch.as_deref()) {
        if let Some(path) = git(root, &["rev-parse", "--git-path", name]) {
            watch(&root.join(path));
        }
    }
    let status = ["--no-optional-locks", "status", "--porcelain", "--"];
    let changes = git(root, &[&status[..], &SOURCES].concat())?;
    let mark = if changes.is_empty() {
        ""
    } else {
        " with changes"
    };
    Some(format!("{commit}{mark}"))
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .current_dir(root)
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The version of a crate in a lock file: the one that this package depends on, or else all.
fn version(lock: &str, name: &str) -> Option<String> {
    let field = |package: &str, field: &str| -> Option<String> {
        let line = package.lines().find_map(|line| line.strip_prefix(field))?;
        Some(line.trim_start_matches(" = ").trim_matches('"').to_owned())
    };
    let packages = || lock.split("[[package]]").skip(1);
    let named = |wanted: &str| {
        let wanted = wanted.to_owned();
        packages().filter(move |package| field(package, "name").as_ref() == Some(&wanted))
    };
    // Where there are several, a dependency names its version.
    let own = named(env!("CARGO_PKG_NAME")).next()?;
    let dependencies = own.lines().map(|line| line.trim_matches([' ', '"', ',']));
    let direct = dependencies.filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    if let Some(version) = direct.into_iter().next() {
        return version.split(' ').next().map(str::to_owned);
    }
    let versions: Vec<String> = named(name).filter_map(|p| field(p, "version")).collect();
    (!versions.is_empty()).then(|| versions.join(", "))
}
