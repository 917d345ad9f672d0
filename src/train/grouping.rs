//! Groups members by a key.

/// The indices of equal keys, in the order in which the keys first appear.
pub(super) fn group_by_key<K: PartialEq>(
    keys: impl IntoIterator<Item = K>,
) -> Vec<(K, Vec<usize>)> {
    let mut groups: Vec<(K, Vec<usize>)> = Vec::new();
    for (index, key) in keys.into_iter().enumerate() {
        match groups.iter_mut().find(|(existing, _)| *existing == key) {
            Some((_, indices)) => indices.push(index),
            None => groups.push((key, vec![index])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_all_positions_of_its_key() {
        let groups = group_by_key("abac".chars());
        assert_eq!(groups, [('a', vec![0, 2]), ('b', vec![1]), ('c', vec![3])]);
    }
}
