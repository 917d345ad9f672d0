//! Reads sweep files.

use super::config::key::{KEYS, Key, SECTIONS};
use super::grid::condition::TrialFilter;
use super::grid::factor::{Factor, FactorKind, KeyAssignment};
use super::overrides::override_key;
use super::sections::options::SweepOptions;
use super::sweep::{Include, Source, Sweep};
use super::sweep_name::read_name;
use crate::yaml::diagnostic::{Diagnostic, Diagnostics, SpecError};
use crate::yaml::node::{MAX_TEXT_BYTES, YamlEntry, YamlNode, YamlValue};
use crate::yaml::span::Span;
use std::io::Read;
use std::path::Path;

/// The top-level keys of a sweep file, besides those of [`SweepOptions`].
const MAIN_KEYS: [&str; 9] = [
    "name",
    "description",
    "data",
    "model",
    "training",
    "validation",
    "grid",
    "exclude",
    "include",
];

impl Sweep {
    /// Reads the sweep file at `path`; each override is a `KEY=VALUE` that replaces one of its keys.
    ///
    /// # Errors
    /// The file cannot be read or is not a valid sweep.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, SpecError> {
        let read = |source| SpecError::Read {
            path: path.to_owned(),
            source,
        };
        let mut text = String::new();
        // Reads at most one byte more than allowed, so that a longer text is rejected. The size of the
        // file is not known in advance, since it can be a pipe.
        std::fs::File::open(path)
            .and_then(|file| {
                file.take(MAX_TEXT_BYTES as u64 + 1)
                    .read_to_string(&mut text)
            })
            .map_err(read)?;
        let stem = path.file_stem().map(|stem| stem.to_string_lossy());
        Self::parse(
            Source {
                name: path.display().to_string(),
                text,
            },
            &stem.unwrap_or_default(),
            overrides,
        )
    }

    /// Reads a sweep from text; `default_name` is its name if the text does not set one.
    ///
    /// # Errors
    /// The text is not a valid sweep.
    pub fn parse(
        source: Source,
        default_name: &str,
        overrides: &[String],
    ) -> Result<Self, SpecError> {
        let mut document =
            YamlNode::parse(&source.text).map_err(|diagnostic| source.error(vec![diagnostic]))?;
        let mut diagnostics = Diagnostics::default();
        for option in overrides {
            diagnostics.record(override_key(&mut document, option, &top_level_keys()));
        }
        let sweep = from_document(&document, default_name, &source, &mut diagnostics);
        diagnostics
            .into_result(sweep)
            .map_err(|diagnostics| source.error(diagnostics))
    }
}

/// The top-level keys of a sweep file.
fn top_level_keys() -> Vec<&'static str> {
    [&MAIN_KEYS[..], &SweepOptions::NAMES].concat()
}

/// Reads the whole sweep file; invalid sections and keys keep their defaults.
fn from_document(
    document: &YamlNode,
    default_name: &str,
    source: &Source,
    diagnostics: &mut Diagnostics,
) -> Sweep {
    let mut sweep = Sweep {
        name: default_name.to_owned(),
        description: String::new(),
        base: Vec::new(),
        factors: Vec::new(),
        exclude: Vec::new(),
        include: Vec::new(),
        baseline: None,
        options: SweepOptions::default(),
        source: source.clone(),
    };
    let what = "a sweep: a mapping with data, model, training, validation and grid";
    let Some(entries) = diagnostics.record(document.entries(what)) else {
        return sweep;
    };
    let mut factors_are_known = true;
    for entry in entries {
        let node = &entry.node;
        match entry.key.as_str() {
            "name" => sweep.name = diagnostics.record(read_name(node)).unwrap_or_default(),
            "description" => {
                sweep.description = diagnostics.record(read_text(node)).unwrap_or_default();
            }
            "grid" => {
                let errors = diagnostics.count();
                sweep.factors = read_grid(node, diagnostics);
                factors_are_known = diagnostics.count() == errors;
            }
            // `exclude` refers to the factors of the grid; both are read after it.
            "exclude" | "include" => {}
            section if SECTIONS.contains(&section) => {
                sweep.base.extend(read_section(section, node, diagnostics));
            }
            name => {
                if !sweep.options.read(name, node, diagnostics) {
                    diagnostics.push(unknown_top_level_key(entry));
                }
            }
        }
    }
    if document.get("name").is_none() {
        diagnostics.record(check_default_name(default_name));
    }
    // The key may be misspelt.
    if document.get("grid").is_none() && diagnostics.count() > 0 {
        factors_are_known = false;
    }
    // If the grid has errors, valid references to its factors would be reported as unknown.
    if factors_are_known {
        read_filters(document, &mut sweep, diagnostics);
    }
    sweep.include = read_include(document, diagnostics);
    if factors_are_known {
        diagnostics.record(refuse_overridden_base(&sweep));
    }
    sweep
}

/// Refuses a `--set` of a key that the grid varies, which would have no effect.
fn refuse_overridden_base(sweep: &Sweep) -> Result<(), Diagnostic> {
    for set in sweep.base.iter().filter(|set| set.span.line == 0) {
        let decides = |factor: &&Factor| {
            let of_keys = matches!(factor.kind, FactorKind::Key(_) | FactorKind::Zip(_));
            of_keys && factor.when.is_none() && factor.keys().any(|key| key == set.key)
        };
        if let Some(factor) = sweep.factors.iter().find(decides) {
            return Err(Diagnostic::new(
                &set.span,
                format!(
                    "`{}` varies in the grid (line {})",
                    set.key.path, factor.span.line
                ),
            )
            .with_help(format!(
                "to change its levels, write --set 'grid.{}=…'",
                factor.name
            )));
        }
    }
    Ok(())
}

