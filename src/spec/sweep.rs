//! A checked sweep: what a sweep file asks for.

use super::config::key::{KEYS, Key};
use super::config::trial_config::Config;
use super::grid::factor::{Factor, FactorKind, KeyAssignment};
use super::grid::trial_filter::TrialFilter;
use super::overrides::override_key;
use super::sections::checkpoint::CheckpointRule;
use super::sections::keep::KeepWeights;
use super::sections::launch::LaunchOptions;
use super::sections::record::RecordOptions;
use super::sections::report::ReportOptions;
use super::values::config_value::ConfigValue;
use super::values::number::Count;
use super::yaml::diagnostic::{Diagnostic, SpecError};
use super::yaml::node::{LARGEST_TEXT, YamlNode, YamlValue};
use super::yaml::span::Span;
use std::io::Read;
use std::path::Path;

/// A sweep that is valid in each of its parts.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The name of its folder under `runs/` and of its tables under `reports/`.
    pub name: String,
    /// What it is for, in the author's words.
    pub description: String,
    /// The configuration that each trial starts from.
    pub base: Vec<KeyAssignment>,
    /// What varies; the first varies slowest.
    pub factors: Vec<Factor>,
    /// Combinations that are left out.
    pub exclude: Vec<TrialFilter>,
    /// Trials beside the grid.
    pub include: Vec<Include>,
    /// How the tables are made.
    pub report: ReportOptions,
    /// What is recorded for TensorBoard beside the metrics.
    pub tensorboard: TensorBoardOptions,
    /// When a run's records are written.
    pub record: RecordOptions,
    /// Whose trained weights stay on disk.
    pub keep: KeepWeights,
    /// How often the state of a run in training is saved.
    pub checkpoint: CheckpointRule,
    /// What is asked of a cluster.
    pub launch: LaunchOptions,
    /// The file it came from.
    pub source: Source,
}

/// A trial beside the grid.
#[derive(Clone, Debug)]
pub struct Include {
    /// What it sets on top of the base configuration.
    pub settings: Vec<KeyAssignment>,
    /// Where it stands.
    pub place: Span,
}

impl Include {
    /// Whether it sets this key.
    pub fn sets(&self, key: &Key) -> bool {
        self.settings.iter().any(|set| set.key == key)
    }
}

/// The text of a sweep, for messages.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's name as the user gave it.
    pub name: String,
    /// The file's text.
    pub text: String,
}

/// What is recorded for TensorBoard beside the metrics. It changes no result.
#[derive(Clone, Debug, Default)]
pub struct TensorBoardOptions {
    /// Histograms of each layer's weights and gradients: of the first epoch and of each whose
    /// number this divides; nothing for none.
    pub histograms: Option<usize>,
}

/// `off`, or every how many epochs.
struct Histograms(Option<Count>);

impl ConfigValue for Histograms {
    fn expects() -> String {
        "off, or every how many epochs: 1, 2, …".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            YamlValue::Text(text) if text == "off" => Ok(Self(None)),
            // What YAML 1.1 takes `off` for.
            YamlValue::Flag(false) | YamlValue::Null => Ok(Self(None)),
            YamlValue::Integer(_) => Count::read(node).map(|every| Self(Some(every))),
            _ => Err(node.unexpected(&Self::expects())),
        }
    }
    fn show(&self) -> serde_json::Value {
        match self.0 {
            None => "off".into(),
            Some(every) => every.show(),
        }
    }
    fn schema() -> serde_json::Value {
        serde_json::json!({ "anyOf": [{ "enum": ["off", false] }, Count::schema()] })
    }
}

impl TensorBoardOptions {
    /// The JSON Schema of the section.
    pub(super) fn schema() -> serde_json::Value {
        let mut histograms = Histograms::schema();
        histograms["description"] = "Histograms of each layer's weights and gradients: off, or \
                                     of every so many epochs."
            .into();
        histograms["default"] = Histograms(None).show();
        serde_json::json!({ "type": "object", "additionalProperties": false,
                            "properties": { "histograms": histograms } })
    }
}

/// The keys at the top level of a sweep file.
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

/// The sections of the base configuration.
pub(super) const SECTIONS: [&str; 4] = ["data", "model", "training", "validation"];

/// The longest name of a sweep, in characters.
const LONGEST_NAME: usize = 64;

