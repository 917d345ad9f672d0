//! Which file of a crate uses which, read from its source: `use` trees and paths, through re-exports, to the files that
//! define the items. Items that exist in tests alone are left out.
//!
//! It knows as much of Rust as a tidy crate needs: no `#[path]`, and no macros that make modules.

mod circles;
mod use_tree;

pub use circles::Circle;

use super::rust_tokens::{Code, Kind, Token, after_group};
use circles::circles_in;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use use_tree::{Tree, is_public};

/// Names from the crate's root on: of a module, or of an item in one.
pub type Names = Vec<String>;

/// One file uses another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub from: PathBuf,
    pub to: PathBuf,
    pub line: usize,
    /// What is used, from the crate's root on.
    pub names: Names,
}

impl std::fmt::Display for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (from, to) = (self.from.display(), self.to.display());
        write!(
            f,
            "{from}:{} uses {} of {to}",
            self.line,
            self.names.join("::")
        )
    }
}

/// A path in the code of a module.
#[derive(Clone, Debug)]
struct Reference {
    /// As it is written, with `crate`, `self` and `super`.
    written: Names,
    line: usize,
}

/// What a `use` brings into a module.
#[derive(Clone, Debug)]
struct Import {
    reference: Reference,
    is_public: bool,
}

/// A module: a file, or one within a file.
#[derive(Default)]
struct Module {
    /// The file, from the source's folder.
    file: PathBuf,
    defined: BTreeSet<String>,
    /// By the name that they have here.
    imports: BTreeMap<String, Import>,
    /// All of these.
    globs: Vec<Import>,
    references: Vec<Reference>,
    /// Words of its code, outside of `use`, and where each is first.
    words: BTreeMap<String, usize>,
    /// Macros that it calls by name.
    calls: Vec<(String, usize)>,
}

/// A crate's source.
pub struct Crate {
    modules: BTreeMap<Names, Module>,
    /// The files that define macros by `macro_rules!`.
    macros: BTreeMap<String, PathBuf>,
}

/// More re-exports one after the other are a circle.
const DEEPEST: usize = 16;

