//! What each factor changes by itself: a panel for each, all on one vertical axis.

mod panel;
mod sheet;

use crate::axis::{Axis, caption};
use crate::chart::Chart;
use crate::drawing::Drawing;
use crate::page::without_data;
use crate::scale::Span;
use crate::style::{Heading, Style};
use crate::text::{FONT_SIZE, wrapped};
use sheet::Sheet;

/// The mean of a metric at each level of each factor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MainEffects {
    /// Title and description.
    pub heading: Heading,
    /// The metric.
    pub y: Axis,
    /// A panel each; after 24, factors are left out.
    pub factors: Vec<FactorEffect>,
    /// A line across all panels, such as the mean of all trials.
    pub reference: Option<f64>,
    /// What the legend calls the points: "mean over trials". Empty for no entry.
    pub point: String,
    /// What the legend calls the bars: "95 % interval". Empty for no entry.
    pub interval: String,
    /// What the legend calls the line across: "mean of all trials". Empty for no entry.
    pub reference_name: String,
}

/// A factor with its levels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FactorEffect {
    /// Above the panel.
    pub name: String,
    /// Stands in parentheses after the name; may be empty.
    pub unit: String,
    /// From left to right; after 16, levels are left out.
    pub levels: Vec<LevelEffect>,
}

/// The metric at one level. Numbers that are not finite are missing.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelEffect {
    /// Below the panel.
    pub name: String,
    /// The point.
    pub value: f64,
    /// The lower end of the bar.
    pub low: f64,
    /// The upper end of the bar.
    pub high: f64,
}

const MOST_FACTORS: usize = 24;
const MOST_LEVELS: usize = 16;
/// Lines that names above panels may have.
const STRIP_LINES: usize = 2;

impl Chart for MainEffects {
    fn draw(&self, style: &Style) -> Drawing {
        let factors = &self.factors[..self.factors.len().min(MOST_FACTORS)];
        let levels = || {
            let levels = factors.iter().flat_map(FactorEffect::shown);
            levels.filter(|level| self.y.scale.shows(level.value))
        };
        if levels().next().is_none() {
            return without_data(&self.heading, style);
        }
        let ends = levels().flat_map(|level| [level.value, level.low, level.high]);
        match Span::around(self.y.scale, ends.chain(self.reference)) {
            None => without_data(&self.heading, style),
            Some(span) => Sheet::new(factors, span, style).draw(self, style),
        }
    }
}

impl FactorEffect {
    fn shown(&self) -> &[LevelEffect] {
        &self.levels[..self.levels.len().min(MOST_LEVELS)]
    }

    /// Name and unit in lines above a panel of this width.
    fn strip(&self, width: f64) -> Vec<String> {
        let name = caption(&self.name, &self.unit, f64::INFINITY);
        wrapped(&name, FONT_SIZE, width - 6.0, STRIP_LINES)
    }

    /// Of the levels that are shown, and a last one for those that are not.
    fn names(&self, style: &Style) -> Vec<String> {
        let hidden = self.levels.len() - self.shown().len();
        let more = (hidden > 0).then(|| style.and_more(hidden));
        let names = self.shown().iter().map(|level| level.name.clone());
        names.chain(more).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::Mark;

    fn chart(levels: usize) -> MainEffects {
        let level = |index: usize| LevelEffect {
            name: format!("level {index}"),
            value: index as f64,
            low: index as f64 - 0.5,
            high: index as f64 + 0.5,
        };
        MainEffects {
            factors: vec![FactorEffect {
                name: "factor".to_owned(),
                unit: String::new(),
                levels: (0..levels).map(level).collect(),
            }],
            ..MainEffects::default()
        }
    }

    fn texts(chart: &MainEffects) -> Vec<String> {
        let drawing = chart.draw(&Style::default());
        let texts = drawing.texts();
        texts.iter().map(|text| text.label.plain.clone()).collect()
    }

    #[test]
    fn levels_beyond_the_most_are_counted() {
        assert!(!texts(&chart(16)).iter().any(|text| text.contains("more")));
        assert!(texts(&chart(21)).contains(&"… and 5 more".to_owned()));
    }

    #[test]
    fn factors_beyond_the_most_are_counted() {
        let mut many = chart(2);
        many.factors = vec![many.factors[0].clone(); 30];
        assert!(texts(&many).contains(&"… and 6 more".to_owned()));
    }

    #[test]
    fn a_level_without_a_value_keeps_its_place_empty() {
        let mut gap = chart(3);
        gap.factors[0].levels[1].value = f64::NAN;
        assert!(texts(&gap).contains(&"level 1".to_owned()));
        let drawing = gap.draw(&Style::default());
        let names: Vec<&str> = drawing
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Group { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(names, ["factor: level 0", "factor: level 2"]);
    }
}
