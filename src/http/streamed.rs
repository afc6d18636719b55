//! A turn of a chat that is told while it is made, and that goes on when its client has left: for a
//! while with the model, and always to its end.

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use axum::{
    body::to_bytes,
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::{
    accept, chat, events,
    extract::Json,
    guard::{self, Place},
    idempotency::{self, Begun},
    kept,
    problem::Problem,
};
use crate::{
    error::Error,
    services::{
        chat::{Beginning, Chat, Listener, Manner, Question},
        idempotency::{Idempotency, Lease, Name},
        live::{Live, News, Teller},
    },
    state::AppState,
};

/// How long a model goes on for a client that has left and can come back: they have what it takes to
/// notice and to connect again.
const GRACE: Duration = Duration::from_secs(5);

/// Only writing tells that a client has left, and each second of a model costs money; so while an
/// answer is made, silence is short.
const PULSE: Duration = Duration::from_secs(1);

/// How a client wants to be answered.
pub struct Wish {
    pub is_for_events: bool,
    /// What they have seen of the answer.
    seen: u64,
    /// Their `Idempotency-Key`, which streamed answers look after themselves.
    key: Option<Name>,
    place: Option<Place>,
    request_id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Wish {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            is_for_events: accept::wants_events(&parts.headers),
            seen: events::last_seen(&parts.headers).unwrap_or_default(),
            key: parts.extensions.get().cloned(),
            place: parts.extensions.get().cloned(),
            request_id: guard::request_id(&parts.headers).to_owned(),
        })
    }
}

/// What a turn needs.
#[derive(Clone)]
pub struct Turns {
    pub chat: Chat,
    pub idempotency: Idempotency,
    live: Live,
    tasks: TaskTracker,
    /// What a turn may take, as what any handler may.
    longest: Duration,
}

impl FromRef<AppState> for Turns {
    fn from_ref(state: &AppState) -> Self {
        Self {
            chat: state.chat.clone(),
            idempotency: state.idempotency.clone(),
            live: state.live.clone(),
            tasks: state.lanes.chats.tasks.clone(),
            longest: state.budgets.handler,
        }
    }
}

/// Answers with events. `name` is what the client calls its message. What fails before the question
/// is kept is an ordinary refusal.
pub async fn turn(
    turns: Turns,
    question: Question,
    name: Option<Name>,
    spares_model: bool,
    wish: Wish,
) -> Result<Response, Problem> {
    let names = [wish.key.map(|name| (idempotency::KEY, name)), name.map(|name| (chat::CLIENT_MESSAGE_ID, name))];
    let names: Vec<(&str, Name)> = names.into_iter().flatten().collect();
    if let Some(following) = names.iter().find_map(|(_, name)| turns.live.follow(&name.hash(), wish.seen)) {
        return Ok(events::response(events::following(following), PULSE));
    }
    let mut leases = Vec::new();
    for (field, name) in &names {
        match idempotency::begin(&turns.idempotency, field, name).await? {
            Begun::Ours(lease) => leases.push(lease),
            Begun::Answered(response) => return retold(response, wish.seen).await,
        }
    }
    let (teller, mut following) = turns.live.begin(names.iter().map(|(_, name)| name.hash()).collect());
    let told = Told { teller, shown: String::new(), request_id: wish.request_id };
    let tasks = turns.tasks.clone();
    let answer = Answering { turns, question, spares_model, leases, told, _place: wish.place };
    let mut answered = tasks.spawn(answer.run().in_current_span());
    tokio::select! {
        biased;
        ended = &mut answered => match ended {
            Ok(Err(problem)) => return Err(problem),
            Ok(Ok(())) => {}
            Err(_) => return Err(Problem::from(Error::Internal(anyhow::anyhow!("a turn panicked")))),
        },
        () = following.begins() => {}
    }
    Ok(events::response(events::following(following), PULSE))
}

/// A turn under way. It holds its request's place, as everything does that is taken on.
struct Answering {
    turns: Turns,
    question: Question,
    spares_model: bool,
    leases: Vec<Lease>,
    told: Told,
    _place: Option<Place>,
}

impl Answering {
    /// Runs to the end. A refusal is returned where nothing was told yet.
    async fn run(mut self) -> Result<(), Problem> {
        let made = timeout(self.turns.longest, self.make()).await;
        let made = made.unwrap_or_else(|_| Err(Problem::busy("this takes too long")));
        match made {
            Ok(answer) => {
                self.told.ends(&answer);
                Ok(())
            }
            Err(problem) => self.told.fails(problem),
        }
    }

    /// The answer as JSON has it. Whoever can come back may come back.
    async fn make(&mut self) -> Result<Value, Problem> {
        let grace = if self.leases.is_empty() { Duration::ZERO } else { GRACE };
        let (chat, telling) = (&self.turns.chat, self.told.teller.telling());
        let manner = Manner { listener: Some(&mut self.told), ..chat.manner(self.spares_model) };
        let stop = manner.stop.clone();
        let mut turn = pin!(chat.turn(&self.question, manner));
        let reply = tokio::select! {
            reply = &mut turn => reply,
            () = telling.abandoned(grace) => {
                stop.cancel();
                turn.await
            }
        };
        let answer = json!(chat::Answer::from(reply?));
        let (kept, _) = kept::pack(Json(&answer).into_response()).await?;
        for lease in self.leases.drain(..) {
            lease.keep(&kept).await;
        }
        Ok(answer)
    }
}

/// What was told of an answer.
struct Told {
    teller: Teller,
    /// The text that the client has.
    shown: String,
    request_id: String,
}

impl Listener for Told {
    fn begins(&mut self, beginning: &Beginning<'_>) {
        let mut status = json!({
            "conversationId": beginning.conversation.as_str(),
            "messageId": beginning.reply,
        });
        if let Some(token) = beginning.visitor {
            status["visitorToken"] = token.as_str().into();
        }
        self.teller.tell("status", status);
    }

    /// A second try may begin like the first, and then there is nothing new yet.
    fn hears(&mut self, so_far: &str) {
        if !self.shown.starts_with(so_far) {
            self.show(so_far);
        }
    }
}

impl Told {
    /// Makes the client's text this one: by what is missing, or anew.
    fn show(&mut self, text: &str) {
        match text.strip_prefix(self.shown.as_str()) {
            Some("") => return,
            Some(more) => self.teller.tell("delta", json!({ "text": more })),
            None => self.teller.tell("replace", json!({ "text": text })),
        }
        text.clone_into(&mut self.shown);
    }

    fn ends(&mut self, answer: &Value) {
        self.show(reply(answer));
        for (kind, data) in behind_text(answer) {
            self.teller.tell(kind, data);
        }
    }

    fn fails(&mut self, problem: Problem) -> Result<(), Problem> {
        if !self.teller.has_told() {
            return Err(problem);
        }
        self.teller.tell("error", problem.words(&self.request_id));
        self.teller.tell("done", json!({}));
        Ok(())
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
async fn retold(response: Response, seen: u64) -> Result<Response, Problem> {
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
    let mut response = events::response(stream::iter(news.collect::<Vec<_>>()), PULSE);
    idempotency::mark_replayed(response.headers_mut(), &head.headers);
    Ok(response)
}
