//! Strict JSON: what lenient parsers let through (a key twice, NUL, an array for an object) is
//! refused here, before any type sees it, and every complaint names its field in our words.

use std::{cell::RefCell, fmt};

use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

use super::problem::{LONGEST_FIELD, Problem};

/// More members than this in one object or array is nothing a client of ours sends.
const MOST_MEMBERS: usize = 1_000;

/// Reads a body that must be one JSON object, as a `T`.
pub fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    match value(bytes)? {
        Value::Object(members) => typed(members),
        _ => Err(Problem::invalid("", "must be a JSON object")),
    }
}

/// Reads members as a `T`; a complaint says which of them and what a good one is.
pub fn typed<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, Problem> {
    serde_path_to_error::deserialize(Value::Object(members)).map_err(|error| {
        let path = error.path().to_string();
        let complaint = error.into_inner().to_string();
        explain(if path == "." { "" } else { &path }, &complaint)
    })
}

/// serde's own complaints quote what was sent; only what they say was expected goes on.
fn explain(path: &str, complaint: &str) -> Problem {
    if let Some(name) = complaint.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return Problem::invalid(name, "is required");
    }
    match complaint.rsplit_once(", expected ") {
        Some((start, expected)) if start.starts_with("invalid ") || start.starts_with("unknown ") => {
            Problem::invalid(path, &format!("must be {expected}"))
        }
        _ => Problem::invalid(path, complaint),
    }
}

fn value(bytes: &[u8]) -> Result<Value, Problem> {
    let complaint = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let strict = Strict { path: String::new(), complaint: &complaint };
    let value = strict.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    match (value, complaint.into_inner()) {
        (_, Some(problem)) => Err(problem),
        (Ok(value), None) => Ok(value),
        (Err(_), None) => Err(Problem::malformed("the body is not valid JSON")),
    }
}

/// Builds a value and stops at the first thing that is readable but not acceptable.
struct Strict<'a> {
    path: String,
    complaint: &'a RefCell<Option<Problem>>,
}

impl Strict<'_> {
    /// A path is for people to read, so a long one is not worth its room in memory and answer.
    fn below(&self, name: &str) -> Self {
        let joint = if self.path.is_empty() { "" } else { "." };
        let room = LONGEST_FIELD.saturating_sub(self.path.chars().count());
        let path = self.path.chars().chain(joint.chars().chain(name.chars()).take(room)).collect();
        Self { path, complaint: self.complaint }
    }

    fn refuse<E: de::Error>(&self, complaint: &str) -> E {
        *self.complaint.borrow_mut() = Some(Problem::invalid(&self.path, complaint));
        E::custom(complaint)
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        // PostgreSQL keeps every character but this one; taking it out would alter what was said.
        if text.contains('\0') { Err(self.refuse("must not contain a NUL character")) } else { Ok(text.into()) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = members.next_element_seed(self.below(&values.len().to_string()))? {
            values.push(value);
            if values.len() > MOST_MEMBERS {
                return Err(self.refuse("has too many members"));
            }
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if name.contains('\0') {
                return Err(self.refuse("must not contain a NUL character"));
            }
            if object.contains_key(&name) {
                return Err(self.below(&name).refuse("is given twice"));
            }
            let value = members.next_value_seed(self.below(&name))?;
            object.insert(name, value);
            if object.len() > MOST_MEMBERS {
                return Err(self.refuse("has too many members"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::domain::details::Details;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its reading is tested")]
    struct Body {
        message: String,
        #[serde(default)]
        context: Option<Details>,
    }

    fn complaint(json: &str) -> String {
        format!("{:?}", object::<Body>(json.as_bytes()).unwrap_err())
    }

    #[test]
    fn what_cannot_be_read_is_malformed() {
        for json in
            ["", "{", "{}x", "\u{feff}{}", r#"{"message":NaN}"#, r#"{"message":1e400}"#, r#"{"message":"\ud800"}"#]
        {
            assert!(complaint(json).contains("malformed"), "{json:?}");
        }
        assert!(complaint(&"[".repeat(30_000)).contains("malformed"));
    }

    #[test]
    fn what_is_readable_but_wrong_names_its_field() {
        for (json, field) in [
            (r#"{"message":5}"#, "message must be a string"),
            (r#"{"message":null}"#, "message must be a string"),
            ("{}", "message is required"),
            (r#"{"message":"a","message":"b"}"#, "message is given twice"),
            (r#"{"message":"a\u0000"}"#, "message must not contain a NUL character"),
            (r#"{"message":"a","x":{"y":["\u0000"]}}"#, "x.y.0 must not contain a NUL character"),
            (r#"{"message":"a","context":[]}"#, "context must be an object"),
            (r#"["a",null]"#, "the body must be a JSON object"),
            ("null", "the body must be a JSON object"),
        ] {
            assert!(complaint(json).contains(field), "{json}: {}", complaint(json));
        }
    }

    #[test]
    fn a_complaint_never_quotes_what_was_sent() {
        assert!(!complaint(r#"{"message":["secret, expected words"]}"#).contains("secret"));
    }
}
