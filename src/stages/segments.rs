//! Ranges of adjacent members that are computed together, and tensors of selected members.

use crate::backend::Backend;
use burn::tensor::{Int, Tensor};
use std::ops::Range;

/// The maximal ranges of adjacent equal keys, each with the indices of its members.
pub fn segments<K: PartialEq>(keys: impl IntoIterator<Item = K>) -> Vec<(K, Range<usize>)> {
    let mut segments: Vec<(K, Range<usize>)> = Vec::new();
    for (index, key) in keys.into_iter().enumerate() {
        match segments.last_mut() {
            Some((last, members)) if *last == key => members.end = index + 1,
            _ => segments.push((key, index..index + 1)),
        }
    }
    segments
}

/// Concatenates tensors along the first dimension, which is that of the members. Does not copy a single
/// tensor.
pub fn concat_members<B: Backend>(mut tensors: Vec<Tensor<B, 3>>) -> Tensor<B, 3> {
    match tensors.len() {
        1 => tensors.remove(0),
        _ => Tensor::cat(tensors, 0),
    }
}

/// The part of `tensor` (`[members, …, …]`) of a range of members.
pub fn narrow_members<B: Backend>(tensor: &Tensor<B, 3>, members: &Range<usize>) -> Tensor<B, 3> {
    tensor.clone().narrow(0, members.start, members.len())
}

/// A copy of the parts of `tensor` (`[members, …, …]`) of these members.
pub fn select_members<B: Backend>(tensor: &Tensor<B, 3>, members: &[usize]) -> Tensor<B, 3> {
    let members: Vec<i32> = members
        .iter()
        .map(|&member| i32::try_from(member).expect("a cohort has fewer than 2³¹ members"))
        .collect();
    let members = Tensor::<B, 1, Int>::from_data(members.as_slice(), &tensor.device());
    tensor.clone().select(0, members)
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
