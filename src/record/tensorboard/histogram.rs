//! Histograms of weights and gradients, in the buckets of PyTorch's `SummaryWriter.add_histogram`.
//!
//! The edges are 0 and ±10⁻¹²·1.1ⁿ below 10²⁰. A bucket includes its lower edge and excludes its upper
//! one. PyTorch drops values beyond the outermost edges; here each side has one more bucket for them, as
//! in TensorFlow.

use std::sync::LazyLock;

/// The distribution of a list of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// Number of finite values.
    pub num: u64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub sum_squares: f64,
    /// Number of values that are infinite or NaN. All other fields ignore them.
    pub not_finite: u64,
    /// The index of the bucket of `counts[0]` among all buckets, the most negative first.
    first: usize,
    /// The number of values in each bucket, from the first to the last bucket that is not empty.
    counts: Vec<u64>,
}

impl Histogram {
    /// The distribution of `values`.
    pub fn of(values: &[f32]) -> Self {
        let buckets = &*BUCKETS;
        let slots = buckets.count(values);
        let not_finite = slots[buckets.not_finite()];
        let moments = if not_finite == 0 {
            Moments::of(values)
        } else {
            let finite: Vec<f32> = values.iter().copied().filter(|v| v.is_finite()).collect();
            Moments::of(&finite)
        };
        let counts = buckets.ascending(&slots);
        let first = counts.iter().position(|&count| count > 0).unwrap_or(0);
        let end = counts.iter().rposition(|&count| count > 0);
        let num = values.len() as u64 - not_finite;
        Self {
            min: if num == 0 { 0.0 } else { moments.min.into() },
            max: if num == 0 { 0.0 } else { moments.max.into() },
            num,
            sum: moments.sum,
            sum_squares: moments.sum_squares,
            not_finite,
            first,
            counts: end.map_or_else(Vec::new, |end| counts[first..=end].to_vec()),
        }
    }

    /// The upper edge and the number of values of each bucket, from the first to the last that is not empty.
    ///
    /// An empty bucket precedes them: its upper edge is the lower edge of the first. The highest edge is
    /// [`f64::MAX`].
    pub fn buckets(&self) -> Vec<(f64, u64)> {
        let limits = &BUCKETS.limits;
        let empty = self.first.checked_sub(1).map(|index| (limits[index], 0));
        let counts = limits[self.first..].iter().zip(&self.counts);
        empty
            .into_iter()
            .take(usize::from(!self.counts.is_empty()))
            .chain(counts.map(|(&limit, &count)| (limit, count)))
            .collect()
    }
}

/// The edges of PyTorch, and a table that finds the bucket of a value without a search.
///
/// The upper 16 bits of an `f32` (sign, exponent, 7 bits of the mantissa) are its cell. Magnitudes within
/// a cell differ by less than 1 %, and edges are 10 % apart. A cell therefore contains at most one edge,
/// and one comparison of the lower 16 bits decides on which side of it a value is.
///
/// Slots are buckets in the order of the bits of a value: positive values from 0 upwards, all values
/// that are not finite, -0.0, and negative values from 0 downwards.
struct Buckets {
    /// The positive edges, ascending.
    edges: Vec<f64>,
    /// The upper edge of each bucket, ascending.
    limits: Vec<f64>,
    /// For each cell, the slot of its smallest magnitude (upper 16 bits), and the largest lower 16 bits in
    /// that slot; values above are in the next slot.
    cells: Box<[u32; CELLS]>,
}

static BUCKETS: LazyLock<Buckets> = LazyLock::new(Buckets::new);

/// Number of values of the upper 16 bits.
const CELLS: usize = 1 << 16;
/// Number of values after which the 32-bit counts are added to the totals.
const BLOCK: usize = 1 << 30;
/// Number of tables of counts that are filled in turn: neighbouring values often share a bucket, and two
/// additions to one number take longer than additions to two.
const LANES: usize = 4;

impl Buckets {
    fn new() -> Self {
        let mut edges = Vec::new();
        let mut edge = 1e-12;
        while edge < 1e20 {
            edges.push(edge);
            // Step by step, as in PyTorch, so that all edges are rounded equally.
            edge *= 1.1;
        }
        let mut limits: Vec<f64> = edges.iter().rev().map(|edge| -edge).collect();
        limits.push(0.0);
        limits.extend(&edges);
        limits.push(f64::MAX);
        let mut buckets = Self {
            edges,
            limits,
            cells: Box::new([0; CELLS]),
        };
        for cell in 0..CELLS {
            buckets.cells[cell] = buckets.cell((cell as u32) << 16);
        }
        buckets
    }

