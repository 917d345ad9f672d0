//! Numbers within bounds.

use super::config_value::ConfigValue;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// A finite number within the bounds `B`; compared and hashed by its bits.
#[derive(Clone, Copy)]
pub struct Bounded<B: Bounds>(f64, PhantomData<B>);

/// The bounds of a kind of number.
pub trait Bounds: Copy {
    /// The accepted numbers, as a message names them.
    const EXPECTED: &'static str;
    /// The minimum.
    const MIN: f64;
    /// Whether the minimum itself is accepted.
    const INCLUDES_MIN: bool;
    /// The number that all accepted numbers are less than.
    const LIMIT: f64;
}

macro_rules! bounds {
    ($($(#[$meta:meta])* $name:ident = $expected:literal, $min:expr, $includes_min:literal, $limit:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl Bounds for $name {
            const EXPECTED: &'static str = $expected;
            const MIN: f64 = $min;
            const INCLUDES_MIN: bool = $includes_min;
            const LIMIT: f64 = $limit;
        }
    )+};
}

bounds! {
    /// (0, ∞).
    AboveZero = "a number greater than 0", 0.0, false, f64::INFINITY;
    /// [0, ∞).
    ZeroOrMore = "a number of at least 0", 0.0, true, f64::INFINITY;
    /// [0, 1).
    ZeroToOne = "a number of at least 0 and less than 1", 0.0, true, 1.0;
    /// [−100, 100).
    Within100 = "a number of at least -100 and less than 100", -100.0, true, 100.0;
    /// (−∞, ∞).
    Unbounded = "a number", f64::NEG_INFINITY, false, f64::INFINITY;
}

/// A number greater than 0, such as a learning rate.
pub type Positive = Bounded<AboveZero>;
/// A number of at least 0, such as a weight decay.
pub type NonNegative = Bounded<ZeroOrMore>;
/// A number of at least 0 and less than 1, such as a dropout rate or a momentum.
pub type Fraction = Bounded<ZeroToOne>;
/// A number of at least −100 and less than 100: the slope of an activation.
pub(crate) type Slope = Bounded<Within100>;
/// Any finite number, such as an initial weight.
pub type Finite = Bounded<Unbounded>;

impl<B: Bounds> Bounded<B> {
    /// The number; `None` if it is not finite or out of bounds.
    pub fn new(value: f64) -> Option<Self> {
        let is_above = value > B::MIN || (B::INCLUDES_MIN && value == B::MIN);
        // Adding zero turns -0.0 into 0.0, so that equal numbers have equal bits.
        (value.is_finite() && is_above && value < B::LIMIT)
            .then_some(Self(value + 0.0, PhantomData))
    }

    /// A number that is known to be within the bounds.
    ///
    /// # Panics
    /// If a constant of this program is out of bounds. Every test that makes a default finds it.
    #[expect(clippy::expect_used, reason = "a constant of the program")]
    pub(crate) fn constant(value: f64) -> Self {
        Self::new(value).expect("constants of this program are within their bounds")
    }

    /// Whether a text is a number within the bounds.
    fn accepts(text: &str) -> bool {
        text.parse().is_ok_and(|value| Self::new(value).is_some())
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl<B: Bounds> fmt::Debug for Bounded<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bounded").field(&self.0).finish()
    }
}

impl<B: Bounds> PartialEq for Bounded<B> {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}
impl<B: Bounds> Eq for Bounded<B> {}
impl<B: Bounds> Hash for Bounded<B> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// A number with a decimal comma, such as `0,01`, with a point instead. Three digits after the comma may be thousands.
fn with_decimal_point(text: &str) -> Option<String> {
    let (whole, decimals) = text.split_once(',')?;
    let may_be_thousands = decimals.len() == 3 && whole != "0";
    (!may_be_thousands).then(|| format!("{whole}.{decimals}"))
}

