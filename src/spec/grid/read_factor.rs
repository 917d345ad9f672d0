//! Reads the factors of the grid.

use super::condition::{Subject, TrialFilter};
use super::factor::{Factor, FactorKind, KeyAssignment, Level};
use super::range;
use crate::spec::config::key::{Key, SECTIONS};
use crate::yaml::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::yaml::node::{YamlEntry, YamlNode, YamlValue};
use crate::yaml::short_text::short_text;
use std::collections::HashMap;

const KEYWORDS: [&str; 6] = ["values", "linear", "logarithmic", "levels", "zip", "when"];

impl Factor {
    /// Reads an entry of the grid; returns `None` if it has an error. `preceding` are the factors above it,
    /// `None` if one of them has an error: then `when`, which refers to them, is not read.
    ///
    /// It is an error if the entry is not a valid factor, has no level or the same level twice, or if its
    /// `when` does not refer to a preceding factor.
    pub(crate) fn read(
        entry: &YamlEntry,
        preceding: Option<&[Self]>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let errors = diagnostics.count();
        let levels = match Key::find(&entry.key) {
            Some(key) => key_levels(key, &entry.node, diagnostics)
                .map(|levels| (FactorKind::Key(key), levels)),
            None => labelled_or_zipped_levels(entry, diagnostics),
        };
        let levels = diagnostics.record(levels);
        if let Some((_, levels)) = &levels
            && diagnostics.count() == errors
        {
            diagnostics.record(check_levels(entry, levels));
        }
        let has_keywords = !matches!(entry.node.value, YamlValue::List(_))
            && (Key::find(&entry.key).is_some() || uses_keywords(&entry.node));
        let condition = entry.node.get("when").filter(|_| has_keywords);
        let when = match (condition, preceding) {
            (Some(node), Some(preceding)) => diagnostics.record(read_when(node, preceding)),
            _ => None,
        };
        let (kind, levels) = levels.filter(|_| diagnostics.count() == errors)?;
        Some(Self {
            name: entry.key.clone(),
            kind,
            levels,
            when,
            span: entry.span.clone(),
        })
    }
}

/// Checks that a factor has levels, and no two with equal names or equal settings.
fn check_levels(entry: &YamlEntry, levels: &[Level]) -> Result<(), Diagnostic> {
    if levels.is_empty() {
        return Err(
            Diagnostic::new(&entry.node.span, format!("`{}` has no levels", entry.key))
                .with_help("write at least one level, or remove the factor"),
        );
    }
    refuse_duplicates(&entry.key, levels)
}

