//! Measures how many runs to train together, since no formula fits every device.

/// The minimum gain in runs per second, as a factor, for which a larger cohort is tried after a
/// doubling.
const MIN_SPEEDUP: f64 = 1.1;

/// The size of cohort, at most `max_size`, that trains the most runs per second.
///
/// `seconds_per_member` measures a step of a cohort of a given size, in seconds per member; `None` if
/// it cannot be trained, above all for lack of memory. Sizes are doubled from 1 on, up to `max_size`,
/// until a size gains less than a tenth: the device is busy then, and a larger cohort would only make
/// more runs wait for their slowest.
pub(super) fn tune_cohort_size(
    max_size: usize,
    mut seconds_per_member: impl FnMut(usize) -> Option<f64>,
) -> usize {
    let (mut best_size, mut best_seconds) = (1, f64::INFINITY);
    let mut size = 1;
    let mut last_seconds = f64::INFINITY;
    while let Some(seconds) = seconds_per_member(size) {
        if seconds < best_seconds {
            (best_size, best_seconds) = (size, seconds);
        }
        if size >= max_size || seconds * MIN_SPEEDUP > last_seconds {
            break;
        }
        last_seconds = seconds;
        size = (2 * size).min(max_size);
    }
    best_size
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size that is found, and the sizes that were tried.
    fn found(max_size: usize, seconds: impl Fn(usize) -> Option<f64>) -> (usize, Vec<usize>) {
        let mut tried = Vec::new();
        let size = tune_cohort_size(max_size, |size| {
            tried.push(size);
            seconds(size)
        });
        (size, tried)
    }

    #[test]
    fn sizes_are_doubled_while_they_gain_speed() {
        // A step has a fixed cost, and a cost for each member.
        let step = |launch: f64, each: f64| move |size| Some(launch / size as f64 + each);
        let (size, tried) = found(100, step(1000.0, 1.0));
        assert_eq!((size, tried), (100, vec![1, 2, 4, 8, 16, 32, 64, 100]));
        let (size, tried) = found(1000, step(10.0, 1.0));
        assert_eq!((size, tried), (128, vec![1, 2, 4, 8, 16, 32, 64, 128]));
        let (size, tried) = found(100, step(0.0, 1.0));
        assert_eq!((size, tried), (1, vec![1, 2]));
    }

    #[test]
    fn a_slower_size_is_not_chosen() {
        let caches = |size| Some(if size > 4 { 2.0 } else { 1.0 / size as f64 });
        assert_eq!(found(100, caches).0, 4);
    }

    #[test]
    fn a_size_without_room_ends_the_search() {
        let room = |size| (size <= 8).then(|| 1.0 / size as f64);
        assert_eq!(found(100, room), (8, vec![1, 2, 4, 8, 16]));
        assert_eq!(found(100, |_| None), (1, vec![1]));
        assert_eq!(found(1, |_| Some(1.0)), (1, vec![1]));
    }
}
