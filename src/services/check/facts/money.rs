//! Prices, and what they buy.

use super::{Fact, Per, Stated};
use crate::services::check::{
    pieces::{Kind, Piece},
    words,
};

pub fn currency(piece: &Piece) -> Option<&'static str> {
    match piece.text.as_str() {
        "£" | "gbp" | "pound" | "pounds" | "quid" | "sterling" | "sterline" | "tenner" | "fiver" | "libras"
        | "livres" | "pfund" | "पाउंड" | "фунтов" | "英镑" => Some("gbp"),
        "$" | "usd" | "dollar" | "dollars" | "dólares" | "dollari" => Some("usd"),
        "€" | "eur" | "euro" | "euros" => Some("eur"),
        "₹" | "inr" | "rupee" | "rupees" => Some("inr"),
        "¥" | "jpy" | "yen" => Some("jpy"),
        _ => None,
    }
}

/// "British pounds", "Euros": the name of a currency, checked as one.
pub fn names_currency(pieces: &[Piece], at: usize) -> bool {
    const OF: [(&str, &str); 4] = [("british", "gbp"), ("american", "usd"), ("indian", "inr"), ("japanese", "jpy")];
    let of = OF.iter().find(|(of, _)| pieces[at].text == *of);
    let is_of = |(_, code): &(&str, &str)| pieces.get(at + 1).and_then(currency) == Some(*code);
    currency(&pieces[at]).is_some() || of.is_some_and(is_of)
}

/// "£12/month", "12 GBP per month", "twelve pounds a month".
pub fn money(pieces: &[Piece], at: usize) -> Option<Stated> {
    let here = pieces.get(at)?;
    let after = pieces.get(at + 1);
    let one = Piece::new(Kind::Spelled, "1", false);
    let (amount, currency) = match currency(here) {
        // "£LXXIX", but not "in £ per month".
        Some(currency)
            if here.kind == Kind::Sign
                && after.is_some_and(is_amount_in_words)
                && period(pieces, at + 1).0.is_none() =>
        {
            (after?, currency)
        }
        Some(currency) => (after.filter(|piece| piece.is_number())?, currency),
        None if here.is(&["a", "an"])
            && after.is_some_and(|piece| piece.is(&["pound", "quid", "dollar", "euro", "tenner", "fiver"])) =>
        {
            (&one, currency(after?)?)
        }
        None if here.is_number() => (here, currency(after?)?),
        None if is_amount_in_words(here) => (here, currency(after.filter(|piece| piece.is_word())?)?),
        None => return None,
    };
    let (per, to) = period(pieces, at + 2);
    let per = per.or_else(|| of_column(pieces, at));
    let times = times(pieces, at).map(|times| format!("{times} ")).unwrap_or_default();
    Some(Stated::new(Fact::Money { amount: times + &amount.text, currency, per }, at, to))
}

/// "Monthly: £12", as a column of a table has it.
fn of_column(pieces: &[Piece], at: usize) -> Option<Per> {
    let [.., label, colon] = pieces.get(..at)? else { return None };
    let is_label = colon.is(&[":"]) && label.is(&["monthly", "yearly", "weekly", "annually", "hourly", "daily"]);
    if is_label { period(std::slice::from_ref(label), 0).0 } else { None }
}

/// "Twice £12", "half of £12": another price.
fn times(pieces: &[Piece], at: usize) -> Option<&str> {
    const TIMES: [&str; 6] = ["twice", "double", "triple", "thrice", "half", "quarter"];
    let mut before = pieces[..at].iter().rev().take(3).skip_while(|piece| piece.is(&["of", "the", "a"]));
    before.next().filter(|piece| piece.is(&TIMES)).map(|piece| piece.text.as_str())
}

/// What may stand before a currency without being so much of it: "prices in British pounds".
const BEFORE_CURRENCY: [&str; 42] = [
    "in", "of", "the", "british", "uk", "gb", "us", "per", "and", "or", "a", "as", "to", "with", "by", "for", "your",
    "our", "only", "pound", "pounds", "currency", "than", "en", "de", "des", "les", "las", "los", "der", "die", "das",
    "dem", "den", "auf", "mit", "et", "und", "y", "में", "ब्रिटिश", "britischen",
];

/// "Soixante-dix-neuf livres", "LXXIX pounds": some number that we cannot read.
fn is_amount_in_words(piece: &Piece) -> bool {
    let is_glue = piece.is(&BEFORE_CURRENCY) || words::is_verbal(&piece.text) || words::is_negation(&piece.text);
    piece.is_word() && !is_glue
}

/// How far behind a price its period may stand: "£12 each month", "£34 (one-time payment)".
const PERIOD_WITHIN: usize = 5;

/// What a price or an amount is for, and where that ends.
pub fn period(pieces: &[Piece], from: usize) -> (Option<Per>, usize) {
    for at in from..pieces.len().min(from + PERIOD_WITHIN) {
        let piece = &pieces[at];
        let per = match piece.text.as_str() {
            "month" | "monthly" | "months" | "mo" | "pcm" | "mes" | "mois" | "monat" | "माह" | "महीने" | "महीना"
            | "monatlich" | "mensual" | "mensualmente" | "mensuellement" => Per::Month,
            "year" | "yearly" | "annually" | "annum" | "yr" | "annual" | "año" | "jahr" | "साल" => Per::Year,
            "quarter" | "quarterly" => Per::Quarter,
            "term" | "termly" | "semester" => Per::Term,
            "week" | "weekly" | "semana" | "semaine" | "woche" => Per::Week,
            "day" | "daily" | "día" | "jour" | "tag" => Per::Day,
            "hour" | "hourly" | "hora" | "heure" | "stunde" => Per::Hour,
            "once" | "upfront" => Per::Once,
            "one" | "1" if pieces.get(at + 1..at + 3).is_some_and(is_time_or_off) => Per::Once,
            _ if piece.is(&JOINS) => continue,
            _ => break,
        };
        return (Some(per), at + 1);
    }
    (None, from)
}

/// What may stand between a price and its period.
const JOINS: [&str; 21] = [
    "/", "per", "a", "an", "each", "every", "(", "-", "billed", "as", "paid", "al", "por", "par", "pro", "im", "प्रति",
    "the", "is", "are", "automatically",
];

/// "One-time", "one off".
pub fn is_time_or_off(next: &[Piece]) -> bool {
    next[0].is(&["time", "off"]) || next[0].is(&["-"]) && next[1].is(&["time", "off"])
}

/// "Billed monthly", "every week": how often, without a figure.
pub fn every(pieces: &[Piece], at: usize) -> Option<Per> {
    let counts = |at: usize| at > 0 && pieces[at - 1].is(&["once", "twice", "times"]);
    if pieces[at].is(&["every", "each", "per"]) || pieces[at].is(&["a", "an"]) && counts(at) {
        let units = ["hour", "day", "week", "month", "quarter", "term", "semester", "year"];
        let unit = pieces.get(at + 1).filter(|unit| unit.is(&units))?;
        return period(std::slice::from_ref(unit), 0).0;
    }
    match pieces[at].text.as_str() {
        "monthly" | "monatlich" | "mensualmente" | "mensuellement" => Some(Per::Month),
        "yearly" | "annually" | "annual" | "jährlich" | "anualmente" | "annuellement" => Some(Per::Year),
        "quarterly" => Some(Per::Quarter),
        "termly" => Some(Per::Term),
        "weekly" => Some(Per::Week),
        "daily" => Some(Per::Day),
        "hourly" => Some(Per::Hour),
        _ => None,
    }
}
