//! YAML text as a tree of values that know where they stand.

use super::diagnostic::{Diagnostic, nearest};
use super::short_text::short_text;
use super::span::Span;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};
use std::collections::HashSet;

/// A value of the sweep file and its place.
#[derive(Clone, Debug)]
pub struct YamlNode {
    /// The value.
    pub value: YamlValue,
    /// Where it stands.
    pub place: Span,
    /// The text of a plain number, flag or `null`, as it is written: `1e-3`, `01`.
    pub written: Option<Box<str>>,
}

/// A YAML value.
#[derive(Clone, Debug, PartialEq)]
pub enum YamlValue {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction or exponent; may be infinite or not a number.
    Real(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<YamlNode>),
    /// A mapping, in the file's order.
    Map(Vec<YamlEntry>),
}

/// A key of a mapping with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct YamlEntry {
    /// The key's text.
    pub key: String,
    /// Where the key stands.
    pub place: Span,
    /// What it maps to.
    pub node: YamlNode,
}

impl PartialEq for YamlNode {
    /// Values are equal wherever they stand.
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// The most bytes of YAML text: far beyond any sweep file.
pub(crate) const LARGEST_TEXT: usize = 1 << 20;

/// The longest key, in bytes: far beyond any of ours.
const LONGEST_KEY: usize = 1 << 10;

/// The longest path of keys that a message shows, in bytes. A path stands at each value, and would
/// otherwise multiply the length of a key by the number of values below it.
const LONGEST_PATH: usize = 200;

impl YamlNode {
    /// Reads YAML text.
    ///
    /// # Errors
    /// Text that is too long or no valid YAML, repeats a key, or exceeds the parser's limits on
    /// depth and aliases.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        if text.len() > LARGEST_TEXT {
            let message = format!("it has {} bytes, more than {LARGEST_TEXT}", text.len());
            return Err(Diagnostic::new(&Span::default(), message));
        }
        let index = TextIndex::new(text);
        let options = serde_saphyr::options! {
            strict_booleans: true,
            with_snippet: false,
            // Each key refuses them itself, in words that name the key.
            non_finite_float_policy: serde_saphyr::NonFiniteFloatPolicy::PassThrough,
        };
        let spanned: Spanned<Raw> =
            serde_saphyr::from_str_with_options(text, options).map_err(|error| {
                let place = error.location().map(|at| index.place(at, String::new()));
                let message = error
                    .without_snippet()
                    .render_with_formatter(&serde_saphyr::UserMessageFormatter);
                let message = message.lines().next().unwrap_or("not valid YAML");
                // The place is told by the problem itself.
                let message = message.split(" at line ").next().unwrap_or(message);
                Diagnostic::new(&place.unwrap_or_default(), message)
            })?;
        Ok(Self::from_raw(spanned, &index, ""))
    }

    fn from_raw(raw: Spanned<Raw>, text: &TextIndex, path: &str) -> Self {
        let place = text.place(raw.referenced, path.to_owned());
        let child = |name: &str| match path {
            "" => name.to_owned(),
            parent if parent.len() > LONGEST_PATH => parent.to_owned(),
            parent => format!("{parent}.{name}"),
        };
        let item_path = |index: usize| match path.len() > LONGEST_PATH {
            true => path.to_owned(),
            false => format!("{path}[{index}]"),
        };
        let value = match raw.value {
            Raw::Null => YamlValue::Null,
            Raw::Flag(value) => YamlValue::Flag(value),
            Raw::Integer(value) => YamlValue::Integer(value),
            Raw::Real(value) => YamlValue::Real(value),
            Raw::Text(value) => YamlValue::Text(value),
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
                        place: text.place(key.referenced, child(&key.value)),
                        node: Self::from_raw(node, text, &child(&key.value)),
                        key: key.value,
                    })
                    .collect(),
            ),
        };
        // An alias is written as what it stands for.
        let defined = text.place(raw.defined, String::new());
        let written = text
            .plain(&defined)
            .filter(|text| is_spelling(text, &value));
        Self {
            written: written.map(Box::from),
            value,
            place,
        }
    }

    /// This value as a name: text as it is, a plain number, flag or `null` as it is written, so that
    /// `01` and `1.0` are not `1`. `None` for a list, a mapping and nothing at all.
    pub fn name(&self) -> Option<String> {
        if let Some(written) = &self.written {
            return Some(written.to_string());
        }
        match &self.value {
            YamlValue::Text(text) => Some(text.clone()),
            // One with a tag, such as `!!float 1`.
            YamlValue::Integer(value) => Some(value.to_string()),
            YamlValue::Real(value) => Some(short_text(&(*value).into())),
            YamlValue::Flag(value) => Some(value.to_string()),
            YamlValue::Null | YamlValue::List(_) | YamlValue::Map(_) => None,
        }
    }

    /// The entries of a mapping.
    ///
    /// # Errors
    /// Anything that is no mapping; `what` names what was expected.
    pub fn entries(&self, what: &str) -> Result<&[YamlEntry], Diagnostic> {
        match &self.value {
            YamlValue::Map(entries) => Ok(entries),
            _ => Err(self.unexpected(what)),
        }
    }

    /// The items of a list.
    ///
    /// # Errors
    /// Anything that is no list; `what` names what was expected.
    pub fn items(&self, what: &str) -> Result<&[YamlNode], Diagnostic> {
        match &self.value {
            YamlValue::List(items) => Ok(items),
            _ => Err(self.unexpected(what)),
        }
    }

    /// The value of `key` where this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&YamlNode> {
        match &self.value {
            YamlValue::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.node),
            _ => None,
        }
    }

    /// The problem that this value is not `what`.
    pub fn unexpected(&self, what: &str) -> Diagnostic {
        let problem = Diagnostic::new(
            &self.place,
            format!("expected {what}, found {}", self.describe()),
        );
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match (&self.value, self.place.written.as_deref()) {
            (YamlValue::Real(_), Some(text)) if text.starts_with('0') && digits(text) => {
                problem.help("write a whole number without zeros before it")
            }
            _ => problem,
        }
    }

    /// This value as a message shows it, such as "the text `abc`": numbers as they are written.
    pub fn describe(&self) -> String {
        if let (YamlValue::Integer(_) | YamlValue::Real(_), Some(text)) =
            (&self.value, &self.place.written)
        {
            return format!("`{}`", shortened(text));
        }
        match &self.value {
            YamlValue::Null => "nothing".to_owned(),
            YamlValue::Flag(value) => format!("`{value}`"),
            YamlValue::Integer(value) => format!("`{value}`"),
            YamlValue::Real(value) => format!("`{value:?}`"),
            YamlValue::Text(value) => format!("the text `{}`", shortened(value)),
            YamlValue::List(_) => "a list".to_owned(),
            YamlValue::Map(_) => "a mapping".to_owned(),
        }
    }
}