impl Source {
    /// A problem as an error of this file.
    pub fn error(&self, problem: Diagnostic) -> SpecError {
        SpecError::Invalid {
            name: self.name.clone(),
            text: self.text.clone(),
            problem: Box::new(problem),
        }
    }
}

impl Sweep {
    /// Reads the sweep file at `path`; each override is a `KEY=VALUE` that replaces a key of it.
    ///
    /// # Errors
    /// A file that cannot be read, or that is no valid sweep.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, SpecError> {
        let read = |source| SpecError::Read {
            path: path.to_owned(),
            source,
        };
        let mut text = String::new();
        // One byte more, so that a longer text is refused as such. What the file's size is said to
        // be does not count: it may be a pipe.
        std::fs::File::open(path)
            .and_then(|file| file.take(LARGEST_TEXT as u64 + 1).read_to_string(&mut text))
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

    /// Reads a sweep from text; `default_name` is its name where the text gives none.
    ///
    /// # Errors
    /// Text that is no valid sweep.
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
        read().map_err(|problem| source.error(problem))
    }

    /// The configuration that each trial starts from.
    pub fn base_config(&self) -> Config {
        let mut config = Config::default();
        for set in &self.base {
            set.to.apply(&mut config);
        }
        config
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
        checkpoint: CheckpointRule::default(),
        launch: LaunchOptions::default(),
        source: source.clone(),
    };
    let what = "a sweep: a mapping with data, model, training, validation and grid";
    let entries = document.entries(what)?;
    for entry in entries {
        match entry.key.as_str() {
            "name" => sweep.name = read_name(&entry.node)?,
            "description" => sweep.description = read_text(&entry.node)?,
            "tensorboard" => sweep.tensorboard = read_tensorboard(&entry.node)?,
            "record" => sweep.record = RecordOptions::read(&entry.node)?,
            "keep" => sweep.keep = ConfigValue::read(&entry.node)?,
            "checkpoint" => sweep.checkpoint = ConfigValue::read(&entry.node)?,
            "launch" => sweep.launch = LaunchOptions::read(&entry.node)?,
            "grid" => sweep.factors = read_grid(&entry.node)?,
            "exclude" | "include" | "report" => {} // After the grid, to which they refer.
            section if SECTIONS.contains(&section) => {
                sweep.base.extend(read_section(section, &entry.node)?);
            }
            other => {
                let problem = entry.unknown(TOP_LEVEL);
                return Err(match Key::find(other).map(Key::parts) {
                    Some((section, field)) => problem.help(format!(
                        "write it below its section: {section}: {{ {field}: … }}"
                    )),
                    None => problem,
                });
            }
        }
    }
    if sweep.name.is_empty() {
        let node = YamlNode {
            value: YamlValue::Text(default_name.to_owned()),
            place: Span::default(),
            written: None,
        };
        sweep.name = read_name(&node).map_err(|problem| Diagnostic {
            message: format!("the file's name, `{default_name}`, cannot name the sweep"),
            ..problem
        })?;
    }
    if let Some(node) = document.get("exclude") {
        for item in node.items("a list of conditions")? {
            let rule = TrialFilter::read(item, &sweep.factors, "a combination")?;
            sweep.exclude.push(rule);
        }
    }
    if let Some(node) = document.get("include") {
        for item in node.items("a list of trials")? {
            let entries = item.entries("a mapping of configuration keys to values")?;
            sweep.include.push(Include {
                settings: KeyAssignment::read_all(entries)?,
                place: item.place.clone(),
            });
        }
    }
    if let Some(node) = document.get("report") {
        sweep.report = ReportOptions::read(node, &sweep.factors)?;
    }
    refuse_overridden_base(&sweep)?;
    Ok(sweep)
}

