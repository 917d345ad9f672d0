//! Factors of the grid and their levels.

use super::range;
use super::trial_filter::{Subject, TrialFilter};
use crate::spec::config::key::{Assignment, Key};
use crate::spec::config::trial_config::Config;
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::{YamlEntry, YamlNode, YamlValue};
use crate::spec::yaml::short_text::short_text;
use crate::spec::yaml::span::Span;
use std::collections::HashMap;

/// What varies: a configuration key, several in step, or labelled levels.
#[derive(Clone, Debug)]
pub struct Factor {
    /// The name in the grid.
    pub name: String,
    /// What kind of factor it is.
    pub kind: FactorKind,
    /// Its levels, at least one.
    pub levels: Vec<Level>,
    /// Where it applies; elsewhere it is absent.
    pub when: Option<TrialFilter>,
    /// Where it stands.
    pub place: Span,
}

/// The kinds of factor.
#[derive(Clone, Debug)]
pub enum FactorKind {
    /// The values of one key.
    Key(&'static Key),
    /// Several keys whose values go in step.
    Zip(Vec<&'static Key>),
    /// Named levels, each of which sets any keys.
    Labelled,
}

/// A level of a factor.
#[derive(Clone, Debug)]
pub struct Level {
    /// Its name in tables.
    pub label: String,
    /// What it sets.
    pub settings: Vec<KeyAssignment>,
    /// Where it stands.
    pub place: Span,
}

/// A key, the value it is given, and where the file says so.
#[derive(Clone, Debug)]
pub struct KeyAssignment {
    /// The key.
    pub key: &'static Key,
    /// The value.
    pub to: Assignment,
    /// Where it stands.
    pub place: Span,
}

impl KeyAssignment {
    /// Reads a mapping of configuration keys to values.
    ///
    /// # Errors
    /// Unknown keys, and values that a key does not accept.
    pub(crate) fn read_all(entries: &[YamlEntry]) -> Result<Vec<Self>, Diagnostic> {
        entries
            .iter()
            .map(|entry| {
                let Some(key) = Key::find(&entry.key) else {
                    return Err(entry.unknown(Key::paths()));
                };
                Ok(Self {
                    key,
                    to: key.read(&entry.node)?,
                    place: entry.node.place.clone(),
                })
            })
            .collect()
    }
}

impl Level {
    /// Puts what this level sets into `config`.
    pub fn apply(&self, config: &mut Config) {
        for set in &self.settings {
            set.to.apply(config);
        }
    }
}

const KEYWORDS: [&str; 6] = ["values", "linear", "logarithmic", "levels", "zip", "when"];

impl Factor {
    /// The key, where this factor varies exactly one.
    pub fn key(&self) -> Option<&'static Key> {
        match self.kind {
            FactorKind::Key(key) => Some(key),
            _ => None,
        }
    }

    /// Reads one entry of the grid; `earlier` are the factors above it.
    ///
    /// # Errors
    /// Names, values and forms that make no factor; duplicate levels; a `when` that looks at
    /// nothing above it.
    pub(crate) fn read(entry: &YamlEntry, earlier: &[Self]) -> Result<Self, Diagnostic> {
        let (kind, levels) = match Key::find(&entry.key) {
            Some(key) => (FactorKind::Key(key), key_levels(key, &entry.node)?),
            None => other_levels(entry)?,
        };
        if levels.is_empty() {
            return Err(Diagnostic::new(
                &entry.node.place,
                format!("`{}` has no level", entry.key),
            )
            .help("give it at least one level, or remove it"));
        }
        refuse_duplicates(&entry.key, &levels)?;
        let keyworded = !matches!(entry.node.value, YamlValue::List(_))
            && (Key::find(&entry.key).is_some() || is_keyworded(&entry.node));
        let when = match entry.node.get("when").filter(|_| keyworded) {
            Some(node) => Some(read_when(node, earlier)?),
            None => None,
        };
        Ok(Self {
            name: entry.key.clone(),
            kind,
            levels,
            when,
            place: entry.place.clone(),
        })
    }

    /// Every key that a level of this factor sets.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> + '_ {
        self.levels
            .iter()
            .flat_map(|level| level.settings.iter().map(|set| set.key))
    }
}

/// The levels of a factor that is a configuration key.
fn key_levels(key: &'static Key, node: &YamlNode) -> Result<Vec<Level>, Diagnostic> {
    let level = |value: &YamlNode| -> Result<Level, Diagnostic> {
        let to = key.read(value)?;
        Ok(Level {
            label: short_text(&to.value),
            settings: vec![KeyAssignment {
                key,
                to,
                place: value.place.clone(),
            }],
            place: value.place.clone(),
        })
    };
    values_of(node, key.path)?.iter().map(level).collect()
}

/// The nodes of a list or a range.
fn values_of(node: &YamlNode, name: &str) -> Result<Vec<YamlNode>, Diagnostic> {
    let forms = "a list of levels, or a mapping with values, linear or logarithmic";
    let entries = match &node.value {
        YamlValue::List(items) => return Ok(items.clone()),
        YamlValue::Map(entries) => entries,
        _ => {
            return Err(node
                .unexpected(forms)
                .help(format!("write {name}: [level, level]")));
        }
    };
    let known = ["values", "linear", "logarithmic", "when"];
    if let Some(entry) = entries.iter().find(|e| !known.contains(&e.key.as_str())) {
        return Err(entry.unknown(known));
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
            &second.place,
            format!("`{name}` already has its levels above"),
        )),
        (None, _) => Err(node.unexpected(forms)),
    }
}

