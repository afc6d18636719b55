//! What to say, decided from what is known; no I/O.

use chrono::Utc;

use crate::{
    domain::{
        contact::Email,
        conversation::Status,
        source::Source,
        turn::{Author, Outcome, Turn},
    },
    services::{
        account::{self, Topic},
        answer::{self, Answer, Language, Voice},
        context::Context,
        faq_loader::Loaded,
        handoff::{self, Reason},
    },
    storage::conversations::Open,
};

/// With fewer words beside it, a message that holds an address is only the address.
const WORDS_OF_A_QUESTION: usize = 5;

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnsweredBy {
    KnowledgeBase,
    Records,
    PersonWaiting,
}

impl AnsweredBy {
    pub fn as_str(self) -> &'static str {
        match self {
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
}

impl Draft {
    /// Whether it holds more than manners.
    fn says_something(&self) -> bool {
        self.answered_by == AnsweredBy::Records || !self.sources.is_empty()
    }
}

/// Whoever asks, with all that bears on the answer.
pub struct Asker<'a> {
    pub customer: Option<&'a Email>,
    /// What of their own records they ask for.
    pub topic: Option<Topic>,
    pub context: Option<&'a Context>,
    pub earlier: &'a [Turn],
    pub open: &'a Open,
}

/// The reply to a message, and whether a person should take over.
pub fn decide(desk: &Loaded, voice: &Voice, message: &str, asker: &Asker<'_>) -> Draft {
    if asker.open.status == Status::Human {
        return person_waiting();
    }
    let answer = desk.knowledge.answer(message, asker.earlier);
    let language = answer.language;
    let given = given_address(desk, message, asker);
    let draft = from_records(asker, voice).unwrap_or_else(|| from_knowledge(answer));
    // People ask for their status again and again; that is no sign of trouble.
    let is_checking = |reason: &Reason| draft.answered_by == AnsweredBy::Records && *reason == Reason::NoAnswer;
    let reason = handoff::judge(message, asker.earlier)
        .filter(|reason| !is_checking(reason))
        .or(given.as_ref().map(|_| Reason::CustomerRequest))
        .or_else(|| unsure_again(draft.outcome, asker.earlier));
    let Some(reason) = reason else { return draft };
    let only_address = given.is_some() && message.split_whitespace().count() < WORDS_OF_A_QUESTION;
    let known = draft.outcome == Outcome::Answer && draft.says_something() && !only_address;
    hand_over(draft, known, language, reason, address(desk, message, asker), voice)
}

/// Two answers in a row that were no answer: a third would only annoy.
fn unsure_again(outcome: Outcome, earlier: &[Turn]) -> Option<Reason> {
    let unsure = |outcome| matches!(outcome, Outcome::Closest | Outcome::Unknown);
    let before = earlier.iter().rev().find(|turn| turn.author == Author::Ai).and_then(|turn| turn.outcome);
    (unsure(outcome) && before.is_some_and(unsure)).then_some(Reason::LowConfidence)
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
    }
}

/// A customer's question about their own affairs, from their records.
fn from_records(asker: &Asker<'_>, voice: &Voice) -> Option<Draft> {
    let recorded = account::answer(asker.topic?, asker.context, voice, Utc::now());
    Some(Draft {
        text: recorded.text,
        outcome: if recorded.known { Outcome::Answer } else { Outcome::Unknown },
        answered_by: AnsweredBy::Records,
        confidence: if recorded.known { 1.0 } else { 0.0 },
        sources: Vec::new(),
        reason: None,
        address: None,
    })
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
        outcome: Outcome::HandedOver,
        answered_by: AnsweredBy::PersonWaiting,
        confidence: 0.0,
        sources: Vec::new(),
        reason: None,
        address: None,
    }
}

/// Where whoever asks can be reached: as the site knows them, as they just said, as the
/// conversation knows, or as they said before.
fn address(desk: &Loaded, message: &str, asker: &Asker<'_>) -> Option<Email> {
    let known = || asker.open.email.clone().and_then(|email| Email::try_from(email).ok());
    let customers = asker.earlier.iter().rev().filter(|turn| turn.author == Author::Customer);
    let said_before = || customers.clone().find_map(|turn| theirs(&turn.text, desk));
    asker.customer.cloned().or_else(|| theirs(message, desk)).or_else(known).or_else(said_before)
}

/// The address a waiting visitor gives us with this message. A customer has one already.
fn given_address(desk: &Loaded, message: &str, asker: &Asker<'_>) -> Option<Email> {
    let waits = asker.customer.is_none() && asker.open.status == Status::Waiting;
    theirs(message, desk).filter(|email| waits && is_news(email, asker.open))
}

/// The last address a customer gives as theirs that is not one of the company's own.
fn theirs(text: &str, desk: &Loaded) -> Option<Email> {
    Email::given_in(text).filter(|email| !desk.is_own(email)).last()
}

/// An address the conversation does not know yet: the first, or a corrected one.
fn is_news(email: &Email, open: &Open) -> bool {
    open.email.as_ref().is_none_or(|known| known.to_ascii_lowercase() != email.folded())
}
