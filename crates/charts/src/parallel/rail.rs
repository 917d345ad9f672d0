//! An axis, and where each line crosses it.

use super::sheet::least_height;
use super::{ParallelAxis, ParallelLine};
use crate::axis::{Axis, upright_ticks};
use crate::category::Categories;
use crate::scale::Span;
use crate::style::Style;
use crate::text::Label;

/// Names that an axis shows.
const MOST_NAMES: usize = 24;
/// Share of the distance between names over which the lines through one are fanned out.
const FAN: f64 = 0.42;

/// An axis with the heights at which lines cross it.
pub(super) struct Rail<'a> {
    pub(super) axis: &'a ParallelAxis,
    /// Share of the height, from the bottom, and text.
    pub(super) labels: Vec<(f64, Label)>,
    /// Share of the height for each line; nothing for a gap.
    pub(super) crossings: Vec<Option<f64>>,
    /// Share of the height by which labels stand above the lines that they name.
    pub(super) raised: f64,
}

impl<'a> Rail<'a> {
    pub(super) fn new(
        axis: &'a ParallelAxis,
        index: usize,
        lines: &[&ParallelLine],
        style: &Style,
    ) -> Self {
        let value = |line: &&ParallelLine| line.values.get(index).copied().unwrap_or(f64::NAN);
        let values: Vec<f64> = lines.iter().map(value).collect();
        match axis {
            ParallelAxis::Categories(categories) => {
                Self::of_names(axis, categories, &values, style)
            }
            ParallelAxis::Numbers(numbers) => Self::of_numbers(axis, numbers, &values, style),
        }
    }

    fn of_numbers(axis: &'a ParallelAxis, numbers: &Axis, values: &[f64], style: &Style) -> Self {
        let Some(span) = Span::around(numbers.scale, values.iter().copied()) else {
            return Self {
                axis,
                labels: Vec::new(),
                crossings: vec![None; values.len()],
                raised: 0.0,
            };
        };
        let labels = upright_ticks(&span, least_height(style), style.decimal)
            .into_iter()
            .filter_map(|tick| Some((span.share(tick.value)?, tick.label)));
        Self {
            axis,
            labels: labels.collect(),
            crossings: values.iter().map(|&value| span.share(value)).collect(),
            raised: 0.0,
        }
    }

    fn of_names(
        axis: &'a ParallelAxis,
        categories: &Categories,
        values: &[f64],
        style: &Style,
    ) -> Self {
        let names = &categories.names[..categories.names.len().min(MOST_NAMES)];
        let hidden = categories.names.len() - names.len();
        let more = (hidden > 0).then(|| style.and_more(hidden));
        let texts: Vec<String> = names.iter().cloned().chain(more).collect();
        let slots = texts.len().max(1) as f64;
        // The first name stands at the top.
        let middle = |index: usize| 1.0 - (index as f64 + 0.5) / slots;
        let index_of = |value: f64| {
            let is_index = value >= 0.0 && value < names.len() as f64 && value.fract() == 0.0;
            is_index.then_some(value as usize)
        };
        let mut through = vec![0_usize; names.len()];
        for index in values.iter().copied().filter_map(index_of) {
            through[index] += 1;
        }
        let mut seen = vec![0_usize; names.len()];
        let crossings = values.iter().map(|&value| {
            let index = index_of(value)?;
            seen[index] += 1;
            let place = match through[index] {
                1 => 0.0,
                count => (seen[index] - 1) as f64 / (count - 1) as f64 - 0.5,
            };
            Some(middle(index) + place * FAN / slots)
        });
        Self {
            axis,
            crossings: crossings.collect(),
            labels: texts
                .into_iter()
                .enumerate()
                .map(|(index, name)| (middle(index), name.into()))
                .collect(),
            raised: (FAN / 2.0) / slots,
        }
    }

    pub(super) fn caption(&self) -> String {
        match self.axis {
            ParallelAxis::Categories(categories) => categories.caption(f64::INFINITY),
            ParallelAxis::Numbers(numbers) => numbers.caption(f64::INFINITY),
        }
    }

    /// Width of the widest label, in CSS pixels, where names are cut to `longest`; numbers are
    /// never cut.
    pub(super) fn width_within(&self, longest: f64) -> f64 {
        let widest = self.labels.iter().map(|(_, label)| label.width());
        let widest = widest.fold(0.0, f64::max);
        match self.axis {
            ParallelAxis::Categories(_) => widest.min(longest),
            ParallelAxis::Numbers(_) => widest,
        }
    }
}
