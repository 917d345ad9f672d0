//! A buffer aligned to a cache line.

use std::ops::{Deref, DerefMut};

/// The length of a cache line, and of the longest vector, in bytes.
const LINE: usize = 64;

/// A fixed number of values, aligned to a cache line. A vector that crosses the end of a line takes two
/// accesses.
#[derive(Debug)]
pub(crate) struct Aligned {
    values: Vec<f32>,
    first: usize,
    count: usize,
}

impl Aligned {
    /// `count` zeros.
    pub(crate) fn zeros(count: usize) -> Self {
        let values = vec![0.0; count + LINE / size_of::<f32>()];
        // `align_offset` may fail; then the buffer is not aligned, which is only slower.
        let first = values.as_ptr().align_offset(LINE);
        let is_near = first <= LINE / size_of::<f32>();
        Self {
            first: if is_near { first } else { 0 },
            values,
            count,
        }
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.values[self.first..][..self.count]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values[self.first..][..self.count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_aligned_to_a_cache_line() {
        for count in [0, 1, 16, 1000] {
            let mut values = Aligned::zeros(count);
            values.fill(1.0);
            assert_eq!(*values, vec![1.0; count]);
            assert!((values.as_ptr() as usize).is_multiple_of(LINE));
        }
    }
}
