//! Readable names of trials: their varying factors alone.

use super::expand::GridPoint;
use crate::spec::short_text;
use crate::spec::{Factor, FactorKind, KeyAssignment, Level, Sweep, is_reserved};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The longest name, in bytes; file systems allow 255.
const LONGEST: usize = 150;

/// The names of a sweep's points.
pub(super) struct TrialNamer<'a> {
    sweep: &'a Sweep,
    /// What each level of each factor adds to a name.
    parts: Vec<Vec<String>>,
    /// Hashes of the names given so far, in lower case. Equal hashes of different names would
    /// only put a needless number behind one of them.
    given: HashSet<u64>,
}

impl<'a> TrialNamer<'a> {
    pub(super) fn new(sweep: &'a Sweep) -> Self {
        let part = |factor: &Factor, level: &Level| match factor.kind {
            FactorKind::Key(_) | FactorKind::Zip(_) => joined_parts(&level.settings),
            FactorKind::Labelled => joined(&safe(&factor.name), &level.label),
        };
        let parts = |factor: &Factor| factor.levels.iter().map(|l| part(factor, l)).collect();
        Self {
            sweep,
            parts: sweep.factors.iter().map(parts).collect(),
            given: HashSet::new(),
        }
    }

    /// The name of a point's folder, such as `lr0.01_layers2_regularisation-dropout`; unique in
    /// any letter case.
    pub(super) fn name(&mut self, point: &GridPoint) -> String {
        let name = self.plain(point);
        if self.given.insert(hash(&name)) {
            return name;
        }
        let mut number = 2;
        loop {
            let candidate = format!("{name}-{number}");
            if self.given.insert(hash(&candidate)) {
                return candidate;
            }
            number += 1;
        }
    }

    fn plain(&self, point: &GridPoint) -> String {
        let mut name = match point.included {
            Some(index) => joined_parts(&self.sweep.include[index].settings),
            None => {
                let levels = self.parts.iter().zip(&point.levels);
                let parts = levels.filter_map(|(parts, level)| Some(parts[(*level)?].as_str()));
                parts.collect::<Vec<_>>().join("_")
            }
        };
        if name.is_empty() {
            name.push_str("base");
        }
        if is_reserved(&name) {
            name.insert_str(0, "trial-");
        }
        if name.len() > LONGEST {
            let hash = blake3::hash(name.as_bytes()).to_hex();
            // All characters are ASCII, so any cut is between characters.
            name.truncate(LONGEST);
            name = format!("{name}-{}", &hash[..8]);
        }
        name
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.to_ascii_lowercase().hash(&mut hasher);
    hasher.finish()
}

fn joined_parts(settings: &[KeyAssignment]) -> String {
    let parts = settings
        .iter()
        .map(|set| joined(set.key.short_name, &short_text(&set.assignment.value)));
    parts.collect::<Vec<_>>().join("_")
}

/// `lr0.01` for a number, `schedule-cosine` for text.
fn joined(name: &str, label: &str) -> String {
    let value = safe(label);
    match value.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("{name}{value}"),
        false => format!("{name}-{value}"),
    }
}

/// Text as part of a file name: ASCII letters, digits, `.`, `-` and `+`.
fn safe(text: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    let safe: String = text
        .chars()
        .filter(|&c| c != '=')
        .map(|c| if kept(c) { c } else { '-' })
        .collect();
    safe.trim_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_safe_parts_of_a_file_name() {
        assert_eq!(joined("lr", "0.01"), "lr0.01");
        assert_eq!(
            joined("schedule", "step every=1 gamma=0.5"),
            "schedule-step-every1-gamma0.5"
        );
        assert_eq!(safe("../../etc"), "-..-etc");
        assert_eq!(safe("régularisation/é"), "r-gularisation--");
    }
}
