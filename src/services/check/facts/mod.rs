//! Facts: the prices, shares, amounts, dates and addresses that a text states, each in one form.

mod amounts;
mod dates;
mod fact;
mod money;

pub use amounts::{is_measure, times_a};
pub use dates::{is_month, is_weekday};
pub use fact::{Fact, Per, Sort};
pub use money::{currency, names_currency};

use super::pieces::{Kind, Piece};

/// A fact and the pieces that state it.
#[derive(Clone, Debug)]
pub struct Stated {
    pub fact: Fact,
    pub from: usize,
    pub to: usize,
    /// A number in words.
    pub is_spelled: bool,
}

/// Every fact that `pieces` state.
pub fn facts(pieces: &[Piece]) -> Vec<Stated> {
    let mut facts = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let found = dates::date(pieces, at).or_else(|| money::money(pieces, at)).or_else(|| other(pieces, at));
        let next = found.as_ref().map_or(at + 1, |found| found.to.max(at + 1));
        if found.is_none() {
            facts.extend(dates::days(&pieces[at]).map(|day| Stated::new(Fact::Weekday(day), at, at + 1)));
        }
        facts.extend(found);
        at = next;
    }
    dates::fill_ranges(pieces, &mut facts);
    facts
}

impl Stated {
    fn new(fact: Fact, from: usize, to: usize) -> Self {
        Self { fact, from, to, is_spelled: false }
    }
}

/// Weekdays, links, shares, amounts and whatever else has a figure.
fn other(pieces: &[Piece], at: usize) -> Option<Stated> {
    let here = &pieces[at];
    let after = |n: usize| pieces.get(at + n);
    match here.kind {
        Kind::Link => Some(Stated::new(Fact::Link(here.text.clone()), at, at + 1)),
        Kind::Word if here.text == "unlimited" => Some(amounts::unlimited(pieces, at)),
        Kind::Word if let Some(times) = amounts::times_a(pieces, at) => {
            Some(Stated::new(Fact::Number(times.into()), at, at + 1))
        }
        Kind::Spelled if is_once(pieces, at) => Some(Stated::new(Fact::Every(Per::Once), at, at + 1)),
        Kind::Word if here.is(&["no", "without"]) && after(1).is_some_and(|next| next.is(&["limit", "limits"])) => {
            let on = 2 + usize::from(after(2).is_some_and(|next| next.is(&["on", "to", "of", "for"])));
            Some(Stated { from: at, ..amounts::unlimited(pieces, at + on - 1) })
        }
        Kind::Word if is_half_an_hour(pieces, at) => {
            let half = Fact::Time { amount: "30".into(), months: false, working: false, written: "30".into() };
            Some(Stated::new(half, at, at + 3))
        }
        Kind::Word if is_clock_round(pieces, at) => {
            let day = Fact::Time { amount: "1440".into(), months: false, working: false, written: "24".into() };
            Some(Stated::new(day, at, at + 3))
        }
        Kind::Word if is_half(pieces, at) => Some(Stated::new(Fact::Percent("50".into()), at, at + 1)),
        Kind::Word if here.is(&["single"]) => amounts::single(pieces, at),
        Kind::Word if let Some(to) = without_fee(pieces, at) => Some(Stated::new(Fact::Number("free".into()), at, to)),
        Kind::Word if is_free(pieces, at) => {
            let is_of_charge =
                matches!(pieces.get(at + 1..at + 3), Some([of, charge]) if of.is(&["of"]) && charge.is(&["charge"]));
            Some(Stated::new(Fact::Number("free".into()), at, if is_of_charge { at + 3 } else { at + 1 }))
        }
        Kind::Word if let Some(one) = amounts::within_one(pieces, at) => Some(one),
        Kind::Word => {
            let weekday = dates::weekday(here).map(Fact::Weekday);
            let every = || money::every(pieces, at).map(Fact::Every);
            let month = || dates::month_alone(pieces, at).map(Fact::Month);
            let currency = || money::currency(here).map(Fact::Currency);
            let fact = weekday.or_else(every).or_else(month).or_else(currency)?;
            Some(Stated::new(fact, at, at + 1))
        }
        Kind::Number | Kind::Spelled => {
            let is_percent = after(1).is_some_and(|next| next.is(&["%", "percent"]))
                || after(1).is_some_and(|p| p.is(&["per"])) && after(2).is_some_and(|p| p.is(&["cent"]));
            if is_percent {
                return Some(Stated::new(Fact::Percent(here.text.clone()), at, at + 2));
            }
            if let (Some(slash), Some(other)) = (after(1), after(2))
                && slash.is(&["/"])
                && other.kind == Kind::Number
            {
                return Some(Stated::new(Fact::Number(format!("{}/{}", here.text, other.text)), at, at + 3));
            }
            dates::clock(pieces, at).or_else(|| amounts::amount(pieces, at))
        }
        Kind::Sign => None,
    }
}

