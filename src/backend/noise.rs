//! Noise that any part of a device can compute by itself: a function of a key and a place.
//!
//! A generator with a state would have to be asked in order, and only a CPU could be the one to
//! ask. Here the bits at a place are what a mixing function makes of its number, so that every
//! backend makes the same, all places at once. Only sums, products and shifts are used: those are
//! what burn fuses into one kernel on a GPU.

/// Far apart and odd: the numbers of two places of one step are not the same.
pub(super) const ROW: u32 = 0x85eb_ca77;
pub(super) const COLUMN: u32 = 0xc2b2_ae3d;
/// Between two rounds, so that 0 does not stay 0: 2³² divided by the golden ratio.
pub(super) const BETWEEN: u32 = 0x9e37_79b9;
/// Rounds of mixing. Two leave no trace of neighbourhood that the tests below could see.
pub(super) const ROUNDS: usize = 2;

/// What a member's noise of one step is keyed by.
pub type NoiseKey = [u32; 2];

/// What all places of a row have in common.
pub(super) fn of_row([first, second]: NoiseKey, row: u32) -> u32 {
    mixed(row.wrapping_mul(ROW).wrapping_add(first)).wrapping_add(second)
}

/// 32 random bits at a place of a row.
#[inline(always)]
pub(super) fn of_column(row: u32, column: u32) -> u32 {
    mixed(column.wrapping_mul(COLUMN).wrapping_add(row))
}

/// The most significant bits are the best mixed.
#[inline(always)]
fn mixed(mut number: u32) -> u32 {
    for _ in 0..ROUNDS {
        number = squared(number).rotate_left(16).wrapping_add(BETWEEN);
    }
    squared(number)
}

/// The function of the cipher RC6 (Rivest, Robshaw, Sidney and Yin 1998), x·(2x + 1): each number
/// comes from exactly one, and every bit that goes in changes those above it.
#[inline(always)]
fn squared(number: u32) -> u32 {
    number.wrapping_mul(number.wrapping_add(number).wrapping_add(1))
}

/// The lowest bits that are kept where this rate is dropped.
pub(super) fn threshold(rate: f32) -> u32 {
    (f64::from(rate) * 2.0_f64.powi(32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    fn bits(key: NoiseKey, row: u32, column: u32) -> u32 {
        of_column(of_row(key, row), column)
    }

    const KEYS: usize = 300;
    const ROWS: usize = 64;
    const COLUMNS: usize = 128;

    /// Whether each place is dropped, for independent keys: `[keys, rows, columns]`.
    fn dropped(rate: f32) -> Vec<f64> {
        let seed = Seed {
            sweep: 3,
            repeat: 0,
            fold: 0,
        };
        let mut stream = seed.stream(Purpose::Dropout, [0, 0]);
        let mut values = Vec::new();
        for _ in 0..KEYS {
            let key = [stream.bits(), stream.bits()];
            for row in 0..ROWS as u32 {
                let columns = 0..COLUMNS as u32;
                values.extend(
                    columns.map(|column| f64::from(bits(key, row, column) < threshold(rate))),
                );
            }
        }
        values
    }

    /// The bounds are four and a half standard deviations of fair coins: a chance of 1 in 100,000.
    #[test]
    fn places_are_dropped_at_their_rate_and_apart_from_their_neighbours() {
        for rate in [0.1_f32, 0.2, 0.5, 0.9] {
            let values = dropped(rate);
            let (rate, count) = (f64::from(rate), values.len() as f64);
            let spread = rate * (1.0 - rate);
            let mean = values.iter().sum::<f64>() / count;
            assert!(
                (mean - rate).abs() < 4.5 * (spread / count).sqrt(),
                "{rate}: {mean}"
            );
            for distance in [1, 2, COLUMNS, COLUMNS + 1, ROWS * COLUMNS] {
                let pairs = values.iter().zip(&values[distance..]);
                let sum: f64 = pairs.map(|(a, b)| (a - rate) * (b - rate)).sum();
                let deviations = sum / spread / count.sqrt();
                assert!(
                    deviations.abs() < 4.5,
                    "{rate}, {distance} apart: {deviations}"
                );
            }
            // Means over the parts of a step vary as those of fair coins do.
            for part in [COLUMNS, ROWS * COLUMNS] {
                let parts = values.chunks(part);
                let number = parts.len() as f64;
                let squares: f64 = parts
                    .map(|part| (part.iter().sum::<f64>() / part.len() as f64 - rate).powi(2))
                    .sum();
                let ratio = squares / number / (spread / part as f64);
                let bound = 4.5 * (2.0 / number).sqrt();
                assert!(
                    (ratio - 1.0).abs() < bound,
                    "{rate}, parts of {part}: {ratio}"
                );
            }
        }
    }

    #[test]
    fn the_bits_of_a_place_never_change() {
        assert_eq!(bits([1, 2], 3, 4), 612_458_333);
    }
}
