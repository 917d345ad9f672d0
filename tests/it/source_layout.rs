//! The source consists of small files without circular imports.

use crate::support::imports::{Circle, Crate};
use crate::support::{files, repository};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The maximum number of lines in a file.
const MAX_LINES: usize = 450;

/// The maximum number of files in a folder of sources.
const MAX_FILES: usize = 20;

/// The source folders of the crates that are checked for circles.
const CIRCLE_FREE: [&str; 2] = ["src", "crates/charts/src"];

#[test]
fn no_files_of_a_folder_import_each_other_in_a_circle() {
    let mut found = String::new();
    for source in CIRCLE_FREE {
        let read = Crate::read(&repository().join(source));
        assert!(
            read.edges().len() > 20,
            "{source}: {} edges",
            read.edges().len()
        );
        for circle in read.circles() {
            found += &format!("{source}: {circle}");
        }
    }
    assert!(found.is_empty(), "circles:\n{found}");
}

/// The Rust files in a folder of every crate, from the repository's root.
fn rust_files(folder: &str) -> Vec<PathBuf> {
    let crates = std::fs::read_dir(repository().join("crates")).unwrap();
    let crates = crates.map(|entry| entry.unwrap().path());
    let folders = crates.chain([repository().to_owned()]);
    let folders = folders.map(|path| path.join(folder));
    let all = folders
        .filter(|path| path.is_dir())
        .flat_map(|path| files(&path));
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|e| e == "rs");
    let relative = |path: PathBuf| path.strip_prefix(repository()).unwrap().to_owned();
    all.filter(is_rust).map(relative).collect()
}

/// The source files of all crates.
fn sources() -> Vec<PathBuf> {
    let sources = rust_files("src");
    assert!(sources.len() > 100, "{} files", sources.len());
    sources
}

#[test]
fn source_test_bench_and_example_files_have_at_most_450_lines() {
    let lines = |path: &Path| {
        let text = std::fs::read_to_string(repository().join(path)).unwrap();
        text.lines().count()
    };
    let tests = rust_files("tests");
    assert!(tests.len() > 50, "{} files of tests", tests.len());
    let others = ["benches", "examples"].map(rust_files).concat();
    let all = [sources(), tests, others].concat();
    let counts = all.into_iter().map(|path| (lines(&path), path));
    let long: Vec<_> = counts.filter(|(lines, _)| *lines > MAX_LINES).collect();
    assert!(long.is_empty(), "over {MAX_LINES} lines: {long:#?}");
}

#[test]
fn no_folder_of_sources_is_crowded() {
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for path in sources() {
        *folders
            .entry(path.parent().unwrap().to_owned())
            .or_default() += 1;
    }
    folders.retain(|_, files| *files > MAX_FILES);
    assert!(folders.is_empty(), "over {MAX_FILES} files: {folders:#?}");
}

/// A made-up crate.
fn made_up(files: &[(&str, &str)]) -> Crate {
    let files = files
        .iter()
        .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()));
    Crate::of_files(files)
}

/// The circles of a made-up crate, each as the names of what is in it.
fn circles(files: &[(&str, &str)]) -> Vec<String> {
    let units = |circle: Circle| {
        let units = circle.units.iter().map(|unit| unit.display().to_string());
        units.collect::<Vec<_>>().join(" ")
    };
    made_up(files).circles().into_iter().map(units).collect()
}

/// The edges of a made-up crate.
fn edges(files: &[(&str, &str)]) -> Vec<String> {
    let edges = made_up(files).edges().into_iter();
    edges
        .map(|edge| format!("{} → {}", edge.from.display(), edge.to.display()))
        .collect()
}

const ROOT: (&str, &str) = ("lib.rs", "pub mod room;");

#[test]
fn a_circle_of_files_is_found() {
    let found = circles(&[
        ROOT,
        ("room/mod.rs", "mod a; mod b; mod c; pub mod d;"),
        ("room/a.rs", "use super::b::B; pub struct A(B);"),
        ("room/b.rs", "pub struct B; fn f() { super::c::g() }"),
        (
            "room/c.rs",
            "use crate::room::a::{self, A}; pub fn g() { a::h(A) }",
        ),
        ("room/d.rs", "use super::a::A; pub struct D(A);"),
    ]);
    assert_eq!(found, ["room/a room/b room/c"]);
}