    fn not_finite(&self) -> usize {
        self.edges.len() + 1
    }

    fn negative_zero(&self) -> usize {
        self.edges.len() + 2
    }

    fn slots(&self) -> usize {
        self.negative_zero() + self.edges.len() + 2
    }

    /// Finds the slot of a value by a search.
    fn slot(&self, value: f32) -> usize {
        let magnitude = f64::from(value.abs());
        if !value.is_finite() {
            self.not_finite()
        } else if value.is_sign_positive() {
            self.edges.partition_point(|&edge| edge <= magnitude)
        } else if magnitude == 0.0 {
            self.negative_zero()
        } else {
            // The lower edge of a bucket, which it includes, has the greater magnitude.
            self.negative_zero() + 1 + self.edges.partition_point(|&edge| edge < magnitude)
        }
    }

    /// The entry of the table for the cell whose smallest magnitude has these bits.
    fn cell(&self, start: u32) -> u32 {
        let slot = |low: u32| self.slot(f32::from_bits(start | low));
        let first = slot(0);
        // Infinity and NaN share a cell and a slot.
        let (mut inside, mut outside) = (0, 1 << 16);
        while outside - inside > 1 {
            let middle = (inside + outside) / 2;
            if slot(middle) == first {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        (first as u32) << 16 | inside
    }

    /// The number of values in each slot.
    fn count(&self, values: &[f32]) -> Vec<u64> {
        let mut total = vec![0_u64; self.slots()];
        for block in values.chunks(BLOCK) {
            let mut lanes = vec![[0_u32; LANES]; self.slots()];
            let mut add = |lane: usize, value: f32| {
                let bits = value.to_bits();
                let cell = self.cells[(bits >> 16) as usize];
                let slot = (cell >> 16) + u32::from(bits & 0xFFFF > cell & 0xFFFF);
                lanes[slot as usize][lane] += 1;
            };
            let (groups, rest) = block.as_chunks::<LANES>();
            for group in groups {
                for (lane, &value) in group.iter().enumerate() {
                    add(lane, value);
                }
            }
            for &value in rest {
                add(0, value);
            }
            for (total, lanes) in total.iter_mut().zip(&lanes) {
                *total += lanes.iter().map(|&count| u64::from(count)).sum::<u64>();
            }
        }
        total
    }

    /// The number of values in each bucket, from the most negative to the most positive.
    fn ascending(&self, slots: &[u64]) -> Vec<u64> {
        let negative = slots[self.negative_zero() + 1..].iter().rev();
        let mut counts: Vec<u64> = negative.copied().collect();
        let zero = counts.len();
        counts.extend(&slots[..=self.edges.len()]);
        // -0.0 equals 0, the lower edge of the first positive bucket.
        counts[zero] += slots[self.negative_zero()];
        counts
    }
}

/// Extremes and sums of finite values.
struct Moments {
    min: f32,
    max: f32,
    sum: f64,
    sum_squares: f64,
}

impl Moments {
    /// Computes in eight lanes, so that the compiler can use vector instructions.
    fn of(values: &[f32]) -> Self {
        const WIDTH: usize = 8;
        let mut min = [f32::INFINITY; WIDTH];
        let mut max = [f32::NEG_INFINITY; WIDTH];
        let mut sum = [0.0_f64; WIDTH];
        let mut sum_squares = [0.0_f64; WIDTH];
        let mut add = |lane: usize, value: f32| {
            // Not `f32::min`, which checks for NaN: there are none.
            min[lane] = if value < min[lane] { value } else { min[lane] };
            max[lane] = if value > max[lane] { value } else { max[lane] };
            let wide = f64::from(value);
            sum[lane] += wide;
            sum_squares[lane] += wide * wide;
        };
        let (groups, rest) = values.as_chunks::<WIDTH>();
        for group in groups {
            for (lane, &value) in group.iter().enumerate() {
                add(lane, value);
            }
        }
        for (lane, &value) in rest.iter().enumerate() {
            add(lane, value);
        }
        Self {
            min: min.into_iter().fold(f32::INFINITY, f32::min),
            max: max.into_iter().fold(f32::NEG_INFINITY, f32::max),
            sum: sum.iter().sum(),
            sum_squares: sum_squares.iter().sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Counts by a search over all edges, as `numpy.histogram` defines the buckets.
    fn count_by_search(values: &[f32]) -> Vec<u64> {
        let limits = &BUCKETS.limits;
        let mut counts = vec![0; limits.len()];
        for value in values.iter().filter(|value| value.is_finite()) {
            counts[limits.partition_point(|&limit| limit <= f64::from(*value))] += 1;
        }
        counts
    }

    fn count_by_table(values: &[f32]) -> Vec<u64> {
        BUCKETS.ascending(&BUCKETS.count(values))
    }

    #[test]
    fn a_cell_of_the_table_has_at_most_one_edge() {
        for cell in 0..=u32::from(u16::MAX) {
            let slot = |low| BUCKETS.slot(f32::from_bits(cell << 16 | low));
            assert!(slot(0xFFFF) - slot(0) <= 1, "cell {cell:#x}");
        }
    }

    #[test]
    fn values_next_to_each_edge_are_in_the_right_bucket() {
        for &limit in &BUCKETS.limits {
            let near = limit as f32;
            for value in [near.next_down(), near, near.next_up()] {
                assert_eq!(
                    count_by_table(&[value]),
                    count_by_search(&[value]),
                    "{value} at {limit}"
                );
            }
        }
    }

    #[test]
    fn zeros_are_in_the_bucket_above_zero() {
        let histogram = Histogram::of(&[0.0, -0.0]);
        assert_eq!(histogram.buckets(), [(0.0, 0), (1e-12, 2)]);
        assert_eq!((histogram.min, histogram.max), (0.0, 0.0));
    }

    #[test]
    fn values_that_are_not_finite_are_counted_separately() {
        let values = [f32::NAN, 1.0, f32::INFINITY, -2.0, f32::NEG_INFINITY];
        let histogram = Histogram::of(&values);
        assert_eq!(histogram.not_finite, 3);
        let finite = Histogram::of(&[1.0, -2.0]);
        assert_eq!(
            histogram,
            Histogram {
                not_finite: 3,
                ..finite.clone()
            }
        );
        assert_eq!((finite.num, finite.sum, finite.sum_squares), (2, -1.0, 5.0));
        assert_eq!((finite.min, finite.max), (-2.0, 1.0));
    }

    #[test]
    fn an_empty_histogram_has_no_buckets() {
        let empty = Histogram::of(&[]);
        assert_eq!((empty.num, empty.min, empty.max), (0, 0.0, 0.0));
        assert_eq!(empty.buckets(), []);
        assert_eq!(Histogram::of(&[f32::NAN]).buckets(), []);
    }

    #[test]
    fn values_beyond_the_edges_have_separate_buckets() {
        let histogram = Histogram::of(&[f32::MIN, f32::MAX, f32::MAX]);
        let buckets = histogram.buckets();
        assert_eq!(buckets.first().map(|b| b.1), Some(1));
        assert_eq!(buckets.last(), Some(&(f64::MAX, 2)));
        assert_eq!(buckets.iter().map(|bucket| bucket.1).sum::<u64>(), 3);
    }

    proptest! {
        #[test]
        fn the_table_and_a_search_agree(bits in prop::collection::vec(any::<u32>(), 0..300)) {
            let values: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
            prop_assert_eq!(count_by_table(&values), count_by_search(&values));
            let histogram = Histogram::of(&values);
            let finite: Vec<f32> = values.iter().copied().filter(|v| v.is_finite()).collect();
            prop_assert_eq!(histogram.num, finite.len() as u64);
            prop_assert_eq!(histogram.num + histogram.not_finite, values.len() as u64);
            let inside: u64 = histogram.buckets().iter().map(|bucket| bucket.1).sum();
            prop_assert_eq!(inside, histogram.num);
        }

        #[test]
        fn the_sums_include_all_values(
            values in prop::collection::vec(-1e3_f32..1e3, 1..300),
        ) {
            let histogram = Histogram::of(&values);
            let sum: f64 = values.iter().map(|&v| f64::from(v)).sum();
            let squares: f64 = values.iter().map(|&v| f64::from(v).powi(2)).sum();
            prop_assert!((histogram.sum - sum).abs() <= 1e-9);
            prop_assert!((histogram.sum_squares - squares).abs() <= 1e-12 * squares);
            prop_assert!(values.iter().all(|&v| f64::from(v) >= histogram.min));
            prop_assert!(values.iter().all(|&v| f64::from(v) <= histogram.max));
            prop_assert!(values.iter().any(|&v| f64::from(v) == histogram.min));
            prop_assert!(values.iter().any(|&v| f64::from(v) == histogram.max));
        }
    }
}
