//! Facts: the prices, shares, amounts, dates and addresses that a text states, each in one form.

use super::words::{Kind, Piece};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Money {
        amount: String,
        currency: &'static str,
        per: Option<Per>,
    },
    Percent(String),
    /// Durations are in minutes or months; "unlimited" is a number too.
    Quantity {
        number: String,
        unit: &'static str,
    },
    /// A number of we don't know what.
    Number(String),
    Date {
        day: String,
        month: usize,
        year: Option<String>,
    },
    Weekday(usize),
    Link(String),
}

/// What a price buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    Once,
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
}

impl Fact {
    /// Whether `ground` says the same; it may say more.
    pub fn rests_on(&self, ground: &Self) -> bool {
        match (self, ground) {
            (
                Self::Money { amount, currency, per },
                Self::Money { amount: true_amount, currency: true_currency, per: true_per },
            ) => amount == true_amount && currency == true_currency && same_period(*per, *true_per),
            (Self::Number(number), ground) => ground.number() == Some(number),
            (Self::Quantity { number, .. }, Self::Number(other)) => number == other && number != "unlimited",
            (Self::Date { day, month, year }, Self::Date { day: true_day, month: true_month, year: true_year }) => {
                (day, month) == (true_day, true_month) && (year.is_none() || true_year.is_none() || year == true_year)
            }
            (Self::Link(link), Self::Link(known)) => {
                link == known || !link.contains(['/', '@']) && known.starts_with(&format!("{link}/"))
            }
            _ => self == ground,
        }
    }

    /// Whether both answer the same question: how much money, how long, how many of these.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Quantity { unit, .. }, Self::Quantity { unit: other, .. }) => {
                unit == other || [*unit, *other].iter().all(|unit| ["minutes", "months"].contains(unit))
            }
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    fn number(&self) -> Option<&String> {
        match self {
            Self::Money { amount: number, .. }
            | Self::Percent(number)
            | Self::Number(number)
            | Self::Date { day: number, .. }
            | Self::Quantity { number, .. } => Some(number),
            Self::Weekday(_) | Self::Link(_) => None,
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

/// Every fact that `pieces` state.
pub fn facts(pieces: &[Piece]) -> Vec<Stated> {
    let mut facts = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let found = date(pieces, at).or_else(|| money(pieces, at)).or_else(|| other(pieces, at));
        let next = found.as_ref().map_or(at + 1, |found| found.to.max(at + 1));
        facts.extend(found);
        at = next;
    }
    facts
}

impl Stated {
    fn new(fact: Fact, from: usize, to: usize) -> Self {
        Self { fact, from, to }
    }
}

const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

fn month(piece: &Piece) -> Option<usize> {
    let is_month = |name: &&str| piece.text == **name || (piece.text.len() == 3 && name.starts_with(&piece.text));
    MONTHS.iter().position(is_month).filter(|_| piece.kind == Kind::Word && piece.capital)
}

fn year(piece: Option<&Piece>) -> Option<String> {
    piece.filter(|piece| piece.kind == Kind::Number && piece.text.len() == 4).map(|piece| piece.text.clone())
}

/// "4 January 2030", "January 4, 2030", "2030-01-04".
fn date(pieces: &[Piece], at: usize) -> Option<Stated> {
    let here = pieces.get(at)?;
    let is_day = |piece: &Piece| piece.kind == Kind::Number && piece.text.len() < 3;
    if let Some(month) = month(here) {
        let day = pieces.get(at + 1).filter(|piece| is_day(piece))?.text.clone();
        let comma = usize::from(pieces.get(at + 2).is_some_and(|piece| piece.is(&[","])));
        let year = year(pieces.get(at + 2 + comma));
        let to = at + 2 + if year.is_some() { 1 + comma } else { 0 };
        return Some(Stated::new(Fact::Date { day, month, year }, at, to));
    }
    if is_day(here) {
        let of = usize::from(pieces.get(at + 1).is_some_and(|piece| piece.is(&["of"])));
        let month = month(pieces.get(at + 1 + of)?)?;
        let year = year(pieces.get(at + 2 + of));
        let to = at + 2 + of + usize::from(year.is_some());
        return Some(Stated::new(Fact::Date { day: here.text.clone(), month, year }, at, to));
    }
    let [first, dash, second, other_dash, third] = pieces.get(at..at + 5)? else { return None };
    let month: usize = second.text.parse().ok()?;
    let shape = dash.is(&["-"]) && other_dash.is(&["-"]) && is_day(third) && (1..=12).contains(&month);
    let year = year(Some(first)).filter(|_| shape)?;
    Some(Stated::new(Fact::Date { day: third.text.clone(), month: month - 1, year: Some(year) }, at, at + 5))
}

fn currency(piece: &Piece) -> Option<&'static str> {
    match piece.text.as_str() {
        "£" | "gbp" | "pound" | "pounds" | "quid" | "libras" | "livres" | "pfund" => Some("gbp"),
        "$" | "usd" | "dollar" | "dollars" => Some("usd"),
        "€" | "eur" | "euro" | "euros" => Some("eur"),
        "₹" | "inr" | "rupee" | "rupees" => Some("inr"),
        _ => None,
    }
}

