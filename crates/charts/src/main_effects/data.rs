//! The data of a main-effects chart.

use crate::axes::axis::Axis;
use crate::axes::caption::caption;
use crate::heading::Heading;
use crate::primitives::text::FONT_SIZE;
use crate::primitives::text_width::wrapped;
use crate::style::Style;

/// A main-effects chart: the mean of a metric at each level of each factor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MainEffects {
    /// Title and description.
    pub heading: Heading,
    /// Axis of the metric.
    pub y: Axis,
    /// Factors, one panel each; at most 24 are shown.
    pub factors: Vec<FactorEffect>,
    /// Value of a reference line across all panels, such as the mean of all trials.
    pub reference: Option<f64>,
    /// Legend text of the points, such as "mean over trials"; empty for no entry.
    pub point_label: String,
    /// Legend text of the error bars, such as "95 % interval"; empty for no entry.
    pub interval_label: String,
    /// Legend text of the reference line, such as "mean of all trials"; empty for no entry.
    pub reference_label: String,
}

/// A factor and its levels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FactorEffect {
    /// Name above the panel.
    pub name: String,
    /// Unit, shown in parentheses after the name; may be empty.
    pub unit: String,
    /// Levels from left to right; at most 16 are shown.
    pub levels: Vec<LevelEffect>,
}

/// The metric at one level. Numbers that are not finite are missing.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelEffect {
    /// Label below the panel.
    pub name: String,
    /// Value of the point.
    pub value: f64,
    /// Lower end of the error bar.
    pub low: f64,
    /// Upper end of the error bar.
    pub high: f64,
}
const MAX_LEVELS: usize = 16;
/// Maximum number of lines in the title strip of a panel.
const MAX_STRIP_LINES: usize = 2;

impl FactorEffect {
    pub(super) fn shown(&self) -> &[LevelEffect] {
        &self.levels[..self.levels.len().min(MAX_LEVELS)]
    }

    /// Returns name and unit, wrapped into lines for a panel of this width in CSS pixels.
    pub(super) fn strip(&self, width: f64) -> Vec<String> {
        let name = caption(&self.name, &self.unit, f64::INFINITY);
        wrapped(&name, FONT_SIZE, width - 6.0, MAX_STRIP_LINES)
    }

    /// Returns the labels of the levels that are shown, and the note on omitted ones, if any.
    pub(super) fn names(&self, style: &Style) -> Vec<String> {
        let hidden = self.levels.len() - self.shown().len();
        let more = (hidden > 0).then(|| style.and_more(hidden));
        let names = self.shown().iter().map(|level| level.name.clone());
        names.chain(more).collect()
    }
}
