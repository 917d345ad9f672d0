//! Axes of names, and how long names find room below them.

use crate::axis::caption;
use crate::drawing::Mark;
use crate::geometry::Point;
use crate::text::{Anchor, FONT_SIZE, Text, shortened, width};

/// A quantity that takes one of several named values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Categories {
    /// What is named.
    pub label: String,
    /// Stands in parentheses after the label; empty for names that are no numbers with a unit.
    pub unit: String,
    /// The values, in their order.
    pub names: Vec<String>,
}

impl Categories {
    /// The names of a quantity without a unit.
    pub fn new(
        label: impl Into<String>,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            label: label.into(),
            unit: String::new(),
            names: names.into_iter().map(Into::into).collect(),
        }
    }

    pub(crate) fn caption(&self, limit: f64) -> String {
        caption(&self.label, &self.unit, limit)
    }
}

/// How steeply names rise that do not fit side by side, in degrees.
const ANGLE: f64 = 40.0;
/// Between the axis and the names, in CSS pixels.
const GAP: f64 = 7.0;
/// Height of a line of text, and least distance of slanted ones, in CSS pixels.
const LINE: f64 = 16.0;
/// Between names side by side, in CSS pixels.
const APART: f64 = 8.0;

/// How names stand below an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slant {
    Level,
    Rising,
}

impl Slant {
    /// Level where all names fit into slots of this width.
    pub(crate) fn of<'a>(names: impl IntoIterator<Item = &'a String>, slot: f64) -> Self {
        let fits = |name: &String| width(name, FONT_SIZE) + APART <= slot;
        if names.into_iter().all(fits) {
            Self::Level
        } else {
            Self::Rising
        }
    }

    /// The name as it is shown, in at most `longest` CSS pixels where it rises.
    pub(crate) fn shown(self, name: &str, slot: f64, longest: f64) -> String {
        match self {
            Self::Level => shortened(name, FONT_SIZE, slot - APART),
            Self::Rising => shortened(name, FONT_SIZE, longest),
        }
    }

    /// Height that names take below the axis, in CSS pixels.
    pub(crate) fn depth<'a>(self, shown: impl IntoIterator<Item = &'a String>) -> f64 {
        let widest = shown
            .into_iter()
            .map(|name| width(name, FONT_SIZE))
            .fold(0.0, f64::max);
        match self {
            Self::Level => GAP + LINE,
            Self::Rising => {
                let (sine, cosine) = libm::sincos(ANGLE.to_radians());
                GAP + widest * sine + FONT_SIZE * cosine
            }
        }
    }

    /// How far a name reaches to the left of its place, in CSS pixels.
    pub(crate) fn reach(self, name: &str) -> f64 {
        let width = width(name, FONT_SIZE);
        match self {
            Self::Level => width / 2.0,
            Self::Rising => {
                let (sine, cosine) = libm::sincos(ANGLE.to_radians());
                width * cosine + FONT_SIZE * sine
            }
        }
    }

    /// Which of so many names in slots of this width have room: all, or every few of them. The
    /// last one is among them where it must be.
    pub(crate) fn with_room(self, count: usize, slot: f64, with_last: bool) -> Vec<usize> {
        let stride = match self {
            Self::Level => 1,
            Self::Rising => {
                let apart = slot * libm::sin(ANGLE.to_radians());
                (LINE / apart.max(0.1)).ceil().clamp(1.0, 1000.0) as usize
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

    /// Draws a name below the axis at this place.
    pub(crate) fn draw(self, name: String, axis: Point, marks: &mut Vec<Mark>) {
        let text = match self {
            Self::Level => {
                Text::new(name, axis.moved(0.0, GAP + 0.8 * FONT_SIZE)).anchored(Anchor::Middle)
            }
            Self::Rising => Text::new(name, axis.moved(4.0, GAP + 0.5 * FONT_SIZE))
                .anchored(Anchor::End)
                .turned(-ANGLE),
        };
        marks.push(Mark::Text(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_level_where_they_fit() {
        let names = ["none".to_owned(), "weight_decay".to_owned()];
        assert_eq!(Slant::of(&names, 100.0), Slant::Level);
        assert_eq!(Slant::of(&names, 60.0), Slant::Rising);
    }

    #[test]
    fn rising_names_stay_within_their_depth_and_reach() {
        let name = "cosine_warm_restarts".to_owned();
        let mut marks = Vec::new();
        Slant::Rising.draw(name.clone(), Point::new(0.0, 0.0), &mut marks);
        let [Mark::Text(text)] = marks.as_slice() else {
            panic!("one text");
        };
        let depth = Slant::Rising.depth([&name]);
        let reach = Slant::Rising.reach(&name);
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
    fn narrow_slots_leave_names_out() {
        assert_eq!(Slant::Rising.with_room(4, 40.0, false), [0, 1, 2, 3]);
        assert_eq!(Slant::Rising.with_room(4, 40.0, true), [0, 1, 2, 3]);
        assert_eq!(Slant::Rising.with_room(8, 10.0, false), [0, 3, 6]);
        assert_eq!(Slant::Rising.with_room(8, 10.0, true), [0, 3, 7]);
        assert_eq!(Slant::Level.with_room(3, 10.0, true), [0, 1, 2]);
        assert!(Slant::Rising.with_room(0, 10.0, true).is_empty());
    }
}