/// A `--set` of a key that varies would silently do nothing.
fn refuse_overridden_base(sweep: &Sweep) -> Result<(), Diagnostic> {
    for set in sweep.base.iter().filter(|set| set.place.line == 0) {
        let decides = |factor: &&Factor| {
            let of_keys = matches!(factor.kind, FactorKind::Key(_) | FactorKind::Zip(_));
            of_keys && factor.when.is_none() && factor.keys().any(|key| key == set.key)
        };
        if let Some(factor) = sweep.factors.iter().find(decides) {
            return Err(Diagnostic::new(
                &set.place,
                format!(
                    "`{}` varies in the grid (line {})",
                    set.key.path, factor.place.line
                ),
            )
            .help(format!(
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
    match factors.is_empty() {
        true => Err(empty_grid(node)),
        false => Ok(factors),
    }
}

fn empty_grid(node: &YamlNode) -> Diagnostic {
    Diagnostic::new(&node.place, "the grid is empty").help(
        "give it a factor, such as training.learning_rate: [0.1, 0.01], or leave `grid` out to \
         train the base configuration alone",
    )
}

fn read_section(section: &str, node: &YamlNode) -> Result<Vec<KeyAssignment>, Diagnostic> {
    let fields = || KEYS.iter().filter(|key| key.parts().0 == section);
    let what = format!("the settings of `{section}`");
    let entries = node.entries(&what).map_err(|problem| match node.value {
        YamlValue::Null => problem.help("indent its keys below it, with spaces"),
        _ => problem,
    })?;
    entries
        .iter()
        .map(|entry| {
            let Some(key) = fields().find(|key| key.parts().1 == entry.key) else {
                let names: Vec<&str> = fields().map(|key| key.parts().1).collect();
                let problem = entry.unknown(names);
                // The name in tables and folders, such as `lr`.
                return Err(match fields().find(|key| key.short == entry.key) {
                    Some(key) => problem.help(format!("did you mean `{}`?", key.parts().1)),
                    None => problem,
                });
            };
            Ok(KeyAssignment {
                key,
                to: key
                    .read(&entry.node)
                    .map_err(|problem| match entry.node.value {
                        YamlValue::List(_) => problem.help(format!(
                            "to vary it, write it in the grid: grid: {{ {}: […] }}",
                            key.path
                        )),
                        _ => problem,
                    })?,
                place: entry.node.place.clone(),
            })
        })
        .collect()
}

fn read_tensorboard(node: &YamlNode) -> Result<TensorBoardOptions, Diagnostic> {
    let mut options = TensorBoardOptions::default();
    for entry in node.entries("the settings of `tensorboard`")? {
        match entry.key.as_str() {
            "histograms" => {
                let Histograms(every) = ConfigValue::read(&entry.node)?;
                options.histograms = every.map(Count::get);
            }
            _ => return Err(entry.unknown(["histograms"])),
        }
    }
    Ok(options)
}

fn read_text(node: &YamlNode) -> Result<String, Diagnostic> {
    match &node.value {
        YamlValue::Text(text) => Ok(text.clone()),
        _ => Err(node.unexpected("text")),
    }
}

/// A name that is safe as a folder's name everywhere.
fn read_name(node: &YamlNode) -> Result<String, Diagnostic> {
    let expected = "a name of letters, digits, `-`, `_` and `.` that starts with a letter or digit";
    // A number is a name as it is written: `007` is not `7`.
    let text = match &node.value {
        YamlValue::Text(_) | YamlValue::Integer(_) | YamlValue::Real(_) => {
            node.name().unwrap_or_default()
        }
        _ => return Err(node.unexpected(expected)),
    };
    let safe = text.len() <= LONGEST_NAME
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        && !text.ends_with('.')
        && !is_reserved(&text);
    match safe {
        true => Ok(text),
        false => Err(node.unexpected(expected).help(format!(
            "write `name: …` with at most {LONGEST_NAME} characters: it names the folder under runs/"
        ))),
    }
}

/// Whether a folder cannot have this name on Windows: that of a device, with any extension.
pub(crate) fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    match stem.as_str() {
        "con" | "prn" | "aux" | "nul" => true,
        stem => ["com", "lpt"].iter().any(|device| {
            let number = stem.strip_prefix(device);
            number.is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_a_file_system_cannot_have_is_refused() {
        for name in [
            "con", "Nul.txt", "com1", "LPT9.a", "a.", "../a", "a/b", ".a", "é",
        ] {
            let text = format!("name: '{name}'\n");
            let source = Source {
                name: "x.yaml".into(),
                text,
            };
            assert!(Sweep::parse(source, "x", &[]).is_err(), "{name}");
        }
        for name in ["console", "com", "com10", "a.b"] {
            let text = format!("name: '{name}'\n");
            let source = Source {
                name: "x.yaml".into(),
                text,
            };
            assert_eq!(Sweep::parse(source, "x", &[]).unwrap().name, name);
        }
    }
}