/// "A one-time payment."
fn is_once(pieces: &[Piece], at: usize) -> bool {
    pieces[at].text == "1" && pieces.get(at + 1..at + 3).is_some_and(money::is_time_or_off)
}

/// In the languages the desk is asked in, and their neighbours'.
const FREE: [&str; 14] = [
    "free",
    "gratis",
    "complimentary",
    "kostenlos",
    "kostenlose",
    "kostenfrei",
    "umsonst",
    "gratuit",
    "gratuite",
    "gratuito",
    "gratuita",
    "मुफ़्त",
    "मुफ्त",
    "निःशुल्क",
];

fn is_half_an_hour(pieces: &[Piece], at: usize) -> bool {
    let is = |at: usize, words: &[&str]| pieces.get(at).is_some_and(|piece| piece.is(words));
    is(at, &["half"]) && is(at + 1, &["a", "an"]) && is(at + 2, &["hour"])
}

/// "Without a fee", "at no cost": where that ends.
pub fn without_fee(pieces: &[Piece], at: usize) -> Option<usize> {
    let is = |at: usize, words: &[&str]| pieces.get(at).is_some_and(|piece| piece.is(words));
    let article = at + 1 + usize::from(is(at + 1, &["a", "any", "extra", "additional"]));
    let ends = is(article, &["fee", "fees", "charge", "cost"]);
    (is(at, &["no", "without"]) && ends).then_some(article + 1)
}

/// "Free of charge", "a free trial"; not "feel free" or "hassle-free".
fn is_free(pieces: &[Piece], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &pieces[before]);
    // Not the dash of a list.
    let is_hyphen = at.checked_sub(2).is_some_and(|word| pieces[word].is_word());
    let costs_nothing = pieces[at].is(&["nothing"]) && before.is_some_and(|piece| piece.is(&["cost", "costs", "pay"]));
    (costs_nothing || FREE.contains(&pieces[at].text.as_str()))
        && !before.is_some_and(|piece| piece.is(&["feel"]) || piece.is(&["-"]) && is_hyphen)
        && !pieces.get(at + 1).is_some_and(|piece| piece.is(&["to", "up"]) && !is_used(pieces, at + 2))
}

/// "Free to use" is free; "free to ask" is at liberty.
fn is_used(pieces: &[Piece], at: usize) -> bool {
    pieces.get(at).is_some_and(|piece| piece.is(&["use", "join", "attend", "enter"]))
}

/// "Around the clock": 24 hours.
fn is_clock_round(pieces: &[Piece], at: usize) -> bool {
    let is = |at: usize, words: &[&str]| pieces.get(at).is_some_and(|piece| piece.is(words));
    is(at, &["around", "round"]) && is(at + 1, &["the"]) && is(at + 2, &["clock"])
}

