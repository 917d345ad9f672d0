//! Selects rows of bytes from a table and scales them.

use crate::vectorised;

/// The number of rows to prefetch. Measured: with fewer, the processor waits; more are not faster.
const PREFETCHED_ROWS: usize = 8;

/// Appends rows of `table`, which has `scale.len()` bytes per row, to `output`: each byte times its
/// column's scale, plus its column's shift.
///
/// # Panics
/// If a row is outside of the table, or the numbers of shifts and scales differ.
pub fn append_scaled_rows(
    output: &mut Vec<f32>,
    table: &[u8],
    rows: &[usize],
    scale: &[f32],
    shift: &[f32],
) {
    let width = scale.len();
    assert_eq!(shift.len(), width, "one shift for each scale");
    let row = |row: usize| {
        let first = row.checked_mul(width).expect("the row is in the table");
        &table[first..][..width]
    };
    for &ahead in rows.iter().take(PREFETCHED_ROWS) {
        prefetch(row(ahead));
    }
    output.reserve(rows.len() * width);
    for (index, &current) in rows.iter().enumerate() {
        if let Some(&ahead) = rows.get(index + PREFETCHED_ROWS) {
            prefetch(row(ahead));
        }
        let bytes = row(current);
        let slots = &mut output.spare_capacity_mut()[..width];
        vectorised(|| {
            let columns = bytes.iter().zip(scale).zip(shift);
            for (slot, ((&byte, scale), shift)) in slots.iter_mut().zip(columns) {
                slot.write(f32::from(byte) * scale + shift);
            }
        });
        // SAFETY: `slots` are the next `width` elements, and `bytes`, `scale` and `shift` have
        // `width` elements each, so that the loop wrote to every one of them.
        unsafe { output.set_len(output.len() + width) };
    }
}

/// Loads values into the cache that will be read soon. Does nothing if the processor has no such hint.
#[allow(unused_variables, reason = "not every processor has the hint")]
fn prefetch(values: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    for line in values.chunks(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 processor has the instruction. It has no observable effect, and its
        // address is in a slice.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_picked_and_scaled() {
        let table: Vec<u8> = (0..60).collect();
        let (scale, shift) = ([0.5, 1.0, 2.0], [1.0, 0.0, -1.0]);
        let rows: Vec<usize> = (0..20).rev().chain([3, 3]).collect();
        let mut output = vec![7.0];
        append_scaled_rows(&mut output, &table, &rows, &scale, &shift);
        let expected = rows.iter().flat_map(|row| {
            let byte = |column: usize| (row * 3 + column) as f32;
            [byte(0) * 0.5 + 1.0, byte(1), byte(2) * 2.0 - 1.0]
        });
        let expected: Vec<f32> = std::iter::once(7.0).chain(expected).collect();
        assert_eq!(output, expected);
    }

    #[test]
    #[should_panic(expected = "out of range")]
    fn a_row_outside_of_the_table_is_refused() {
        append_scaled_rows(&mut Vec::new(), &[0; 6], &[2], &[1.0; 3], &[0.0; 3]);
    }
}
