//! Reading an answer while it is being said.

use std::time::Duration;

use reqwest::Response;
use tokio::time::{Instant, timeout};

use super::{
    NoAnswer,
    deltas::Deltas,
    read::{Completion, End, completion},
    sse::Events,
};
use crate::integrations::LONGEST_ANSWER;

/// When all words have come, what they were charged by may follow; it is waited for no longer.
const AFTERWORD: Duration = Duration::from_millis(500);

/// When no more of its words are wanted, the call of a tool may still come behind them: it is waited for so long
/// altogether, and in silence so long. Nobody pays for much more than that.
const CALL_BEHIND: Duration = Duration::from_secs(5);
const CALL_BEHIND_SILENCE: Duration = Duration::from_secs(1);

/// Hears all that was said so far, each time there is more, and says what is wanted of the rest. A second
/// try begins from nothing.
pub type Ear<'a> = &'a mut (dyn FnMut(&str) -> Wanted + Send);

/// What is wanted of the rest of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Everything,
    /// No more words, but the call of a tool, if one comes behind them.
    Call,
    Nothing,
}

/// What a server sends that was asked to stream.
enum Form {
    Events(Box<(Events, Deltas)>),
    /// It answers in one piece all the same.
    Whole(Vec<u8>),
}

/// Reads a streamed answer; a server may be silent for `silence` at most.
pub async fn read(mut response: Response, silence: Duration, ear: Ear<'_>) -> Result<Completion, NoAnswer> {
    let status = response.status();
    let (mut form, mut unwanted_since) = (None, None);
    while unwanted_since.is_none_or(|since: Instant| since.elapsed() < CALL_BEHIND) {
        let patience = patience(form.as_ref(), unwanted_since, silence);
        let chunk = match timeout(patience, response.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            // Its words are all there, or none of them is wanted.
            _ if is_finished(form.as_ref()) || unwanted_since.is_some() => None,
            Ok(Err(_)) => return Err(NoAnswer::Broken),
            Err(_) => return Err(NoAnswer::Late),
        };
        let Some(chunk) = chunk else { break };
        match form.get_or_insert_with(|| Form::of(&chunk)) {
            Form::Whole(body) => {
                body.extend_from_slice(&chunk);
                if body.len() > LONGEST_ANSWER {
                    return Err(NoAnswer::Broken);
                }
            }
            Form::Events(streamed) => {
                let (events, deltas) = &mut **streamed;
                let heard = deltas.text().len();
                let taken = take(events, deltas, &chunk);
                if unwanted_since.is_none() {
                    taken?;
                    let wanted = if deltas.text().len() == heard { Wanted::Everything } else { ear(deltas.text()) };
                    if wanted != Wanted::Everything {
                        unwanted_since = Some(Instant::now());
                    }
                    if wanted == Wanted::Nothing {
                        break;
                    }
                } else if taken.is_err() {
                    break;
                }
                if deltas.is_over() {
                    break;
                }
            }
        }
    }
    match form {
        None => Err(NoAnswer::Unreadable),
        Some(Form::Whole(body)) => completion(status, None, &body),
        Some(Form::Events(streamed)) => {
            let (events, mut deltas) = *streamed;
            if let Some(data) = events.rest() {
                // What broke off in the middle of an event is told from its end by what came before it.
                let _ = deltas.take(&data);
            }
            if unwanted_since.is_some() { Ok(interrupted(deltas)) } else { deltas.into_completion() }
        }
    }
}

fn take(events: &mut Events, deltas: &mut Deltas, chunk: &[u8]) -> Result<(), NoAnswer> {
    events.read(chunk).map_err(|_| NoAnswer::Broken)?.iter().try_for_each(|data| deltas.take(data))
}

/// How long the next piece is waited for.
fn patience(form: Option<&Form>, unwanted_since: Option<Instant>, silence: Duration) -> Duration {
    match unwanted_since {
        _ if is_finished(form) => AFTERWORD,
        Some(since) => CALL_BEHIND.saturating_sub(since.elapsed()).min(CALL_BEHIND_SILENCE).min(silence),
        None => silence,
    }
}

fn is_finished(form: Option<&Form>) -> bool {
    matches!(form, Some(Form::Events(streamed)) if streamed.1.is_finished())
}

/// What it said, where its words were not wanted to their end.
fn interrupted(deltas: Deltas) -> Completion {
    let said = deltas.into_said();
    Completion { text: said.text, call: said.call, end: End::Interrupted, usage: said.usage }
}

impl Form {
    /// No line of a stream begins with a brace, and every JSON object does, whatever the head says.
    fn of(first: &[u8]) -> Self {
        if first.trim_ascii_start().starts_with(b"{") { Self::Whole(Vec::new()) } else { Self::Events(Box::default()) }
    }
}
