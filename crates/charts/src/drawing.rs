//! A finished chart: shapes and texts at their places, ready to be written.

use crate::colour::Colour;
use crate::geometry::{Point, Rectangle};
use crate::png::PngError;
use crate::text::Text;

/// A chart that has been laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// In CSS pixels.
    pub(crate) width: f64,
    /// In CSS pixels.
    pub(crate) height: f64,
    /// For those who do not see the chart.
    pub(crate) title: String,
    /// For those who do not see the chart; may be empty.
    pub(crate) description: String,
    /// From the back to the front, on white.
    pub(crate) marks: Vec<Mark>,
}

impl Drawing {
    /// In CSS pixels.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// In CSS pixels.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// An SVG document, which may stand in an HTML page as it is.
    ///
    /// The same chart gives the same bytes. Ids begin with a hash of the contents, so that
    /// different charts can stand in one page.
    pub fn to_svg(&self) -> String {
        crate::svg::write(self)
    }

    /// A PNG file with `scale` pixels for each CSS pixel: 2 for sharp screens, about 3 for print.
    ///
    /// # Errors
    /// When `scale` is no positive number, or the picture would be wider or higher than 16384
    /// pixels.
    pub fn to_png(&self, scale: f64) -> Result<Vec<u8>, PngError> {
        crate::png::write(self, scale)
    }

    /// All texts, those in groups too.
    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<&Text> {
        fn collect<'a>(marks: &'a [Mark], texts: &mut Vec<&'a Text>) {
            for mark in marks {
                match mark {
                    Mark::Text(text) => texts.push(text),
                    Mark::Group { marks, .. } => collect(marks, texts),
                    Mark::Shape { .. } => {}
                }
            }
        }
        let mut texts = Vec::new();
        collect(&self.marks, &mut texts);
        texts
    }
}

/// Something to see.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mark {
    Shape {
        outline: Outline,
        paint: Paint,
    },
    Text(Text),
    /// Marks that belong together; `name` is what a pointer held over them tells, if
    /// anything.
    Group {
        name: String,
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

/// The form of a shape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outline {
    Rectangle(Rectangle),
    /// Open runs of two points or more.
    Lines(Vec<Vec<Point>>),
    /// Closed runs of three points or more.
    Polygons(Vec<Vec<Point>>),
    Circles {
        centres: Vec<Point>,
        radius: f64,
    },
}

/// How a shape is filled and stroked.
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

/// The inside of a shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fill {
    pub(crate) colour: Colour,
    /// 0 to 1.
    pub(crate) opacity: f64,
}

/// The line along an outline, with round joins and ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) colour: Colour,
    /// In CSS pixels.
    pub(crate) width: f64,
    /// Lengths of dashes and gaps in turn, in CSS pixels; empty for an unbroken line.
    pub(crate) dash: &'static [f64],
    /// 0 to 1.
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

    pub(crate) const fn dashed(self, dash: &'static [f64]) -> Self {
        Self { dash, ..self }
    }

    pub(crate) const fn translucent(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }
}
