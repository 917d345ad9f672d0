//! YAML text as a tree of values with their positions.

use super::diagnostic::{Diagnostic, nearest};
use super::raw::Raw;
use super::short_text::short_text;
use super::span::Span;
use super::text_index::TextIndex;
use serde_saphyr::Spanned;

/// A value and its position.
#[derive(Clone, Debug)]
pub struct YamlNode {
    /// The value.
    pub value: YamlValue,
    /// The position.
    pub span: Span,
    /// The source text of a plain number, Boolean or `null`, such as `1e-3` or `01`.
    pub source_text: Option<Box<str>>,
}

/// A YAML value.
#[derive(Clone, Debug, PartialEq)]
pub enum YamlValue {
    /// `null`, `~` or an empty value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction or an exponent; can be infinite or NaN.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    List(Vec<YamlNode>),
    /// A mapping, in the file's order.
    Map(Vec<YamlEntry>),
}

/// A key of a mapping with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct YamlEntry {
    /// The key.
    pub key: String,
    /// The position of the key.
    pub span: Span,
    /// The value.
    pub node: YamlNode,
}

impl PartialEq for YamlNode {
    /// Compares the values, not their positions.
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// The maximum size of YAML text, far larger than any sweep file.
pub(crate) const MAX_TEXT_BYTES: usize = 1 << 20;

/// The maximum length of a path of keys, in bytes. Each value has its path, so a long key would need
/// its length times the number of values below it.
const MAX_PATH_BYTES: usize = 200;

impl YamlNode {
    /// Reads YAML text.
    ///
    /// # Errors
    /// The text is too long or not valid YAML, repeats a key, or exceeds the parser's limits on depth
    /// and aliases.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        if text.len() > MAX_TEXT_BYTES {
            let message = format!(
                "the text has {} bytes, more than {MAX_TEXT_BYTES}",
                text.len()
            );
            return Err(Diagnostic::new(&Span::default(), message));
        }
        let index = TextIndex::new(text);
        let options = serde_saphyr::options! {
            strict_booleans: true,
            with_snippet: false,
            // Each key rejects them, with a message that names the key.
            non_finite_float_policy: serde_saphyr::NonFiniteFloatPolicy::PassThrough,
        };
        let spanned: Spanned<Raw> =
            serde_saphyr::from_str_with_options(text, options).map_err(|error| {
                let span = error.location().map(|at| index.span(at, String::new()));
                let message = error
                    .without_snippet()
                    .render_with_formatter(&serde_saphyr::UserMessageFormatter);
                let message = message.lines().next().unwrap_or("not valid YAML");
                // The diagnostic already has the position.
                let message = message.split(" at line ").next().unwrap_or(message);
                let span = span.unwrap_or_default();
                let token = index.token_at(&span).unwrap_or_default();
                let diagnostic = Diagnostic::new(&span, message);
                if token.starts_with('>') {
                    diagnostic.with_help("put a text that begins with > in quotes")
                } else {
                    diagnostic
                }
            })?;
        Ok(Self::from_raw(spanned, &index, ""))
    }

    /// Text that is not part of a sweep file, such as the value of a command-line flag: a number if YAML
    /// reads it as one, otherwise text.
    pub fn scalar(text: &str) -> Self {
        let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(number) = text.parse().ok().filter(|_| is_digits) {
            // Scripts write leading zeros.
            return Self {
                source_text: Some(text.into()),
                ..Self::without_position(YamlValue::Integer(number))
            };
        }
        match Self::parse(text) {
            Ok(node)
                if matches!(node.value, YamlValue::Integer(_) | YamlValue::Float(_))
                    && node.source_text.as_deref() == Some(text) =>
            {
                node
            }
            _ => Self::without_position(YamlValue::String(text.to_owned())),
        }
    }

    /// A list that is not part of a sweep file.
    pub fn list(items: Vec<Self>) -> Self {
        Self::without_position(YamlValue::List(items))
    }

    fn without_position(value: YamlValue) -> Self {
        Self {
            value,
            span: Span::default(),
            source_text: None,
        }
    }

    fn from_raw(raw: Spanned<Raw>, text: &TextIndex, path: &str) -> Self {
        let span = text.span(raw.referenced, path.to_owned());
        let child = |name: &str| match path {
            "" => name.to_owned(),
            parent if parent.len() > MAX_PATH_BYTES => parent.to_owned(),
            parent => format!("{parent}.{name}"),
        };
        let item_path = |index: usize| {
            if path.len() > MAX_PATH_BYTES {
                path.to_owned()
            } else {
                format!("{path}[{index}]")
            }
        };
        let value = match raw.value {
            Raw::Null => YamlValue::Null,
            Raw::Bool(value) => YamlValue::Bool(value),
            Raw::Integer(value) => YamlValue::Integer(value),
            Raw::Float(value) => YamlValue::Float(value),
            Raw::String(value) => YamlValue::String(value),
            Raw::List(items) => YamlValue::List(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| Self::from_raw(item, text, &item_path(index)))
                    .collect(),
            ),
            Raw::Map(entries) => YamlValue::Map(
                entries
                    .into_iter()
                    .map(|(key, node)| YamlEntry {
                        span: text.span(key.referenced, child(&key.value)),
                        node: Self::from_raw(node, text, &child(&key.value)),
                        key: key.value,
                    })
                    .collect(),
            ),
        };
        // The source text of an alias is that of its anchor.
        let defined = text.span(raw.defined, String::new());
        let source_text = text
            .token_at(&defined)
            .filter(|text| is_notation_of(text, &value));
        Self {
            source_text: source_text.map(Box::from),
            value,
            span,
        }
    }

    /// This value as text: a string unchanged, a plain number, Boolean or `null` as written, so that `01`
    /// and `1.0` differ from `1`. `None` for a list, a mapping and an empty value.
    pub fn literal_text(&self) -> Option<String> {
        if let Some(source_text) = &self.source_text {
            return Some(source_text.to_string());
        }
        match &self.value {
            YamlValue::String(text) => Some(text.clone()),
            // A number with a tag, such as `!!float 1`.
            YamlValue::Integer(value) => Some(value.to_string()),
            YamlValue::Float(value) => Some(short_text(&(*value).into())),
            YamlValue::Bool(value) => Some(value.to_string()),
            YamlValue::Null | YamlValue::List(_) | YamlValue::Map(_) => None,
        }
    }

    /// The entries of a mapping.
    ///
    /// # Errors
    /// The value is not a mapping; `what` names the expected value.
    pub fn entries(&self, what: &str) -> Result<&[YamlEntry], Diagnostic> {
        match &self.value {
            YamlValue::Map(entries) => Ok(entries),
            _ => Err(self.unexpected(what)),
        }
    }

    /// The items of a list.
    ///
    /// # Errors
    /// The value is not a list; `what` names the expected value.
    pub fn items(&self, what: &str) -> Result<&[YamlNode], Diagnostic> {
        match &self.value {
            YamlValue::List(items) => Ok(items),
            _ => Err(self.unexpected(what)),
        }
    }

    /// The value of `key`, if this is a mapping that contains it.
    pub fn get(&self, key: &str) -> Option<&YamlNode> {
        match &self.value {
            YamlValue::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.node),
            _ => None,
        }
    }

    /// The diagnostic for a value that is not `what`.
    pub fn unexpected(&self, what: &str) -> Diagnostic {
        let diagnostic = Diagnostic::new(
            &self.span,
            format!("expected {what}, found {}", self.describe()),
        );
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match (&self.value, self.span.source_text.as_deref()) {
            (YamlValue::Float(_), Some(text)) if text.starts_with('0') && digits(text) => {
                diagnostic.with_help(
                    "write the whole number without leading zeros, or a decimal number with a \
                     point, such as 0.01",
                )
            }
            _ => diagnostic,
        }
    }

    /// This value for messages, such as "the text `abc`"; numbers as written.
    pub fn describe(&self) -> String {
        if let (YamlValue::Integer(_) | YamlValue::Float(_), Some(text)) =
            (&self.value, &self.span.source_text)
        {
            return format!("`{}`", shortened(text));
        }
        match &self.value {
            YamlValue::Null => "nothing".to_owned(),
            YamlValue::Bool(value) => format!("`{value}`"),
            YamlValue::Integer(value) => format!("`{value}`"),
            YamlValue::Float(value) => format!("`{value:?}`"),
            YamlValue::String(value) => format!("the text `{}`", shortened(value)),
            YamlValue::List(_) => "a list".to_owned(),
            YamlValue::Map(_) => "a mapping".to_owned(),
        }
    }
}

