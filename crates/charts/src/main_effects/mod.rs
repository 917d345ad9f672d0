//! Main-effects charts: a panel for each factor, with a common vertical axis.

mod data;
mod layout;
mod panel;

pub use data::{FactorEffect, LevelEffect, MainEffects};

use crate::chart::Chart;
use crate::components::frame::no_data_drawing;
use crate::drawing::Drawing;
use crate::main_effects::layout::Layout;
use crate::scales::domain::Domain;
use crate::style::Style;

const MAX_FACTORS: usize = 24;

impl Chart for MainEffects {
    fn draw(&self, style: &Style) -> Drawing {
        let factors = &self.factors[..self.factors.len().min(MAX_FACTORS)];
        let levels = || {
            let levels = factors.iter().flat_map(FactorEffect::shown);
            levels.filter(|level| self.y.scale.can_show(level.value))
        };
        if levels().next().is_none() {
            return no_data_drawing(&self.heading, style);
        }
        let ends = levels().flat_map(|level| [level.value, level.low, level.high]);
        match Domain::padded(self.y.scale, ends.chain(self.reference)) {
            None => no_data_drawing(&self.heading, style),
            Some(domain) => Layout::new(factors, domain, style).draw(self, style),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::mark::Mark;

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
    fn omitted_levels_are_counted() {
        assert!(!texts(&chart(16)).iter().any(|text| text.contains("more")));
        assert!(texts(&chart(21)).contains(&"… and 5 more".to_owned()));
    }

    #[test]
    fn omitted_factors_are_counted() {
        let mut many = chart(2);
        many.factors = vec![many.factors[0].clone(); 30];
        assert!(texts(&many).contains(&"… and 6 more".to_owned()));
    }

    #[test]
    fn a_level_without_a_value_leaves_a_gap() {
        let mut gap = chart(3);
        gap.factors[0].levels[1].value = f64::NAN;
        assert!(texts(&gap).contains(&"level 1".to_owned()));
        let drawing = gap.draw(&Style::default());
        let names: Vec<&str> = drawing
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Group { tooltip, .. } => Some(tooltip.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(names, ["factor: level 0", "factor: level 2"]);
    }
}
