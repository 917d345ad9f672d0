//! Local regression over ranks (Cleveland 1979).

/// Returns the ranks of values, from 0. Values that differ by no more than `rounding` from the next
/// smaller one share the mean of their ranks.
pub(crate) fn ranks(values: &[f64], rounding: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for group in order.chunk_by(|&a, &b| values[b] - values[a] <= rounding) {
        let rank = start as f64 + (group.len() - 1) as f64 / 2.0;
        group.iter().for_each(|&index| ranks[index] = rank);
        start += group.len();
    }
    ranks
}

/// The tricube weight function: 1 at distance 0, falling to 0 at distance 1.
pub(crate) fn tricube(distance: f64) -> f64 {
    let distance = distance.abs();
    if distance < 1.0 {
        (1.0 - distance.powi(3)).powi(3)
    } else {
        0.0
    }
}

/// Returns the value at `at` of the line that fits the values near it best, weighted by
/// [`tricube`].
pub(crate) fn local_line(ranks: &[f64], values: &[f64], at: f64, window: f64) -> f64 {
    let (mut weights, mut x, mut xx, mut y, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (rank, value) in ranks.iter().zip(values) {
        let distance = rank - at;
        let weight = tricube(distance / window);
        weights += weight;
        x += weight * distance;
        xx += weight * distance * distance;
        y += weight * value;
        xy += weight * distance * value;
    }
    let [x, xx, y, xy] = [x, xx, y, xy].map(|sum| sum / weights);
    let spread = xx - x * x;
    // Equal ranks have no slope, apart from rounding errors.
    let slope = if spread > 1e-9 * xx {
        (xy - x * y) / spread
    } else {
        0.0
    };
    y - slope * x
}

/// Points at which smooth functions of the rank are computed.
pub(crate) struct Anchors {
    count: usize,
    width: f64,
}

impl Anchors {
    /// Largest number of anchors.
    const MAX: usize = 33;

    /// Anchors at equal distances over the ranks of this many values.
    pub(crate) fn over(values: usize) -> Self {
        let count = values.min(Self::MAX);
        Self {
            count,
            width: (values.max(2) - 1) as f64 / (count.max(2) - 1) as f64,
        }
    }

    /// The ranks of the anchors.
    pub(crate) fn ranks(&self) -> impl Iterator<Item = f64> {
        (0..self.count).map(|index| index as f64 * self.width)
    }

    /// Returns the two anchors around a rank, and the weight of the second.
    pub(crate) fn around(&self, rank: f64) -> ([usize; 2], f64) {
        let position = rank / self.width;
        let first = (position as usize).min(self.count.max(2) - 2);
        let second = (first + 1).min(self.count - 1);
        ([first, second], (position - first as f64).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_rank() {
        assert_eq!(ranks(&[0.3, 0.1, 0.3, 0.9], 0.0), [1.5, 0.0, 1.5, 3.0]);
        assert_eq!(
            ranks(&[0.3, 0.1, 0.300_001, 0.9], 1e-5),
            [1.5, 0.0, 1.5, 3.0]
        );
        assert!(ranks(&[], 0.0).is_empty());
    }

    #[test]
    fn a_line_is_its_own_fit() {
        let x: Vec<f64> = (0..40).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|x| 3.0 - 0.5 * x).collect();
        for at in [0.0, 17.5, 39.0] {
            let found = local_line(&x, &y, at, 9.0);
            assert!((found - (3.0 - 0.5 * at)).abs() < 1e-12, "{at}: {found}");
        }
        assert_eq!(local_line(&[2.0, 2.0], &[1.0, 3.0], 2.0, 5.0), 2.0);
    }

    #[test]
    fn anchors_cover_all_ranks() {
        for count in [1, 2, 3, 33, 34, 1000] {
            let anchors = Anchors::over(count);
            let ranks: Vec<f64> = anchors.ranks().collect();
            assert!(ranks.len() <= 33);
            for rank in [0.0, 0.4 * (count - 1) as f64, (count - 1) as f64] {
                let ([first, second], part) = anchors.around(rank);
                let found = ranks[first] * (1.0 - part) + ranks[second] * part;
                assert!((found - rank).abs() < 1e-9, "{count}: {found} for {rank}");
            }
        }
    }
}
