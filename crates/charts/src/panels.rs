//! Small multiples: panels side by side, in rows that fill a width evenly.

use std::ops::Range;

/// Between panels, in CSS pixels.
pub(crate) const PANEL_GAP: f64 = 12.0;
/// Width of a slot, in CSS pixels.
const USUAL: f64 = 34.0;
pub(crate) const NARROWEST: f64 = 25.0;
const WIDEST: f64 = 84.0;
/// A panel has room for this many slots, however few it has.
const LEAST_SLOTS: f64 = 2.5;

/// Which panels stand in which row, with slots of equal width in all of them.
pub(crate) struct Panels {
    pub(crate) rows: Vec<Range<usize>>,
    /// In CSS pixels.
    pub(crate) slot: f64,
}

impl Panels {
    /// Panels with these numbers of slots within this width; a panel that needs more gets it.
    pub(crate) fn new(counts: &[usize], available: f64) -> Self {
        let least: Vec<f64> = counts.iter().map(|&count| slots(count)).collect();
        let in_rows = |most: f64| {
            let mut rows: Vec<Range<usize>> = Vec::new();
            let mut used = f64::INFINITY;
            for (index, slots) in least.iter().enumerate() {
                let width = slots * USUAL;
                match rows.last_mut() {
                    Some(row) if used + PANEL_GAP + width <= most => {
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
        // As few rows as there can be, then as narrow as they can be, so that none is left short.
        let count = in_rows(available).len();
        let rows = (1..=32)
            .map(|step| in_rows(available * f64::from(step) / 32.0))
            .find(|rows| rows.len() <= count)
            .unwrap_or_else(|| in_rows(available));
        let slot = rows
            .iter()
            .map(|row| {
                let gaps = PANEL_GAP * (row.len() - 1) as f64;
                (available - gaps) / least[row.clone()].iter().sum::<f64>()
            })
            .fold(WIDEST, f64::min)
            .max(NARROWEST);
        Self { rows, slot }
    }

    /// Width of a panel with this many slots, in CSS pixels.
    pub(crate) fn width(&self, count: usize) -> f64 {
        slots(count) * self.slot
    }

    /// Width of a slot of a panel with so many, in CSS pixels: few slots share a least width.
    pub(crate) fn slot_of(&self, count: usize) -> f64 {
        self.width(count) / count.max(1) as f64
    }

    /// Width of a row of panels with these numbers of slots, in CSS pixels.
    pub(crate) fn row_width(&self, counts: &[usize]) -> f64 {
        let panels: f64 = counts.iter().map(|&count| self.width(count)).sum();
        panels + PANEL_GAP * counts.len().saturating_sub(1) as f64
    }
}

fn slots(count: usize) -> f64 {
    (count as f64).max(LEAST_SLOTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_panels_stand_in_one_row() {
        let panels = Panels::new(&[3, 2, 2, 3, 3], 640.0);
        assert_eq!(panels.rows.len(), 1);
        assert_eq!(panels.rows[0], 0..5);
    }

    #[test]
    fn rows_are_about_equally_full() {
        let panels = Panels::new(&[4; 8], 640.0);
        assert_eq!(panels.rows, [0..4, 4..8]);
    }

    proptest! {
        #[test]
        fn every_panel_has_a_place_within_the_width(
            counts in prop::collection::vec(1_usize..17, 0..24), available in 600.0..2000.0,
        ) {
            let panels = Panels::new(&counts, available);
            let placed: Vec<usize> = panels.rows.iter().cloned().flatten().collect();
            prop_assert_eq!(placed, (0..counts.len()).collect::<Vec<_>>());
            for row in panels.rows.clone() {
                prop_assert!(panels.row_width(&counts[row]) <= available + 1e-6);
            }
        }
    }
}
