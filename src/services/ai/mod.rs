//! Answering with a model: build the request, ask, check what came, and give up in time.

mod history;
mod outward;
mod prompt;
mod records;

use std::sync::Arc;

use async_openai::types::chat::CreateChatCompletionRequest;
use chrono::Utc;
use serde_json::Value;
use tokio::time::Instant;
use tracing::{info, warn};
use uuid::Uuid;

use self::{outward::Outward, prompt::Parts};
use super::{
    answer::{Section, Voice},
    check::{self, Checked, Grounds, Unfit},
    context::Context,
    faq_loader::Loaded,
    handoff::Reason,
};
use crate::{
    domain::{order::Event, source::Source, time, turn::Turn},
    integrations::openai::{Completion, End, NoAnswer, OpenAi, Usage},
};

/// A second question to the model needs this share of the time it has altogether.
const SHARE_FOR_SECOND: u32 = 4;

#[derive(Clone)]
pub struct Ai {
    model: OpenAi,
    voice: Voice,
    /// Stands in the instructions; whoever shows it shows them. New with each start.
    canary: Arc<str>,
}

/// What the model is asked, and what it may know.
pub struct Asked<'a> {
    pub message: &'a str,
    pub earlier: &'a [Turn],
    /// A verified customer's records; without them the conversation is public.
    pub records: Option<&'a Records>,
}

/// What we know of a verified customer.
pub struct Records {
    /// Nothing when it cannot be looked up.
    pub context: Option<Context>,
    pub events: Vec<Event>,
}

/// What came of asking.
#[derive(Default)]
pub struct Said {
    pub answer: Option<Supported>,
    /// Why a person should take over, where the model wants that.
    pub hand_over: Option<Reason>,
    /// What all the questions were charged by.
    pub usage: Option<Usage>,
}

/// An answer that rests on something. Words that rest on nothing are never shown: the knowledge
/// base says "I don't know" more honestly, and whoever made the model obey gains nothing by it.
#[derive(Debug)]
pub struct Supported {
    /// Plain text.
    pub text: String,
    /// The sections it rests on, best first.
    pub sources: Vec<Source>,
    /// How much of what it said rests on something, 0 to 1.
    pub share: f32,
    /// Whether it also says that it does not know something.
    pub is_partial: bool,
}

impl Ai {
    pub fn new(model: OpenAi, voice: Voice) -> Self {
        let canary = format!("kestrel-{}", &Uuid::new_v4().simple().to_string()[..12]);
        Self { model, voice, canary: canary.into() }
    }

    /// What the model says; without an answer the knowledge base answers. Counted from `started`,
    /// it takes the model's time limit and no longer.
    pub async fn answer(&self, desk: &Loaded, asked: &Asked<'_>, started: Instant) -> Said {
        let deadline = started + self.model.limit();
        let shown = prompt::shown(&desk.knowledge, asked);
        let records = asked.records.map(records::lines);
        if shown.is_empty() && records.is_none() {
            // There is nothing it could answer from.
            return Said::default();
        }
        let outward = Outward::of(asked, desk);
        let asked = &outward.with(asked.records);
        let sections: Vec<&Section> = shown.iter().map(|at| &desk.knowledge.sections()[*at]).collect();
        let request = prompt::request(&Parts {
            asked,
            sections: &sections,
            records: records.as_deref(),
            today: &time::day(Utc::now()),
            voice: &self.voice,
            canary: &self.canary,
        });
        let grounds = Grounds {
            ground: &desk.ground,
            shown: &shown,
            records: records.as_deref().unwrap_or_default(),
            asked: asked.message,
            support_email: &self.voice.support_email,
            canary: &self.canary,
        };
        let judge = |completion: &Completion| judged(completion, &grounds, desk.knowledge.sections());
        let Some(first) = self.ask(request.clone(), deadline).await else { return Said::default() };
        let unfit = match judge(&first) {
            Ok(said) => return said,
            Err(unfit) => unfit,
        };
        let is_late = deadline.saturating_duration_since(Instant::now()) < self.model.limit() / SHARE_FOR_SECOND;
        info!(unfit = kind(&unfit), is_late, "the model's answer may not be shown");
        let spent = Said { usage: first.usage, ..Said::default() };
        if is_late {
            return spent;
        }
        let Some(second) = self.ask(prompt::again(request, &unfit), deadline).await else { return spent };
        let said = judge(&second).unwrap_or_else(|unfit| {
            info!(unfit = kind(&unfit), "nor may its second answer be");
            Said::default()
        });
        Said { usage: Usage::both(first.usage, second.usage), ..said }
    }

    async fn ask(&self, request: CreateChatCompletionRequest, deadline: Instant) -> Option<Completion> {
        match self.model.ask(request, deadline).await {
            Ok(completion) => Some(completion),
            Err(reason @ (NoAnswer::Resting | NoAnswer::Busy)) => {
                info!(%reason, "the model was not asked: the knowledge base answers");
                None
            }
            Err(reason) => {
                warn!(%reason, "the model gave no answer: the knowledge base does");
                None
            }
        }
    }
}

/// What a completion comes to. A model that declines is no better asked twice; a call may come
/// without a text.
fn judged(completion: &Completion, grounds: &Grounds<'_>, sections: &[Section]) -> Result<Said, Unfit> {
    let call = completion.call.as_ref().filter(|call| call.name == prompt::HAND_OVER);
    let hand_over = call.map(|call| reason(&call.arguments));
    let silent = Said { answer: None, hand_over, usage: completion.usage };
    if completion.end == End::Declined {
        return Ok(silent);
    }
    match check::check(&completion.text, completion.end == End::Cut, grounds) {
        Ok(checked) => Ok(Said { answer: supported(checked, sections), ..silent }),
        // The wish for a person counts, whatever the words beside it are worth.
        Err(_) if hand_over.is_some() => Ok(silent),
        Err(unfit) => Err(unfit),
    }
}

fn supported(checked: Checked, sections: &[Section]) -> Option<Supported> {
    let sources = checked.cited.iter().map(|at| sections[*at].source.clone()).collect();
    let is_partial = checked.does_not_know;
    let supported = Supported { text: checked.text, sources, share: checked.support, is_partial };
    if supported.text.is_empty() {
        info!("nothing of the model's answer rests on anything");
        return None;
    }
    Some(supported)
}

/// What was wrong, without the words.
fn kind(unfit: &Unfit) -> &'static str {
    match unfit {
        Unfit::Unshowable => "unshowable",
        Unfit::Unsupported(_) => "unsupported",
    }
}

/// A reason that is none of the tool's choices is no reason not to hand over.
fn reason(arguments: &Value) -> Reason {
    let named = prompt::REASONS.into_iter().find(|reason| arguments["reason"] == reason.as_str());
    named.unwrap_or(Reason::NoAnswer)
}
