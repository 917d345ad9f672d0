//! Readable names of trials, made of their varying factors.

use super::expand::GridPoint;
use crate::spec::{Factor, FactorKind, KeyAssignment, Level, Sweep, is_reserved, short_text};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The maximum length of a name, in bytes; file systems allow 255.
const MAX_NAME_BYTES: usize = 150;

/// Names the points of a sweep.
pub(super) struct TrialNamer<'a> {
    sweep: &'a Sweep,
    /// The part of a name for each level of each factor.
    parts: Vec<Vec<String>>,
    /// Hashes of the names so far, in lower case. If different names have the same hash, one of them
    /// only gets an unnecessary number.
    used: HashSet<u64>,
}

impl<'a> TrialNamer<'a> {
    pub(super) fn new(sweep: &'a Sweep) -> Self {
        let part = |factor: &Factor, level: &Level| match factor.kind {
            FactorKind::Key(_) | FactorKind::Zip(_) => name_parts(&level.settings),
            FactorKind::Labelled => name_part(&sanitize(&factor.name), &level.label),
        };
        let parts = |factor: &Factor| factor.levels.iter().map(|l| part(factor, l)).collect();
        Self {
            sweep,
            parts: sweep.factors.iter().map(parts).collect(),
            used: HashSet::new(),
        }
    }

    /// The name of a point's folder, such as `lr0.01_layers2_regularisation-dropout`; unique in
    /// any letter case.
    pub(super) fn name(&mut self, point: &GridPoint) -> String {
        let name = self.base_name(point);
        if self.used.insert(hash(&name)) {
            return name;
        }
        let mut number = 2;
        loop {
            let candidate = format!("{name}-{number}");
            if self.used.insert(hash(&candidate)) {
                return candidate;
            }
            number += 1;
        }
    }

    /// The name of a point, which another point may have too.
    fn base_name(&self, point: &GridPoint) -> String {
        let mut name = match point.included {
            Some(index) => name_parts(&self.sweep.include[index].settings),
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
        if name.len() > MAX_NAME_BYTES {
            let hash = blake3::hash(name.as_bytes()).to_hex();
            // All characters are ASCII, so any cut is between characters.
            name.truncate(MAX_NAME_BYTES);
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

fn name_parts(settings: &[KeyAssignment]) -> String {
    let parts = settings.iter().map(|assignment| {
        name_part(
            assignment.key.short_name,
            &short_text(&assignment.assignment.value),
        )
    });
    parts.collect::<Vec<_>>().join("_")
}

/// `lr0.01` for a number, `schedule-cosine` for text.
fn name_part(name: &str, label: &str) -> String {
    let value = sanitize(label);
    if value.starts_with(|c: char| c.is_ascii_digit()) {
        format!("{name}{value}")
    } else {
        format!("{name}-{value}")
    }
}

/// Text as part of a file name: ASCII letters, digits, `.`, `-` and `+`.
fn sanitize(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    let sanitized: String = text
        .chars()
        .filter(|&c| c != '=')
        .map(|c| if is_safe(c) { c } else { '-' })
        .collect();
    sanitized.trim_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_sanitized_for_file_names() {
        assert_eq!(name_part("lr", "0.01"), "lr0.01");
        assert_eq!(
            name_part("schedule", "step every=1 gamma=0.5"),
            "schedule-step-every1-gamma0.5"
        );
        assert_eq!(sanitize("../../etc"), "-..-etc");
        assert_eq!(sanitize("régularisation/é"), "r-gularisation--");
    }
}
