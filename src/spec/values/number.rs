//! Numbers that cannot be out of range.

use super::config_value::ConfigValue;
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};
use std::hash::{Hash, Hasher};

/// A finite number within the bounds of its kind; compared and hashed by its bits.
#[derive(Clone, Copy, Debug)]
pub struct Bounded<const KIND: u8>(f64);

/// The bounds of one kind of number.
struct Bounds {
    /// As a message says it.
    expects: &'static str,
    lowest: f64,
    lowest_included: bool,
    /// Excluded.
    limit: f64,
}

const BOUNDS: [Bounds; 4] = [
    Bounds {
        expects: "a number greater than 0",
        lowest: 0.0,
        lowest_included: false,
        limit: f64::INFINITY,
    },
    Bounds {
        expects: "a number of at least 0",
        lowest: 0.0,
        lowest_included: true,
        limit: f64::INFINITY,
    },
    Bounds {
        expects: "a number of at least 0 and less than 1",
        lowest: 0.0,
        lowest_included: true,
        limit: 1.0,
    },
    Bounds {
        expects: "a number",
        lowest: f64::NEG_INFINITY,
        lowest_included: false,
        limit: f64::INFINITY,
    },
];

/// A number greater than 0, such as a learning rate.
pub type Positive = Bounded<0>;
/// A number of at least 0, such as a weight decay.
pub type NonNegative = Bounded<1>;
/// A number of at least 0 and less than 1, such as a dropout rate or a momentum.
pub type Fraction = Bounded<2>;
/// Any finite number, such as an initial weight.
pub type Real = Bounded<3>;

impl<const KIND: u8> Bounded<KIND> {
    const RULE: &'static Bounds = &BOUNDS[KIND as usize];

    /// The number, if it is finite and within the bounds.
    pub fn new(value: f64) -> Option<Self> {
        let rule = Self::RULE;
        let above = value > rule.lowest || (rule.lowest_included && value == rule.lowest);
        // Adding zero turns -0.0 into 0.0, so that equal numbers have equal bits.
        (value.is_finite() && above && value < rule.limit).then_some(Self(value + 0.0))
    }

    /// A number known to be within the bounds.
    ///
    /// # Panics
    /// A constant of ours that is not, found by the first test that makes a default.
    #[expect(clippy::expect_used, reason = "a constant of the program")]
    pub(crate) fn constant(value: f64) -> Self {
        Self::new(value).expect("a constant of ours is within its own bounds")
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl<const KIND: u8> PartialEq for Bounded<KIND> {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}
impl<const KIND: u8> Eq for Bounded<KIND> {}
impl<const KIND: u8> Hash for Bounded<KIND> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl<const KIND: u8> ConfigValue for Bounded<KIND> {
    fn expects() -> String {
        Self::RULE.expects.to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let value = match node.value {
            YamlValue::Integer(value) => value as f64,
            YamlValue::Real(value) => value,
            _ => return Err(node.unexpected(&Self::expects())),
        };
        Self::new(value).ok_or_else(|| node.unexpected(&Self::expects()))
    }
    fn show(&self) -> Value {
        json!(self.0)
    }
    fn schema() -> Value {
        let rule = Self::RULE;
        let mut schema = json!({ "type": "number" });
        let lowest = match rule.lowest_included {
            true => "minimum",
            false => "exclusiveMinimum",
        };
        if rule.lowest.is_finite() {
            schema[lowest] = json!(rule.lowest);
        }
        if rule.limit.is_finite() {
            schema["exclusiveMaximum"] = json!(rule.limit);
        }
        schema
    }
}

/// A whole number of at least 1 and at most [`Count::LARGEST`], such as a number of epochs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Count(u32);

impl Count {
    /// The largest count: far beyond any use, small enough that products do not overflow.
    pub const LARGEST: u32 = 1_000_000_000;

    /// The count, if it is in range.
    pub fn new(value: usize) -> Option<Self> {
        let value = u32::try_from(value).ok()?;
        (1..=Self::LARGEST).contains(&value).then_some(Self(value))
    }

    /// A count known to be in range.
    pub(crate) const fn constant(value: u32) -> Self {
        assert!(value >= 1 && value <= Self::LARGEST);
        Self(value)
    }

    /// The count.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

impl ConfigValue for Count {
    fn expects() -> String {
        format!("a whole number from 1 to {}", Self::LARGEST)
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match node.value {
            YamlValue::Integer(value) => usize::try_from(value).ok().and_then(Self::new),
            _ => None,
        }
        .ok_or_else(|| node.unexpected(&Self::expects()))
    }
    fn show(&self) -> Value {
        json!(self.0)
    }
    fn schema() -> Value {
        json!({ "type": "integer", "minimum": 1, "maximum": Self::LARGEST })
    }
}

/// The longest list of counts.
const LONGEST: usize = 100;

/// One count, or a list of them.
impl ConfigValue for Vec<Count> {
    fn expects() -> String {
        format!("a list of 1 to {LONGEST} whole numbers of at least 1")
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            YamlValue::Integer(_) => Count::read(node).map(|count| vec![count]),
            YamlValue::List(items) if (1..=LONGEST).contains(&items.len()) => {
                items.iter().map(Count::read).collect()
            }
            _ => Err(node.unexpected(&Self::expects())),
        }
    }
    fn show(&self) -> Value {
        self.iter().map(ConfigValue::show).collect()
    }
    fn schema() -> Value {
        json!({ "anyOf": [Count::schema(), {
            "type": "array", "items": Count::schema(), "minItems": 1, "maxItems": LONGEST,
        }] })
    }
}
