//! Facts: the prices, shares, amounts, dates and addresses that a text states, each in one form.

mod amounts;
mod dates;
mod money;

use super::pieces::{Kind, Piece};

/// A checkable statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Money {
        amount: String,
        currency: &'static str,
        per: Option<Per>,
    },
    Percent(String),
    /// In minutes, or in months.
    Time {
        amount: String,
        months: bool,
        /// As it was written, whatever the unit.
        written: String,
    },
    /// So many of something, or "unlimited"; the nouns in the singular.
    Count {
        number: String,
        nouns: Vec<String>,
        per: Option<Per>,
    },
    /// A number without anything behind it: "children under 8".
    Number(String),
    Date {
        day: String,
        month: usize,
        year: Option<String>,
    },
    Weekday(usize),
    /// "Billed monthly".
    Every(Per),
    Link(String),
}

/// What a price buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Per {
    Once,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A fact and the pieces that state it.
#[derive(Clone, Debug)]
pub struct Stated {
    pub fact: Fact,
    pub from: usize,
    pub to: usize,
    /// A number in words.
    pub is_spelled: bool,
}

/// What sort of question a fact answers: how much money, how long, how many of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    Money,
    Percent,
    Time,
    Count(String),
    Number,
    Date,
    Weekday,
    Every,
    Link,
}

impl Fact {
    /// Whether `ground` says the same; it may say more.
    pub fn rests_on(&self, ground: &Self) -> bool {
        match (self, ground) {
            (
                Self::Money { amount, currency, per },
                Self::Money { amount: true_amount, currency: true_currency, per: true_per },
            ) => amount == true_amount && currency == true_currency && same_period(*per, *true_per),
            (
                Self::Count { number, nouns, per },
                Self::Count { number: true_number, nouns: true_nouns, per: true_per },
            ) => {
                let same_thing = nouns.is_empty() || true_nouns.iter().any(|noun| nouns.contains(noun));
                let same_rate = number == "unlimited" || per.is_none() || per == true_per;
                number == true_number && same_thing && same_rate
            }
            (Self::Time { amount, months, .. }, Self::Time { amount: true_amount, months: true_months, .. }) => {
                (amount, months) == (true_amount, true_months)
            }
            (Self::Count { number, .. }, Self::Number(other)) => number == other && number != "unlimited",
            (Self::Number(number), ground) => ground.number() == Some(number),
            (Self::Date { day, month, year }, Self::Date { day: true_day, month: true_month, year: true_year }) => {
                (day, month) == (true_day, true_month) && (year.is_none() || true_year.is_none() || year == true_year)
            }
            (Self::Link(link), Self::Link(known)) => {
                link == known || !link.contains(['/', '@']) && known.starts_with(&format!("{link}/"))
            }
            (Self::Every(every), ground) => ground.per() == Some(*every),
            _ => self == ground,
        }
    }

    /// Whether both answer the same question: how much money, how long, how many of these.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Count { nouns, .. }, Self::Count { nouns: others, .. }) => {
                nouns.iter().any(|noun| others.contains(noun))
            }
            (Self::Every(_), other) => other.per().is_some(),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// The questions it answers; an amount of several nouns answers one for each.
    pub fn sorts(&self) -> Vec<Sort> {
        match self {
            Self::Money { .. } => vec![Sort::Money],
            Self::Percent(_) => vec![Sort::Percent],
            Self::Time { .. } => vec![Sort::Time],
            Self::Count { nouns, .. } => nouns.iter().cloned().map(Sort::Count).collect(),
            Self::Number(_) => vec![Sort::Number],
            Self::Date { .. } => vec![Sort::Date],
            Self::Weekday(_) => vec![Sort::Weekday],
            Self::Every(_) => vec![Sort::Every],
            Self::Link(_) => vec![Sort::Link],
        }
    }

    pub fn per(&self) -> Option<Per> {
        match self {
            Self::Money { per, .. } | Self::Count { per, .. } => *per,
            Self::Every(per) => Some(*per),
            _ => None,
        }
    }

    fn number(&self) -> Option<&String> {
        match self {
            Self::Money { amount: number, .. }
            | Self::Percent(number)
            | Self::Number(number)
            | Self::Date { day: number, .. }
            | Self::Count { number, .. }
            | Self::Time { written: number, .. } => Some(number),
            Self::Weekday(_) | Self::Every(_) | Self::Link(_) => None,
        }
    }
}

/// A price without a period is a shorter way to say it; a single payment is not a monthly one.
fn same_period(said: Option<Per>, truth: Option<Per>) -> bool {
    match said {
        None => true,
        Some(Per::Once) => matches!(truth, None | Some(Per::Once)),
        Some(_) => said == truth,
    }
}

pub use dates::{is_month, is_weekday};

/// Every fact that `pieces` state.
pub fn facts(pieces: &[Piece]) -> Vec<Stated> {
    let mut facts = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let found = dates::date(pieces, at).or_else(|| money::money(pieces, at)).or_else(|| other(pieces, at));
        let next = found.as_ref().map_or(at + 1, |found| found.to.max(at + 1));
        facts.extend(found);
        at = next;
    }
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
        Kind::Spelled if is_once(pieces, at) => Some(Stated::new(Fact::Every(Per::Once), at, at + 1)),
        Kind::Word if here.is(&["no", "without"]) && after(1).is_some_and(|next| next.is(&["limit", "limits"])) => {
            let on = 2 + usize::from(after(2).is_some_and(|next| next.is(&["on", "to", "of", "for"])));
            Some(Stated { from: at, ..amounts::unlimited(pieces, at + on - 1) })
        }
        Kind::Word if is_free(pieces, at) => Some(Stated::new(Fact::Number("free".into()), at, at + 1)),
        Kind::Word if here.is(&["a", "an"]) => amounts::within_one(pieces, at),
        Kind::Word => {
            let weekday = dates::weekday(here).map(Fact::Weekday);
            let fact = weekday.or_else(|| money::every(here).map(Fact::Every))?;
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
            amounts::amount(pieces, at)
        }
        Kind::Sign => None,
    }
}

/// "A one-time payment."
fn is_once(pieces: &[Piece], at: usize) -> bool {
    pieces[at].text == "1" && pieces.get(at + 1..at + 3).is_some_and(money::is_time_or_off)
}

/// "Free of charge", "a free trial"; not "feel free" or "hassle-free".
fn is_free(pieces: &[Piece], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &pieces[before]);
    pieces[at].text == "free"
        && !before.is_some_and(|piece| piece.is(&["feel", "-"]))
        && !pieces.get(at + 1).is_some_and(|piece| piece.is(&["to", "up"]))
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
            ("on Sunday", "Monday-Friday"),
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