impl YamlEntry {
    /// The diagnostic for a key that is not in `known`; the help suggests a similar one.
    pub fn unknown_key<'a>(&self, known: impl IntoIterator<Item = &'a str> + Clone) -> Diagnostic {
        let diagnostic = Diagnostic::new(
            &self.span,
            format!("unknown key `{}`", shortened(&self.key)),
        );
        match nearest(&self.key, known.clone()) {
            Some(name) => diagnostic.with_help(format!("did you mean `{name}`?")),
            None => {
                let names: Vec<&str> = known.into_iter().collect();
                diagnostic.with_help(format!("known keys: {}", names.join(", ")))
            }
        }
    }
}

/// Whether a token of the text is the notation of this number, Boolean or `null`. If a value is empty or
/// has a tag or an anchor, a different token is at its position.
fn is_notation_of(token: &str, value: &YamlValue) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
    let starts = |c: char| c.is_ascii_digit() || "+-.".contains(c);
    match value {
        YamlValue::Null => matches!(token, "null" | "Null" | "NULL" | "~"),
        YamlValue::Bool(flag) => token.eq_ignore_ascii_case(&flag.to_string()),
        YamlValue::Integer(_) | YamlValue::Float(_) => {
            token.starts_with(starts) && token.chars().all(is_plain)
        }
        YamlValue::String(_) | YamlValue::List(_) | YamlValue::Map(_) => false,
    }
}

