//! The labels of a category axis, horizontal or slanted depending on the available width.

use crate::primitives::geometry::Point;
use crate::primitives::mark::Mark;
use crate::primitives::text::{Anchor, FONT_SIZE, Text};
use crate::primitives::text_width::{text_width, truncated};

/// Angle of slanted labels, in degrees.
const ANGLE: f64 = 40.0;
/// Gap between the axis and its labels, in CSS pixels.
const LABEL_GAP: f64 = 7.0;
/// Line height, and minimum distance of slanted labels, in CSS pixels.
const LINE_HEIGHT: f64 = 16.0;
/// Minimum gap between horizontal labels, in CSS pixels.
const MIN_DISTANCE: f64 = 8.0;

/// Orientation of labels below an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelOrientation {
    Horizontal,
    Slanted,
}

impl LabelOrientation {
    /// Returns `Horizontal` if all labels fit into slots of this width, otherwise `Slanted`.
    pub(crate) fn fitting<'a>(names: impl IntoIterator<Item = &'a String>, slot: f64) -> Self {
        let fits = |name: &String| text_width(name, FONT_SIZE) + MIN_DISTANCE <= slot;
        if names.into_iter().all(fits) {
            Self::Horizontal
        } else {
            Self::Slanted
        }
    }

    /// Truncates a label to its slot if horizontal, or to `longest` CSS pixels if slanted.
    pub(crate) fn truncated(self, name: &str, slot: f64, longest: f64) -> String {
        match self {
            Self::Horizontal => truncated(name, FONT_SIZE, slot - MIN_DISTANCE),
            Self::Slanted => truncated(name, FONT_SIZE, longest),
        }
    }

    /// Returns the height of the labels including the gap to the axis, in CSS pixels.
    pub(crate) fn height<'a>(self, shown: impl IntoIterator<Item = &'a String>) -> f64 {
        let widest = shown
            .into_iter()
            .map(|name| text_width(name, FONT_SIZE))
            .fold(0.0, f64::max);
        match self {
            Self::Horizontal => LABEL_GAP + LINE_HEIGHT,
            Self::Slanted => {
                let (sine, cosine) = libm::sincos(ANGLE.to_radians());
                LABEL_GAP + widest * sine + FONT_SIZE * cosine
            }
        }
    }

    /// Returns how far a label extends to the left of its anchor, in CSS pixels.
    pub(crate) fn left_overhang(self, name: &str) -> f64 {
        let width = text_width(name, FONT_SIZE);
        match self {
            Self::Horizontal => width / 2.0,
            Self::Slanted => {
                let (sine, cosine) = libm::sincos(ANGLE.to_radians());
                width * cosine + FONT_SIZE * sine
            }
        }
    }

    /// Returns the indices of the labels that fit without overlap: all, or every n-th. With
    /// `with_last`, the last label is always included.
    pub(crate) fn visible_labels(self, count: usize, slot: f64, with_last: bool) -> Vec<usize> {
        let stride = match self {
            Self::Horizontal => 1,
            Self::Slanted => {
                let distance = slot * libm::sin(ANGLE.to_radians());
                (LINE_HEIGHT / distance.max(0.1)).ceil().clamp(1.0, 1000.0) as usize
            }
        };
        let last = (with_last && count > 0).then(|| count - 1);
        let is_clear = |index: &usize| last.is_none_or(|last| index + stride <= last);
        (0..count)
            .step_by(stride)
            .filter(is_clear)
            .chain(last)
            .collect()
    }

    /// Draws a label below the axis; `axis` is the middle of its slot.
    pub(crate) fn draw(self, name: String, axis: Point, marks: &mut Vec<Mark>) {
        let text = match self {
            Self::Horizontal => Text::new(name, axis.offset(0.0, LABEL_GAP + 0.8 * FONT_SIZE))
                .with_anchor(Anchor::Middle),
            Self::Slanted => Text::new(name, axis.offset(4.0, LABEL_GAP + 0.5 * FONT_SIZE))
                .with_anchor(Anchor::End)
                .rotated(-ANGLE),
        };
        marks.push(Mark::Text(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_horizontal_if_they_fit() {
        let names = ["none".to_owned(), "weight_decay".to_owned()];
        assert_eq!(
            LabelOrientation::fitting(&names, 100.0),
            LabelOrientation::Horizontal
        );
        assert_eq!(
            LabelOrientation::fitting(&names, 60.0),
            LabelOrientation::Slanted
        );
    }

    #[test]
    fn slanted_labels_stay_within_their_height_and_overhang() {
        let name = "cosine_warm_restarts".to_owned();
        let mut marks = Vec::new();
        LabelOrientation::Slanted.draw(name.clone(), Point::new(0.0, 0.0), &mut marks);
        let [Mark::Text(text)] = marks.as_slice() else {
            panic!("one text");
        };
        let depth = LabelOrientation::Slanted.height([&name]);
        let reach = LabelOrientation::Slanted.left_overhang(&name);
        for corner in text.corners() {
            assert!(
                corner.y > 0.0 && corner.y < depth + 3.0,
                "{corner:?} {depth}"
            );
            assert!(
                corner.x > -reach - 3.0 && corner.x < 10.0,
                "{corner:?} {reach}"
            );
        }
    }

    #[test]
    fn narrow_slots_omit_labels() {
        assert_eq!(
            LabelOrientation::Slanted.visible_labels(4, 40.0, false),
            [0, 1, 2, 3]
        );
        assert_eq!(
            LabelOrientation::Slanted.visible_labels(4, 40.0, true),
            [0, 1, 2, 3]
        );
        assert_eq!(
            LabelOrientation::Slanted.visible_labels(8, 10.0, false),
            [0, 3, 6]
        );
        assert_eq!(
            LabelOrientation::Slanted.visible_labels(8, 10.0, true),
            [0, 3, 7]
        );
        assert_eq!(
            LabelOrientation::Horizontal.visible_labels(3, 10.0, true),
            [0, 1, 2]
        );
        assert!(
            LabelOrientation::Slanted
                .visible_labels(0, 10.0, true)
                .is_empty()
        );
    }
}
