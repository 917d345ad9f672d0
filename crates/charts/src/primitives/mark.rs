//! Marks: the shapes, images and texts of a drawing.

use crate::primitives::colour::Colour;
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::paint::{Paint, Stroke};
use crate::primitives::pixel_image::PixelImage;
use crate::primitives::text::Text;

/// A shape, an image, a text, or a group of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mark {
    Shape {
        outline: Outline,
        paint: Paint,
    },
    /// Pixels that fill the area and are not smoothed.
    Image {
        image: PixelImage,
        area: Rectangle,
    },
    Text(Text),
    /// Marks that belong together, with a tooltip that may be empty.
    Group {
        tooltip: String,
        marks: Vec<Mark>,
    },
}

impl Mark {
    pub(crate) fn shape(outline: Outline, paint: Paint) -> Self {
        Self::Shape { outline, paint }
    }

    pub(crate) fn rectangle(rectangle: Rectangle, fill: Colour) -> Self {
        Self::shape(Outline::Rectangle(rectangle), Paint::fill(fill))
    }

    pub(crate) fn line(from: Point, to: Point, stroke: Stroke) -> Self {
        Self::shape(Outline::Lines(vec![vec![from, to]]), Paint::stroke(stroke))
    }
}

/// The geometry of a shape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outline {
    Rectangle(Rectangle),
    /// Open polylines of at least two points.
    Lines(Vec<Vec<Point>>),
    /// Closed polygons of at least three points.
    Polygons(Vec<Vec<Point>>),
    Circles {
        centres: Vec<Point>,
        radius: f64,
    },
}
