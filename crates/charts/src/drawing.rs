//! A finished chart: positioned shapes, images and texts, ready to be written.

use crate::primitives::mark::Mark;
#[cfg(test)]
use crate::primitives::text::Text;

/// A chart that has been laid out, independent of the output format.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Width in CSS pixels.
    pub(crate) width: f64,
    /// Height in CSS pixels.
    pub(crate) height: f64,
    /// Accessible name of the chart.
    pub(crate) title: String,
    /// Accessible description of the chart; may be empty.
    pub(crate) description: String,
    /// Marks from back to front, drawn on a white background.
    pub(crate) marks: Vec<Mark>,
}

impl Drawing {
    /// Returns the width in CSS pixels.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Returns the height in CSS pixels.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Returns all texts, including those in groups.
    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<&Text> {
        fn collect<'a>(marks: &'a [Mark], texts: &mut Vec<&'a Text>) {
            for mark in marks {
                match mark {
                    Mark::Text(text) => texts.push(text),
                    Mark::Group { marks, .. } => collect(marks, texts),
                    Mark::Shape { .. } | Mark::Image { .. } => {}
                }
            }
        }
        let mut texts = Vec::new();
        collect(&self.marks, &mut texts);
        texts
    }
}