impl YamlEntry {
    /// The problem that this key is not among `known`, with the nearest known one.
    pub fn unknown<'a>(&self, known: impl IntoIterator<Item = &'a str> + Clone) -> Diagnostic {
        let problem = Diagnostic::new(
            &self.place,
            format!("unknown key `{}`", shortened(&self.key)),
        );
        match nearest(&self.key, known.clone()) {
            Some(name) => problem.help(format!("did you mean `{name}`?")),
            None => {
                let names: Vec<&str> = known.into_iter().collect();
                problem.help(format!("known here: {}", names.join(", ")))
            }
        }
    }
}

/// Whether a plain token of the text is a spelling of this number, flag or `null`: where a value is
/// empty, or has a tag or an anchor, another token stands at its place.
fn is_spelling(token: &str, value: &YamlValue) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
    let starts = |c: char| c.is_ascii_digit() || "+-.".contains(c);
    match value {
        YamlValue::Null => matches!(token, "null" | "Null" | "NULL" | "~"),
        YamlValue::Flag(flag) => token.eq_ignore_ascii_case(&flag.to_string()),
        YamlValue::Integer(_) | YamlValue::Real(_) => {
            token.starts_with(starts) && token.chars().all(is_plain)
        }
        YamlValue::Text(_) | YamlValue::List(_) | YamlValue::Map(_) => false,
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Finds places in a text quickly: one of a million values must not read all that is before it.
struct TextIndex<'a> {
    text: &'a str,
    /// For each line, how many characters are before it.
    lines: Vec<usize>,
    /// The byte offset of every [`STRIDE`]th character.
    marks: Vec<usize>,
}

/// Characters between two marks.
const STRIDE: usize = 256;

/// The most characters that a message points at.
const LONGEST_TOKEN: usize = 200;

impl<'a> TextIndex<'a> {
    fn new(text: &'a str) -> Self {
        let (mut lines, mut marks) = (vec![0], Vec::new());
        for (number, (offset, character)) in text.char_indices().enumerate() {
            if number.is_multiple_of(STRIDE) {
                marks.push(offset);
            }
            if character == '\n' {
                lines.push(number + 1);
            }
        }
        Self { text, lines, marks }
    }

    /// The byte offset of the character of this number; the text's end where it has fewer.
    fn offset(&self, number: usize) -> usize {
        let Some(&mark) = self.marks.get(number / STRIDE) else {
            return self.text.len();
        };
        let rest = self.text.get(mark..).unwrap_or("");
        let within = rest.char_indices().nth(number % STRIDE);
        within.map_or(self.text.len(), |(offset, _)| mark + offset)
    }

