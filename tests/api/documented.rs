//! Whatever a test is answered must stand in the document: its status, its type, its stable word.

use std::sync::LazyLock;

use serde_json::Value;

use crate::http::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(levqor_support::openapi);

/// Stops a test to which the service answers what its document does not say.
pub fn check(request: &[u8], answer: &Answer) {
    // What has no id was answered below the router, or by somebody else.
    if answer.header("x-request-id").is_none() {
        return;
    }
    let line = request.split(|byte| *byte == b'\r').next().and_then(|line| str::from_utf8(line).ok());
    let mut words = line.into_iter().flat_map(|line| line.split(' '));
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return };
    if method == "OPTIONS" || !target.starts_with('/') {
        return;
    }
    let path = target.split('?').next().unwrap_or_default();
    if let Err(fault) = judge(method, path, answer) {
        panic!("{method} {path} answered {}, {fault}: {}", answer.status, answer.body);
    }
}

fn judge(method: &str, path: &str, answer: &Answer) -> Result<(), &'static str> {
    let Some(item) = item(path) else {
        return if [400, 404, 431].contains(&answer.status) { Ok(()) } else { Err("and the path is not described") };
    };
    let Some(operation) = operation(item, method) else {
        let refused = [400, 404, 405, 408, 413, 431, 503].contains(&answer.status);
        return if refused { Ok(()) } else { Err("and the method is not described") };
    };
    let described = &operation["responses"][answer.status.to_string()];
    if described.is_null() {
        return Err("which is not described");
    }
    let described = described["$ref"].as_str().and_then(|path| DOCUMENT.pointer(&path[1..])).unwrap_or(described);
    let types = described["content"].as_object();
    let is_of_type = match answer.header("content-type") {
        Some(kind) => types.is_some_and(|types| types.contains_key(kind)),
        None => types.is_none(),
    };
    if !is_of_type {
        return Err("of another media type than described");
    }
    let words = DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].as_array().unwrap();
    if answer.status >= 400 && method != "HEAD" && !words.contains(&answer.json()["code"]) {
        return Err("with a word that is not described");
    }
    Ok(())
}

fn item(path: &str) -> Option<&'static Value> {
    let segments: Vec<_> = path.split('/').collect();
    let fits = |template: &str| {
        let template: Vec<_> = template.split('/').collect();
        let mut pairs = template.iter().zip(&segments);
        template.len() == segments.len()
            && pairs.all(|(wanted, given)| wanted == given || wanted.starts_with('{') && !given.is_empty())
    };
    DOCUMENT["paths"].as_object()?.iter().find(|(template, _)| fits(template)).map(|(_, item)| item)
}

fn operation(item: &'static Value, method: &str) -> Option<&'static Value> {
    item.get(if method == "HEAD" { "get".to_owned() } else { method.to_lowercase() })
}
