//! Counter-based random bits: a function of a key, a row and a column.
//!
//! A generator with a state would have to run in order, on the CPU. Here, a mixing function turns
//! row and column into bits, so that every backend computes the same bits, all in parallel. The
//! function uses only sums, products and shifts, which burn fuses into one GPU kernel.

/// Large odd multipliers, so that different rows and columns get different inputs.
pub(super) const ROW_MULTIPLIER: u32 = 0x85eb_ca77;
pub(super) const COLUMN_MULTIPLIER: u32 = 0xc2b2_ae3d;
/// Added between rounds, so that 0 does not stay 0: 2³² divided by the golden ratio.
pub(super) const ROUND_CONSTANT: u32 = 0x9e37_79b9;
/// Rounds of mixing. With two, the tests below detect no correlation between neighbours.
pub(super) const ROUNDS: usize = 2;

/// The key of a member's noise of one step.
pub type NoiseKey = [u32; 2];

/// The input that all columns of a row share.
pub(super) fn row_state([first, second]: NoiseKey, row: u32) -> u32 {
    mix(row.wrapping_mul(ROW_MULTIPLIER).wrapping_add(first)).wrapping_add(second)
}

/// 32 random bits at a column of a row.
#[inline(always)]
pub(super) fn bits_at(row_state: u32, column: u32) -> u32 {
    mix(column
        .wrapping_mul(COLUMN_MULTIPLIER)
        .wrapping_add(row_state))
}

/// Mixes the bits of a number. The most significant bits are mixed best.
#[inline(always)]
fn mix(mut number: u32) -> u32 {
    for _ in 0..ROUNDS {
        number = bijection(number)
            .rotate_left(16)
            .wrapping_add(ROUND_CONSTANT);
    }
    bijection(number)
}

/// The function x·(2x + 1) of the cipher RC6 (Rivest, Robshaw, Sidney and Yin 1998). It is a
/// bijection, and every input bit changes the bits above it.
#[inline(always)]
fn bijection(number: u32) -> u32 {
    number.wrapping_mul(number.wrapping_add(number).wrapping_add(1))
}

/// Values whose bits are below this threshold are dropped.
pub(super) fn threshold(rate: f32) -> u32 {
    (f64::from(rate) * 2.0_f64.powi(32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    fn bits(key: NoiseKey, row: u32, column: u32) -> u32 {
        bits_at(row_state(key, row), column)
    }

    const KEYS: usize = 300;
    const ROWS: usize = 64;
    const COLUMNS: usize = 128;

    /// Whether each value is dropped, for independent keys: `[keys, rows, columns]`.
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
    fn values_are_dropped_at_their_rate_and_independently_of_their_neighbours() {
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
            // Means over the parts of a step vary like those of fair coins.
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
    fn the_bits_of_a_position_never_change() {
        assert_eq!(bits([1, 2], 3, 4), 612_458_333);
    }
}
