//! The JSON Schema of sweep files, generated from the types that read them.

use super::config::key::{KEYS, Key, SECTIONS};
use super::grid::range;
use super::sections::options::SweepOptions;
use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Value, json};

/// The JSON Schema of a sweep file, for completion and validation in editors. It is draft 7, which the
/// YAML support of every editor understands.
pub fn schema() -> Value {
    let mut properties = Map::new();
    properties.insert(
        "name".into(),
        described(
            json!({ "type": "string" }),
            "Name of the folder under runs/ and of the files under reports/. Default: the name of \
             the file.",
        ),
    );
    properties.insert(
        "description".into(),
        described(
            json!({ "type": "string" }),
            "Purpose of the sweep; shown at the top of the report.",
        ),
    );
    for section in SECTIONS {
        properties.insert(section.to_owned(), section_schema(section));
    }
    properties.insert("grid".into(), grid_schema());
    properties.insert("exclude".into(), described(json!({ "type": "array", "items": { "type": "object", "minProperties": 1 } }), "Combinations to exclude: each entry maps factors or keys to a value or a list of values, all of which must match."));
    properties.insert(
        "include".into(),
        described(
            json!({ "type": "array", "items": reference("settings") }),
            "Additional trials: the keys that each sets, in addition to the base configuration.",
        ),
    );
    for (name, schema) in SweepOptions::schemas() {
        properties.insert(name.to_owned(), schema);
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A tp-sweep sweep file",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "definitions": definitions(),
    })
}

/// The schema as text, with an indentation of one space.
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

/// The definitions that the schema refers to: the values and the levels of each key, ranges and
/// conditions.
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

/// The name of the definition of the levels of a key.
fn levels_name(key: &Key) -> String {
    format!("{}-levels", key.path)
}

fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = Value::from(description);
    schema
}

fn section_schema(section: &str) -> Value {
    let description = match section {
        "data" => "The data.",
        "model" => "The model.",
        "training" => "The training.",
        _ => "The validation.",
    };
    let fields: Map<String, Value> = KEYS
        .iter()
        .filter(|key| key.section_and_field().0 == section)
        .map(|key| (key.section_and_field().1.to_owned(), reference(key.path)))
        .collect();
    json!({ "type": "object", "description": description, "properties": fields,
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
        "When this factor applies: preceding factors or keys, each with a value or a list of values.",
    )
}

/// A mapping of keys to their levels.
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
        "description": "A factor with named levels, each of which sets several keys; or keys that vary together (zip).",
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
        "description": "The factors. Every configuration key can be a factor; the first factor varies slowest.",
        "minProperties": 1,
        "properties": factors,
        "additionalProperties": other,
    })
}