/// The diagnostic for an unknown top-level key.
fn unknown_top_level_key(entry: &YamlEntry) -> Diagnostic {
    let diagnostic = entry.unknown_key(top_level_keys());
    match Key::find(&entry.key).map(Key::section_and_field) {
        Some((section, field)) => diagnostic.with_help(format!(
            "write it in its section: {section}: {{ {field}: … }}"
        )),
        None => diagnostic,
    }
}

/// Checks that the file name is a valid sweep name.
fn check_default_name(name: &str) -> Result<(), Diagnostic> {
    let node = YamlNode {
        value: YamlValue::String(name.to_owned()),
        span: Span::default(),
        source_text: None,
    };
    match read_name(&node) {
        Ok(_) => Ok(()),
        Err(diagnostic) => Err(Diagnostic {
            message: format!("the file name `{name}` is not a valid sweep name"),
            ..diagnostic
        }),
    }
}

/// Reads `exclude` and `report.baseline`, which refer to the factors.
fn read_filters(document: &YamlNode, sweep: &mut Sweep, diagnostics: &mut Diagnostics) {
    if let Some(node) = document.get("exclude") {
        let items = diagnostics.record(node.items("a list of conditions"));
        for item in items.unwrap_or_default() {
            let filter = TrialFilter::read(item, &sweep.factors, "a combination");
            sweep.exclude.extend(diagnostics.record(filter));
        }
    }
    if let Some(filter) = &sweep.options.report.baseline {
        let filter = TrialFilter::read(filter.node(), &sweep.factors, "a trial");
        sweep.baseline = diagnostics.record(filter);
    }
}

fn read_include(document: &YamlNode, diagnostics: &mut Diagnostics) -> Vec<Include> {
    let Some(node) = document.get("include") else {
        return Vec::new();
    };
    let items = diagnostics.record(node.items("a list of trials"));
    let trial = |item: &YamlNode| {
        let what = "a mapping of configuration keys to values";
        let entries = diagnostics.record(item.entries(what))?;
        Some(Include {
            settings: KeyAssignment::read_all(entries, diagnostics),
            span: item.span.clone(),
        })
    };
    items.unwrap_or_default().iter().filter_map(trial).collect()
}

/// Reads the factors; records the errors and skips those factors.
fn read_grid(node: &YamlNode, diagnostics: &mut Diagnostics) -> Vec<Factor> {
    let entries = match &node.value {
        YamlValue::Null => Ok(&[][..]),
        _ => node.entries("a mapping of factors to their levels"),
    };
    let Some(entries) = diagnostics.record(entries) else {
        return Vec::new();
    };
    if entries.is_empty() {
        diagnostics.push(empty_grid(node));
    }
    let errors = diagnostics.count();
    let mut factors = Vec::new();
    for entry in entries {
        let preceding = (diagnostics.count() == errors).then_some(&factors[..]);
        let factor = Factor::read(entry, preceding, diagnostics);
        factors.extend(factor);
    }
    factors
}

fn empty_grid(node: &YamlNode) -> Diagnostic {
    Diagnostic::new(&node.span, "the grid is empty").with_help(
        "add a factor, such as training.learning_rate: [0.1, 0.01], or remove `grid` to train only \
         the base configuration",
    )
}

/// Reads a section of the base configuration; records the errors and skips those keys.
fn read_section(
    section: &str,
    node: &YamlNode,
    diagnostics: &mut Diagnostics,
) -> Vec<KeyAssignment> {
    let what = format!("the settings of `{section}`");
    let entries = node.entries(&what).map_err(|diagnostic| match node.value {
        YamlValue::Null => diagnostic.with_help("indent the keys of the section with spaces"),
        _ => diagnostic,
    });
    let entries = diagnostics.record(entries).unwrap_or_default().iter();
    entries
        .filter_map(|entry| diagnostics.record(read_section_key(section, entry)))
        .collect()
}

fn read_section_key(section: &str, entry: &YamlEntry) -> Result<KeyAssignment, Diagnostic> {
    let fields = || {
        KEYS.iter()
            .filter(|key| key.section_and_field().0 == section)
    };
    let Some(key) = fields().find(|key| key.section_and_field().1 == entry.key) else {
        let names: Vec<&str> = fields().map(|key| key.section_and_field().1).collect();
        let diagnostic = entry.unknown_key(names);
        // The user may have written the short name, such as `lr`.
        return Err(match fields().find(|key| key.short_name == entry.key) {
            Some(key) => {
                diagnostic.with_help(format!("did you mean `{}`?", key.section_and_field().1))
            }
            None => diagnostic,
        });
    };
    let read = key.read(&entry.node);
    Ok(KeyAssignment {
        key,
        assignment: read.map_err(|diagnostic| match entry.node.value {
            YamlValue::List(_) => diagnostic.with_help(format!(
                "to vary it, write it in the grid: grid: {{ {}: […] }}",
                key.path
            )),
            _ => diagnostic,
        })?,
        span: entry.node.span.clone(),
    })
}

fn read_text(node: &YamlNode) -> Result<String, Diagnostic> {
    match &node.value {
        YamlValue::String(text) => Ok(text.clone()),
        _ => Err(node.unexpected("text")),
    }
}
