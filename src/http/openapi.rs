//! The OpenAPI document: what stands at the handlers, and what the layers before them answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::groups::{Before, Groups};

/// What no handler says: the introduction, who may ask, every refusal there is, by its status, and what
/// of a body no type can say.
const SHARED: &str = include_str!("openapi/shared.json");

/// By operation, a request and what the service answered to it.
const EXAMPLES: &str = include_str!("openapi/examples.json");

/// Every path with every status it answers.
pub fn document() -> Value {
    let mut document = parse(SHARED);
    let examples = parse(EXAMPLES);
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    for (routes, layers) in Groups::new().with_layers() {
        let mut api = serde_json::to_value(routes.into_openapi()).expect("a description is JSON");
        for (path, mut item) in members(&mut api["paths"]) {
            for (method, mut operation) in members(&mut item) {
                mend_body(&mut operation);
                add_layers(&method, &mut operation, layers);
                add_refusals(&method, &mut operation, layers);
                add_examples(&mut operation, &examples);
                document["paths"][&path][&method] = operation;
            }
        }
        for (name, mut schema) in members(&mut api["components"]["schemas"]) {
            for (word, value) in members(&mut schema) {
                document["components"]["schemas"][&name][word] = value;
            }
        }
    }
    document
}

fn parse(ours: &'static str) -> Value {
    serde_json::from_str(ours).expect("what we ship is JSON")
}

fn members(value: &mut Value) -> impl Iterator<Item = (String, Value)> + use<> {
    let members = match value.take() {
        Value::Object(members) => members,
        _ => serde_json::Map::new(),
    };
    members.into_iter()
}

/// A body that may be left out is described as one that may be null, which it may not.
fn mend_body(operation: &mut Value) {
    let schema = operation.pointer_mut("/requestBody/content/application~1json/schema");
    let Some(schema) = schema.filter(|schema| schema["oneOf"][1] == json!({ "type": "null" })) else { return };
    *schema = schema["oneOf"][0].take();
}

/// What a layer asks for, beside what it refuses.
fn add_layers(method: &str, operation: &mut Value, layers: &[Before]) {
    if layers.contains(&Before::Team) && operation["security"].is_null() {
        operation["security"] = json!([{ "internalSecret": [] }, { "operatorSession": [] }]);
    }
    if layers.contains(&Before::Once) && method == "post" {
        let key = json!({ "$ref": "#/components/parameters/IdempotencyKey" });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(key),
            None => operation["parameters"] = json!([key]),
        }
        add_headers(operation, &["Idempotency-Replayed"]);
    }
    // The limits of what anybody may ask are told; what the handlers say of 429 is about them.
    if !operation["responses"]["429"].is_null() {
        add_headers(operation, &["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]);
    }
    if let Some(members) = operation.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

fn add_headers(operation: &mut Value, names: &[&str]) {
    for name in names {
        operation["responses"]["200"]["headers"][*name] = json!({ "$ref": format!("#/components/headers/{name}") });
    }
}

/// Every refusal in its one shape, which stands among the components.
fn add_refusals(method: &str, operation: &mut Value, layers: &[Before]) {
    let mut refused = refused(method, operation, layers);
    let own = operation["responses"].as_object().into_iter().flatten();
    refused.extend(own.map(|(status, _)| status.clone()).filter(|status| status.as_str() >= "400"));
    for status in refused {
        operation["responses"][&status] = json!({ "$ref": format!("#/components/responses/{status}") });
    }
}

/// What is answered before a handler begins.
fn refused(method: &str, operation: &Value, layers: &[Before]) -> BTreeSet<String> {
    let takes = |place: &str| {
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| parameter["in"] == place)
    };
    let is_unsafe = !["get", "head", "options"].contains(&method);
    let needs_somebody = operation["security"]
        .as_array()
        .is_some_and(|ways| ways.iter().all(|way| way.as_object().is_some_and(|way| !way.is_empty())));
    let reasons: [(bool, &[&str]); 9] = [
        (true, &["400", "431", "500"]),
        (operation["requestBody"].is_object(), &["400", "415", "422"]),
        (takes("path"), &["404"]),
        (takes("query"), &["400", "422"]),
        (needs_somebody, &["401"]),
        (layers.contains(&Before::Lane), &["408", "413", "503"]),
        (layers.contains(&Before::Once) && method == "post", &["400", "409", "422"]),
        (layers.contains(&Before::Team), &["401", "429"]),
        (layers.contains(&Before::Team) && is_unsafe, &["403"]),
    ];
    reasons
        .iter()
        .filter(|(holds, _)| *holds)
        .flat_map(|(_, statuses)| *statuses)
        .map(|status| (*status).to_owned())
        .collect()
}

fn add_examples(operation: &mut Value, examples: &Value) {
    let Some(example) = operation["operationId"].as_str().and_then(|id| examples.get(id)) else { return };
    for (part, at) in [("request", "/requestBody/content"), ("response", "/responses/200/content")] {
        let content = operation.pointer_mut(at).and_then(|content| content.get_mut("application/json"));
        if let (Some(content), Some(example)) = (content, example.get(part)) {
            content["example"] = example.clone();
        }
    }
}