impl Crate {
    /// Reads the source in a folder.
    pub fn read(source: &Path) -> Self {
        let is_rust = |path: &PathBuf| path.extension().is_some_and(|e| e == "rs");
        let text = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let path = path.strip_prefix(source).expect("it is in the folder");
            (path.to_owned(), text)
        };
        let files = super::files(source).into_iter().filter(is_rust);
        Self::of_files(files.map(text))
    }

    /// Takes files by their paths from the source's folder.
    pub fn of_files(files: impl IntoIterator<Item = (PathBuf, String)>) -> Self {
        let mut codes = BTreeMap::new();
        let mut of_tests = BTreeSet::new();
        for (path, text) in files {
            let code = Code::of(&text);
            // The binary of a crate with a library only calls it.
            let Some(module) = module_of(&path) else {
                continue;
            };
            let test_modules = code.test_modules.iter();
            of_tests.extend(test_modules.map(|name| child(&module, name)));
            if code.is_test {
                of_tests.insert(module.clone());
            }
            codes.insert(module, (path, code));
        }
        let mut whole = Self {
            modules: BTreeMap::new(),
            macros: BTreeMap::new(),
        };
        for (module, (path, code)) in codes {
            let mut parents = (0..=module.len()).map(|length| &module[..length]);
            if !parents.any(|parent| of_tests.contains(parent)) {
                whole.add(&module, &path, &code.tokens);
            }
        }
        whole
    }

    /// Adds what a module's tokens say.
    fn add(&mut self, name: &Names, file: &Path, tokens: &[Token]) {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let word = |index: usize| tokens.get(index).and_then(Token::word);
        let is = |index: usize, sign: char| tokens.get(index).is_some_and(|token| token.is(sign));
        let (mut index, mut depth) = (0, 0_usize);
        while index < tokens.len() {
            let line = tokens[index].line;
            match &tokens[index].kind {
                Kind::Sign('{' | '(' | '[') => depth += 1,
                Kind::Sign('}' | ')' | ']') => depth = depth.saturating_sub(1),
                Kind::Word(keyword) if keyword == "mod" && is(index + 2, '{') => {
                    let end = after_group(tokens, index + 2);
                    if let Some(inner) = word(index + 1) {
                        let inner = child(name, inner);
                        self.add(&inner, file, &tokens[index + 3..end - 1]);
                    }
                    index = end;
                    continue;
                }
                Kind::Word(keyword) if keyword == "use" && !is(index + 1, '<') => {
                    let is_public = is_public(tokens, index);
                    let tree = Tree { is_public, line };
                    index = tree.read(tokens, index + 1, &[], &mut module);
                    continue;
                }
                Kind::Word(keyword) if keyword == "macro_rules" && is(index + 1, '!') => {
                    if let Some(defined) = word(index + 2) {
                        self.macros.insert(defined.to_owned(), file.to_owned());
                        module.defined.insert(defined.to_owned());
                    }
                    index += 2;
                }
                Kind::Word(keyword) if DEFINES.contains(&keyword.as_str()) => {
                    let defined = word(index + 1).filter(|name| !DEFINES.contains(name));
                    if depth == 0 {
                        module.defined.extend(defined.map(str::to_owned));
                    }
                    if defined.is_some() {
                        index += 1;
                    }
                }
                Kind::Word(first) => {
                    let mut written = vec![first.clone()];
                    while tokens.get(index + 1).is_some_and(|t| t.kind == Kind::Path)
                        && let Some(next) = word(index + 2)
                    {
                        written.push(next.to_owned());
                        index += 2;
                    }
                    if written.len() == 1 && is(index + 1, '!') && !is(index + 2, '=') {
                        module.calls.push((first.clone(), line));
                    }
                    module.words.entry(first.clone()).or_insert(line);
                    if written.len() > 1 {
                        module.references.push(Reference { written, line });
                    }
                }
                _ => {}
            }
            index += 1;
        }
        self.modules.insert(name.clone(), module);
    }

    /// Names from the crate's root on of a path that is written in a module; `None` for what is of another crate.
    fn absolute(&self, module: &Names, written: &[String], depth: usize) -> Option<Names> {
        if depth > DEEPEST {
            return None;
        }
        let (first, rest) = written.split_first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" => module.clone(),
            "super" => module.split_last()?.1.to_vec(),
            _ => {
                let here = &self.modules[module];
                let inner = child(module, first);
                if self.modules.contains_key(&inner) {
                    inner
                } else {
                    let import = here.imports.get(first)?;
                    // `use a::a` is of the module, and names something in it.
                    let is_itself = import.reference.written.first() == Some(first);
                    if is_itself && !self.modules.contains_key(&inner) {
                        return None;
                    }
                    self.absolute(module, &import.reference.written, depth + 1)?
                }
            }
        };
        let mut rest = rest;
        while let Some(("super", behind)) = rest.split_first().map(|(s, b)| (s.as_str(), b)) {
            base.pop()?;
            rest = behind;
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// The module that defines what these names are of, and the names in it; `None` for what is of another crate.
    fn definition(&self, names: &[String], depth: usize) -> Option<(Names, Names)> {
        if depth > DEEPEST {
            return None;
        }
        let mut module = Names::new();
        for (position, name) in names.iter().enumerate() {
            let inner = child(&module, name);
            if self.modules.contains_key(&inner) {
                module = inner;
                continue;
            }
            let rest = &names[position..];
            let here = self.modules.get(&module)?;
            if here.defined.contains(name) {
                return Some((module, rest.to_vec()));
            }
            if let Some(import) = here.imports.get(name) {
                let written = &import.reference.written;
                let mut whole = self.absolute(&module, written, depth + 1)?;
                whole.extend_from_slice(&rest[1..]);
                return self.definition(&whole, depth + 1);
            }
            for glob in &here.globs {
                let of = self.absolute(&module, &glob.reference.written, depth + 1);
                if let Some(mut whole) = of.filter(|of| self.exports(of, name, depth + 1)) {
                    whole.extend_from_slice(rest);
                    return self.definition(&whole, depth + 1);
                }
            }
            // Made by a macro, or a variant of an enum.
            return Some((module, rest.to_vec()));
        }
        Some((module, Names::new()))
    }

    /// Whether a module has a name that a glob brings elsewhere.
    fn exports(&self, module: &Names, name: &str, depth: usize) -> bool {
        let Some(here) = self.modules.get(module).filter(|_| depth <= DEEPEST) else {
            return false;
        };
        let of_glob = |glob: &Import| {
            let of = self.absolute(module, &glob.reference.written, depth + 1);
            of.is_some_and(|of| self.exports(&of, name, depth + 1))
        };
        here.defined.contains(name)
            || here.imports.contains_key(name)
            || self.modules.contains_key(&child(module, name))
            || here.globs.iter().any(of_glob)
    }

    /// All paths within the crate that the code of each file has, from the crate's root on, as they are written:
    /// re-exports are not followed.
    pub fn paths(&self) -> Vec<(&Path, usize, Names)> {
        let mut paths = Vec::new();
        for (name, module) in &self.modules {
            let imports = module.imports.values().chain(&module.globs);
            let imports = imports.map(|import| &import.reference);
            for reference in imports.chain(&module.references) {
                if let Some(names) = self.absolute(name, &reference.written, 0) {
                    paths.push((module.file.as_path(), reference.line, names));
                }
            }
        }
        paths
    }

    /// Which file uses which: one edge for each pair.
    pub fn edges(&self) -> Vec<Edge> {
        let mut edges: BTreeMap<(PathBuf, PathBuf), Edge> = BTreeMap::new();
        for (name, module) in &self.modules {
            for (line, whole) in self.uses(name, module) {
                // A module by itself is only the way to what is in it.
                let Some((at, names)) = self.definition(&whole, 0) else {
                    continue;
                };
                let to = &self.modules[&at].file;
                if names.is_empty() || *to == module.file {
                    continue;
                }
                let edge = Edge {
                    from: module.file.clone(),
                    to: to.clone(),
                    line,
                    names: [at, names].concat(),
                };
                let pair = (edge.from.clone(), edge.to.clone());
                edges.entry(pair).or_insert(edge);
            }
            for (called, line) in &module.calls {
                let is_here = module.imports.contains_key(called);
                let of = self.macros.get(called).filter(|of| **of != module.file);
                if let Some(of) = of.filter(|_| !is_here) {
                    let pair = (module.file.clone(), of.clone());
                    edges.entry(pair).or_insert_with(|| Edge {
                        from: module.file.clone(),
                        to: of.clone(),
                        line: *line,
                        names: vec![format!("{called}!")],
                    });
                }
            }
        }
        edges.into_values().collect()
    }

    /// What a module's code uses, from the crate's root on. What is only exported again is not.
    fn uses(&self, name: &Names, module: &Module) -> Vec<(usize, Names)> {
        let mut uses = Vec::new();
        let mut add = |reference: &Reference| {
            let whole = self.absolute(name, &reference.written, 0);
            uses.extend(whole.map(|whole| (reference.line, whole)));
        };
        for (alias, import) in &module.imports {
            if !import.is_public || module.words.contains_key(alias) {
                add(&import.reference);
            }
        }
        module.references.iter().for_each(&mut add);
        for glob in &module.globs {
            let Some(of) = self.absolute(name, &glob.reference.written, 0) else {
                continue;
            };
            for (word, line) in &module.words {
                let is_here = module.defined.contains(word) || module.imports.contains_key(word);
                if !is_here && self.exports(&of, word, 0) {
                    uses.push((*line, child(&of, word)));
                }
            }
        }
        uses
    }

    /// The circles among the entries of each folder: its files, and the folders in it, each as a whole.
    pub fn circles(&self) -> Vec<Circle> {
        let edges = self.edges();
        let files = self.modules.values().map(|module| module.file.as_path());
        let folders: BTreeSet<&Path> = files.flat_map(|file| file.ancestors().skip(1)).collect();
        let circles = folders
            .into_iter()
            .flat_map(|folder| circles_in(folder, &edges));
        circles.collect()
    }
}

/// Words after which a name is defined.
const DEFINES: [&str; 9] = [
    "fn", "struct", "enum", "trait", "type", "const", "static", "union", "mod",
];

fn child(module: &[String], name: &str) -> Names {
    [module, &[name.to_owned()]].concat()
}

/// The module that a file is; `None` for a program next to a library.
fn module_of(path: &Path) -> Option<Names> {
    let names = path.with_extension("");
    let names = names.components();
    let mut names: Names = names
        .map(|name| name.as_os_str().to_string_lossy().into_owned())
        .collect();
    match names.last().map(String::as_str) {
        Some("main" | "bin") => return None,
        Some("mod" | "lib") => {
            names.pop();
        }
        _ => {}
    }
    Some(names)
}
