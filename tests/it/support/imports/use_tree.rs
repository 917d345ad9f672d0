//! The tree of a `use` declaration.

use super::super::rust_tokens::{Kind, Token};
use super::{Import, Module, Names, Reference};

/// Whether the `use` at this place is exported.
pub(super) fn is_public(tokens: &[Token], at: usize) -> bool {
    let mut before = at;
    if before > 0 && tokens[before - 1].is(')') {
        while before > 0 && !tokens[before].is('(') {
            before -= 1;
        }
    }
    before > 0 && tokens[before - 1].word() == Some("pub")
}

/// The tree of a `use`.
pub(super) struct Tree {
    pub(super) is_public: bool,
    pub(super) line: usize,
}

impl Tree {
    /// Reads the tree that begins here, below these names; the place behind it.
    pub(super) fn read(
        &self,
        tokens: &[Token],
        start: usize,
        below: &[String],
        into: &mut Module,
    ) -> usize {
        let mut written = below.to_vec();
        let mut alias = None;
        let mut index = start;
        let import = |written: Names| Import {
            reference: Reference {
                written,
                line: self.line,
            },
            is_public: self.is_public,
        };
        while index < tokens.len() {
            match &tokens[index].kind {
                Kind::Word(word) if word == "as" => {
                    alias = tokens[index + 1].word().map(str::to_owned);
                    index += 1;
                }
                Kind::Word(word) => written.push(word.clone()),
                Kind::Sign('*') => {
                    into.globs.push(import(written));
                    return index + 1;
                }
                Kind::Sign('{') => {
                    index += 1;
                    while !tokens[index].is('}') {
                        index = self.read(tokens, index, &written, into);
                        if tokens[index].is(',') {
                            index += 1;
                        }
                    }
                    return index + 1;
                }
                Kind::Sign(',' | '}' | ';') => break,
                _ => {}
            }
            index += 1;
        }
        // `a::{self}` is `a`.
        if written.len() > 1 && written.last().is_some_and(|last| last == "self") {
            written.pop();
        }
        let name = alias.or_else(|| written.last().cloned());
        if let Some(name) = name.filter(|name| name != "_") {
            into.imports.insert(name, import(written));
        }
        index
    }
}
