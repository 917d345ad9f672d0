//! Members of a cohort that are treated alike and stand side by side.

use crate::backend::Backend;
use burn::tensor::{Int, Tensor};
use std::ops::Range;

/// The maximal runs of adjacent equal keys, each with the positions of its members.
pub fn segments<K: PartialEq>(keys: impl IntoIterator<Item = K>) -> Vec<(K, Range<usize>)> {
    let mut found: Vec<(K, Range<usize>)> = Vec::new();
    for (position, key) in keys.into_iter().enumerate() {
        match found.last_mut() {
            Some((last, members)) if *last == key => members.end = position + 1,
            _ => found.push((key, position..position + 1)),
        }
    }
    found
}

/// Tensors of adjacent members as one, the members along the first dimension; a single one is
/// handed through.
pub fn stack<B: Backend>(mut parts: Vec<Tensor<B, 3>>) -> Tensor<B, 3> {
    match parts.len() {
        1 => parts.remove(0),
        _ => Tensor::cat(parts, 0),
    }
}

/// The part of `tensor` (`[members, …, …]`) that these members own.
pub fn part<B: Backend>(tensor: &Tensor<B, 3>, members: &Range<usize>) -> Tensor<B, 3> {
    tensor.clone().narrow(0, members.start, members.len())
}

/// The parts of `tensor` (`[members, …, …]`) that the members at these places own, copied.
pub fn pick<B: Backend>(tensor: &Tensor<B, 3>, places: &[usize]) -> Tensor<B, 3> {
    let places: Vec<i32> = places
        .iter()
        .map(|&place| i32::try_from(place).expect("a cohort has fewer than 2³¹ members"))
        .collect();
    let places = Tensor::<B, 1, Int>::from_data(places.as_slice(), &tensor.device());
    tensor.clone().select(0, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_ends_where_the_key_changes() {
        let found = segments("aabca".chars());
        assert_eq!(found, [('a', 0..2), ('b', 2..3), ('c', 3..4), ('a', 4..5)]);
        assert_eq!(segments([7; 3]), [(7, 0..3)]);
        assert!(segments([(); 0]).is_empty());
    }
}