#[test]
fn re_exports_are_followed_to_the_file_that_defines_the_item() {
    let files = [
        ROOT,
        ("room/mod.rs", "mod a; mod b; pub use a::A; pub use b::*;"),
        ("room/a.rs", "use super::B; pub struct A(B);"),
        (
            "room/b.rs",
            "use crate::room::A; pub struct B; fn f(_: A) {}",
        ),
    ];
    assert_eq!(
        edges(&files),
        ["room/a.rs → room/b.rs", "room/b.rs → room/a.rs"]
    );
    assert_eq!(circles(&files), ["room/a room/b"]);
}

#[test]
fn a_folder_that_only_exports_is_in_no_circle_and_one_with_code_is() {
    let a = ("room/a.rs", "use super::b::B; pub struct A(B);");
    let b = ("room/b.rs", "pub struct B;");
    let exports = ("room/mod.rs", "mod a; mod b; pub use a::A;");
    assert_eq!(circles(&[ROOT, exports, a, b]), [] as [&str; 0]);
    let code = (
        "room/mod.rs",
        "mod a; mod b; pub use a::A; pub trait T {} fn f(_: A) {}",
    );
    let b = ("room/b.rs", "use super::T; pub struct B; impl T for B {}");
    assert_eq!(circles(&[ROOT, code, a, b]), ["room/a room/b room/mod"]);
}

#[test]
fn a_circle_of_folders_is_found_and_one_within_a_folder() {
    let found = circles(&[
        ROOT,
        (
            "room/mod.rs",
            "pub mod left; mod right; pub use left::one::One;",
        ),
        ("room/left/mod.rs", "pub mod one; pub mod two;"),
        (
            "room/left/one.rs",
            "use super::two::Two; pub struct One(Two);",
        ),
        (
            "room/left/two.rs",
            "use crate::room::right::R; pub struct Two(R); fn f() { super::one::g(); }",
        ),
        ("room/right.rs", "use super::One; pub struct R(One);"),
    ]);
    assert_eq!(
        found,
        ["room/left room/right", "room/left/one room/left/two"]
    );
}

#[test]
fn comments_strings_and_tests_are_ignored() {
    let b = r##"
        //! [`super::a::A`]
        pub struct B<'a>(&'a str); /* super::a::A /* */ */
        const TEXT: &str = "super::a::A"; const RAW: &str = r#"super::a::"A" "#; const C: char = '"';
        #[cfg(test)]
        use super::a::A;
        #[cfg(test)]
        mod fixtures;
        #[cfg(all(test, unix))]
        mod tests { use super::super::a::A; fn f() { super::super::a::g(); } }
        #[cfg(test)]
        pub(crate) fn only_in_tests<T, U>(_: super::a::A) -> [u8; 2] { [0; 2] }
        pub struct S { #[cfg(test)] a: super::a::A, b: u8 }
        #[cfg(not(test))]
        fn real() { super::c::C }
    "##;
    let files = [
        ROOT,
        ("room/mod.rs", "mod a; mod b; mod c;"),
        ("room/a.rs", "use super::b::B; pub struct A;"),
        ("room/b.rs", b),
        ("room/b/fixtures.rs", "use super::super::a::A;"),
        ("room/c.rs", "pub struct C;"),
    ];
    assert_eq!(
        edges(&files),
        ["room/a.rs → room/b.rs", "room/b.rs → room/c.rs"]
    );
}

#[test]
fn globs_aliases_macros_and_inline_modules_are_followed() {
    let files = [
        ROOT,
        ("room/mod.rs", "mod a; mod b; mod c; mod d; mod e;"),
        ("room/a.rs", "pub struct A; macro_rules! made { () => {} }"),
        ("room/b.rs", "use super::a::*; fn f(_: A) {}"),
        ("room/c.rs", "use super::a as other; fn f(_: other::A) {}"),
        ("room/d.rs", "made!();"),
        (
            "room/e.rs",
            "mod inner { use super::super::c; fn f() { c::f(); super::g(); } } fn g() {}",
        ),
    ];
    let expected = [
        "room/b.rs → room/a.rs",
        "room/c.rs → room/a.rs",
        "room/d.rs → room/a.rs",
        "room/e.rs → room/c.rs",
    ];
    assert_eq!(edges(&files), expected);
}
