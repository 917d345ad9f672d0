//! Readable names of trials: their varying factors alone.

use crate::spec::{FactorKind, Set, Sweep, label};

use super::expand::Point;

/// The longest name, in bytes; file systems allow 255.
const LONGEST: usize = 150;

/// The name of a point's folder, such as `lr0.01_layers2_regularisation-dropout`.
///
/// Names of different points may be equal; the plan makes them unique.
pub(super) fn name(sweep: &Sweep, point: &Point) -> String {
    let parts: Vec<String> = match point.included {
        Some(index) => set_parts(&sweep.include[index].settings),
        None => sweep
            .factors
            .iter()
            .zip(&point.levels)
            .filter_map(|(factor, level)| {
                let level = &factor.levels[(*level)?];
                Some(match &factor.kind {
                    FactorKind::Key(_) | FactorKind::Zip(_) => set_parts(&level.settings).join("_"),
                    FactorKind::Labelled => joined(&safe(&factor.name), &level.label),
                })
            })
            .collect(),
    };
    let mut name = match parts.is_empty() {
        true => "base".to_owned(),
        false => parts.join("_"),
    };
    if name.len() > LONGEST {
        let hash = blake3::hash(name.as_bytes()).to_hex();
        // All characters are ASCII, so any cut is between characters.
        name.truncate(LONGEST);
        name = format!("{name}-{}", &hash[..8]);
    }
    name
}

fn set_parts(settings: &[Set]) -> Vec<String> {
    settings
        .iter()
        .map(|set| joined(set.key.short, &label(&set.to.value)))
        .collect()
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
