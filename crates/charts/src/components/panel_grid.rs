//! Small multiples: panels side by side, in evenly filled rows.

use std::ops::Range;

/// Gap between panels, in CSS pixels.
pub(crate) const PANEL_GAP: f64 = 12.0;
/// Width of a slot, in CSS pixels.
const DEFAULT_SLOT_WIDTH: f64 = 34.0;
pub(crate) const MIN_SLOT_WIDTH: f64 = 25.0;
const MAX_SLOT_WIDTH: f64 = 84.0;
/// Minimum width of a panel, in slots.
const MIN_SLOTS: f64 = 2.5;

/// The arrangement of panels into rows, with the same slot width in all panels.
pub(crate) struct PanelGrid {
    pub(crate) rows: Vec<Range<usize>>,
    /// Width of a slot, in CSS pixels.
    pub(crate) slot: f64,
}

impl PanelGrid {
    /// Arranges panels with these numbers of slots within `available` CSS pixels. A panel that
    /// needs more than that still gets it.
    pub(crate) fn new(counts: &[usize], available: f64) -> Self {
        let panel_slots: Vec<f64> = counts.iter().map(|&count| slots(count)).collect();
        let in_rows = |max_width: f64| {
            let mut rows: Vec<Range<usize>> = Vec::new();
            let mut used = f64::INFINITY;
            for (index, slots) in panel_slots.iter().enumerate() {
                let width = slots * DEFAULT_SLOT_WIDTH;
                match rows.last_mut() {
                    Some(row) if used + PANEL_GAP + width <= max_width => {
                        row.end = index + 1;
                        used += PANEL_GAP + width;
                    }
                    _ => {
                        rows.push(index..index + 1);
                        used = width;
                    }
                }
            }
            rows
        };
        // Use as few rows as possible, then make them as narrow as possible to fill them evenly.
        let count = in_rows(available).len();
        let rows = (1..=32)
            .map(|step| in_rows(available * f64::from(step) / 32.0))
            .find(|rows| rows.len() <= count)
            .unwrap_or_else(|| in_rows(available));
        let slot = rows
            .iter()
            .map(|row| {
                let gaps = PANEL_GAP * (row.len() - 1) as f64;
                (available - gaps) / panel_slots[row.clone()].iter().sum::<f64>()
            })
            .fold(MAX_SLOT_WIDTH, f64::min)
            .max(MIN_SLOT_WIDTH);
        Self { rows, slot }
    }

    /// Returns the width of a panel with this many slots, in CSS pixels.
    pub(crate) fn width(&self, count: usize) -> f64 {
        slots(count) * self.slot
    }

    /// Returns the width of one slot of a panel with this many slots, in CSS pixels. It exceeds
    /// `slot` in panels of minimum width.
    pub(crate) fn slot_of(&self, count: usize) -> f64 {
        self.width(count) / count.max(1) as f64
    }

    /// Returns the width of a row of panels with these numbers of slots, in CSS pixels.
    pub(crate) fn row_width(&self, counts: &[usize]) -> f64 {
        let panels: f64 = counts.iter().map(|&count| self.width(count)).sum();
        panels + PANEL_GAP * counts.len().saturating_sub(1) as f64
    }
}

fn slots(count: usize) -> f64 {
    (count as f64).max(MIN_SLOTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_panels_share_one_row() {
        let panels = PanelGrid::new(&[3, 2, 2, 3, 3], 640.0);
        assert_eq!(panels.rows.len(), 1);
        assert_eq!(panels.rows[0], 0..5);
    }

    #[test]
    fn rows_are_about_equally_full() {
        let panels = PanelGrid::new(&[4; 8], 640.0);
        assert_eq!(panels.rows, [0..4, 4..8]);
    }

    proptest! {
        #[test]
        fn every_panel_is_within_the_width(
            counts in prop::collection::vec(1_usize..17, 0..24), available in 600.0..2000.0,
        ) {
            let panels = PanelGrid::new(&counts, available);
            let placed: Vec<usize> = panels.rows.iter().cloned().flatten().collect();
            prop_assert_eq!(placed, (0..counts.len()).collect::<Vec<_>>());
            for row in panels.rows.clone() {
                prop_assert!(panels.row_width(&counts[row]) <= available + 1e-6);
            }
        }
    }
}
