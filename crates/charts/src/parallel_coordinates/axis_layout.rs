//! The layout of one axis: its labels, and where each line crosses it.

use crate::axes::axis::Axis;
use crate::axes::categories::Categories;
use crate::axes::left_axis::vertical_ticks;
use crate::parallel_coordinates::data::{ParallelAxis, ParallelLine};
use crate::primitives::text::Label;
use crate::scales::domain::Domain;
use crate::style::Style;

/// Maximum number of names on an axis.
const MAX_NAMES: usize = 24;
/// Height over which lines through the same name are fanned out, as a fraction of the distance
/// between names.
const FAN_HEIGHT: f64 = 0.42;

/// Returns the height of the colour bar, and the minimum height of the axes, in CSS pixels.
pub(super) fn axis_height(style: &Style) -> f64 {
    (style.usable_height() - 160.0).clamp(140.0, 320.0)
}

/// An axis with the positions of its labels and lines.
pub(super) struct AxisLayout<'a> {
    pub(super) axis: &'a ParallelAxis,
    /// Labels with their positions, as fractions of the height from the bottom.
    pub(super) labels: Vec<(f64, Label)>,
    /// Position of each line, as a fraction of the height from the bottom; `None` for a gap.
    pub(super) crossings: Vec<Option<f64>>,
    /// Distance of labels above the lines that they name, as a fraction of the height.
    pub(super) label_rise: f64,
}

impl<'a> AxisLayout<'a> {
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
        let Some(domain) = Domain::padded(numbers.scale, values.iter().copied()) else {
            return Self {
                axis,
                labels: Vec::new(),
                crossings: vec![None; values.len()],
                label_rise: 0.0,
            };
        };
        let labels = vertical_ticks(&domain, axis_height(style), style.decimal)
            .into_iter()
            .filter_map(|tick| Some((domain.fraction(tick.value)?, tick.label)));
        Self {
            axis,
            labels: labels.collect(),
            crossings: values.iter().map(|&value| domain.fraction(value)).collect(),
            label_rise: 0.0,
        }
    }

    fn of_names(
        axis: &'a ParallelAxis,
        categories: &Categories,
        values: &[f64],
        style: &Style,
    ) -> Self {
        let names = &categories.names[..categories.names.len().min(MAX_NAMES)];
        let hidden = categories.names.len() - names.len();
        let more = (hidden > 0).then(|| style.and_more(hidden));
        let texts: Vec<String> = names.iter().cloned().chain(more).collect();
        let slots = texts.len().max(1) as f64;
        // The first name is at the top.
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
            let position = match through[index] {
                1 => 0.0,
                count => (seen[index] - 1) as f64 / (count - 1) as f64 - 0.5,
            };
            Some(middle(index) + position * FAN_HEIGHT / slots)
        });
        Self {
            axis,
            crossings: crossings.collect(),
            labels: texts
                .into_iter()
                .enumerate()
                .map(|(index, name)| (middle(index), name.into()))
                .collect(),
            label_rise: (FAN_HEIGHT / 2.0) / slots,
        }
    }

    pub(super) fn caption(&self) -> String {
        match self.axis {
            ParallelAxis::Categories(categories) => categories.caption(f64::INFINITY),
            ParallelAxis::Numbers(numbers) => numbers.caption(f64::INFINITY),
        }
    }

    /// Returns the width of the widest label, in CSS pixels. Names are truncated to `longest`,
    /// numbers never.
    pub(super) fn width_within(&self, longest: f64) -> f64 {
        let widest = self.labels.iter().map(|(_, label)| label.width());
        let widest = widest.fold(0.0, f64::max);
        match self.axis {
            ParallelAxis::Categories(_) => widest.min(longest),
            ParallelAxis::Numbers(_) => widest,
        }
    }
}