    fn place(&self, at: Location, path: String) -> Span {
        let column = at.column() as usize;
        let line = at.line() as usize;
        let before = self.lines.get(line.saturating_sub(1));
        // Lines and columns are counted in characters.
        let offset = before.map_or(self.text.len(), |before| {
            self.offset(before.saturating_add(column.saturating_sub(1)))
        });
        let token = self.text.get(offset..).unwrap_or("");
        let end = token.char_indices().nth(LONGEST_TOKEN);
        let token = end.map_or(token, |(end, _)| &token[..end]);
        let length = token
            .find([',', ':', '}', ']', '\n', '#'])
            .map_or(token.len(), |end| token[..end].trim_end().len())
            .max(1);
        let is_numeric = |text: &&str| {
            text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
                && !text.contains(char::is_whitespace)
        };
        let written = token.get(..length).filter(is_numeric).map(Box::from);
        Span {
            written,
            line,
            column,
            offset,
            length,
            path,
        }
    }

    /// The token at a place.
    fn plain(&self, place: &Span) -> Option<&'a str> {
        self.text.get(place.offset..place.offset + place.length)
    }
}

/// A value as serde sees it.
enum Raw {
    Null,
    Flag(bool),
    Integer(i128),
    Real(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Flag(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Integer(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Integer(value.into()))
    }
    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Integer(value))
    }
    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Raw, E> {
        i128::try_from(value)
            .map(Raw::Integer)
            .map_err(|_| E::custom("the number is too large"))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Real(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries: Vec<(Spanned<String>, Spanned<Raw>)> = Vec::new();
        let mut known = HashSet::new();
        while let Some((key, value)) = map.next_entry::<Spanned<String>, Spanned<Raw>>()? {
            if key.value.len() > LONGEST_KEY {
                return Err(A::Error::custom(format!(
                    "a key has {} bytes, more than {LONGEST_KEY}",
                    key.value.len()
                )));
            }
            if !known.insert(key.value.clone()) {
                return Err(A::Error::custom(format!(
                    "the key `{}` stands twice in one mapping",
                    key.value
                )));
            }
            entries.push((key, value));
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_kind_and_place() {
        let node = YamlNode::parse("a: 1\nb:\n  c: [1.0e-4, 1e-3, yes, ~, .nan]\n").unwrap();
        let list = node.get("b").and_then(|b| b.get("c")).unwrap();
        let items = list.items("a list").unwrap();
        assert_eq!(items[0].value, YamlValue::Real(1e-4));
        assert_eq!(items[1].value, YamlValue::Real(1e-3));
        assert_eq!(items[2].value, YamlValue::Text("yes".into()));
        assert_eq!(items[3].value, YamlValue::Null);
        assert!(matches!(items[4].value, YamlValue::Real(x) if x.is_nan()));
        assert_eq!((items[1].place.line, items[1].place.column), (3, 15));
        assert_eq!(items[1].place.path, "b.c[1]");
    }

    #[test]
    fn a_number_is_shown_as_it_is_written() {
        let text = "a: 010\nb: [1e3, -0.50, .inf]  # six\nc: 0x1F\n";
        let node = YamlNode::parse(text).unwrap();
        let shown = |key: &str| node.get(key).unwrap().describe();
        assert_eq!(shown("a"), "`010`");
        assert_eq!(shown("c"), "`0x1F`");
        let items = node.get("b").unwrap().items("a list").unwrap();
        let items: Vec<String> = items.iter().map(YamlNode::describe).collect();
        assert_eq!(items, ["`1e3`", "`-0.50`", "`.inf`"]);
        let problem = node.get("a").unwrap().unexpected("a whole number");
        assert!(problem.help.unwrap().contains("without zeros"));
    }

    #[test]
    fn a_repeated_key_is_refused_with_its_line() {
        let problem = YamlNode::parse("a: 1\na: 2\n").unwrap_err();
        assert_eq!(problem.place.line, 2, "{problem:?}");
    }

    #[test]
    fn places_are_found_in_any_text() {
        let text = format!("é: \"{}\"\nb: [ü, x]\n", "ö".repeat(1000));
        let node = YamlNode::parse(&text).unwrap();
        let items = node.get("b").unwrap().items("a list").unwrap();
        for (item, token) in items.iter().zip(["ü", "x"]) {
            let place = &item.place;
            assert_eq!(&text[place.offset..place.offset + place.length], token);
        }
    }

    #[test]
    fn many_values_below_a_long_key_take_no_more_than_the_text() {
        let key = "k".repeat(LONGEST_KEY);
        let text = format!("{key}: [{}]", "é, ".repeat(100_000));
        if let Ok(node) = YamlNode::parse(&text) {
            let items = node.get(&key).unwrap().items("a list").unwrap();
            assert_eq!(items[0].place.path.len(), LONGEST_KEY);
            assert_eq!(items[99_999].place.path.len(), LONGEST_KEY);
        }
        // YAML itself refuses a longer plain key.
        assert!(YamlNode::parse(&format!("{key}k: 1")).is_err());
        let problem = YamlNode::parse(&" ".repeat(LARGEST_TEXT + 1)).unwrap_err();
        assert!(problem.message.contains("more than"), "{problem:?}");
    }
}