/// "£29/month", "29 GBP per month", "twenty-nine pounds a month".
fn money(pieces: &[Piece], at: usize) -> Option<Stated> {
    let here = pieces.get(at)?;
    let after = pieces.get(at + 1);
    let (amount, currency) = match currency(here) {
        Some(currency) => (after.filter(|piece| piece.is_number())?, currency),
        None if here.is_number() => (here, currency(after?)?),
        None => return None,
    };
    let (per, to) = period(pieces, at + 2);
    Some(Stated::new(Fact::Money { amount: amount.text.clone(), currency, per }, at, to))
}

/// How far behind a price its period may stand: "£29 each month", "£99 (one-time payment)".
const PERIOD_WITHIN: usize = 4;

fn period(pieces: &[Piece], from: usize) -> (Option<Per>, usize) {
    for at in from..pieces.len().min(from + PERIOD_WITHIN) {
        let piece = &pieces[at];
        let per = match piece.text.as_str() {
            "month" | "monthly" | "months" | "mo" | "pcm" | "mes" | "mois" | "monat" => Per::Month,
            "year" | "yearly" | "annually" | "annum" | "yr" | "annual" => Per::Year,
            "week" | "weekly" => Per::Week,
            "day" | "daily" => Per::Day,
            "once" | "upfront" => Per::Once,
            "one" | "1" if pieces.get(at + 1..at + 3).is_some_and(is_time_or_off) => Per::Once,
            _ if piece.is(&["/", "per", "a", "an", "each", "every", "(", "-", "billed", "as", "paid"]) => continue,
            _ => break,
        };
        return (Some(per), at + 1);
    }
    (None, from)
}

fn is_time_or_off(next: &[Piece]) -> bool {
    next[0].is(&["time", "off"]) || next[0].is(&["-"]) && next[1].is(&["time", "off"])
}

/// Weekdays, links, shares, amounts and whatever else has a figure.
fn other(pieces: &[Piece], at: usize) -> Option<Stated> {
    let here = &pieces[at];
    let after = |n: usize| pieces.get(at + n);
    match here.kind {
        Kind::Link => Some(Stated::new(Fact::Link(here.text.clone()), at, at + 1)),
        Kind::Word if here.text == "unlimited" => {
            let fact = unit(pieces, at + 1).map_or_else(
                || Fact::Number("unlimited".into()),
                |(unit, _)| Fact::Quantity { number: "unlimited".into(), unit },
            );
            Some(Stated::new(fact, at, at + 1))
        }
        Kind::Word if is_free(pieces, at) => Some(Stated::new(Fact::Number("free".into()), at, at + 1)),
        Kind::Word if here.is(&["a", "an"]) => within_one(pieces, at),
        Kind::Word => WEEKDAYS
            .iter()
            .position(|day| here.text.trim_end_matches('s') == *day)
            .map(|day| Stated::new(Fact::Weekday(day), at, at + 1)),
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
            amount(pieces, at)
        }
        Kind::Sign => None,
    }
}

/// "within a day" is one day.
fn within_one(pieces: &[Piece], at: usize) -> Option<Stated> {
    let before = at.checked_sub(1).map(|before| &pieces[before])?;
    let (unit, factor) = unit_of(pieces.get(at + 1)?)?;
    let counts = before.is(&["within", "in", "about", "after", "under"]) && ["minutes", "months"].contains(&unit);
    counts.then(|| Stated::new(Fact::Quantity { number: factor.to_string(), unit }, at, at + 2))
}

/// "Free of charge", "a free trial"; not "feel free" or "hassle-free".
fn is_free(pieces: &[Piece], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &pieces[before]);
    pieces[at].text == "free"
        && !before.is_some_and(|piece| piece.is(&["feel", "-"]))
        && !pieces.get(at + 1).is_some_and(|piece| piece.is(&["to", "up"]))
}

/// Things one counts in an answer rather than facts about the company.
const COUNTED: [&str; 9] = ["package", "plan", "tier", "option", "step", "way", "thing", "question", "choice"];

fn amount(pieces: &[Piece], at: usize) -> Option<Stated> {
    let here = &pieces[at];
    if let Some((unit, factor)) = unit(pieces, at + 1) {
        return Some(Stated::new(Fact::Quantity { number: times(&here.text, factor), unit }, at, at + 1));
    }
    let counts = pieces[at + 1..].iter().take(2).any(|piece| COUNTED.contains(&piece.text.trim_end_matches('s')));
    let starts_line = at == 0 || pieces[at - 1].is(&["\n"]);
    let numbers_line = starts_line && pieces.get(at + 1).is_some_and(|piece| piece.is(&[".", ")"]));
    let is_small = here.text.len() == 1;
    if here.kind == Kind::Spelled || numbers_line || counts && is_small {
        return None;
    }
    Some(Stated::new(Fact::Number(here.text.clone()), at, at + 1))
}

