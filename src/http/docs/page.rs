//! The document as one page: plain HTML, without a script, and with nothing from elsewhere.

use std::fmt::Write;

use serde_json::Value;

pub const STYLE: &str = include_str!("page.css");

/// The whole page. All text in it comes from the document, and is escaped.
pub fn render(document: &Value) -> String {
    let title = text(&document["info"]["title"]);
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body><header><h1>{title}</h1>{}\
         <p>Version {}, also as <a href=\"/openapi.json\">openapi.json</a>.</p></header>",
        paragraphs(&document["info"]["description"]),
        text(&document["info"]["version"]),
    );
    page += &contents(document);
    page += "<main>";
    for tag in array(&document["tags"]) {
        let name = text(&tag["name"]);
        push(&mut page, format_args!("<h2>{name}</h2>{}", paragraphs(&tag["description"])));
        for (path, method, operation) in
            operations(document).filter(|(.., operation)| operation["tags"][0] == tag["name"])
        {
            page += &operation_section(document, path, method, operation);
        }
    }
    page += &ways_in(&document["components"]["securitySchemes"]);
    page += &refusals(document);
    page += "<h2>Schemas</h2>";
    for (name, schema) in members(&document["components"]["schemas"]) {
        let name = escaped(name);
        push(&mut page, format_args!("<section id=\"schema-{name}\"><h3>{name}</h3>{}</section>", shape(schema)));
    }
    page += "</main></body></html>";
    page
}

/// Every operation, in the order of paths.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    members(&document["paths"])
        .flat_map(|(path, item)| members(item).map(move |(method, operation)| (path, method, operation)))
}

fn contents(document: &Value) -> String {
    let mut list = "<nav><ul>".to_owned();
    for (path, method, operation) in operations(document) {
        let (path, id) = (escaped(path), text(&operation["operationId"]));
        push(
            &mut list,
            format_args!("<li><a href=\"#{id}\"><code><span class=\"method\">{method}</span>{path}</code></a></li>"),
        );
    }
    list + "</ul></nav>"
}

fn operation_section(document: &Value, path: &str, method: &str, operation: &Value) -> String {
    let mut section = format!(
        "<section id=\"{}\"><h3><code><span class=\"method\">{method}</span>{}</code></h3><p>{}</p>{}<p>Who: {}</p>",
        text(&operation["operationId"]),
        escaped(path),
        text(&operation["summary"]),
        paragraphs(&operation["description"]),
        who(&operation["security"]),
    );
    let parameters = array(&operation["parameters"]).map(|parameter| resolved(document, parameter));
    let parameters = parameters.map(|parameter| {
        let is_required = if parameter["required"] == true { "required" } else { "" };
        let place = format!("{} {is_required}", text(&parameter["in"]));
        [text(&parameter["name"]), place, kind(&parameter["schema"]), said(&parameter["description"])]
    });
    section += &table("Parameters", ["name", "where", "type", "what"], parameters);
    let body = &operation["requestBody"]["content"]["application/json"];
    if body.is_object() {
        push(&mut section, format_args!("<h4>Body</h4><p>{}</p>{}", kind(&body["schema"]), example(&body["example"])));
    }
    let answers = members(&operation["responses"]).map(|(status, response)| {
        let response = resolved(document, response);
        let content = members(&response["content"]).next();
        let body = content.map_or(String::new(), |(_, content)| kind(&content["schema"]));
        let headers: Vec<_> = members(&response["headers"]).map(|(name, _)| escaped(name)).collect();
        [escaped(status), said(&response["description"]), body, headers.join(", ")]
    });
    section += &table("Answers", ["status", "when", "body", "headers"], answers);
    section += &example(&operation["responses"]["200"]["content"]["application/json"]["example"]);
    section + "</section>"
}

/// The ways to be let in, of which one is enough.
fn who(security: &Value) -> String {
    let ways = array(security).map(|way| {
        let names: Vec<_> = members(way).map(|(name, _)| link("scheme", name)).collect();
        if names.is_empty() { "anybody".to_owned() } else { names.join(" with ") }
    });
    let ways: Vec<_> = ways.collect();
    ways.join(", or ")
}

fn ways_in(schemes: &Value) -> String {
    let rows = members(schemes).map(|(name, scheme)| {
        let name = escaped(name);
        let place = match scheme["type"].as_str() {
            Some("http") => "Authorization: Bearer".to_owned(),
            _ => format!("{} {}", text(&scheme["in"]), text(&scheme["name"])),
        };
        [format!("<span id=\"scheme-{name}\">{name}</span>"), place, said(&scheme["description"])]
    });
    table("Who may ask", ["name", "where", "what"], rows).replace("h4>", "h2>")
}

fn refusals(document: &Value) -> String {
    let mut section = "<h2>Refusals</h2>".to_owned();
    for (status, response) in members(&document["components"]["responses"]) {
        let content = &response["content"]["application/json"];
        push(
            &mut section,
            format_args!(
                "<h4>{}</h4>{}{}",
                escaped(status),
                paragraphs(&response["description"]),
                example(&content["example"])
            ),
        );
    }
    section
}

