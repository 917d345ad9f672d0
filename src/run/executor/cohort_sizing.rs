//! How many runs to train together: measured, for no rule knows a device.

/// What a doubled cohort must gain in runs a second for a larger one to be tried.
const WORTHWHILE: f64 = 1.1;

/// The size of cohort, at most `most`, that trains the most runs a second.
///
/// `seconds` measures a step of a cohort of a size: its seconds for each member; nothing where it
/// cannot be trained, for want of memory above all. Sizes are tried from 1 on, each twice the one
/// before and at last `most` itself, until one gains less than a tenth: by then the device is busy,
/// and larger cohorts would only keep more runs waiting for their slowest.
pub(crate) fn best_size(most: usize, mut seconds: impl FnMut(usize) -> Option<f64>) -> usize {
    let mut best = (1, f64::INFINITY);
    let mut size = 1;
    let mut last = f64::INFINITY;
    while let Some(now) = seconds(size) {
        if now < best.1 {
            best = (size, now);
        }
        if size >= most || now * WORTHWHILE > last {
            break;
        }
        last = now;
        size = (2 * size).min(most);
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size that is found, and those that were tried.
    fn found(most: usize, seconds: impl Fn(usize) -> Option<f64>) -> (usize, Vec<usize>) {
        let mut tried = Vec::new();
        let size = best_size(most, |size| {
            tried.push(size);
            seconds(size)
        });
        (size, tried)
    }

    #[test]
    fn sizes_are_doubled_as_long_as_it_pays() {
        // A step has a cost of its own, and one for each member.
        let step = |launch: f64, each: f64| move |size| Some(launch / size as f64 + each);
        let (size, tried) = found(100, step(1000.0, 1.0));
        assert_eq!((size, tried), (100, vec![1, 2, 4, 8, 16, 32, 64, 100]));
        let (size, tried) = found(1000, step(10.0, 1.0));
        assert_eq!((size, tried), (128, vec![1, 2, 4, 8, 16, 32, 64, 128]));
        let (size, tried) = found(100, step(0.0, 1.0));
        assert_eq!((size, tried), (1, vec![1, 2]));
    }

    #[test]
    fn a_size_that_is_slower_is_not_taken() {
        let caches = |size| Some(if size > 4 { 2.0 } else { 1.0 / size as f64 });
        assert_eq!(found(100, caches).0, 4);
    }

    #[test]
    fn what_has_no_room_ends_the_search() {
        let room = |size| (size <= 8).then(|| 1.0 / size as f64);
        assert_eq!(found(100, room), (8, vec![1, 2, 4, 8, 16]));
        assert_eq!(found(100, |_| None), (1, vec![1]));
        assert_eq!(found(1, |_| Some(1.0)), (1, vec![1]));
    }
}