/// How far behind a number its unit may stand: "5 business days", "7 automation workflows".
const UNIT_WITHIN: usize = 5;

/// The unit that belongs to the number before `from`; of "24-48 hours" to both.
fn unit(pieces: &[Piece], from: usize) -> Option<(&'static str, u64)> {
    let mut numbers = 0;
    for piece in pieces.iter().skip(from).take(UNIT_WITHIN) {
        let goes_on = piece.is(&["-", "+", "to", "and", "or"]);
        match piece.kind {
            _ if goes_on => {}
            Kind::Number | Kind::Spelled if numbers == 0 => numbers += 1,
            Kind::Word => match unit_of(piece) {
                Some(unit) => return Some(unit),
                None if piece.is(&[
                    "for", "with", "in", "on", "per", "is", "are", "of", "if", "from", "a", "an", "each", "every",
                ]) =>
                {
                    return None;
                }
                None => {}
            },
            _ => return None,
        }
    }
    None
}

/// The one name of a unit, and how many of it the word means.
fn unit_of(piece: &Piece) -> Option<(&'static str, u64)> {
    if piece.kind != Kind::Word {
        return None;
    }
    let time = match piece.text.as_str() {
        "minute" | "minutes" | "min" | "mins" | "minutos" | "minuten" => Some(("minutes", 1)),
        "hour" | "hours" | "hr" | "hrs" | "h" | "horas" | "heures" | "stunden" => Some(("minutes", 60)),
        "day" | "days" | "dias" | "días" | "jours" | "tage" | "tagen" | "din" | "दिन" => {
            Some(("minutes", 1_440))
        }
        "week" | "weeks" | "semanas" | "semaines" | "wochen" => Some(("minutes", 10_080)),
        "fortnight" => Some(("minutes", 20_160)),
        "month" | "months" | "meses" | "mois" | "monate" => Some(("months", 1)),
        "year" | "years" | "años" | "ans" | "jahre" => Some(("months", 12)),
        "am" => Some(("am", 1)),
        "pm" => Some(("pm", 1)),
        _ => None,
    };
    let singular = piece.text.trim_end_matches('s');
    time.or_else(|| UNITS.iter().find(|unit| **unit == singular).map(|unit| (*unit, 1)))
}

const UNITS: [&str; 34] = [
    "workflow", "task", "revision", "integration", "tool", "app", "user", "seat", "member", "people", "project",
    "order", "call", "meeting", "page", "word", "email", "message", "execution", "run", "credit", "connection",
    "template", "account", "workspace", "request", "gb", "mb", "tb", "client", "customer", "employee", "country",
    "language",
];

fn times(number: &str, factor: u64) -> String {
    number
        .parse::<u64>()
        .map_or_else(|_| format!("{number}*{factor}"), |number| number.saturating_mul(factor).to_string())
}

#[cfg(test)]
mod tests {
    use super::{super::words::pieces, *};

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
            ("29 GBP per month", "£29/month"),
            ("twenty-nine pounds a month", "£29/month"),
            ("£29.00 monthly", "£29/month"),
            ("£29", "£29/month"),
            ("a one-time payment of £99", "£99"),
            ("one thousand tasks", "1,000 tasks/month"),
            ("between 24 and 48 hours", "24-48 hours"),
            ("two days", "48 hours"),
            ("within a day", "within 24 hours (business days)"),
            ("two weeks", "14-day guarantee"),
            ("99.90 percent", "99.9%"),
            ("January 4th, 2030", "4 January 2030"),
            ("2030-01-04", "Friday 4 January 2030"),
            ("https://levqor.ai/pricing", "www.levqor.ai/pricing"),
            ("7 automation workflows", "7 workflows"),
            ("over 500 apps", "500+ more by API"),
            ("９９ £", "£99"),
        ] {
            assert!(rests(said, truth), "{said}: {:?} on {:?}", of(said), of(truth));
        }
    }

    #[test]
    fn another_fact_does_not_rest_on_it() {
        for (said, truth) in [
            ("£79", "£29/month, 79 tasks"),
            ("£99/month", "£99 (One-Time)"),
            ("$29", "£29"),
            ("£29/year", "£29/month"),
            ("30 days", "30 workflows, 14 days"),
            ("30 months", "30 days"),
            ("20%", "20 days"),
            ("5 January", "4 January 2030"),
            ("4 January 2031", "4 January 2030"),
            ("sales@levqor.ai.evil.example", "sales@levqor.ai"),
            ("levqor.ai/other", "levqor.ai/pricing"),
            ("24/7", "24 hours, 7 days"),
            ("a free trial", "£29 trial"),
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
