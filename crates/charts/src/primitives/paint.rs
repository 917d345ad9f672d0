//! Fills and strokes of shapes.

use crate::primitives::colour::Colour;

/// Fill and stroke of a shape.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Paint {
    pub(crate) fill: Option<Fill>,
    pub(crate) stroke: Option<Stroke>,
}

impl Paint {
    pub(crate) fn fill(colour: Colour) -> Self {
        Self {
            fill: Some(Fill {
                colour,
                opacity: 1.0,
            }),
            stroke: None,
        }
    }

    pub(crate) fn stroke(stroke: Stroke) -> Self {
        Self {
            fill: None,
            stroke: Some(stroke),
        }
    }

    pub(crate) fn translucent(colour: Colour, opacity: f64) -> Self {
        Self {
            fill: Some(Fill { colour, opacity }),
            stroke: None,
        }
    }

    pub(crate) fn with_stroke(self, stroke: Stroke) -> Self {
        Self {
            stroke: Some(stroke),
            ..self
        }
    }
}

/// The fill of a shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fill {
    pub(crate) colour: Colour,
    /// Opacity from 0 to 1.
    pub(crate) opacity: f64,
}

/// A stroke with round joins and caps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) colour: Colour,
    /// Width in CSS pixels.
    pub(crate) width: f64,
    /// Alternating lengths of dashes and gaps, in CSS pixels; empty for a solid line.
    pub(crate) dash: &'static [f64],
    /// Opacity from 0 to 1.
    pub(crate) opacity: f64,
}

impl Stroke {
    pub(crate) const fn new(colour: Colour, width: f64) -> Self {
        Self {
            colour,
            width,
            dash: &[],
            opacity: 1.0,
        }
    }

    pub(crate) const fn with_dash(self, dash: &'static [f64]) -> Self {
        Self { dash, ..self }
    }

    pub(crate) const fn with_opacity(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }
}