/// The levels of a factor that is no configuration key: labelled, or a zip.
fn other_levels(entry: &YamlEntry) -> Result<(FactorKind, Vec<Level>), Diagnostic> {
    let YamlValue::Map(entries) = &entry.node.value else {
        return Err(entry
            .unknown(Key::paths())
            .help_also("a factor that is no configuration key needs labelled levels: { a: { model.dropout: 0.2 }, b: {} }"));
    };
    if ["data", "model", "training", "validation"].contains(&entry.key.as_str()) {
        return Err(Diagnostic::new(
            &entry.place,
            format!("`{}` is a section, not a factor", entry.key),
        )
        .help("write its keys in full, such as model.layers: [1, 2]"));
    }
    if let Some(zip) = entry.node.get("zip").filter(|_| is_keyworded(&entry.node)) {
        refuse_others(entries, &["zip", "when"])?;
        let (keys, levels) = zip_levels(zip)?;
        return Ok((FactorKind::Zip(keys), levels));
    }
    let labelled = match entry
        .node
        .get("levels")
        .filter(|_| is_keyworded(&entry.node))
    {
        Some(levels) => {
            refuse_others(entries, &["levels", "when"])?;
            levels.entries("labelled levels")?
        }
        None => entries.as_slice(),
    };
    let levels = labelled
        .iter()
        .map(|level| {
            if KEYWORDS.contains(&level.key.as_str()) {
                return Err(Diagnostic::new(
                    &level.place,
                    format!("`{}` is a keyword and cannot name a level", level.key),
                )
                .help("write { levels: { … }, when: { … } }, or give the level another name"));
            }
            let what = "a mapping of configuration keys to values";
            let settings = match &level.node.value {
                YamlValue::Null => Vec::new(),
                _ => KeyAssignment::read_all(level.node.entries(what).map_err(|problem| {
                    // A typo in a key's name lands here: say both readings.
                    match crate::spec::yaml::diagnostic::nearest(&entry.key, Key::paths()) {
                        Some(near) => problem.help(format!("did you mean the key `{near}`?")),
                        None => problem,
                    }
                })?)?,
            };
            Ok(Level {
                label: level.key.clone(),
                settings,
                place: level.place.clone(),
            })
        })
        .collect::<Result<_, Diagnostic>>()?;
    Ok((FactorKind::Labelled, levels))
}

/// Whether a mapping is written with the keywords `levels` or `zip`.
fn is_keyworded(node: &YamlNode) -> bool {
    let reserved = |entry: &YamlEntry| KEYWORDS.contains(&entry.key.as_str());
    matches!(&node.value, YamlValue::Map(entries) if !entries.is_empty() && entries.iter().all(reserved))
}

fn refuse_others(entries: &[YamlEntry], known: &[&'static str]) -> Result<(), Diagnostic> {
    match entries.iter().find(|e| !known.contains(&e.key.as_str())) {
        Some(entry) => Err(entry.unknown(known.iter().copied())),
        None => Ok(()),
    }
}

fn zip_levels(node: &YamlNode) -> Result<(Vec<&'static Key>, Vec<Level>), Diagnostic> {
    let entries = node.entries("a mapping of configuration keys to lists of equal length")?;
    let mut keys = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    for entry in entries {
        let Some(key) = Key::find(&entry.key) else {
            return Err(entry.unknown(Key::paths()));
        };
        if entry.node.get("when").is_some() {
            return Err(Diagnostic::new(
                &entry.node.place,
                "one key of a zip cannot have a condition of its own",
            )
            .help("write the `when` beside the `zip`: it holds for all of its keys"));
        }
        let column = key_levels(key, &entry.node)?;
        if keys.is_empty() {
            levels = column;
        } else if column.len() == levels.len() {
            for (level, more) in levels.iter_mut().zip(column) {
                level.label = format!("{} {}", level.label, more.label);
                level.settings.extend(more.settings);
            }
        } else {
            return Err(Diagnostic::new(
                &entry.node.place,
                format!(
                    "zipped lists must have equal lengths: `{}` has {}, `{}` above has {}",
                    entry.key,
                    column.len(),
                    entries[0].key,
                    levels.len()
                ),
            ));
        }
        keys.push(key);
    }
    Ok((keys, levels))
}

/// Two levels that are called the same or set the same.
fn refuse_duplicates(factor: &str, levels: &[Level]) -> Result<(), Diagnostic> {
    let mut seen: HashMap<String, &Level> = HashMap::new();
    for level in levels {
        let mut settings: Vec<String> = level
            .settings
            .iter()
            .map(|set| format!("{}={}", set.key.path, set.to.value))
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
                    &level.place,
                    format!(
                        "`{factor}` has the level `{}` twice (first as `{}` in line {})",
                        level.label, first.label, first.place.line
                    ),
                )
                .help("levels must differ; for repeated runs with other random numbers, set validation.repeats"));
            }
        }
    }
    Ok(())
}

/// Reads `when`, which looks only at what the factors above decide.
fn read_when(node: &YamlNode, earlier: &[Factor]) -> Result<TrialFilter, Diagnostic> {
    let rule = TrialFilter::read(node, earlier, "a condition")?;
    for condition in &rule.conditions {
        if let Subject::Key(key) = condition.subject
            && !earlier.iter().any(|factor| factor.keys().any(|k| k == key))
        {
            return Err(Diagnostic::new(
                &rule.place,
                format!("no factor above this one sets `{}`", key.path),
            )
            .help("a condition looks at what the factors above it set: list the factor it depends on above this one"));
        }
    }
    Ok(rule)
}
