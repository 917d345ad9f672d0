//! Names that may mean the same.

use std::collections::HashMap;

/// Two names that differ only in letter case and are not numbers.
pub(crate) fn differ_in_case(names: &[String]) -> Option<[&str; 2]> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    let words = names.iter().filter(|name| name.parse::<f64>().is_err());
    words.into_iter().find_map(|name| {
        let twin = seen.insert(name.to_lowercase(), name);
        twin.map(|twin| [twin, name.as_str()])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_and_numbers_are_not() {
        let pair = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            differ_in_case(&names).map(|pair| pair.map(str::to_owned))
        };
        assert_eq!(
            pair(&["JA", "ja", "nein"]),
            Some(["JA", "ja"].map(str::to_owned))
        );
        assert_eq!(pair(&["1E2", "1e2", "a"]), None);
    }
}
