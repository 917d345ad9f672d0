//! Numeric axes.

use crate::axes::caption::caption;
use crate::scales::scale::Scale;

/// A quantity on an axis: its label, unit and scale.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// Name of the quantity.
    pub label: String,
    /// Unit, shown in parentheses after the label; empty for dimensionless quantities.
    pub unit: String,
    /// Scale of the axis.
    pub scale: Scale,
}

impl Axis {
    /// Creates an axis with a linear scale.
    pub fn linear(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            unit: unit.into(),
            scale: Scale::Linear,
        }
    }

    /// Creates an axis with a logarithmic scale.
    pub fn log(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self {
            scale: Scale::Log,
            ..Self::linear(label, unit)
        }
    }

    /// Returns label and unit within `limit` CSS pixels; see [`caption`].
    pub(crate) fn caption(&self, limit: f64) -> String {
        caption(&self.label, &self.unit, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::text::FONT_SIZE;
    use crate::primitives::text_width::text_width;

    #[test]
    fn truncated_captions_keep_their_unit() {
        let axis = Axis::linear("time that an epoch takes on this machine", "s");
        assert!(axis.caption(1000.0).ends_with("machine (s)"));
        let cut = axis.caption(100.0);
        assert!(cut.ends_with("… (s)"), "{cut}");
        assert!(text_width(&cut, FONT_SIZE) <= 100.0);
        let both = Axis::linear("time of an epoch", "hundredths of a second").caption(100.0);
        assert!(both.contains("… (") && both.ends_with('…'), "{both}");
        assert!(text_width(&both, FONT_SIZE) <= 100.0);
        assert_eq!(Axis::linear("epoch", "").caption(100.0), "epoch");
        assert_eq!(Axis::linear("", "%").caption(100.0), "(%)");
    }
}