impl<B: Bounds> ConfigValue for Bounded<B> {
    fn expected() -> String {
        B::EXPECTED.to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let value = match node.value {
            YamlValue::Integer(value) => value as f64,
            YamlValue::Float(value) => value,
            YamlValue::String(ref text) => {
                let diagnostic = node.unexpected(&Self::expected());
                return Err(match with_decimal_point(text) {
                    Some(number) if Self::accepts(&number) => {
                        diagnostic.with_help(format!("write `{number}`"))
                    }
                    _ => diagnostic,
                });
            }
            _ => return Err(node.unexpected(&Self::expected())),
        };
        Self::new(value).ok_or_else(|| node.unexpected(&Self::expected()))
    }
    fn to_value(&self) -> Value {
        json!(self.0)
    }
    fn schema() -> Value {
        let mut schema = json!({ "type": "number" });
        let minimum = if B::INCLUDES_MIN {
            "minimum"
        } else {
            "exclusiveMinimum"
        };
        if B::MIN.is_finite() {
            schema[minimum] = json!(B::MIN);
        }
        if B::LIMIT.is_finite() {
            schema["exclusiveMaximum"] = json!(B::LIMIT);
        }
        schema
    }
}

/// A whole number of at least 1 and at most [`Count::MAX`], such as a number of epochs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Count(u32);

impl Count {
    /// The maximum: far more than anyone needs, small enough that products do not overflow.
    pub const MAX: u32 = 1_000_000_000;

    /// The count; `None` if it is out of range.
    pub fn new(value: usize) -> Option<Self> {
        let value = u32::try_from(value).ok()?;
        (1..=Self::MAX).contains(&value).then_some(Self(value))
    }

    /// A count that is known to be in range.
    pub(crate) const fn constant(value: u32) -> Self {
        assert!(value >= 1 && value <= Self::MAX);
        Self(value)
    }

    /// The count.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

impl ConfigValue for Count {
    fn expected() -> String {
        format!("a whole number from 1 to {}", Self::MAX)
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match node.value {
            YamlValue::Integer(value) => usize::try_from(value).ok().and_then(Self::new),
            _ => None,
        }
        .ok_or_else(|| node.unexpected(&Self::expected()))
    }
    fn to_value(&self) -> Value {
        json!(self.0)
    }
    fn schema() -> Value {
        json!({ "type": "integer", "minimum": 1, "maximum": Self::MAX })
    }
}

/// The maximum length of a list of counts.
const MAX_COUNTS: usize = 100;

/// One count, or a list of them.
impl ConfigValue for Vec<Count> {
    fn expected() -> String {
        format!("a whole number of at least 1, or a list of at most {MAX_COUNTS} of them")
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            YamlValue::Integer(_) => Count::read(node).map(|count| vec![count]),
            YamlValue::List(items) if (1..=MAX_COUNTS).contains(&items.len()) => {
                items.iter().map(Count::read).collect()
            }
            _ => Err(node.unexpected(&Self::expected())),
        }
    }
    fn to_value(&self) -> Value {
        self.iter().map(ConfigValue::to_value).collect()
    }
    fn schema() -> Value {
        json!({ "anyOf": [Count::schema(), {
            "type": "array", "items": Count::schema(), "minItems": 1, "maxItems": MAX_COUNTS,
        }] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_comma_is_refused_with_a_fix_that_would_be_accepted() {
        let help = |text: &str| {
            let node = YamlNode::parse(&format!("a: {text}")).unwrap();
            Fraction::read(node.get("a").unwrap()).unwrap_err().help
        };
        assert_eq!(help("0,01").as_deref(), Some("write `0.01`"));
        assert_eq!(help("0,125").as_deref(), Some("write `0.125`"));
        // Perhaps thousands; out of bounds; no number.
        for text in ["1,024", "1,5", "one,two", "0,1,2"] {
            assert_eq!(help(text), None, "{text}");
        }
    }
}
