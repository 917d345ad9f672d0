//! Vectors of numbers with the operators of a number.

use pulp::Simd;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// As many numbers as a vector register of the processor holds. Operators apply to each of them, and round
/// each result, as on single numbers.
pub(crate) struct Vector<S: Simd> {
    simd: S,
    values: S::f32s,
}

impl<S: Simd> Clone for Vector<S> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Simd> Copy for Vector<S> {}

impl<S: Simd> Vector<S> {
    #[inline(always)]
    pub(crate) fn new(simd: S, values: S::f32s) -> Self {
        Self { simd, values }
    }

    /// The same number everywhere.
    #[inline(always)]
    pub(crate) fn splat(simd: S, value: f32) -> Self {
        Self::new(simd, simd.splat_f32s(value))
    }

    #[inline(always)]
    pub(crate) fn values(self) -> S::f32s {
        self.values
    }

    /// The square root.
    #[inline(always)]
    pub(crate) fn sqrt(self) -> Self {
        Self::new(self.simd, self.simd.sqrt_f32s(self.values))
    }

    /// At most `high` and at least `low`; NaN for NaN.
    #[inline(always)]
    pub(crate) fn clamped(self, low: Self, high: Self) -> Self {
        let simd = self.simd;
        let is_high = simd.greater_than_f32s(self.values, high.values);
        let values = simd.select_f32s(is_high, high.values, self.values);
        Self::new(simd, values).at_least(low)
    }

    /// At least `low`; NaN for NaN.
    #[inline(always)]
    pub(crate) fn at_least(self, low: Self) -> Self {
        let is_low = self.simd.less_than_f32s(self.values, low.values);
        let values = self.simd.select_f32s(is_low, low.values, self.values);
        Self::new(self.simd, values)
    }

    /// 0 instead of a number that is closer to 0 than `smallest`; NaN for NaN.
    #[inline(always)]
    pub(crate) fn flushed(self, smallest: Self) -> Self {
        let simd = self.simd;
        let is_small = simd.less_than_f32s(simd.abs_f32s(self.values), smallest.values);
        let zero = simd.splat_f32s(0.0);
        Self::new(simd, simd.select_f32s(is_small, zero, self.values))
    }

    /// 1, −1 or 0, as the sign of the number; NaN for NaN.
    #[inline(always)]
    pub(crate) fn sign(self) -> Self {
        let simd = self.simd;
        let [zero, one, minus_one] = [0.0, 1.0, -1.0].map(|value| simd.splat_f32s(value));
        let is_negative = simd.less_than_f32s(self.values, zero);
        let is_positive = simd.greater_than_f32s(self.values, zero);
        let negative_or_rest = simd.select_f32s(is_negative, minus_one, self.values);
        Self::new(simd, simd.select_f32s(is_positive, one, negative_or_rest))
    }
}

/// Whether at least 16 sums, of a vector each, fit in the registers.
pub(crate) const fn has_many_registers<S: Simd>() -> bool {
    // AVX-512 has 32 of them, AVX2 has 16.
    S::F32_LANES >= 16
}

macro_rules! operator {
    ($trait:ident, $function:ident, $vector:ident) => {
        impl<S: Simd> $trait for Vector<S> {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: Self) -> Self {
                Self::new(self.simd, self.simd.$vector(self.values, other.values))
            }
        }
    };
}

operator!(Add, add, add_f32s);
operator!(Sub, sub, sub_f32s);
operator!(Mul, mul, mul_f32s);
operator!(Div, div, div_f32s);

impl<S: Simd> Neg for Vector<S> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::new(self.simd, self.simd.neg_f32s(self.values))
    }
}