/// "Half the price", "half price"; not "half a day" or "half-term".
fn is_half(pieces: &[Piece], at: usize) -> bool {
    const BEHIND: [&str; 9] = ["the", "price", "of", "off", "your", "back", "at", "upfront", "now"];
    let ends = |next: &Piece| next.is(&BEHIND) || next.kind == Kind::Sign && !next.is(&["-"]);
    pieces[at].is(&["half"]) && pieces.get(at + 1).is_none_or(ends)
}

#[cfg(test)]
mod tests {
    use super::{super::pieces::pieces, *};

    fn of(text: &str) -> Vec<Fact> {
        facts(&pieces(text)).into_iter().map(|stated| stated.fact).collect()
    }

    fn rests(said: &str, truth: &str) -> bool {
        let truth = of(truth);
        let said = of(said);
        assert!(!said.is_empty(), "no fact in it");
        said.iter().all(|fact| truth.iter().any(|ground| fact.rests_on(ground)))
    }

    #[test]
    fn a_fact_is_the_same_however_it_is_written() {
        for (said, truth) in [
            ("12 GBP per month", "£12/month"),
            ("twelve pounds a month", "£12/month"),
            ("£12.00 monthly", "£12/month"),
            ("£12", "£12/month"),
            ("a one-time payment of £34", "£34 (one-time)"),
            ("one thousand tasks", "1,000 tasks/month"),
            ("between 24 and 48 hours", "24-48 hours"),
            ("two days", "48 hours"),
            ("within a day", "within 24 hours (business days)"),
            ("two weeks", "14-day guarantee"),
            ("99.90 percent", "99.9%"),
            ("January 4th, 2030", "4 January 2030"),
            ("2030-01-04", "Friday 4 January 2030"),
            ("https://acme.example/pricing", "www.acme.example/pricing"),
            ("7 automation workflows", "7 workflows"),
            ("over 500 apps", "500+ more by API"),
            ("３４ £", "£34"),
            ("on Wednesday", "Monday-Friday"),
            ("on weekdays", "Monday to Friday"),
            ("in June", "April to September"),
            ("free of charge", "Trolleys free to use"),
            ("half the price", "You get back: half"),
            ("four people", "Sleeps up to four"),
            ("one week's notice", "Stop with a week's notice"),
        ] {
            assert!(rests(said, truth), "{said}: {:?} on {:?}", of(said), of(truth));
        }
    }

    #[test]
    fn another_fact_does_not_rest_on_it() {
        for (said, truth) in [
            ("£71", "£12/month, 71 tasks"),
            ("£34/month", "£34 (One-Time)"),
            ("$12", "£12"),
            ("£12/year", "£12/month"),
            ("30 days", "30 workflows, 14 days"),
            ("30 months", "30 days"),
            ("20%", "20 days"),
            ("5 January", "4 January 2030"),
            ("4 January 2031", "4 January 2030"),
            ("sales@acme.example.evil.example", "sales@acme.example"),
            ("acme.example/other", "acme.example/pricing"),
            ("24/7", "24 hours, 7 days"),
            ("a free trial", "£12 trial"),
            ("ist kostenlos", "£12"),
            ("It costs nothing", "£12"),
            ("LXXIX pounds", "£12"),
            ("£ⅬⅩⅩⅨ", "£12"),
            ("half of £12", "£12"),
            ("a tenner", "£12"),
            ("soixante-dix-neuf livres", "£12"),
            ("zero two zero, seven nine four six", "£12"),
            ("on Sunday", "Monday-Friday"),
            ("at weekends", "Monday-Friday"),
            ("in August", "April to July"),
            ("once a year", "twice a year"),
            ("at half price", "£12"),
        ] {
            assert!(!rests(said, truth), "{said}: {:?} on {:?}", of(said), of(truth));
        }
    }

    #[test]
    fn counting_is_no_fact() {
        for text in ["Feel free to ask.", "one of our plans", "There are 3 packages.", "1. Pick a plan", "SEV1 and SOC"]
        {
            assert_eq!(of(text), [], "{text}");
        }
    }
}
