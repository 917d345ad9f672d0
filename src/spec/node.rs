//! YAML text as a tree of values that know where they stand.

use super::place::Place;
use super::problem::{Problem, nearest};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

/// A value of the sweep file and its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Yaml,
    /// Where it stands.
    pub place: Place,
}

/// A YAML value.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
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
    List(Vec<Node>),
    /// A mapping, in the file's order.
    Map(Vec<Entry>),
}

/// A key of a mapping with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// What it maps to.
    pub node: Node,
}

impl PartialEq for Node {
    /// Values are equal wherever they stand.
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Node {
    /// Reads YAML text.
    ///
    /// # Errors
    /// Text that is no valid YAML, repeats a key, or exceeds the parser's limits on depth and
    /// aliases.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let options = serde_saphyr::options! {
            strict_booleans: true,
            with_snippet: false,
            // Each key refuses them itself, in words that name the key.
            non_finite_float_policy: serde_saphyr::NonFiniteFloatPolicy::PassThrough,
        };
        let spanned: Spanned<Raw> =
            serde_saphyr::from_str_with_options(text, options).map_err(|error| {
                let place = error.location().map(|at| place_of(at, text, String::new()));
                let message = error
                    .without_snippet()
                    .render_with_formatter(&serde_saphyr::UserMessageFormatter);
                let message = message.lines().next().unwrap_or("not valid YAML");
                // The place is told by the problem itself.
                let message = message.split(" at line ").next().unwrap_or(message);
                Problem::new(&place.unwrap_or_default(), message)
            })?;
        Ok(Self::from_raw(spanned, text, ""))
    }

    fn from_raw(raw: Spanned<Raw>, text: &str, path: &str) -> Self {
        let place = place_of(raw.referenced, text, path.to_owned());
        let child = |name: &str| match path {
            "" => name.to_owned(),
            parent => format!("{parent}.{name}"),
        };
        let value = match raw.value {
            Raw::Null => Yaml::Null,
            Raw::Flag(value) => Yaml::Flag(value),
            Raw::Integer(value) => Yaml::Integer(value),
            Raw::Real(value) => Yaml::Real(value),
            Raw::Text(value) => Yaml::Text(value),
            Raw::List(items) => Yaml::List(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| Self::from_raw(item, text, &format!("{path}[{index}]")))
                    .collect(),
            ),
            Raw::Map(entries) => Yaml::Map(
                entries
                    .into_iter()
                    .map(|(key, node)| Entry {
                        place: place_of(key.referenced, text, child(&key.value)),
                        node: Self::from_raw(node, text, &child(&key.value)),
                        key: key.value,
                    })
                    .collect(),
            ),
        };
        Self { value, place }
    }

    /// The entries of a mapping.
    ///
    /// # Errors
    /// Anything that is no mapping; `what` names what was expected.
    pub fn entries(&self, what: &str) -> Result<&[Entry], Problem> {
        match &self.value {
            Yaml::Map(entries) => Ok(entries),
            _ => Err(self.unexpected(what)),
        }
    }

    /// The items of a list.
    ///
    /// # Errors
    /// Anything that is no list; `what` names what was expected.
    pub fn items(&self, what: &str) -> Result<&[Node], Problem> {
        match &self.value {
            Yaml::List(items) => Ok(items),
            _ => Err(self.unexpected(what)),
        }
    }

    /// The value of `key` where this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Yaml::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.node),
            _ => None,
        }
    }

    /// The problem that this value is not `what`.
    pub fn unexpected(&self, what: &str) -> Problem {
        Problem::new(
            &self.place,
            format!("expected {what}, found {}", self.describe()),
        )
    }

    /// This value as a message shows it, such as "the text `abc`".
    pub fn describe(&self) -> String {
        match &self.value {
            Yaml::Null => "nothing".to_owned(),
            Yaml::Flag(value) => format!("`{value}`"),
            Yaml::Integer(value) => format!("`{value}`"),
            Yaml::Real(value) => format!("`{value:?}`"),
            Yaml::Text(value) => format!("the text `{}`", shortened(value)),
            Yaml::List(_) => "a list".to_owned(),
            Yaml::Map(_) => "a mapping".to_owned(),
        }
    }
}

impl Entry {
    /// The problem that this key is not among `known`, with the nearest known one.
    pub fn unknown<'a>(&self, known: impl IntoIterator<Item = &'a str> + Clone) -> Problem {
        let problem = Problem::new(
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

fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn place_of(at: Location, text: &str, path: String) -> Place {
    let column = at.column() as usize;
    let line = at.line() as usize;
    // The line's start plus the column, both counted in characters, gives the byte offset.
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let rest = text.get(start..).unwrap_or("");
    let offset = start
        + rest
            .chars()
            .take(column.saturating_sub(1))
            .map(char::len_utf8)
            .sum::<usize>();
    let token = text.get(offset..).unwrap_or("");
    let length = token
        .find([',', ':', '}', ']', '\n', '#'])
        .map_or(token.len(), |end| token[..end].trim_end().len())
        .max(1);
    Place {
        line,
        column,
        offset,
        length,
        path,
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
        while let Some((key, value)) = map.next_entry::<Spanned<String>, Spanned<Raw>>()? {
            if entries.iter().any(|(known, _)| known.value == key.value) {
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
        let node = Node::parse("a: 1\nb:\n  c: [1.0e-4, 1e-3, yes, ~, .nan]\n").unwrap();
        let list = node.get("b").and_then(|b| b.get("c")).unwrap();
        let items = list.items("a list").unwrap();
        assert_eq!(items[0].value, Yaml::Real(1e-4));
        assert_eq!(items[1].value, Yaml::Real(1e-3));
        assert_eq!(items[2].value, Yaml::Text("yes".into()));
        assert_eq!(items[3].value, Yaml::Null);
        assert!(matches!(items[4].value, Yaml::Real(x) if x.is_nan()));
        assert_eq!((items[1].place.line, items[1].place.column), (3, 15));
        assert_eq!(items[1].place.path, "b.c[1]");
    }

    #[test]
    fn a_repeated_key_is_refused_with_its_line() {
        let problem = Node::parse("a: 1\na: 2\n").unwrap_err();
        assert_eq!(problem.place.line, 2, "{problem:?}");
    }
}
