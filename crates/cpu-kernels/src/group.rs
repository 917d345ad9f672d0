//! Up to one vector of adjacent columns.

use pulp::Simd;

/// Up to one vector of adjacent columns, which are processed at once.
#[derive(Clone, Copy)]
pub(crate) struct Group<S: Simd> {
    pub(crate) simd: S,
    first: usize,
    count: usize,
}

impl<S: Simd> Group<S> {
    /// The groups that cover `columns` columns, from left to right.
    #[inline(always)]
    pub(crate) fn over(simd: S, columns: usize) -> impl Iterator<Item = Self> {
        (0..columns).step_by(S::F32_LANES).map(
            #[inline(always)]
            move |first| Self {
                simd,
                first,
                count: S::F32_LANES.min(columns - first),
            },
        )
    }

    /// Loads these columns of a row.
    #[inline(always)]
    pub(crate) fn load(self, row: &[f32]) -> S::f32s {
        let values = &row[self.first..][..self.count];
        if self.count == S::F32_LANES {
            S::as_simd_f32s(values).0[0]
        } else {
            self.simd.partial_load_f32s(values)
        }
    }

    /// Stores `values` in these columns of a row.
    #[inline(always)]
    pub(crate) fn store(self, row: &mut [f32], values: S::f32s) {
        let row = &mut row[self.first..][..self.count];
        if self.count == S::F32_LANES {
            S::as_mut_simd_f32s(row).0[0] = values;
        } else {
            self.simd.partial_store_f32s(row, values);
        }
    }

    /// Adds `values`, converted to double precision, to these columns of a row.
    #[inline(always)]
    pub(crate) fn add_to(self, row: &mut [f64], values: S::f32s) {
        let values = [values];
        let values = pulp::bytemuck::cast_slice::<S::f32s, f32>(&values);
        for (sum, value) in row[self.first..][..self.count].iter_mut().zip(values) {
            *sum += f64::from(*value);
        }
    }
}
