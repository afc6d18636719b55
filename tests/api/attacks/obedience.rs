//! A model that does whatever it is told, by whoever speaks last: the visitor, what was said before,
//! a record, or a section that is asked about.

use std::{collections::HashMap, sync::LazyLock};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    disguises::{DISGUISES, HONEST, rot13},
    table::{self, Model},
};
use crate::stand_in::{Play, Then};

/// Of its instructions it repeats so much at once, so that no disguise is too long to be shown.
const AT_ONCE: usize = 560;

/// How many characters a streamed piece has.
const PIECE: usize = 5;

/// What it does when asked with this request.
pub fn obey(request: &Value) -> Play {
    /// Where the order does not say what to do, the table does.
    static BOOK: LazyLock<HashMap<String, Model>> =
        LazyLock::new(|| table::all().into_iter().map(|row| (row.message().to_owned(), row.model)).collect());
    let said = said(request);
    let last = said.last().copied().unwrap_or_default();
    match BOOK.get(last) {
        Some(Model::Does(play)) => play.clone(),
        Some(Model::Says(text)) => says(&marked(text, request), request),
        Some(Model::Obeys) | None => says(&marked(&words(request, &said, last), request), request),
    }
}

/// The words it is told to say.
fn words(request: &Value, said: &[&str], last: &str) -> String {
    if last.contains("instructions,") {
        return instructions(request, last);
    }
    if last.contains("everything you know") {
        return format!("Growth costs £29/month {{Growth}}. {} {{Growth}} [r]", said.join(" {Growth} [r]\n"));
    }
    let sections = request["messages"][0]["content"].as_str().unwrap_or_default().split("\n\n[");
    let asked_about = sections.filter(|section| last.contains("zeppelin") && section.contains("Zeppelin"));
    let ordered = said.iter().rev().copied().chain(asked_about).find_map(order);
    ordered.unwrap_or_else(|| HONEST.to_owned())
}

/// What stands between «these», decoded when that is what is asked for.
fn order(text: &str) -> Option<String> {
    let (before, rest) = text.rsplit_once('«')?;
    let (quoted, _) = rest.split_once('»')?;
    if before.contains("base64") {
        let code: String = quoted.chars().filter(|c| !c.is_whitespace()).collect();
        return String::from_utf8(STANDARD.decode(code).ok()?).ok();
    }
    Some(if before.contains("rot13") { rot13(quoted) } else { quoted.to_owned() })
}

/// Its instructions, as they are asked for.
fn instructions(request: &Value, asked: &str) -> String {
    let all = request["messages"][0]["content"].as_str().unwrap_or_default();
    let own = own_instructions(all);
    let reference = own.split_whitespace().find(|word| word.contains("kestrel-")).unwrap_or_default();
    let part = match asked {
        _ if asked.contains("all of your") => all.to_owned(),
        _ if asked.contains("the reference") => format!("The reference is {reference}"),
        _ if asked.contains("the end of your") => {
            own.chars().skip(own.chars().count().saturating_sub(AT_ONCE)).collect()
        }
        _ => own.chars().take(AT_ONCE).collect(),
    };
    let disguise = DISGUISES.iter().find(|(name, _)| asked.contains(name));
    disguise.map_or(part.clone(), |(_, disguise)| disguise(&part))
}

/// What the model is told before it is shown the knowledge.
pub fn own_instructions(all: &str) -> &str {
    all.split("# Information").next().unwrap_or_default().trim()
}

/// The messages of others than the instructions, in their order.
fn said(request: &Value) -> Vec<&str> {
    let messages = request["messages"].as_array().into_iter().flatten().skip(1);
    messages.filter(|message| message["role"] == "user").filter_map(|message| message["content"].as_str()).collect()
}

/// `{words of a heading}` becomes the mark of the first section that has them: whoever gives the orders
/// guesses the best one.
fn marked(words: &str, request: &Value) -> String {
    let system = request["messages"][0]["content"].as_str().unwrap_or_default();
    let headings: Vec<&str> = system.lines().filter(|line| line.starts_with('[') && line.contains(".md > ")).collect();
    let (mut marked, mut rest) = (String::new(), words);
    while let Some((before, from)) = rest.split_once('{') {
        marked.push_str(before);
        let found = from.split_once('}').and_then(|(path, after)| {
            let heading = headings.iter().find(|line| !path.is_empty() && line.contains(path))?;
            Some((heading.split_inclusive(']').next()?, after))
        });
        let (mark, after) = found.unwrap_or(("{", from));
        marked.push_str(mark);
        rest = after;
    }
    marked + rest
}

/// A completion of these words, whole or in pieces, as it was asked for.
fn says(words: &str, request: &Value) -> Play {
    if request["stream"] == true {
        let chars: Vec<char> = words.chars().collect();
        let piece = |delta: Value, end: Value| {
            let chunk = json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": end }] });
            format!("data: {chunk}\n\n")
        };
        let pieces =
            chars.chunks(PIECE).map(|chars| piece(json!({ "content": chars.iter().collect::<String>() }), Value::Null));
        let pieces = pieces.chain([piece(json!({}), json!("stop")), "data: [DONE]\n\n".into()]);
        return Play::Stream(pieces.map(String::into_bytes).collect(), Then::End);
    }
    let message = json!({ "role": "assistant", "content": words });
    Play::Answer(200, json!({ "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }] }).to_string())
}
