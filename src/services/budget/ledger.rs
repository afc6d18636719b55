//! What this process knows of everybody's spending: what the database told last, what was spent
//! since, and what is set aside for turns under way.

use std::{collections::HashMap, time::Duration};

use chrono::{Datelike, NaiveDate};
use tokio::time::Instant;
use uuid::Uuid;

use super::Spender;
use crate::{
    domain::{client::Place, money::Money},
    storage::usage::Everybody,
};

/// How long what the database told is believed.
pub const STALE: Duration = Duration::from_secs(5);

/// And how long where nothing newer can be had.
pub const TOO_OLD: Duration = Duration::from_mins(5);

/// More places than this are not told apart: the table is emptied.
const MOST_PLACES: usize = 100_000;

/// Whose money is set aside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Conversation(Uuid),
    Visitor(Vec<u8>),
    Place(Place),
    Everybody,
}

#[derive(Default)]
pub struct Ledger {
    pub read_at: Option<Instant>,
    /// What this process spent, ever counting, and how much of it the database had told of.
    pub settled_since: Money,
    told: Money,
    today: Money,
    this_month: Money,
    aside: HashMap<Key, Money>,
    /// What no row tells of, because its turn could not be stored, this day and this month.
    lost: (Money, Money),
    /// What visitors spent on `day`, by where they come from; in no table, because an address is
    /// nothing to keep.
    places: HashMap<Place, Money>,
    day: NaiveDate,
}

impl Ledger {
    /// The database told, after this process had spent `mark`.
    pub fn read(&mut self, at: Instant, spent: &Everybody, mark: Money, day: NaiveDate) {
        (self.read_at, self.told) = (Some(at), mark);
        (self.today, self.this_month) = (spent.today, spent.this_month);
        self.turn_day(day);
    }

    /// What everybody spent today and this month, with what is being spent.
    pub fn everybody(&self) -> (Money, Money) {
        let since = self.settled_since.saturating_sub(self.told) + self.aside(&Key::Everybody);
        (self.today + since + self.lost.0, self.this_month + since + self.lost.1)
    }

    fn aside(&self, key: &Key) -> Money {
        self.aside.get(key).copied().unwrap_or_default()
    }

    /// What is set aside in a conversation.
    pub fn of_conversation(&self, spender: &Spender) -> Money {
        spender.conversation.map(|conversation| self.aside(&Key::Conversation(conversation.0))).unwrap_or_default()
    }

    /// What is set aside for a visitor.
    pub fn of_visitor(&self, spender: &Spender) -> Money {
        spender.visitor.as_ref().map(|hash| self.aside(&Key::Visitor(hash.clone()))).unwrap_or_default()
    }

    /// What visitors of a place spent today, with what is set aside for them.
    pub fn of_place(&self, spender: &Spender) -> Money {
        let Some(place) = spender.place else { return Money::default() };
        self.aside(&Key::Place(place)) + self.places.get(&place).copied().unwrap_or_default()
    }

    pub fn set_aside(&mut self, keys: &[Key], amount: Money) {
        for key in keys {
            let aside = self.aside.entry(key.clone()).or_default();
            *aside = *aside + amount;
        }
    }

    /// A turn for which `aside` was set aside ended, and no row tells what it came to: all of it is gone.
    pub fn lose(&mut self, keys: &[Key], aside: Money, today: NaiveDate) {
        self.settle(keys, aside, Money::default(), today);
        self.lost = (self.lost.0 + aside, self.lost.1 + aside);
    }

    /// A turn for which `aside` was set aside came to `cost`.
    pub fn settle(&mut self, keys: &[Key], aside: Money, cost: Money, today: NaiveDate) {
        self.turn_day(today);
        for key in keys {
            if let Some(left) = self.aside.get_mut(key) {
                *left = left.saturating_sub(aside);
                if *left == Money::default() {
                    self.aside.remove(key);
                }
            }
            if let Key::Place(place) = key {
                if self.places.len() >= MOST_PLACES {
                    self.places.clear();
                }
                let spent = self.places.entry(*place).or_default();
                *spent = *spent + cost;
            }
        }
        self.settled_since = self.settled_since + cost;
    }

    fn turn_day(&mut self, day: NaiveDate) {
        if self.day != day {
            self.lost.0 = Money::default();
            if (self.day.year(), self.day.month()) != (day.year(), day.month()) {
                self.lost.1 = Money::default();
            }
            self.day = day;
            self.places.clear();
        }
    }
}

/// Everybody who pays for a turn.
pub fn keys(spender: &Spender) -> Vec<Key> {
    let (visitor, place) = (spender.visitor.clone().map(Key::Visitor), spender.place.map(Key::Place));
    let conversation = spender.conversation.map(|conversation| Key::Conversation(conversation.0));
    [conversation, visitor, place, Some(Key::Everybody)].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::domain::conversation::ConversationId;

    fn spender(last: u8) -> Spender {
        let place = Place::from(IpAddr::from(Ipv4Addr::new(192, 0, 2, last)));
        Spender { conversation: Some(ConversationId::new()), visitor: None, place: Some(place) }
    }

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    #[test]
    fn what_is_set_aside_counts_until_it_is_settled() {
        let (mut ledger, ada) = (Ledger::default(), spender(1));
        let keys = keys(&ada);

        ledger.set_aside(&keys, Money(10));
        assert_eq!(ledger.everybody(), (Money(10), Money(10)));
        assert_eq!(ledger.of_place(&ada), Money(10));
        ledger.settle(&keys, Money(10), Money(3), day(1));
        assert_eq!(ledger.everybody(), (Money(3), Money(3)));
        assert_eq!((ledger.of_place(&ada), ledger.of_place(&spender(2))), (Money(3), Money(0)));
        assert!(ledger.aside.is_empty());
    }

    #[test]
    fn what_the_database_tells_replaces_what_it_knew_of() {
        let (mut ledger, told) = (Ledger::default(), Everybody { today: Money(100), this_month: Money(200) });
        ledger.settle(&[], Money(0), Money(7), day(1));

        let mark = ledger.settled_since;
        ledger.settle(&[], Money(0), Money(5), day(1));
        ledger.read(Instant::now(), &told, mark, day(1));
        assert_eq!(ledger.everybody(), (Money(105), Money(205)), "the five came after it was asked");
    }

    #[test]
    fn what_no_row_tells_of_is_gone_until_the_day_and_the_month_are_over() {
        let (mut ledger, ada) = (Ledger::default(), spender(1));
        let keys = keys(&ada);

        ledger.set_aside(&keys, Money(10));
        ledger.lose(&keys, Money(10), day(1));
        let told = Everybody { today: Money(0), this_month: Money(0) };
        ledger.read(Instant::now(), &told, ledger.settled_since, day(1));
        assert_eq!(ledger.everybody(), (Money(10), Money(10)));
        ledger.read(Instant::now(), &told, ledger.settled_since, day(2));
        assert_eq!(ledger.everybody(), (Money(0), Money(10)));
    }

    #[test]
    fn a_new_day_is_a_new_purse_for_a_place() {
        let (mut ledger, ada) = (Ledger::default(), spender(1));

        ledger.settle(&keys(&ada), Money(0), Money(3), day(1));
        ledger.settle(&keys(&spender(2)), Money(0), Money(1), day(2));
        assert_eq!(ledger.of_place(&ada), Money(0));
    }
}