fn shortened(text: &str) -> String {
    const MAX_SHOWN_CHARS: usize = 60;
    match text.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::raw::MAX_KEY_BYTES;
    use super::*;

    #[test]
    fn values_have_their_kind_and_position() {
        let node = YamlNode::parse("a: 1\nb:\n  c: [1.0e-4, 1e-3, yes, ~, .nan]\n").unwrap();
        let list = node.get("b").and_then(|b| b.get("c")).unwrap();
        let items = list.items("a list").unwrap();
        assert_eq!(items[0].value, YamlValue::Float(1e-4));
        assert_eq!(items[1].value, YamlValue::Float(1e-3));
        assert_eq!(items[2].value, YamlValue::String("yes".into()));
        assert_eq!(items[3].value, YamlValue::Null);
        assert!(matches!(items[4].value, YamlValue::Float(x) if x.is_nan()));
        assert_eq!((items[1].span.line, items[1].span.column), (3, 15));
        assert_eq!(items[1].span.path, "b.c[1]");
    }

    #[test]
    fn a_number_is_shown_as_written() {
        let text = "a: 010\nb: [1e3, -0.50, .inf]  # six\nc: 0x1F\n";
        let node = YamlNode::parse(text).unwrap();
        let shown = |key: &str| node.get(key).unwrap().describe();
        assert_eq!(shown("a"), "`010`");
        assert_eq!(shown("c"), "`0x1F`");
        let items = node.get("b").unwrap().items("a list").unwrap();
        let items: Vec<String> = items.iter().map(YamlNode::describe).collect();
        assert_eq!(items, ["`1e3`", "`-0.50`", "`.inf`"]);
        let diagnostic = node.get("a").unwrap().unexpected("a whole number");
        assert!(diagnostic.help.unwrap().contains("without leading zeros"));
    }

    #[test]
    fn a_repeated_key_is_refused_with_its_line() {
        let diagnostic = YamlNode::parse("a: 1\na: 2\n").unwrap_err();
        assert_eq!(diagnostic.span.line, 2, "{diagnostic:?}");
    }

    #[test]
    fn a_comparison_without_quotes_is_refused_with_a_fix() {
        for text in ["a: >= 5\n", "{ b: 1, a: > 5 }", "a: [<= 9, >= 5]"] {
            let diagnostic = YamlNode::parse(text).unwrap_err();
            let help = diagnostic.help.unwrap_or_default();
            assert!(help.contains("in quotes"), "{text}: {help}");
        }
        assert!(YamlNode::parse("a: [<= 9, '>= 5']").is_ok());
        assert!(YamlNode::parse("a: >\n  folded\n").is_ok());
    }

    #[test]
    fn positions_are_found_in_any_text() {
        let text = format!("é: \"{}\"\nb: [ü, x]\n", "ö".repeat(1000));
        let node = YamlNode::parse(&text).unwrap();
        let items = node.get("b").unwrap().items("a list").unwrap();
        for (item, token) in items.iter().zip(["ü", "x"]) {
            let span = &item.span;
            assert_eq!(&text[span.offset..span.offset + span.length], token);
        }
    }

    #[test]
    fn many_values_below_a_long_key_need_no_more_memory_than_the_text() {
        let key = "k".repeat(MAX_KEY_BYTES);
        let text = format!("{key}: [{}]", "é, ".repeat(100_000));
        if let Ok(node) = YamlNode::parse(&text) {
            let items = node.get(&key).unwrap().items("a list").unwrap();
            assert_eq!(items[0].span.path.len(), MAX_KEY_BYTES);
            assert_eq!(items[99_999].span.path.len(), MAX_KEY_BYTES);
        }
        // YAML itself refuses a longer plain key.
        assert!(YamlNode::parse(&format!("{key}k: 1")).is_err());
        let diagnostic = YamlNode::parse(&" ".repeat(MAX_TEXT_BYTES + 1)).unwrap_err();
        assert!(diagnostic.message.contains("more than"), "{diagnostic:?}");
    }
}
