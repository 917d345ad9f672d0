//! The JSON Schema of a sweep file, made from the types that read it.

use super::config::key::{KEYS, Key, SECTIONS};
use super::grid::range;
use super::sections::checkpoint::CheckpointInterval;
use super::sections::keep::KeepWeights;
use super::sections::launch::LaunchOptions;
use super::sections::record::RecordOptions;
use super::sections::report::ReportOptions;
use super::sections::tensorboard::TensorBoardOptions;
use super::values::config_value::ConfigValue;
use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Value, json};

/// The JSON Schema of a sweep file, for editors that complete and check. Draft 7, which every
/// editor's YAML support understands.
pub fn schema() -> Value {
    let mut properties = Map::new();
    properties.insert(
        "name".into(),
        described(
            json!({ "type": "string" }),
            "Names the folder under runs/ and the tables under reports/. Default: the file's name.",
        ),
    );
    properties.insert(
        "description".into(),
        described(
            json!({ "type": "string" }),
            "What the sweep is for; stands above the tables.",
        ),
    );
    for section in SECTIONS {
        properties.insert(section.to_owned(), section_schema(section));
    }
    properties.insert("grid".into(), grid_schema());
    properties.insert("exclude".into(), described(json!({ "type": "array", "items": { "type": "object", "minProperties": 1 } }), "Combinations to leave out: each entry maps factors or keys to a value or a list of values; all of them must match."));
    properties.insert(
        "include".into(),
        described(
            json!({ "type": "array", "items": reference("settings") }),
            "Trials beside the grid: what each sets on top of the base configuration.",
        ),
    );
    properties.insert("report".into(), ReportOptions::schema());
    properties.insert(
        "tensorboard".into(),
        described(
            TensorBoardOptions::schema(),
            "What is recorded for TensorBoard beside the metrics; it changes no result.",
        ),
    );
    properties.insert(
        "record".into(),
        described(
            RecordOptions::schema(),
            "When a run's records are written; it changes no result.",
        ),
    );
    let mut keep = described(
        KeepWeights::schema(),
        "Whose trained weights stay on disk: those of the N best trials, all or none; it changes \
         no result.",
    );
    keep["default"] = KeepWeights::default().to_value();
    properties.insert("keep".into(), keep);
    let mut checkpoint = described(
        CheckpointInterval::schema(),
        "How often the state of a run in training is saved, so that a sweep that is stopped \
         continues there; it changes no result.",
    );
    checkpoint["default"] = CheckpointInterval::default().to_value();
    properties.insert("checkpoint".into(), checkpoint);
    properties.insert(
        "launch".into(),
        described(
            LaunchOptions::schema(),
            "What is asked of a cluster (tp-sweep launch); it changes no result.",
        ),
    );
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A tp-sweep sweep file",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "definitions": definitions(),
    })
}

/// The schema as the text of a file, indented by one space for each level.
#[expect(
    clippy::expect_used,
    reason = "a JSON value can be written, and writes UTF-8"
)]
pub fn schema_text() -> String {
    let mut text = Vec::new();
    let lines = PrettyFormatter::with_indent(b" ");
    let mut writer = serde_json::Serializer::with_formatter(&mut text, lines);
    schema().serialize(&mut writer).expect("JSON");
    let mut text = String::from_utf8(text).expect("UTF-8");
    text.push('\n');
    text
}

/// What the schema defines once and refers to by name: the values of each key, its levels, ranges and conditions.
fn definitions() -> Value {
    let values = KEYS.iter().map(|key| (key.path.to_owned(), key.schema()));
    let levels = KEYS
        .iter()
        .map(|key| (levels_name(key), key_levels_schema(key)));
    let shared = [
        ("linear", range::schema("linear")),
        ("logarithmic", range::schema("logarithmic")),
        ("when", when_schema()),
        ("settings", settings_schema()),
        ("factors", factors_schema()),
    ];
    let shared = shared.map(|(name, schema)| (name.to_owned(), schema));
    Value::Object(values.chain(levels).chain(shared).collect())
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// The name of the levels that a key can have.
fn levels_name(key: &Key) -> String {
    format!("{}-levels", key.path)
}

fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = Value::from(description);
    schema
}

fn section_schema(section: &str) -> Value {
    let about = match section {
        "data" => "What is learnt from.",
        "model" => "What is trained.",
        "training" => "How it is trained.",
        _ => "How it is judged.",
    };
    let fields: Map<String, Value> = KEYS
        .iter()
        .filter(|key| key.section_and_field().0 == section)
        .map(|key| (key.section_and_field().1.to_owned(), reference(key.path)))
        .collect();
    json!({ "type": "object", "description": about, "properties": fields,
            "additionalProperties": false })
}

/// A mapping of full key paths to values.
fn settings_schema() -> Value {
    let keys: Map<String, Value> = KEYS
        .iter()
        .map(|key| (key.path.to_owned(), reference(key.path)))
        .collect();
    json!({ "type": "object", "properties": keys, "additionalProperties": false })
}

fn key_levels_schema(key: &Key) -> Value {
    let list = json!({ "type": "array", "items": reference(key.path), "minItems": 1 });
    let full = json!({
        "type": "object",
        "properties": {
            "values": list,
            "linear": reference("linear"),
            "logarithmic": reference("logarithmic"),
            "when": reference("when"),
        },
        "additionalProperties": false,
    });
    json!({ "description": key.description, "anyOf": [list, full] })
}

fn when_schema() -> Value {
    described(
        json!({ "type": "object", "minProperties": 1 }),
        "Where this factor applies: factors or keys above it, and a value or a list of values of each.",
    )
}

/// A mapping of keys to the levels that each has.
fn factors_schema() -> Value {
    let factors: Map<String, Value> = KEYS
        .iter()
        .map(|key| (key.path.to_owned(), reference(&levels_name(key))))
        .collect();
    json!({ "type": "object", "properties": factors, "additionalProperties": false })
}

fn grid_schema() -> Value {
    let factors: Map<String, Value> = KEYS
        .iter()
        .map(|key| (key.path.to_owned(), reference(&levels_name(key))))
        .collect();
    let labelled = json!({ "type": "object", "additionalProperties": { "anyOf": [reference("settings"), { "type": "null" }] } });
    let other = json!({
        "description": "A factor of labelled levels, each setting several keys; or keys that go in step (zip).",
        "anyOf": [
            { "type": "object", "required": ["zip"], "additionalProperties": false,
              "properties": { "zip": reference("factors"), "when": reference("when") } },
            { "type": "object", "required": ["levels"], "additionalProperties": false,
              "properties": { "levels": labelled, "when": reference("when") } },
            labelled,
        ],
    });
    json!({
        "type": "object",
        "description": "What varies. Every configuration key can be a factor; the first varies slowest.",
        "minProperties": 1,
        "properties": factors,
        "additionalProperties": other,
    })
}
