//! A turn of a chat that is told while it is made, and that goes on when its client has left: for a
//! while with the model, and always to its end.

use std::{pin::pin, time::Duration};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
    response::{IntoResponse, IntoResponseParts, Response},
};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    accept, chat, events,
    extract::Json,
    guard::{self, Responder},
    idempotency::{self, Begun},
    kept,
    problem::Problem,
    told::{self, Told},
};
use crate::{
    services::{
        chat::{Chat, Manner, Question},
        idempotency::{Idempotency, Lease, Name},
        live::Live,
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
    pub key: Option<Name>,
    responder: Responder,
    request_id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Wish {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Self {
            is_for_events: accept::wants_events(&parts.headers),
            seen: events::last_seen(&parts.headers).unwrap_or_default(),
            key: parts.extensions.get().cloned(),
            responder: Responder::from_request_parts(parts, state).await?,
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
    /// What a turn may take, as what any handler may.
    longest: Duration,
}

impl FromRef<AppState> for Turns {
    fn from_ref(state: &AppState) -> Self {
        Self {
            chat: state.chat.clone(),
            idempotency: state.idempotency.clone(),
            live: state.live.clone(),
            longest: state.budgets.handler,
        }
    }
}

/// Answers with events, and goes on until all is told; their response, with what its `head` says, goes ahead. `name`
/// is what the client calls its message. What fails before the question is kept is an ordinary refusal.
pub async fn turn(
    turns: Turns,
    question: Question,
    name: Option<Name>,
    spares_model: bool,
    wish: Wish,
    head: impl IntoResponseParts,
) -> Result<Response, Problem> {
    let names = [wish.key.map(|name| (idempotency::KEY, name)), name.map(|name| (chat::CLIENT_MESSAGE_ID, name))];
    let names: Vec<(&str, Name)> = names.into_iter().flatten().collect();
    if let Some(follower) = names.iter().find_map(|(_, name)| turns.live.follow(&name.hash(), wish.seen)) {
        return Ok(events::response(events::heard(follower), PULSE));
    }
    let mut leases = Vec::new();
    for (field, name) in &names {
        match idempotency::begin(&turns.idempotency, field, name).await? {
            Begun::Ours(lease) => leases.push(lease),
            Begun::Answered(response) => return told::retold(response, wish.seen, PULSE).await,
        }
    }
    let (teller, follower) = turns.live.begin(names.iter().map(|(_, name)| name.hash()).collect());
    let response = (head, events::response(events::heard(follower), PULSE)).into_response();
    let told = Told::new(teller, wish.request_id, move || wish.responder.respond(response));
    Box::pin(Answering { turns, question, spares_model, leases, told }.run()).await?;
    Ok(Response::default())
}

/// A turn under way.
struct Answering {
    turns: Turns,
    question: Question,
    spares_model: bool,
    leases: Vec<Lease>,
    told: Told,
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