/// The levels of a factor that is a configuration key; records the errors and skips those levels.
fn key_levels(
    key: &'static Key,
    node: &YamlNode,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Level>, Diagnostic> {
    let level = |value: &YamlNode| -> Result<Level, Diagnostic> {
        let assignment = key.read(value)?;
        Ok(Level {
            label: short_text(&assignment.value),
            settings: vec![KeyAssignment {
                key,
                assignment,
                span: value.span.clone(),
            }],
            span: value.span.clone(),
        })
    };
    let levels = list_or_range(node, key.path)?;
    let levels = levels.iter().map(level);
    Ok(levels
        .filter_map(|level| diagnostics.record(level))
        .collect())
}

/// The nodes of a list or a range.
fn list_or_range(node: &YamlNode, name: &str) -> Result<Vec<YamlNode>, Diagnostic> {
    let forms = "a list of levels, or a mapping with values, linear or logarithmic";
    let entries = match &node.value {
        YamlValue::List(items) => return Ok(items.clone()),
        YamlValue::Map(entries) => entries,
        _ => {
            return Err(node
                .unexpected(forms)
                .with_help(format!("write {name}: [level, level]")));
        }
    };
    let known = ["values", "linear", "logarithmic", "when"];
    if let Some(entry) = entries.iter().find(|e| !known.contains(&e.key.as_str())) {
        return Err(entry.unknown_key(known));
    }
    let mut given = entries.iter().filter(|entry| entry.key != "when");
    match (given.next(), given.next()) {
        (Some(entry), None) if range::KEYWORDS.contains(&entry.key.as_str()) => {
            range::levels(&entry.key, &entry.node)
        }
        (Some(entry), None) => entry
            .node
            .items("a list of levels")
            .map(<[YamlNode]>::to_vec),
        (Some(_), Some(second)) => Err(Diagnostic::new(
            &second.span,
            format!("`{name}` has two lists of levels; merge them into one"),
        )),
        (None, _) => Err(node.unexpected(forms)),
    }
}

/// The levels of a factor that is not a configuration key: named levels or a zip.
fn labelled_or_zipped_levels(
    entry: &YamlEntry,
    diagnostics: &mut Diagnostics,
) -> Result<(FactorKind, Vec<Level>), Diagnostic> {
    let YamlValue::Map(entries) = &entry.node.value else {
        return Err(entry
            .unknown_key(Key::paths())
            .with_more_help("a factor that is not a configuration key needs named levels: { a: { model.dropout: 0.2 }, b: {} }"));
    };
    if SECTIONS.contains(&entry.key.as_str()) {
        return Err(Diagnostic::new(
            &entry.span,
            format!("`{}` is a section, not a factor", entry.key),
        )
        .with_help("write its keys with their full paths, such as model.layers: [1, 2]"));
    }
    if let Some(zip) = entry.node.get("zip").filter(|_| uses_keywords(&entry.node)) {
        refuse_unknown_keys(entries, &["zip", "when"])?;
        let (keys, levels) = zip_levels(zip, diagnostics)?;
        return Ok((FactorKind::Zip(keys), levels));
    }
    let labelled = match entry
        .node
        .get("levels")
        .filter(|_| uses_keywords(&entry.node))
    {
        Some(levels) => {
            refuse_unknown_keys(entries, &["levels", "when"])?;
            levels.entries("named levels")?
        }
        None => entries.as_slice(),
    };
    let read = |level: &YamlEntry, diagnostics: &mut Diagnostics| -> Result<Level, Diagnostic> {
        if KEYWORDS.contains(&level.key.as_str()) {
            return Err(Diagnostic::new(
                &level.span,
                format!(
                    "`{}` is a keyword and cannot be the name of a level",
                    level.key
                ),
            )
            .with_help("write { levels: { … }, when: { … } }, or rename the level"));
        }
        let what = "a mapping of configuration keys to values";
        let settings = match &level.node.value {
            YamlValue::Null => Vec::new(),
            _ => {
                let entries = level.node.entries(what).map_err(|diagnostic| {
                    // A mistyped key is read as a factor with named levels: suggest the key.
                    match nearest(&entry.key, Key::paths()) {
                        Some(near) => {
                            diagnostic.with_help(format!("did you mean the key `{near}`?"))
                        }
                        None => diagnostic,
                    }
                })?;
                KeyAssignment::read_all(entries, diagnostics)
            }
        };
        Ok(Level {
            label: level.key.clone(),
            settings,
            span: level.span.clone(),
        })
    };
    let mut levels = Vec::with_capacity(labelled.len());
    for level in labelled {
        let level = read(level, diagnostics);
        levels.extend(diagnostics.record(level));
    }
    Ok((FactorKind::Labelled, levels))
}

/// Whether all keys of a mapping are keywords, such as `levels` and `zip`.
fn uses_keywords(node: &YamlNode) -> bool {
    let reserved = |entry: &YamlEntry| KEYWORDS.contains(&entry.key.as_str());
    matches!(&node.value, YamlValue::Map(entries) if !entries.is_empty() && entries.iter().all(reserved))
}

fn refuse_unknown_keys(entries: &[YamlEntry], known: &[&'static str]) -> Result<(), Diagnostic> {
    match entries.iter().find(|e| !known.contains(&e.key.as_str())) {
        Some(entry) => Err(entry.unknown_key(known.iter().copied())),
        None => Ok(()),
    }
}

fn zip_levels(
    node: &YamlNode,
    diagnostics: &mut Diagnostics,
) -> Result<(Vec<&'static Key>, Vec<Level>), Diagnostic> {
    let entries = node.entries("a mapping of configuration keys to lists of equal length")?;
    let mut keys: Vec<&'static Key> = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    for entry in entries {
        let errors = diagnostics.count();
        let column = zip_column(entry, diagnostics);
        let Some((key, column)) = diagnostics.record(column) else {
            continue;
        };
        if diagnostics.count() > errors {
            continue;
        }
        if keys.is_empty() {
            levels = column;
        } else if column.len() == levels.len() {
            for (level, more) in levels.iter_mut().zip(column) {
                level.label = format!("{} {}", level.label, more.label);
                level.settings.extend(more.settings);
            }
        } else {
            return Err(Diagnostic::new(
                &entry.node.span,
                format!(
                    "zipped lists must have equal lengths: `{}` has {}, `{}` above has {}",
                    entry.key,
                    column.len(),
                    keys[0].path,
                    levels.len()
                ),
            ));
        }
        keys.push(key);
    }
    Ok((keys, levels))
}

/// The key of an entry of a zip, and its levels.
fn zip_column(
    entry: &YamlEntry,
    diagnostics: &mut Diagnostics,
) -> Result<(&'static Key, Vec<Level>), Diagnostic> {
    let Some(key) = Key::find(&entry.key) else {
        return Err(entry.unknown_key(Key::paths()));
    };
    if entry.node.get("when").is_some() {
        return Err(Diagnostic::new(
            &entry.node.span,
            "a single key of a zip cannot have a condition",
        )
        .with_help("write `when` next to `zip`: it applies to all of its keys"));
    }
    Ok((key, key_levels(key, &entry.node, diagnostics)?))
}

/// Refuses two levels with equal names or equal settings.
fn refuse_duplicates(factor: &str, levels: &[Level]) -> Result<(), Diagnostic> {
    let mut seen: HashMap<String, &Level> = HashMap::new();
    for level in levels {
        let mut settings: Vec<String> = level
            .settings
            .iter()
            .map(|set| format!("{}={}", set.key.path, set.assignment.value))
            .collect();
        settings.sort();
        for identity in [
            format!("label {}", level.label),
            format!("sets {settings:?}"),
        ] {
            if let Some(first) = seen.insert(identity, level)
                && !std::ptr::eq(first, level)
            {
                return Err(Diagnostic::new(
                    &level.span,
                    format!(
                        "`{factor}` has the level `{}` twice (first as `{}` in line {})",
                        level.label, first.label, first.span.line
                    ),
                )
                .with_help(
                    "remove one of them; to repeat each trial with different seeds, set \
                     validation.repeats",
                ));
            }
        }
    }
    Ok(())
}

/// Reads `when`, which may only refer to preceding factors and the keys that they set.
fn read_when(node: &YamlNode, preceding: &[Factor]) -> Result<TrialFilter, Diagnostic> {
    let filter = TrialFilter::read(node, preceding, "a condition")?;
    for condition in &filter.conditions {
        if let Subject::Key(key) = condition.subject
            && !preceding
                .iter()
                .any(|factor| factor.keys().any(|k| k == key))
        {
            return Err(Diagnostic::new(
                &filter.span,
                format!("no factor above this one sets `{}`", key.path),
            )
            .with_help("move the factor that sets this key above this one"));
        }
    }
    Ok(filter)
}
