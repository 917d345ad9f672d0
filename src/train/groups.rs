//! Members grouped by what they have in common, wherever they stand.

/// The places of equal keys, in the order in which the keys first appear.
pub(super) fn groups<K: PartialEq>(keys: impl IntoIterator<Item = K>) -> Vec<(K, Vec<usize>)> {
    let mut found: Vec<(K, Vec<usize>)> = Vec::new();
    for (place, key) in keys.into_iter().enumerate() {
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, places)) => places.push(place),
            None => found.push((key, vec![place])),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_all_of_its_key() {
        let found = groups("abac".chars());
        assert_eq!(found, [('a', vec![0, 2]), ('b', vec![1]), ('c', vec![3])]);
    }
}
