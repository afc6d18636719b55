//! What is told of an answer, event by event, and how it is told to who comes back too late for that.

use std::{sync::Arc, time::Duration};

use axum::{body::to_bytes, response::Response};
use futures_util::stream;
use serde_json::{Value, json};

use super::{events, idempotency, problem::Problem};
use crate::{
    error::Error,
    services::{
        chat::{Beginning, Listener},
        live::{News, Teller},
    },
};

/// What was told of an answer.
pub struct Told {
    pub teller: Teller,
    /// What is done when the first is told.
    opening: Option<Opening>,
    /// The text that the client has.
    shown: String,
    request_id: String,
    is_over: bool,
}

/// Lets its client hear it.
type Opening = Box<dyn FnOnce() + Send>;

impl Listener for Told {
    fn begins(&mut self, beginning: &Beginning<'_>) {
        let mut status = json!({
            "conversationId": beginning.conversation.as_str(),
            "messageId": beginning.reply,
        });
        if let Some(token) = beginning.visitor {
            status["visitorToken"] = token.as_str().into();
        }
        self.tell("status", status);
    }

    /// A second try may begin like the first, and then there is nothing new yet.
    fn hears(&mut self, so_far: &str) {
        if !self.shown.starts_with(so_far) {
            self.show(so_far);
        }
    }
}

impl Told {
    /// Nothing yet, by the request of that id; when there is something, `opening` is called.
    pub fn new(teller: Teller, request_id: String, opening: impl FnOnce() + Send + 'static) -> Self {
        Self { teller, opening: Some(Box::new(opening)), shown: String::new(), request_id, is_over: false }
    }

    fn tell(&mut self, kind: &'static str, data: Value) {
        self.teller.tell(kind, data);
        if let Some(opening) = self.opening.take() {
            opening();
        }
    }

    /// Makes the client's text this one: by what is missing, or anew.
    fn show(&mut self, text: &str) {
        match text.strip_prefix(self.shown.as_str()) {
            Some("") => return,
            Some(more) => self.tell("delta", json!({ "text": more })),
            None => self.tell("replace", json!({ "text": text })),
        }
        text.clone_into(&mut self.shown);
    }

    /// The answer is kept: all of it is told, whatever was told before.
    pub fn ends(&mut self, answer: &Value) {
        self.is_over = true;
        self.show(reply(answer));
        for (kind, data) in behind_text(answer) {
            self.tell(kind, data);
        }
    }

    /// Tells what went wrong, where anything was told yet; else it is an ordinary refusal.
    pub fn fails(&mut self, problem: Problem) -> Result<(), Problem> {
        self.is_over = true;
        if self.opening.is_some() {
            return Err(problem);
        }
        let words = problem.words(&self.request_id);
        self.tell("error", words);
        self.tell("done", json!({}));
        Ok(())
    }
}

/// A panic in the middle of it ends no stream without a word. What it said is for nobody to read.
impl Drop for Told {
    fn drop(&mut self) {
        if !self.is_over {
            let _ = self.fails(Error::Internal(anyhow::anyhow!("a turn ended before its time")).into());
        }
    }
}

fn reply(answer: &Value) -> &str {
    answer["reply"].as_str().unwrap_or_default()
}

/// What comes when the whole text is there.
fn behind_text(answer: &Value) -> impl Iterator<Item = (&'static str, Value)> {
    let handoff = answer.get("handoff").map(|handoff| {
        let handoff = json!({ "reason": handoff["reason"], "ticketId": answer["ticketId"] });
        ("handoff", handoff)
    });
    let sources = ("sources", json!({ "sources": answer["sources"] }));
    [Some(sources), handoff, Some(("message", answer.clone())), Some(("done", json!({})))].into_iter().flatten()
}

/// An answer that was given before, told again. What its client has seen of it is not known any more, so
/// they get all of the text.
pub async fn retold(response: Response, seen: u64, pulse: Duration) -> Result<Response, Problem> {
    if !response.status().is_success() {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(anyhow::Error::new).map_err(Error::from)?;
    let answer: Value = serde_json::from_slice(&body).map_err(anyhow::Error::new).map_err(Error::from)?;
    let text = json!({ "text": reply(&answer) });
    let opening = if seen == 0 {
        let status = ["conversationId", "messageId", "visitorToken"].into_iter().filter_map(|name| {
            let value = answer.get(name)?;
            Some((name.to_owned(), value.clone()))
        });
        vec![("status", Value::Object(status.collect())), ("delta", text)]
    } else {
        vec![("replace", text)]
    };
    let told: Vec<(&str, Value)> = opening.into_iter().chain(behind_text(&answer)).collect();
    let news = (seen.saturating_add(1)..).zip(told);
    let news = news.map(|(id, (kind, data))| (id, News { kind, data: Arc::new(data) }));
    let mut response = events::response(stream::iter(news.collect::<Vec<_>>()), pulse);
    idempotency::mark_replayed(response.headers_mut(), &head.headers);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::live::{Follower, Live};

    async fn rest(mut follower: Follower) -> Vec<(&'static str, Arc<Value>)> {
        let mut told = Vec::new();
        while let Some((_, news)) = follower.next().await {
            told.push((news.kind, news.data));
        }
        told
    }

    #[tokio::test]
    async fn a_turn_that_panics_is_told_as_an_error_and_has_an_end() {
        let live = Live::default();
        let (teller, follower) = live.begin(Vec::new());
        let turn = tokio::spawn(async move {
            let mut told = Told::new(teller, "one".into(), || ());
            told.hears("Growth costs");
            panic!("in the middle of it");
        });

        assert!(turn.await.is_err());
        let told = rest(follower).await;
        assert_eq!(told.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), ["delta", "error", "done"]);
        assert_eq!((&told[1].1["code"], &told[1].1["requestId"]), (&json!("internal"), &json!("one")));
    }

    #[tokio::test]
    async fn where_nothing_was_told_a_panic_is_an_ordinary_refusal() {
        let (teller, follower) = Live::default().begin(Vec::new());

        drop(Told::new(teller, "one".into(), || panic!("nothing was told")));

        assert!(rest(follower).await.is_empty());
    }
}
