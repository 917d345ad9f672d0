//! Reads sweep files.

use super::config::key::{KEYS, Key, SECTIONS};
use super::grid::condition::TrialFilter;
use super::grid::factor::{Factor, FactorKind, KeyAssignment};
use super::overrides::override_key;
use super::sections::checkpoint::CheckpointInterval;
use super::sections::keep::KeepWeights;
use super::sections::launch::LaunchOptions;
use super::sections::record::RecordOptions;
use super::sections::report::ReportOptions;
use super::sections::tensorboard::TensorBoardOptions;
use super::sweep::{Include, Source, Sweep};
use super::sweep_name::read_name;
use super::values::config_value::ConfigValue;
use super::yaml::diagnostic::{Diagnostic, SpecError};
use super::yaml::node::{MAX_TEXT_BYTES, YamlNode, YamlValue};
use super::yaml::span::Span;
use std::io::Read;
use std::path::Path;

/// The top-level keys of a sweep file.
const TOP_LEVEL: [&str; 15] = [
    "name",
    "description",
    "data",
    "model",
    "training",
    "validation",
    "grid",
    "exclude",
    "include",
    "report",
    "tensorboard",
    "record",
    "keep",
    "checkpoint",
    "launch",
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
        let read = || -> Result<_, Diagnostic> {
            let mut document = YamlNode::parse(&source.text)?;
            for option in overrides {
                override_key(&mut document, option, &TOP_LEVEL)?;
            }
            from_document(&document, default_name, &source)
        };
        read().map_err(|diagnostic| source.error(diagnostic))
    }
}

fn from_document(
    document: &YamlNode,
    default_name: &str,
    source: &Source,
) -> Result<Sweep, Diagnostic> {
    let mut sweep = Sweep {
        name: String::new(),
        description: String::new(),
        base: Vec::new(),
        factors: Vec::new(),
        exclude: Vec::new(),
        include: Vec::new(),
        report: ReportOptions::default(),
        tensorboard: TensorBoardOptions::default(),
        record: RecordOptions::default(),
        keep: KeepWeights::default(),
        checkpoint: CheckpointInterval::default(),
        launch: LaunchOptions::default(),
        source: source.clone(),
    };
    let what = "a sweep: a mapping with data, model, training, validation and grid";
    let entries = document.entries(what)?;
    for entry in entries {
        match entry.key.as_str() {
            "name" => sweep.name = read_name(&entry.node)?,
            "description" => sweep.description = read_text(&entry.node)?,
            "tensorboard" => sweep.tensorboard = TensorBoardOptions::read(&entry.node)?,
            "record" => sweep.record = RecordOptions::read(&entry.node)?,
            "keep" => sweep.keep = ConfigValue::read(&entry.node)?,
            "checkpoint" => sweep.checkpoint = ConfigValue::read(&entry.node)?,
            "launch" => sweep.launch = LaunchOptions::read(&entry.node)?,
            "grid" => sweep.factors = read_grid(&entry.node)?,
            "exclude" | "include" | "report" => {} // Read after the grid, to which they refer.
            section if SECTIONS.contains(&section) => {
                sweep.base.extend(read_section(section, &entry.node)?);
            }
            other => {
                let diagnostic = entry.unknown_key(TOP_LEVEL);
                return Err(match Key::find(other).map(Key::section_and_field) {
                    Some((section, field)) => diagnostic.with_help(format!(
                        "write it in its section: {section}: {{ {field}: … }}"
                    )),
                    None => diagnostic,
                });
            }
        }
    }
    if sweep.name.is_empty() {
        let node = YamlNode {
            value: YamlValue::String(default_name.to_owned()),
            span: Span::default(),
            source_text: None,
        };
        sweep.name = read_name(&node).map_err(|diagnostic| Diagnostic {
            message: format!(
                "the name of the file, `{default_name}`, is not a valid name of a sweep"
            ),
            ..diagnostic
        })?;
    }
    if let Some(node) = document.get("exclude") {
        for item in node.items("a list of conditions")? {
            let filter = TrialFilter::read(item, &sweep.factors, "a combination")?;
            sweep.exclude.push(filter);
        }
    }
    if let Some(node) = document.get("include") {
        for item in node.items("a list of trials")? {
            let entries = item.entries("a mapping of configuration keys to values")?;
            sweep.include.push(Include {
                settings: KeyAssignment::read_all(entries)?,
                span: item.span.clone(),
            });
        }
    }
    if let Some(node) = document.get("report") {
        sweep.report = ReportOptions::read(node, &sweep.factors)?;
    }
    refuse_overridden_base(&sweep)?;
    Ok(sweep)
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

fn read_grid(node: &YamlNode) -> Result<Vec<Factor>, Diagnostic> {
    if node.value == YamlValue::Null {
        return Err(empty_grid(node));
    }
    let mut factors = Vec::new();
    for entry in node.entries("a mapping of factors to their levels")? {
        let factor = Factor::read(entry, &factors)?;
        factors.push(factor);
    }
    if factors.is_empty() {
        Err(empty_grid(node))
    } else {
        Ok(factors)
    }
}

fn empty_grid(node: &YamlNode) -> Diagnostic {
    Diagnostic::new(&node.span, "the grid is empty").with_help(
        "add a factor, such as training.learning_rate: [0.1, 0.01], or remove `grid` to train only \
         the base configuration",
    )
}

fn read_section(section: &str, node: &YamlNode) -> Result<Vec<KeyAssignment>, Diagnostic> {
    let fields = || {
        KEYS.iter()
            .filter(|key| key.section_and_field().0 == section)
    };
    let what = format!("the settings of `{section}`");
    let entries = node.entries(&what).map_err(|diagnostic| match node.value {
        YamlValue::Null => diagnostic.with_help("indent the keys of the section with spaces"),
        _ => diagnostic,
    })?;
    entries
        .iter()
        .map(|entry| {
            let Some(key) = fields().find(|key| key.section_and_field().1 == entry.key) else {
                let names: Vec<&str> = fields().map(|key| key.section_and_field().1).collect();
                let diagnostic = entry.unknown_key(names);
                // The user may have written the short name, such as `lr`.
                return Err(match fields().find(|key| key.short_name == entry.key) {
                    Some(key) => diagnostic
                        .with_help(format!("did you mean `{}`?", key.section_and_field().1)),
                    None => diagnostic,
                });
            };
            Ok(KeyAssignment {
                key,
                assignment: key
                    .read(&entry.node)
                    .map_err(|diagnostic| match entry.node.value {
                        YamlValue::List(_) => diagnostic.with_help(format!(
                            "to vary it, write it in the grid: grid: {{ {}: […] }}",
                            key.path
                        )),
                        _ => diagnostic,
                    })?,
                span: entry.node.span.clone(),
            })
        })
        .collect()
}

fn read_text(node: &YamlNode) -> Result<String, Diagnostic> {
    match &node.value {
        YamlValue::String(text) => Ok(text.clone()),
        _ => Err(node.unexpected("text")),
    }
}
