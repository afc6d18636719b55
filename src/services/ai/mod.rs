//! Answering with a model: build the request, ask, check what came, and give up in time.

mod history;
mod prompt;
mod records;

use std::sync::Arc;

use async_openai::types::chat::CreateChatCompletionRequest;
use chrono::Utc;
use serde_json::Value;
use tokio::time::Instant;
use tracing::info;
use uuid::Uuid;

use super::{
    answer::{Section, Voice},
    check::{self, Checked, Grounds, Unfit},
    context::Context,
    faq_loader::Loaded,
    handoff::Reason,
};
use crate::{
    domain::{source::Source, turn::Turn},
    integrations::openai::{Completion, End, OpenAi, Usage},
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
    pub context: Option<&'a Context>,
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
    /// The share of its sentences that rest on something, 0 to 1.
    pub share: f32,
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
        let sections = desk.knowledge.sections();
        let shown = prompt::shown(&desk.knowledge, asked);
        let records = asked.context.map(|context| records::lines(context, Utc::now()));
        let request = prompt::request(asked, &shown, sections, records.as_deref(), &self.voice, &self.canary);
        let grounds = Grounds {
            ground: desk.ground(),
            shown: &shown,
            records: records.as_deref().unwrap_or_default(),
            asked: asked.message,
            support_email: &self.voice.support_email,
            canary: &self.canary,
        };
        let Some(first) = self.ask(request.clone(), deadline).await else { return Said::default() };
        let unfit = match weighed(&first, &grounds, sections) {
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
        let said = weighed(&second, &grounds, sections).unwrap_or_else(|unfit| {
            info!(unfit = kind(&unfit), "nor may its second answer be");
            Said::default()
        });
        Said { usage: Usage::both(first.usage, second.usage), ..said }
    }

    async fn ask(&self, request: CreateChatCompletionRequest, deadline: Instant) -> Option<Completion> {
        let asked = self.model.ask(request, deadline).await;
        asked.inspect_err(|reason| info!(%reason, "the model gave no answer: the knowledge base does")).ok()
    }
}

/// What a completion comes to. A refusal is no answer; a call may come without a text.
fn weighed(completion: &Completion, grounds: &Grounds<'_>, sections: &[Section]) -> Result<Said, Unfit> {
    let call = completion.call.as_ref().filter(|call| call.name == prompt::HAND_OVER);
    let hand_over = call.map(|call| reason(&call.arguments));
    let silent = Said { answer: None, hand_over, usage: completion.usage };
    let checked = match completion.end {
        End::Refused => Err(Unfit::Unshowable),
        end => check::check(&completion.text, end == End::Cut, grounds),
    };
    match checked {
        Ok(checked) => Ok(Said { answer: supported(checked, sections), ..silent }),
        // The wish for a person counts, whatever the words beside it are worth.
        Err(_) if hand_over.is_some() => Ok(silent),
        Err(unfit) => Err(unfit),
    }
}

fn supported(checked: Checked, sections: &[Section]) -> Option<Supported> {
    let rests = !checked.does_not_know && (!checked.cited.is_empty() || checked.cites_records);
    let sources = checked.cited.iter().map(|at| sections[*at].source.clone()).collect();
    rests.then_some(Supported { text: checked.text, sources, share: checked.support })
}

/// What was wrong, without the words.
fn kind(unfit: &Unfit) -> &'static str {
    match unfit {
        Unfit::Unshowable => "unshowable",
        Unfit::Unsupported(_) => "unsupported",
    }
}

/// A reason it invented is no reason not to hand over.
fn reason(arguments: &Value) -> Reason {
    serde_json::from_value(arguments["reason"].clone()).unwrap_or(Reason::NoAnswer)
}
