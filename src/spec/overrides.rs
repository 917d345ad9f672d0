//! `--set KEY=VALUE`: replaces keys of the sweep file before it is validated.

use super::config::key::Key;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlEntry, YamlNode, YamlValue};
use crate::yaml::span::Span;

/// Replaces or adds the key of a `--set KEY=VALUE` option in the document; `top_level` are the keys that
/// a document can have.
///
/// # Errors
/// The option is not `KEY=VALUE`, its value is empty or invalid, or its key is unknown.
pub(super) fn override_key(
    document: &mut YamlNode,
    option: &str,
    top_level: &[&'static str],
) -> Result<(), Diagnostic> {
    let example = "write --set training.epochs=1";
    let Some((path, value)) = option.split_once('=') else {
        let span = Span::command_line(option);
        return Err(Diagnostic::new(&span, "expected KEY=VALUE").with_help(example));
    };
    let span = Span::command_line(path);
    if path.split('.').next_back() == Some("") {
        let diagnostic = Diagnostic::new(&span, format!("the key `{path}` has an empty part"));
        return Err(diagnostic.with_help(format!(
            "check whether a shell variable is unset; {example}"
        )));
    }
    let mut value = YamlNode::parse(value).map_err(|diagnostic| Diagnostic {
        span: span.clone(),
        ..diagnostic
    })?;
    if has_empty_value(&value) {
        return Err(
            Diagnostic::new(&span, "the value of the option is empty").with_help(format!(
                "check whether a shell variable is unset; to unset the key, write --set {path}=null"
            )),
        );
    }
    replace_spans(&mut value, &span);
    let (top, rest) = path.split_once('.').unwrap_or((path, ""));
    let entry = |key: &str, node: YamlNode| YamlEntry {
        key: key.to_owned(),
        span: span.clone(),
        node,
    };
    if !top_level.contains(&top) {
        let paths = Key::paths()
            .chain(top_level.iter().copied())
            .collect::<Vec<_>>();
        return Err(entry(path, value).unknown_key(paths));
    }
    let YamlValue::Map(entries) = &mut document.value else {
        return Ok(()); // The document is rejected later, with its own message.
    };
    if rest.is_empty() {
        insert(entries, entry(top, value));
        return Ok(());
    }
    if !entries.iter().any(|e| e.key == top) {
        let empty = YamlNode {
            value: YamlValue::Map(Vec::new()),
            span: span.clone(),
            source_text: None,
        };
        entries.push(entry(top, empty));
    }
    let section = entries.iter_mut().find(|e| e.key == top);
    if let Some(YamlEntry { node, .. }) = section {
        insert_below(node, entry(rest, value));
    }
    Ok(())
}

/// Inserts an entry whose key can be a path below `node`: `regularisation.dropout` replaces the level
/// `dropout` of a factor `regularisation`. Keys can contain dots themselves.
fn insert_below(node: &mut YamlNode, mut new: YamlEntry) {
    let YamlValue::Map(entries) = &mut node.value else {
        return; // Rejected later, with a message about the expected value.
    };
    let is_parent = |entry: &YamlEntry| {
        let rest = new.key.strip_prefix(&entry.key)?.strip_prefix('.')?;
        matches!(entry.node.value, YamlValue::Map(_)).then(|| rest.to_owned())
    };
    let is_key = entries.iter().any(|entry| entry.key == new.key);
    let parent = entries
        .iter()
        .position(|entry| !is_key && is_parent(entry).is_some());
    match parent {
        Some(index) => {
            new.key = is_parent(&entries[index]).unwrap_or_default();
            insert_below(&mut entries[index].node, new);
        }
        None => insert(entries, new),
    }
}

/// Whether a value, or one within it, is empty and not written as `null`.
fn has_empty_value(node: &YamlNode) -> bool {
    match &node.value {
        YamlValue::Null => node.source_text.is_none(),
        YamlValue::List(items) => items.iter().any(has_empty_value),
        YamlValue::Map(entries) => entries.iter().any(|entry| has_empty_value(&entry.node)),
        YamlValue::Bool(_) | YamlValue::Integer(_) | YamlValue::Float(_) | YamlValue::String(_) => {
            false
        }
    }
}

fn insert(entries: &mut Vec<YamlEntry>, new: YamlEntry) {
    match entries.iter_mut().find(|e| e.key == new.key) {
        Some(entry) => *entry = new,
        None => entries.push(new),
    }
}

fn replace_spans(node: &mut YamlNode, span: &Span) {
    node.span = Span {
        source_text: node.span.source_text.take(),
        ..span.clone()
    };
    match &mut node.value {
        YamlValue::List(items) => items.iter_mut().for_each(|item| replace_spans(item, span)),
        YamlValue::Map(entries) => entries.iter_mut().for_each(|entry| {
            entry.span = span.clone();
            replace_spans(&mut entry.node, span);
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::{Source, Sweep};

    fn parsed(option: &str) -> Result<Sweep, String> {
        let source = Source {
            name: "test.yaml".into(),
            text: "data: { limit: 500 }\ngrid: { model.width: [8, 16] }\n".into(),
        };
        Sweep::parse(source, "test", &[option.to_owned()]).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn an_empty_value_is_refused_with_what_to_write() {
        for option in [
            "data.limit=",
            "data.limit= ",
            "data.limit=\t",
            "data.limit=#",
            "name=",
            "data=",
            "grid=",
            "data={ set: mnist, limit: }",
            "data={ set: mnist, limit: , flip: false }",
            "data={ limit }",
            "grid={ preset: { a: , b: {} } }",
            "exclude=[{ model.width: }]",
        ] {
            let refused = parsed(option).unwrap_err();
            let key = option.split('=').next().unwrap();
            assert!(refused.contains("is empty"), "{option}: {refused}");
            assert!(
                refused.contains(&format!("{key}=null")),
                "{option}: {refused}"
            );
        }
        for option in [
            "data.=5",
            "grid.={ model.width: [8] }",
            "=5",
            "data.limit.=5",
        ] {
            assert!(
                parsed(option).unwrap_err().contains("empty part"),
                "{option}"
            );
        }
    }

    #[test]
    fn a_written_null_unsets_a_key() {
        for option in [
            "data.limit=null",
            "data.limit=~",
            "data.limit=Null",
            "data.limit= NULL # none",
            "data={ set: mnist, limit: null }",
            "data={ set: mnist, limit: ~ }",
        ] {
            assert_eq!(
                parsed(option).unwrap().base_config().data.limit,
                None,
                "{option}"
            );
        }
        assert!(parsed("description=''").is_ok());
    }
}
