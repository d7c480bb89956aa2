//! Options are objects, whose names say what is meant: a list in the place of one would be read by the order of the options.

use serde_json::Value;

use crate::error::{Error, Result};

/// Refuses a list where the schema wants an object, however deep.
pub(super) fn refuse_lists(schema: impl FnOnce() -> Value, options: &Value) -> Result<()> {
    Error::refuse_list(options)?;
    if !has_list(options) {
        return Ok(());
    }
    let schema = schema();
    look(&schema, &schema, options, "")
}

fn has_list(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(object) => object.values().any(has_list),
        _ => false,
    }
}

fn look(root: &Value, node: &Value, value: &Value, path: &str) -> Result<()> {
    let mut kinds = vec![];
    alternatives(root, node, &mut kinds);
    let of = |name: &str| kinds.iter().filter(|kind| is(kind, name)).copied().collect::<Vec<_>>();
    match value {
        Value::Array(items) => match (of("array").first(), of("object").is_empty()) {
            (None, false) => Err(Error::option(path, value, "an object, {\"name\": value}")),
            (Some(list), _) => {
                let Some(item) = list.get("items") else { return Ok(()) };
                items.iter().enumerate().try_for_each(|(at, value)| look(root, item, value, &format!("{path}[{at}]")))
            }
            (None, true) => Ok(()),
        },
        Value::Object(object) => {
            let objects = of("object");
            object.iter().try_for_each(|(name, value)| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                objects.iter().find_map(|kind| member(kind, name)).map_or(Ok(()), |node| look(root, node, value, &path))
            })
        }
        _ => Ok(()),
    }
}

fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.get("properties").and_then(|properties| properties.get(name)).or_else(|| object.get("additionalProperties"))
}

/// What a node of the schema may be, without references and choices.
fn alternatives<'a>(root: &'a Value, node: &'a Value, into: &mut Vec<&'a Value>) {
    let named = node.get("$ref").and_then(Value::as_str).and_then(|name| root.pointer(name.trim_start_matches('#')));
    let choices = ["anyOf", "oneOf", "allOf"].iter().filter_map(|word| node.get(word)?.as_array()).flatten();
    let before = into.len();
    for choice in named.into_iter().chain(choices) {
        alternatives(root, choice, into);
    }
    if into.len() == before || node.get("properties").is_some() {
        into.push(node);
    }
}

fn is(node: &Value, kind: &str) -> bool {
    match node.get("type") {
        Some(Value::String(name)) => name == kind,
        Some(Value::Array(names)) => names.iter().any(|name| name == kind),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::method::method;

    #[test]
    fn a_list_in_the_place_of_options_is_refused_and_one_that_is_meant_is_not() {
        let told = |name: &str, options: Value| {
            let schema = method(name).unwrap().schema();
            refuse_lists(|| schema, &options).map_err(|error| error.to_string())
        };
        assert_eq!(told("abc", json!(["profit"])).unwrap_err(), "options are a list");
        for (name, options, option) in [
            ("abc_xyz", json!({ "abc": ["profit"] }), "abc"),
            ("pyramid_transitions", json!({ "pyramid": [1] }), "pyramid"),
            ("win_back", json!({ "offers": [["gift", 5, 0.1]] }), "offers[0]"),
            ("rfm", json!({ "cut_points": [[10, 20], [1], [2]] }), "cut_points"),
        ] {
            assert!(told(name, options).unwrap_err().starts_with(&format!("option `{option}` is [")), "{name}");
        }
        for (name, options) in [
            ("pareto", json!({ "dependency": [0.1, 0.2] })),
            ("win_back", json!({ "offers": [{ "name": "gift", "cost": 5 }] })),
            ("rfm", json!({ "cut_points": { "recency": [1, 2], "frequency": [1], "monetary": [2] } })),
            ("abc", Value::Null),
        ] {
            assert_eq!(told(name, options), Ok(()), "{name}");
        }
    }
}
