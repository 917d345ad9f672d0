//! Quantities with named values.

use crate::axes::caption::caption;

/// A quantity that takes one of several named values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Categories {
    /// Name of the quantity.
    pub label: String,
    /// Unit, shown in parentheses after the label; empty if the values have no unit.
    pub unit: String,
    /// Names of the values, in axis order.
    pub names: Vec<String>,
}

impl Categories {
    /// Creates a quantity without a unit.
    pub fn new(
        label: impl Into<String>,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            label: label.into(),
            unit: String::new(),
            names: names.into_iter().map(Into::into).collect(),
        }
    }

    pub(crate) fn caption(&self, limit: f64) -> String {
        caption(&self.label, &self.unit, limit)
    }
}
