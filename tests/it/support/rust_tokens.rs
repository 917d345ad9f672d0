//! Rust source as tokens, without comments, attributes, and the items that exist in tests alone.

/// A token. Literals and lifetimes are omitted because no test needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Word(String),
    /// `::`
    Path,
    Sign(char),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub line: usize,
}

impl Token {
    pub fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// The code that is compiled outside of tests, and the modules that are not.
pub struct Code {
    pub tokens: Vec<Token>,
    /// Modules in separate files that exist in tests alone.
    pub test_modules: Vec<String>,
    /// Whether the whole file exists in tests alone.
    pub is_test: bool,
}

impl Code {
    pub fn of(text: &str) -> Self {
        without_tests(&tokens(text))
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let characters: Vec<char> = text.chars().collect();
    let at = |index: usize| characters.get(index).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let (mut index, mut line) = (0, 1);
    while index < characters.len() {
        let start = index;
        let kind = match at(index) {
            '/' if at(index + 1) == '/' => {
                while index < characters.len() && at(index) != '\n' {
                    index += 1;
                }
                None
            }
            '/' if at(index + 1) == '*' => {
                index = after_block_comment(&characters, index);
                None
            }
            '"' => {
                index = after_string(&characters, index + 1);
                None
            }
            'r' | 'b' | 'c' if raw_string(&characters, index).is_some() => {
                index = raw_string(&characters, index).unwrap_or(index + 1);
                None
            }
            'b' | 'c' if at(index + 1) == '"' => {
                index = after_string(&characters, index + 2);
                None
            }
            '\'' if at(index + 1) == '\\' => {
                index += 3;
                while index < characters.len() && at(index) != '\'' {
                    index += 1;
                }
                index += 1;
                None
            }
            '\'' if at(index + 2) == '\'' => {
                index += 3;
                None
            }
            // A lifetime.
            '\'' => {
                index += 1;
                while is_word(at(index)) {
                    index += 1;
                }
                None
            }
            c if c.is_ascii_digit() => {
                while is_word(at(index)) {
                    index += 1;
                }
                None
            }
            c if is_word(c) => {
                while is_word(at(index)) {
                    index += 1;
                }
                Some(Kind::Word(characters[start..index].iter().collect()))
            }
            ':' if at(index + 1) == ':' => {
                index += 2;
                Some(Kind::Path)
            }
            c => {
                index += 1;
                (!c.is_whitespace()).then_some(Kind::Sign(c))
            }
        };
        if let Some(kind) = kind {
            tokens.push(Token { kind, line });
        }
        let end = index.min(characters.len());
        line += characters[start..end]
            .iter()
            .filter(|c| **c == '\n')
            .count();
    }
    tokens
}

fn after_block_comment(characters: &[char], mut index: usize) -> usize {
    let mut depth = 0;
    while index < characters.len() {
        match characters.get(index..index + 2) {
            Some(['/', '*']) => {
                depth += 1;
                index += 2;
            }
            Some(['*', '/']) => {
                depth -= 1;
                index += 2;
            }
            _ => index += 1,
        }
        if depth == 0 {
            break;
        }
    }
    index
}

/// The position after a string whose content begins here.
fn after_string(characters: &[char], mut index: usize) -> usize {
    while index < characters.len() && characters[index] != '"' {
        index += if characters[index] == '\\' { 2 } else { 1 };
    }
    index + 1
}

/// The position after a raw string that begins here, if one does.
fn raw_string(characters: &[char], start: usize) -> Option<usize> {
    let mut index = start;
    if ['b', 'c'].contains(characters.get(index)?) {
        index += 1;
    }
    if *characters.get(index)? != 'r' {
        return None;
    }
    index += 1;
    let is_hash = |c: &&char| **c == '#';
    let hashes = characters[index..].iter().take_while(is_hash).count();
    index += hashes;
    if *characters.get(index)? != '"' {
        return None;
    }
    index += 1;
    let ends = |index: usize| {
        let behind = characters[index + 1..].iter().take_while(is_hash).count();
        characters[index] == '"' && behind >= hashes
    };
    let end = (index..characters.len()).find(|&index| ends(index))?;
    Some(end + 1 + hashes)
}

fn without_tests(tokens: &[Token]) -> Code {
    let mut code = Code {
        tokens: Vec::new(),
        test_modules: Vec::new(),
        is_test: false,
    };
    let mut index = 0;
    while index < tokens.len() {
        let Some((end, is_inner, is_test)) = attribute(tokens, index) else {
            code.tokens.push(tokens[index].clone());
            index += 1;
            continue;
        };
        index = end;
        if is_test && is_inner {
            code.is_test = true;
        } else if is_test {
            while let Some((end, ..)) = attribute(tokens, index) {
                index = end;
            }
            let end = after_item(tokens, index);
            code.test_modules.extend(module_file(&tokens[index..end]));
            index = end;
        }
    }
    code
}

/// An attribute that begins here: the place behind it, whether it is one of what encloses it, and whether it leaves
/// that to tests.
fn attribute(tokens: &[Token], start: usize) -> Option<(usize, bool, bool)> {
    let at = |index: usize, sign: char| tokens.get(index).is_some_and(|token| token.is(sign));
    if !at(start, '#') {
        return None;
    }
    let is_inner = at(start + 1, '!');
    let open = start + 1 + usize::from(is_inner);
    if !at(open, '[') {
        return None;
    }
    let end = after_group(tokens, open);
    let words: Vec<&str> = tokens[open..end].iter().filter_map(Token::word).collect();
    let is_test = words.first() == Some(&"cfg")
        && words.contains(&"test")
        && !words.iter().any(|word| ["not", "any"].contains(word));
    Some((end, is_inner, is_test))
}

/// The position after the bracket that closes the one here.
pub fn after_group(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Sign('(' | '[' | '{') => depth += 1,
            Kind::Sign(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

/// The position after an item, a statement, a field or a variant.
fn after_item(tokens: &[Token], start: usize) -> usize {
    const ITEMS: [&str; 17] = [
        "pub",
        "fn",
        "mod",
        "impl",
        "struct",
        "enum",
        "trait",
        "use",
        "const",
        "static",
        "type",
        "unsafe",
        "async",
        "extern",
        "let",
        "union",
        "macro_rules",
    ];
    // Those whose braces are not their end.
    const WITH_SEMICOLON: [&str; 5] = ["use", "const", "static", "type", "let"];
    let first = tokens.get(start).and_then(Token::word).unwrap_or_default();
    let is_item = ITEMS.contains(&first);
    let mut keyword = start;
    while let Some("pub" | "unsafe" | "async" | "extern") =
        tokens.get(keyword).and_then(Token::word)
    {
        keyword += 1;
        if tokens.get(keyword).is_some_and(|token| token.is('(')) {
            keyword = after_group(tokens, keyword);
        }
    }
    let word = |index: usize| tokens.get(index).and_then(Token::word).unwrap_or_default();
    let has_semicolon = WITH_SEMICOLON.contains(&word(keyword)) && word(keyword + 1) != "fn";
    let mut index = start;
    while index < tokens.len() {
        match tokens[index].kind {
            Kind::Sign(';') => return index + 1,
            Kind::Sign(',') if !is_item => return index + 1,
            // The end of what a last field or variant is in.
            Kind::Sign('}' | ')') => return index,
            Kind::Sign('{') if !has_semicolon => return after_group(tokens, index),
            Kind::Sign('{' | '(' | '[') => index = after_group(tokens, index),
            _ => index += 1,
        }
    }
    index
}

/// The name of a module that an item declares and another file holds.
fn module_file(item: &[Token]) -> Option<String> {
    let at = item.iter().position(|token| token.word() == Some("mod"))?;
    let is_file = item.get(at + 2)?.is(';');
    is_file.then(|| item[at + 1].word().map(str::to_owned))?
}
