//! Answering with a model: build the request, ask, check what came, and give up in time.

mod brief;
mod hearing;
mod history;
mod outward;
mod prompt;
mod records;
mod spent;
mod wish;

use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

use self::hearing::Hearing;
pub use self::{
    brief::Brief,
    hearing::Audience,
    spent::{Spent, tokens},
};
use super::{
    answer::{Nearness, Section, Voice},
    check::{self, Checked, Grounds, Unfit},
    context::Context,
    faq_loader::Loaded,
    handoff::Reason,
};
use crate::{
    domain::{order::Event, source::Source, turn::Turn},
    integrations::openai::{Completion, Ear, End, Letter, NoAnswer, OpenAi, Tries},
};

/// The most calls of one turn that the server may charge for: a question, and a second one that names what was
/// wrong, or the same again where the first answer broke off.
pub const MOST_CALLS: u32 = 2;

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
    /// How near the sections are to it, where that is known.
    pub near: &'a Nearness,
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
    /// What all the questions took; nothing where none reached the server.
    pub spent: Option<Spent>,
    /// Whether there was no money to ask with.
    pub is_unaffordable: bool,
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

impl Said {
    /// No answer, for money.
    fn nothing(spent: Spent) -> Self {
        Self::default().for_money(spent)
    }

    fn for_money(self, spent: Spent) -> Self {
        Self { spent: Some(spent).filter(|spent| spent.calls > 0), ..self }
    }

    /// Nobody was asked, because that costs more than may be spent.
    pub fn unaffordable() -> Self {
        Self { is_unaffordable: true, ..Self::default() }
    }
}

impl Ai {
    pub fn new(model: OpenAi, voice: Voice) -> Self {
        let canary = format!("kestrel-{}", &Uuid::new_v4().simple().to_string()[..12]);
        Self { model, voice, canary: canary.into() }
    }

    /// What the model says; without an answer the knowledge base answers. Counted from `started`,
    /// it takes the model's time limit and no longer, and ends when `stop` is cancelled. An audience
    /// hears each sentence as soon as it is checked; what is returned is what counts.
    pub async fn answer(
        &self,
        desk: &Loaded,
        brief: &Brief,
        started: Instant,
        audience: Option<Audience<'_>>,
        stop: &CancellationToken,
    ) -> Said {
        let deadline = started + self.model.limit();
        let grounds = self.grounds(desk, brief);
        let sections = desk.knowledge.sections();
        let judge = |completion: &Completion| judged(completion, &grounds, sections);
        let mut hearing = Hearing::new(&grounds, audience);
        let mut spent = Spent::none(self.model.name(), self.model.most_tokens());
        let first = self.ask(&brief.letter, deadline, &mut hearing, stop, &mut spent).await;
        let Some(first) = first else { return hearing.broken_off(sections).for_money(spent) };
        let unfit = match hearing.verdict(wish::of(&first), || judge(&first)) {
            Ok(said) => return said.for_money(spent),
            Err(unfit) => unfit,
        };
        let has_cost_all = spent.calls >= MOST_CALLS;
        let is_late = deadline.saturating_duration_since(Instant::now()) < self.model.limit() / SHARE_FOR_SECOND;
        info!(unfit = kind(&unfit), is_late, has_cost_all, "the model's answer may not be shown");
        if is_late || has_cost_all {
            return Said::nothing(spent);
        }
        let again = self.model.letter(prompt::again(brief.letter.request(), &unfit), hearing.has_audience());
        let second = self.ask(&again, deadline, &mut hearing, stop, &mut spent).await;
        let Some(second) = second else { return hearing.broken_off(sections).for_money(spent) };
        let said = hearing.verdict(wish::of(&second), || judge(&second)).unwrap_or_else(|unfit| {
            info!(unfit = kind(&unfit), "nor may its second answer be");
            Said::default()
        });
        said.for_money(spent)
    }

    /// The same with the cheaper model, where there is one.
    pub fn smaller(&self) -> Option<Self> {
        Some(Self { model: self.model.smaller()?, ..self.clone() })
    }

    /// About the most tokens that a request may have.
    pub fn most_tokens(desk: &Loaded, earlier: &[Turn]) -> u64 {
        let said: usize = earlier.iter().map(|turn| turn.text.len()).sum();
        spent::tokens(prompt::most_bytes(desk) + said.min(history::MOST_BYTES))
    }

    /// Nobody waits for an answer that is not wanted any more, and nobody pays for it.
    async fn ask(
        &self,
        letter: &Letter,
        deadline: Instant,
        hearing: &mut Hearing<'_, '_>,
        stop: &CancellationToken,
        spent: &mut Spent,
    ) -> Option<Completion> {
        if stop.is_cancelled() {
            return None;
        }
        let is_heard = hearing.has_audience();
        let mut ear = |said: &str| hearing.hear(said);
        let ear = is_heard.then_some(&mut ear as Ear<'_>);
        let mut tries = Tries::at_most(MOST_CALLS.saturating_sub(spent.calls));
        let outcome = stop.run_until_cancelled(self.model.ask(letter, deadline, ear, &mut tries)).await;
        (0..tries.lost).for_each(|_| spent.count(letter.size_bytes(), None));
        spent.count(letter.size_bytes(), outcome.as_ref());
        match outcome? {
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
    let hand_over = wish::of(completion);
    let silent = Said { hand_over, ..Said::default() };
    if completion.end == End::Declined {
        return Ok(silent);
    }
    let is_cut = matches!(completion.end, End::Cut | End::Interrupted);
    match check::check(&wish::without_mark(&completion.text), is_cut, grounds) {
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
