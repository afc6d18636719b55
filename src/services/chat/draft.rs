//! What to say, decided from what is known; no I/O.

use std::borrow::Cow;

use chrono::Utc;
use serde::Serialize;
use utoipa::ToSchema;

use super::address;
use crate::{
    domain::{
        contact::Email,
        conversation::Status,
        source::Source,
        turn::{Author, Outcome, Turn},
    },
    services::{
        account::{self, Topic},
        ai::{Said, Spent, Supported},
        answer::{self, Answer, Language, Nearness, Voice},
        context::Context,
        faq_loader::Loaded,
        handoff::{self, Reason},
    },
    storage::conversations::Open,
};

/// So many times the model is asked the same in one conversation.
const MOST_REPEATS: usize = 3;

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    Model,
    KnowledgeBase,
    Records,
    PersonWaiting,
}

impl AnsweredBy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::KnowledgeBase => "knowledge_base",
            Self::Records => "records",
            Self::PersonWaiting => "person_waiting",
        }
    }
}

/// A reply before it is stored.
pub struct Draft {
    pub text: String,
    pub outcome: Outcome,
    pub answered_by: AnsweredBy,
    pub confidence: f32,
    pub sources: Vec<Source>,
    /// Set when a person should take over.
    pub reason: Option<Reason>,
    /// Where that person can reach whoever asks.
    pub address: Option<Email>,
    /// What asking the model took, where it was asked.
    pub spent: Option<Spent>,
}

impl Draft {
    /// Whether it holds more than manners.
    fn says_something(&self) -> bool {
        !self.sources.is_empty() || matches!(self.answered_by, AnsweredBy::Records | AnsweredBy::Model)
    }
}

/// Whoever asks, with all that bears on the answer.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    pub message: &'a str,
    pub customer: Option<&'a Email>,
    /// What of their own records they ask for.
    pub topic: Option<Topic>,
    pub context: Option<&'a Context>,
    pub earlier: &'a [Turn],
    /// How near the sections are to what the message means, as far as that is known.
    pub near: &'a Nearness,
    pub open: &'a Open,
}

/// What is decided of a message before anything is looked up.
pub struct Weighed<'a> {
    /// Whether a model could say it better: not manners, not an address, not what the records say, and
    /// not what a person shall answer, who must not wait for a model.
    pub is_for_model: bool,
    /// What of it is a question.
    question: Cow<'a, str>,
    /// Why a person should take over, by this message and the ones before it.
    reason: Option<Reason>,
    address: Option<Email>,
    /// Whether the message is an address, or the wish for a person, and hardly more.
    asks_nothing: bool,
    /// Whether it is a telephone number, which only a person can use.
    is_phone: bool,
}

/// What can be said without a model.
pub struct Found {
    draft: Draft,
    language: Language,
}

impl Found {
    /// Whether words alone make it sure.
    pub fn is_sure(&self) -> bool {
        self.draft.outcome == Outcome::Answer
    }
}

/// Weighs a message by what is known.
pub fn weigh<'a>(desk: &Loaded, voice: &Voice, asker: &Asker<'a>) -> Weighed<'a> {
    let message = asker.message;
    let judged = handoff::judge(message, asker.earlier);
    let question = match judged {
        Some(Reason::CustomerRequest) if !handoff::is_only_wish(message) => handoff::without_wish(message).into(),
        _ => Cow::Borrowed(message),
    };
    let given = address::given(desk, asker);
    let is_phone = given.is_none() && address::is_phone(desk, asker);
    let is_only_address = is_phone || (given.is_some() && address::says_little_else(message));
    let is_taken_over = asker.open.status == Status::Human;
    let recorded = from_records(asker, voice);
    let is_recorded = recorded.is_some();
    let is_manners = !is_recorded && answer::is_small_talk(&answer::tokens(&question));
    // People ask for their status again and again; that is no sign of trouble, unless they name some.
    let is_told = recorded.is_some_and(|draft| draft.outcome == Outcome::Answer) && !handoff::names_trouble(message);
    let is_checking = |reason: &Reason| match reason {
        Reason::NoAnswer => is_recorded,
        Reason::Blocked => is_told,
        _ => false,
    };
    let reason = judged
        .filter(|reason| !is_checking(reason))
        .or(given.map(|_| Reason::CustomerRequest))
        .or(is_phone.then_some(Reason::CustomerRequest));
    let is_settled = is_taken_over || is_only_address || is_recorded || is_manners || reason.is_some();
    Weighed {
        is_for_model: !is_settled && asked_before(message, asker.earlier) < MOST_REPEATS,
        question,
        reason,
        address: address::known(desk, asker),
        asks_nothing: is_only_address || reason == Some(Reason::CustomerRequest) && handoff::is_only_wish(message),
        is_phone,
    }
}

/// Looks up what was weighed.
pub fn look_up(desk: &Loaded, voice: &Voice, asker: &Asker<'_>, weighed: &Weighed<'_>) -> Found {
    let answer = desk.knowledge.answer_near(&weighed.question, asker.earlier, asker.near);
    let language = answer.language;
    let draft = from_records(asker, voice).unwrap_or_else(|| unseen(asker, language, voice, from_knowledge(answer)));
    Found { draft, language }
}

