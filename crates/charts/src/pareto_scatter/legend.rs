//! The legend of a Pareto scatter plot.

use crate::components::legend::{LegendEntry, Swatch};
use crate::components::series_style::SeriesStyle;
use crate::pareto_scatter::data::ParetoScatter;
use crate::pareto_scatter::point_size::{DEFAULT_RADIUS, PointSizes};
use crate::pareto_scatter::point_style::{has_shapes, paint};
use crate::primitives::colour::{AXIS, BLUE, VERMILION};
use crate::primitives::marker::Marker;
use crate::style::Style;

/// Maximum number of points of the front, and of shapes, in the legend.
pub(super) const MAX_NAMED: usize = 20;

/// Returns the entries for the front, the other points, the shapes and the sizes.
pub(super) fn legend_entries(
    chart: &ParetoScatter,
    point_sizes: &PointSizes,
    style: &Style,
) -> Vec<LegendEntry> {
    let marker = |colour, is_on_front| Swatch::Marker {
        marker: Marker::Circle,
        radius: DEFAULT_RADIUS,
        paint: paint(colour, is_on_front),
    };
    let (front, others) = if has_shapes(chart) {
        (marker(AXIS, true), marker(AXIS, false))
    } else {
        (marker(VERMILION, true), marker(BLUE, false))
    };
    let mut entries = Vec::new();
    for (swatch, text) in [(front, &chart.front_label), (others, &chart.others_label)] {
        if !text.is_empty() {
            entries.push(LegendEntry {
                swatch,
                text: text.clone(),
            });
        }
    }
    if has_shapes(chart) {
        entries.push(LegendEntry {
            swatch: Swatch::Heading,
            text: chart.shapes.caption(f64::INFINITY),
        });
    }
    let named = chart.shapes.names.iter().take(MAX_NAMED).enumerate();
    entries.extend(named.map(|(index, name)| LegendEntry {
        swatch: Swatch::Marker {
            marker: SeriesStyle::categorical(index).marker,
            radius: DEFAULT_RADIUS,
            paint: paint(SeriesStyle::categorical(index).colour, false),
        },
        text: name.clone(),
    }));
    let more = chart.shapes.names.len().saturating_sub(MAX_NAMED);
    if more > 0 {
        entries.push(LegendEntry {
            swatch: Swatch::Blank,
            text: style.and_more(more),
        });
    }
    entries.extend(point_sizes.legend(chart.size_axis.as_ref(), style));
    entries
}

/// Returns legend entries that map the numbers next to points of the front to their names.
pub(super) fn front_key(numbers: &[String], names: &[&str], style: &Style) -> Vec<LegendEntry> {
    let entries = numbers.iter().zip(names);
    let more = names.len() - numbers.len();
    let more = (more > 0).then(|| LegendEntry {
        swatch: Swatch::Blank,
        text: style.and_more(more),
    });
    entries
        .map(|(number, name)| LegendEntry {
            swatch: Swatch::Tag(number.clone()),
            text: (*name).to_owned(),
        })
        .chain(more)
        .collect()
}
