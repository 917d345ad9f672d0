//! A quantity of each layer over epochs, such as the norm of its gradient.

use crate::axis::Axis;
use crate::chart::Chart;
use crate::curve::CurvePoint;
use crate::drawing::Drawing;
use crate::legend::{Entry, Swatch};
use crate::lines::{Line, Lines};
use crate::look::Look;
use crate::style::{Heading, Style};

/// Layers that are shown, evenly spread where there are more.
const SHOWN: usize = 12;

/// A quantity of each layer over epochs. The lines get darker from the first layer to the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerLines {
    /// Title and description.
    pub heading: Heading,
    /// Mostly the epoch.
    pub x: Axis,
    /// The quantity, mostly on a logarithmic axis.
    pub y: Axis,
    /// From the input to the output. Of more than twelve, twelve are shown: the first, the last,
    /// and others evenly between them.
    pub layers: Vec<LayerLine>,
}

/// The line of one layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerLine {
    /// As the legend shows it.
    pub name: String,
    /// In the order of x.
    pub points: Vec<CurvePoint>,
}

impl Chart for LayerLines {
    fn draw(&self, style: &Style) -> Drawing {
        let shown = self.shown();
        let count = shown.len();
        let looks = || (0..count).map(|rank| Look::of_rank(rank, count));
        let lines = shown.iter().zip(looks()).map(|(layer, look)| Line {
            name: layer.name.clone(),
            points: &layer.points,
            look,
            markers: true,
        });
        let entries = shown.iter().zip(looks()).map(|(layer, look)| Entry {
            swatch: Swatch::Line {
                look,
                markers: true,
            },
            text: layer.name.clone(),
        });
        let hidden = self.layers.len() - count;
        let more = (hidden > 0).then(|| Entry {
            swatch: Swatch::Nothing,
            text: style.and_more(hidden),
        });
        Lines {
            heading: &self.heading,
            x: &self.x,
            y: &self.y,
            lines: lines.collect(),
            behind: Vec::new(),
            legend: entries.chain(more).collect(),
        }
        .draw(style)
    }
}

impl LayerLines {
    fn shown(&self) -> Vec<&LayerLine> {
        match self.layers.len() {
            count if count <= SHOWN => self.layers.iter().collect(),
            count => (0..SHOWN)
                .map(|index| &self.layers[index * (count - 1) / (SHOWN - 1)])
                .collect(),
        }
    }
}