/// A schema in full: its members, its words, or its bounds.
fn shape(schema: &Value) -> String {
    let about = paragraphs(&schema["description"]);
    let required: Vec<_> = array(&schema["required"]).filter_map(Value::as_str).collect();
    let rows = members(&schema["properties"]).map(|(name, member)| {
        let must = if required.contains(&name) { "always" } else { "" };
        [escaped(name), kind(member), must.to_owned(), said(&member["description"])]
    });
    let rows = table("", ["name", "type", "", "what"], rows);
    if rows.is_empty() { format!("{about}<p>{}</p>", kind(schema)) } else { about + &rows }
}

/// What a value is, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return link("schema", name);
    }
    for (key, joint) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        if schema[key].is_array() {
            return array(&schema[key]).map(kind).collect::<Vec<_>>().join(joint);
        }
    }
    if schema["enum"].is_array() {
        return array(&schema["enum"]).map(text).collect::<Vec<_>>().join(", ");
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(text).collect::<Vec<_>>().join(" or "),
        Value::String(kind) => escaped(kind),
        _ => "anything".to_owned(),
    };
    let inner = ["items", "additionalProperties"].iter().find(|name| schema[**name].is_object());
    let of = inner.map_or(String::new(), |name| format!(" of {}", kind(&schema[*name])));
    let keys = ["format", "pattern", "minLength", "maxLength", "minimum", "maximum", "const"];
    let bounds = keys.iter().filter(|key| !schema[**key].is_null());
    let bounds: Vec<_> = bounds.map(|key| format!(", {key} <code>{}</code>", text(&schema[*key]))).collect();
    let fields: Vec<_> =
        members(&schema["properties"]).map(|(name, member)| format!("{}: {}", escaped(name), kind(member))).collect();
    let fields = if fields.is_empty() { String::new() } else { format!(" {{ {} }}", fields.join(", ")) };
    types + &of + &bounds.concat() + &fields
}

fn example(value: &Value) -> String {
    if value.is_null() {
        return String::new();
    }
    format!("<pre>{}</pre>", escaped(&serde_json::to_string_pretty(value).unwrap_or_default()))
}

/// A table of cells that are HTML already; nothing where there are no rows.
fn table<const N: usize>(title: &str, heads: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<_> = rows.map(|cells| format!("<tr><td>{}</td></tr>", cells.join("</td><td>"))).collect();
    if rows.is_empty() {
        return String::new();
    }
    let title = if title.is_empty() { String::new() } else { format!("<h4>{title}</h4>") };
    let heads = heads.join("</th><th>");
    format!("{title}<div class=\"scroll\"><table><tr><th>{heads}</th></tr>{}</table></div>", rows.concat())
}

fn link(kind: &str, name: &str) -> String {
    let name = escaped(name);
    format!("<a href=\"#{kind}-{name}\">{name}</a>")
}

fn paragraphs(value: &Value) -> String {
    let paragraphs = value.as_str().unwrap_or_default().split("\n\n").filter(|text| !text.is_empty());
    paragraphs.map(|text| format!("<p>{}</p>", prose(text))).collect::<Vec<_>>().concat()
}

/// Text in which backticks set code apart.
fn prose(text: &str) -> String {
    let pieces = escaped(text);
    let pieces = pieces.split('`').enumerate();
    pieces.map(|(at, piece)| if at % 2 == 0 { piece.to_owned() } else { format!("<code>{piece}</code>") }).collect()
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let path = value["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
    path.and_then(|path| document.pointer(path)).unwrap_or(value)
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn said(value: &Value) -> String {
    prose(value.as_str().unwrap_or_default())
}

/// A scalar as text.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => escaped(text),
        other => escaped(&other.to_string()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn push(page: &mut String, more: std::fmt::Arguments) {
    page.write_fmt(more).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_the_document_says_is_text() {
        let hostile = "<script>alert('1')</script>\"&";
        let document = json!({
            "info": { "title": hostile, "description": hostile, "version": hostile },
            "tags": [{ "name": hostile, "description": hostile }],
            "paths": { hostile: { "get": {
                "tags": [hostile], "operationId": hostile, "summary": hostile, "description": hostile,
                "security": [{ hostile: [] }],
                "parameters": [{ "name": hostile, "in": hostile, "description": hostile, "schema": { "type": hostile } }],
                "requestBody": { "content": { "application/json": { "schema": { "pattern": hostile }, "example": hostile } } },
                "responses": { hostile: { "description": hostile, "headers": { hostile: {} } } },
            } } },
            "components": {
                "schemas": { hostile: { "description": hostile, "properties": { hostile: { "enum": [hostile] } } } },
                "securitySchemes": { hostile: { "in": hostile, "name": hostile, "description": hostile } },
                "responses": { hostile: { "description": hostile } },
            },
        });

        let page = render(&document);

        for raw in ["<script", "</script", "alert('1')", "&gt;\"", "&quot;&\""] {
            assert!(!page.contains(raw), "{raw} in {page}");
        }
        assert_eq!(page.matches("alert(&#39;1&#39;)").count(), page.matches("&lt;script").count());
    }
}