/// The reply, with the model's words where it had some, and whether a person should take over. What was `found`
/// is asked for only where the model's words are not enough.
pub fn conclude(
    weighed: &Weighed<'_>,
    said: Option<Said>,
    asker: &Asker<'_>,
    voice: &Voice,
    found: impl FnOnce() -> Found,
) -> Draft {
    if asker.open.status == Status::Human {
        return person_waiting();
    }
    let said = said.unwrap_or_default();
    let reason = weighed.reason.or(said.hand_over);
    let answer = match said.answer {
        Some(whole) if !whole.is_partial && reason.is_none() => return from_model(whole, said.spent),
        answer => answer,
    };
    let Found { draft, language } = found();
    // Where the model knows only a part, a sure answer of the knowledge base is better.
    let answer = answer.filter(|answer| !answer.is_partial || draft.outcome != Outcome::Answer);
    let draft = match answer {
        Some(answer) => from_model(answer, said.spent),
        None => Draft { spent: said.spent, ..draft },
    };
    // The knowledge base is asked before a person is, and a person where it has no answer.
    let unanswered = (said.is_unaffordable && draft.outcome != Outcome::Answer).then_some(Reason::Budget);
    let reason = reason.or(unanswered).or_else(|| unsure_again(draft.outcome, asker));
    let Some(reason) = reason else { return draft };
    let known = draft.outcome == Outcome::Answer && draft.says_something() && !weighed.asks_nothing;
    let is_phone = weighed.is_phone && weighed.address.is_none();
    let draft = hand_over(draft, known, language, reason, weighed.address.clone(), voice);
    if is_phone { Draft { text: answer::phone_noted(language, voice), ..draft } } else { draft }
}

/// For a question whose turn was broken off. Nothing is looked up: what broke one turn would break the next.
pub fn unanswered(desk: &Loaded, voice: &Voice, asker: &Asker<'_>) -> Draft {
    let language = Language::of(&answer::tokens(asker.message));
    hand_over(nothing_known(), false, language, Reason::Error, address::known(desk, asker), voice)
}

/// What was said to such a question.
pub fn handed_over(text: String) -> Draft {
    Draft { text, reason: Some(Reason::Error), ..nothing_known() }
}

fn nothing_known() -> Draft {
    Draft {
        text: String::new(),
        outcome: Outcome::HandedOver,
        answered_by: AnsweredBy::KnowledgeBase,
        confidence: 0.0,
        sources: Vec::new(),
        reason: None,
        address: None,
        spent: None,
    }
}

/// How often somebody asked the same before. Whoever has no answer by then has a program that asks.
fn asked_before(message: &str, earlier: &[Turn]) -> usize {
    let said = |turn: &&Turn| turn.author == Author::Customer && turn.text.trim() == message.trim();
    earlier.iter().filter(said).count()
}

fn from_model(answer: Supported, spent: Option<Spent>) -> Draft {
    Draft {
        text: answer.text,
        outcome: if answer.is_partial { Outcome::Closest } else { Outcome::Answer },
        answered_by: AnsweredBy::Model,
        confidence: answer.share,
        sources: answer.sources,
        reason: None,
        address: None,
        spent,
    }
}

/// Two answers in a row that were no answer: a third would only annoy. Who asks for the weather needs none.
fn unsure_again(outcome: Outcome, asker: &Asker<'_>) -> Option<Reason> {
    let unsure = |outcome| matches!(outcome, Outcome::Closest | Outcome::Unknown);
    let mut earlier = asker.earlier.iter().rev().skip_while(|turn| turn.author != Author::Ai);
    let before = earlier.next().and_then(|turn| turn.outcome);
    let question = earlier.find(|turn| turn.author == Author::Customer).map(|turn| turn.text.as_str());
    let is_question = || !answer::is_idle(asker.message) && !question.is_some_and(answer::is_idle);
    (unsure(outcome) && before.is_some_and(unsure) && is_question()).then_some(Reason::LowConfidence)
}

fn from_knowledge(answer: Answer) -> Draft {
    Draft {
        text: answer.text,
        outcome: answer.outcome,
        answered_by: AnsweredBy::KnowledgeBase,
        confidence: answer.confidence,
        sources: answer.sources,
        reason: None,
        address: None,
        spent: None,
    }
}

/// A customer's question about their own affairs, from their records.
fn from_records(asker: &Asker<'_>, voice: &Voice) -> Option<Draft> {
    let recorded = account::answer(asker.topic?, asker.message, asker.context, voice, Utc::now());
    Some(Draft {
        text: recorded.text,
        outcome: if recorded.known { Outcome::Answer } else { Outcome::Unknown },
        answered_by: AnsweredBy::Records,
        confidence: if recorded.known { 1.0 } else { 0.0 },
        sources: Vec::new(),
        reason: None,
        address: None,
        spent: None,
    })
}

/// A visitor who asks for their own order is told that it can't be seen, unless we are sure of an answer.
fn unseen(asker: &Asker<'_>, language: Language, voice: &Voice, draft: Draft) -> Draft {
    let is_own = asker.customer.is_none() && draft.outcome != Outcome::Answer && Topic::of(asker.message).is_some();
    if !is_own {
        return draft;
    }
    let text = answer::unseen(language, voice);
    Draft { text, outcome: Outcome::Unknown, confidence: 0.0, sources: Vec::new(), ..draft }
}

/// A person will answer; what is known for sure goes along.
fn hand_over(
    draft: Draft,
    known: bool,
    language: Language,
    reason: Reason,
    address: Option<Email>,
    voice: &Voice,
) -> Draft {
    let said = Some(draft.text.as_str()).filter(|_| known);
    let text = answer::handed_over(said, language, voice, address.is_some());
    let handed_over = Draft { text, reason: Some(reason), address, ..draft };
    if known {
        return handed_over;
    }
    Draft { outcome: Outcome::HandedOver, confidence: 0.0, sources: Vec::new(), ..handed_over }
}

fn person_waiting() -> Draft {
    Draft {
        text:
            "Thank you, your message has reached our team. A person is looking after this conversation and will reply."
                .into(),
        answered_by: AnsweredBy::PersonWaiting,
        ..nothing_known()
    }
}
