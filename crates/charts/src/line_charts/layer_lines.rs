//! Charts of a quantity per layer, such as the gradient norm.

use crate::axes::axis::Axis;
use crate::chart::Chart;
use crate::components::legend::{LegendEntry, Swatch};
use crate::components::series_style::SeriesStyle;
use crate::drawing::Drawing;
use crate::heading::Heading;
use crate::line_charts::curve_point::CurvePoint;
use crate::line_charts::line_plot::{Line, LinePlot};
use crate::style::Style;

/// Maximum number of layers; more are sampled evenly.
const MAX_LAYERS: usize = 12;

/// A quantity of each layer over epochs. Lines get darker from the first layer to the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerLines {
    /// Title and description.
    pub heading: Heading,
    /// Horizontal axis, usually the epoch.
    pub x: Axis,
    /// Axis of the quantity, usually logarithmic.
    pub y: Axis,
    /// Layers from input to output. Of more than twelve, only twelve are shown: the first, the last
    /// and ten evenly spaced ones.
    pub layers: Vec<LayerLine>,
}

/// The line of one layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerLine {
    /// Name in the legend.
    pub name: String,
    /// Points in ascending order of x.
    pub points: Vec<CurvePoint>,
}

impl Chart for LayerLines {
    fn draw(&self, style: &Style) -> Drawing {
        let shown = self.shown();
        let count = shown.len();
        let series_styles = || (0..count).map(|rank| SeriesStyle::ordinal(rank, count));
        let lines = shown
            .iter()
            .zip(series_styles())
            .map(|(layer, series_style)| Line {
                name: layer.name.clone(),
                points: &layer.points,
                series_style,
                markers: true,
            });
        let entries = shown
            .iter()
            .zip(series_styles())
            .map(|(layer, series_style)| LegendEntry {
                swatch: Swatch::Line {
                    series_style,
                    markers: true,
                },
                text: layer.name.clone(),
            });
        let hidden = self.layers.len() - count;
        let more = (hidden > 0).then(|| LegendEntry {
            swatch: Swatch::Blank,
            text: style.and_more(hidden),
        });
        LinePlot {
            heading: &self.heading,
            x: &self.x,
            y: &self.y,
            lines: lines.collect(),
            background: Vec::new(),
            legend: entries.chain(more).collect(),
        }
        .draw(style)
    }
}

impl LayerLines {
    fn shown(&self) -> Vec<&LayerLine> {
        match self.layers.len() {
            count if count <= MAX_LAYERS => self.layers.iter().collect(),
            count => (0..MAX_LAYERS)
                .map(|index| &self.layers[index * (count - 1) / (MAX_LAYERS - 1)])
                .collect(),
        }
    }
}
