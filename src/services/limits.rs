//! How much anybody may ask: first the model is spared, then nothing more is taken. Each instance
//! counts for itself.

mod rate;
mod table;
mod turned_away;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use uuid::Uuid;

pub use self::rate::{Rate, Standing};
use self::{
    table::{Charge, Table},
    turned_away::TurnedAway,
};
use super::blocks::Blocks;
use crate::{
    config,
    domain::{
        block::Mark,
        client::{Client, Place},
        contact::Email,
        message::MessageId,
        token::{Handle, VisitorToken},
    },
};

/// All that visitors of the site may ask behind its rewrite without a session, in places that would
/// each have their own limit if we knew them. Only the model is spared above it: one of them must not
/// silence the others.
const PLACES_OF_SITE: u32 = 10;

/// When somebody who is blocked may come back: they learn nothing from it, and others don't either.
const LATER: Duration = Duration::from_hours(1);

/// Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Limits {
    rates: Rates,
    table: Arc<Mutex<Table>>,
    turned_away: Arc<Mutex<TurnedAway>>,
    started: Instant,
    blocks: Blocks,
}

#[derive(Clone, Copy)]
struct Rates {
    soft_chat: Rate,
    hard_chat: Rate,
    soft_address: Rate,
    hard_address: Rate,
    escalations: Rate,
    site: Rate,
}

/// Something may go on, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Whether the knowledge base shall answer alone.
    pub spares_model: bool,
    /// The limit that is nearest; none where nothing is counted.
    pub standing: Option<Standing>,
}

/// What is counted apart.
#[derive(Hash)]
enum Key<'a> {
    Chats(Place),
    Escalations(Place),
    /// Counted for who names it: a stranger who holds its handle neither silences its own people nor
    /// learns how busy they are.
    Conversation {
        handle: &'a str,
        customer: Option<String>,
        visitor: Option<&'a str>,
    },
    Votes(Place),
    VotesOf(String),
    VotesOn(Uuid),
    Customer(String),
    Site,
}

impl Limits {
    pub fn new(settings: &config::Limits, blocks: Blocks) -> Self {
        let a_minute = |count| Rate::new(count, Duration::from_mins(1));
        let rates = Rates {
            soft_chat: a_minute(settings.chats.soft),
            hard_chat: a_minute(settings.chats.hard),
            soft_address: a_minute(settings.address_chats.soft),
            hard_address: a_minute(settings.address_chats.hard),
            escalations: Rate::new(settings.address_escalations_per_hour, Duration::from_hours(1)),
            site: a_minute(settings.address_chats.soft.saturating_mul(PLACES_OF_SITE)),
        };
        Self {
            rates,
            table: Arc::new(Mutex::new(Table::new())),
            turned_away: Arc::default(),
            started: Instant::now(),
            blocks,
        }
    }

    /// Whether a question may be asked, counted for the conversation it names, the customer who is
    /// signed in, and the place it comes from.
    pub async fn chat(
        &self,
        client: Client,
        handle: Option<&Handle>,
        customer: Option<&Email>,
        visitor: Option<&VisitorToken>,
    ) -> Result<Pace, Standing> {
        let rates = &self.rates;
        let marks = handle.map(Mark::from).into_iter().chain(customer.map(Mark::from)).chain(mark(client));
        if self.blocks.hold(marks).await {
            return Err(rates.hard_address.none_left(LATER));
        }
        if client == Client::Exempt {
            return Ok(Pace::free());
        }
        let own =
            |key: &Key<'_>| Charge { key: table::hash(key), soft: Some(rates.soft_chat), hard: Some(rates.hard_chat) };
        let mut charges = Vec::with_capacity(3);
        charges.extend(handle.map(|handle| {
            own(&Key::Conversation {
                handle: handle.as_str(),
                customer: customer.map(Email::folded),
                visitor: visitor.map(VisitorToken::as_str),
            })
        }));
        charges.extend(customer.map(|email| own(&Key::Customer(email.folded()))));
        match client {
            Client::At(place) => charges.push(Charge {
                key: table::hash(&Key::Chats(place)),
                soft: Some(rates.soft_address),
                hard: Some(rates.hard_address),
            }),
            // Whoever is signed in is counted by that; a handle may be made up anew each time.
            Client::OfSite if customer.is_none() => {
                charges.push(Charge { key: table::hash(&Key::Site), soft: Some(rates.site), hard: None });
            }
            Client::OfSite | Client::Exempt => {}
        }
        self.take(&charges)
    }

    /// Whether a person may be asked for from there, to answer to this address.
    pub async fn escalation(&self, client: Client, email: &Email) -> Result<Pace, Standing> {
        if self.blocks.hold(mark(client).into_iter().chain([Mark::from(email)])).await {
            return Err(self.rates.escalations.none_left(LATER));
        }
        match client {
            Client::At(place) => {
                let key = table::hash(&Key::Escalations(place));
                let taken = self.take(&[Charge { key, soft: None, hard: Some(self.rates.escalations) }]);
                taken.inspect_err(|_| held(&self.turned_away).count(place))
            }
            Client::OfSite | Client::Exempt => Ok(Pace::free()),
        }
    }

    /// Whether an answer may be rated, at the pace of chats, counted apart: a vote costs nobody an answer.
    pub async fn vote(&self, client: Client, customer: Option<&Email>, message: MessageId) -> Result<Pace, Standing> {
        let rates = &self.rates;
        if self.blocks.hold(customer.map(Mark::from).into_iter().chain(mark(client))).await {
            return Err(rates.hard_address.none_left(LATER));
        }
        if client == Client::Exempt {
            return Ok(Pace::free());
        }
        let charge = |key: &Key<'_>, hard| Charge { key: table::hash(key), soft: None, hard: Some(hard) };
        let own = customer.map(|email| charge(&Key::VotesOf(email.folded()), rates.hard_chat));
        let place = match client {
            Client::At(place) => Some(charge(&Key::Votes(place), rates.hard_address)),
            // Whom nothing tells apart is counted by what they rate.
            Client::OfSite | Client::Exempt => Some(charge(&Key::VotesOn(message.0), rates.hard_chat)),
        };
        self.take(&own.into_iter().chain(place).collect::<Vec<_>>())
    }

    fn take(&self, charges: &[Charge]) -> Result<Pace, Standing> {
        held(&self.table).take(charges, self.started.elapsed())
    }

    /// From where requests for a person were turned away since this was asked last, and how often.
    pub fn take_turned_away(&self) -> Vec<(Option<Place>, i64)> {
        held(&self.turned_away).take()
    }
}

fn mark(client: Client) -> Option<Mark> {
    match client {
        Client::At(place) => Some(place.into()),
        Client::OfSite | Client::Exempt => None,
    }
}

/// A panic in there would leave at worst one charge too few.
fn held<T>(counted: &Mutex<T>) -> MutexGuard<'_, T> {
    counted.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pace {
    fn free() -> Self {
        Self { spares_model: false, standing: None }
    }
}
