//! Tails of the normal distribution, tabulated on a logarithmic scale.

use statrs::function::erf::erfc;

/// Steps of a grid of standard deviations, in the natural logarithm.
pub(crate) const STEP: f64 = 0.175;

/// Cells of the table for each step of a grid of standard deviations.
pub(crate) const CELLS_PER_STEP: usize = 16;

/// Closer to 0, a tail is 1/2.
const NEAREST: f64 = 1e-4;
/// Farther from 0, a tail is 0.
const FARTHEST: f64 = 37.0;

/// Probabilities that a standard normal number exceeds z, for z at logarithmic distances. Between
/// them, linear interpolation exceeds the tail by a part of about z⁴ / 67,000.
pub(crate) struct NormalTails(Vec<f64>);

impl NormalTails {
    /// Width of a cell, in the natural logarithm of z.
    const CELL: f64 = STEP / CELLS_PER_STEP as f64;

    pub(crate) fn new() -> Self {
        let last = ((FARTHEST / NEAREST).ln() / Self::CELL) as usize;
        let tail = |cell: usize| {
            let z = NEAREST * (cell as f64 * Self::CELL).exp();
            0.5 * erfc(z / std::f64::consts::SQRT_2)
        };
        Self((0..=last).map(tail).collect())
    }

    /// Returns the cell of x / exp([`STEP`] · `scale`), for a positive x, and the position in it.
    pub(crate) fn position(x: f64, scale: f64) -> (i64, f64) {
        let cells = (x / NEAREST).ln() / Self::CELL - scale * CELLS_PER_STEP as f64;
        let cell = cells.floor();
        (cell as i64, cells - cell)
    }

    /// Returns the tail at this position of a cell.
    pub(crate) fn at(&self, cell: i64, part: f64) -> f64 {
        let Ok(cell) = usize::try_from(cell) else {
            return 0.5;
        };
        match self.0.get(cell..cell + 2) {
            Some(&[low, high]) => low + part * (high - low),
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_interpolated() {
        let tails = NormalTails::new();
        for (z, expected) in [
            (1e-9, 0.5),
            (0.5, 0.308_537_538_725_986_9),
            (2.0, 0.022_750_131_948_179_21),
            (6.0, 9.865_876_450_376_98e-10),
            (50.0, 0.0),
        ] {
            let (cell, part) = NormalTails::position(z, 0.0);
            let found = tails.at(cell, part);
            let allowed = expected * (z.powi(4) / 60_000.0 + 1e-4);
            assert!((found - expected).abs() <= allowed, "{z}: {found}");
        }
        let scaled = NormalTails::position(2.0 * (3.0 * STEP).exp(), 3.0);
        assert!((tails.at(scaled.0, scaled.1) / 0.022_750_13 - 1.0).abs() < 1e-3);
    }
}
