//! Amounts: a number with what it counts, durations in minutes or months.

use super::{Fact, Per, Stated, money::period};
use crate::services::check::{
    pieces::{Kind, Piece},
    words::{self, singular},
};

/// How far behind a number its unit may stand: "5 business days", "7 automation workflows".
const UNIT_WITHIN: usize = 5;

/// Things one counts in an answer rather than facts about the company.
const COUNTED: [&str; 10] =
    ["package", "plan", "tier", "option", "step", "way", "thing", "question", "choice", "section"];

/// What is measured rather than counted: another measure is another amount, wherever it stands.
const MEASURES: [&str; 21] = [
    "km", "kilometre", "kilometer", "mile", "metre", "meter", "cm", "mm", "inch", "foot", "kg", "gram", "lb", "pound",
    "litre", "liter", "gb", "mb", "tb", "second", "degree",
];

pub fn is_measure(noun: &str) -> bool {
    MEASURES.contains(&noun)
}

/// One spelling of each measure.
const SPELLINGS: [(&str, &[&str]); 6] = [
    ("km", &["kilometre", "kilometer", "kms"]),
    ("kg", &["kilogram", "kilogramme", "kilo", "kgs"]),
    ("cm", &["centimetre", "centimeter"]),
    ("mm", &["millimetre", "millimeter"]),
    ("litre", &["liter", "ltr"]),
    ("metre", &["meter"]),
];

fn thing(noun: &str) -> String {
    let noun = singular(noun);
    let spelling = SPELLINGS.iter().find(|(_, others)| others.contains(&noun.as_str()));
    spelling.map_or(noun, |(unit, _)| (*unit).to_owned())
}

/// Words between a number and what it counts that end the search for it.
const ENDS: [&str; 33] = [
    "for", "with", "in", "on", "per", "is", "are", "of", "if", "from", "a", "an", "each", "every", "by", "at", "than",
    "you", "we", "that", "which", "when", "more", "within", "al", "por", "par", "pro", "im", "प्रति", "de", "du", "del",
];

/// What stands behind a number.
#[derive(Default)]
struct Behind<'a> {
    time: Option<(bool, u64)>,
    nouns: Vec<&'a Piece>,
    to: usize,
}

pub fn amount(pieces: &[Piece], at: usize) -> Option<Stated> {
    let here = &pieces[at];
    // "A Professional one 3-4 days."
    if here.kind == Kind::Spelled && here.text == "1" && pieces.get(at + 1).is_some_and(Piece::is_number) {
        return None;
    }
    let behind = behind(pieces, long(pieces, at + 1).unwrap_or(at + 1));
    if let Some((months, factor)) = behind.time {
        return Some(Stated::new(
            Fact::Time {
                amount: times(&here.text, factor),
                months,
                working: working(pieces, at),
                written: here.text.clone(),
            },
            at,
            at + 1,
        ));
    }
    let is_counted = |piece: &&Piece| COUNTED.contains(&singular(&piece.text).as_str());
    let starts_line = at == 0 || pieces[at - 1].is(&["\n"]);
    let numbers_line = starts_line && pieces.get(at + 1).is_some_and(|piece| piece.is(&[".", ")"]));
    if numbers_line || (behind.nouns.iter().any(is_counted) && here.text.len() == 1) {
        return None;
    }
    if behind.nouns.is_empty() {
        let is_spelled = here.kind == Kind::Spelled;
        let fact = Fact::Number(here.text.clone());
        // "One of them" counts nothing.
        let counts = !is_spelled || here.text != "1";
        return counts.then(|| Stated { is_spelled, ..Stated::new(fact, at, at + 1) });
    }
    let is_spelled = here.kind == Kind::Spelled;
    Some(Stated { is_spelled, ..Stated::new(count(&here.text, &behind, pieces), at, at + 1) })
}

/// "8 half-hour lessons", "10 one-hour sessions": where the things begin that are so long.
fn long(pieces: &[Piece], at: usize) -> Option<usize> {
    let [length, dash, unit, ..] = pieces.get(at..)? else { return None };
    let is_long = (length.is_number() || length.is(&["half"])) && dash.is(&["-"]) && time(unit).is_some();
    let is_thing = pieces.get(at + 3).is_some_and(|thing| thing.is_word() && !thing.is(&ENDS));
    (is_long && is_thing).then_some(at + 3)
}

/// "Unlimited tasks": of what there is no limit.
pub fn unlimited(pieces: &[Piece], at: usize) -> Stated {
    Stated::new(count("unlimited", &behind(pieces, at + 1), pieces), at, at + 1)
}

/// "Once a year", "twice per term".
pub fn times_a(pieces: &[Piece], at: usize) -> Option<&'static str> {
    let times = if pieces[at].is(&["once"]) { "1" } else { pieces[at].is(&["twice"]).then_some("2")? };
    let is_each = pieces.get(at + 1).is_some_and(|piece| piece.is(&["a", "an", "per", "every", "each"]));
    (is_each && period(pieces, at + 1).0.is_some()).then_some(times)
}

/// "A single visit" is one, where visits are counted.
pub fn single(pieces: &[Piece], at: usize) -> Option<Stated> {
    let behind = behind(pieces, at + 1);
    let is_counted = behind.time.is_none() && !behind.nouns.is_empty();
    is_counted.then(|| Stated { is_spelled: true, ..Stated::new(count("1", &behind, pieces), at, at + 1) })
}

/// "within a day" is one day.
pub fn within_one(pieces: &[Piece], at: usize) -> Option<Stated> {
    let before = at.checked_sub(1).filter(|_| pieces[at].is(&["a", "an", "the"])).map(|before| &pieces[before])?;
    let (months, factor) = time(pieces.get(at + 1)?)?;
    let behind = ["before", "after", "ahead", "later", "earlier", "notice", "beforehand", "prior", "ago"];
    let counts = match pieces[at].text.as_str() {
        _ if pieces.get(at + 2).is_some_and(|piece| piece.is(&behind)) => true,
        "the" => before.is(&["within", "inside"]),
        _ => before.is(&["within", "in", "about", "after", "under", "have", "takes", "for"]),
    };
    counts.then(|| {
        Stated::new(Fact::Time { amount: factor.to_string(), months, working: false, written: "1".into() }, at, at + 2)
    })
}

fn count(number: &str, behind: &Behind<'_>, pieces: &[Piece]) -> Fact {
    let nouns = behind.nouns.iter().map(|noun| thing(&noun.text)).collect();
    let per: Option<Per> = period(pieces, behind.to).0;
    Fact::Count { number: number.to_owned(), nouns, per }
}

/// The unit or the nouns that belong to the number before `from`; of "24-48 hours" to both.
fn behind(pieces: &[Piece], from: usize) -> Behind<'_> {
    let mut behind = Behind { to: from, ..Behind::default() };
    let mut numbers = 0;
    for (at, piece) in pieces.iter().enumerate().skip(from).take(UNIT_WITHIN) {
        let goes_on = behind.nouns.is_empty() && piece.is(&["-", "+", "to", "and", "or", "bis", "à", "y", "und", "et"]);
        match piece.kind {
            _ if goes_on => {}
            Kind::Number | Kind::Spelled if numbers == 0 && behind.nouns.is_empty() => numbers += 1,
            Kind::Word if piece.is(&ENDS) || words::is_verbal(&piece.text) => break,
            Kind::Word => match time(piece) {
                Some(time) => return Behind { time: Some(time), ..behind },
                None if piece.is(&["and", "or", "to"]) => break,
                None => {
                    behind.nouns.push(piece);
                    behind.to = at + 1;
                }
            },
            // "3-in-1", "12-speed": the hyphen binds.
            _ if piece.is(&["-"]) => {}
            _ => break,
        }
    }
    behind
}

/// "5 business days", "14 días hábiles", "3 Werktage".
fn working(pieces: &[Piece], at: usize) -> bool {
    const WORKING: [&str; 20] = [
        "business",
        "working",
        "hábiles",
        "habiles",
        "laborables",
        "ouvrés",
        "ouvrables",
        "ouvres",
        "werktag",
        "werktage",
        "werktagen",
        "arbeitstag",
        "arbeitstage",
        "arbeitstagen",
        "geschäftstage",
        "geschäftstagen",
        "कार्य",
        "कार्यदिवस",
        "lavorativi",
        "úteis",
    ];
    pieces.iter().skip(at + 1).take(UNIT_WITHIN).any(|piece| piece.is(&WORKING))
}

/// Whether a word means months rather than minutes, and how many.
fn time(piece: &Piece) -> Option<(bool, u64)> {
    if piece.kind != Kind::Word {
        return None;
    }
    TIMES.iter().find_map(|(words, months, factor)| {
        words.split(' ').any(|word| word == piece.text).then_some((*months, *factor))
    })
}

/// In the languages the desk is asked in.
const TIMES: [(&str, bool, u64); 7] = [
    ("minute minutes min mins minuto minutos minuten मिनट", false, 1),
    (
        "hour hours hr hrs h hora horas ora ore uur heure heures stunde stunden stündig stündige stündigen घंटे घंटा घंटों ghante",
        false,
        60,
    ),
    (
        "day days día días dia dias jour jours tag tage tagen tägig tägige tägigen werktag werktage werktagen arbeitstag arbeitstage arbeitstagen giorno giorni dag dagen dni दिवस दिवसों din दिन दिनों",
        false,
        1_440,
    ),
    (
        "week weeks semana semanas settimana settimane weken semaine semaines woche wochen wöchig wöchige wöchigen हफ्ते सप्ताह",
        false,
        10_080,
    ),
    ("fortnight fortnights", false, 20_160),
    (
        "month months mes meses mese mesi maand maanden mois monat monate monaten monatig monatige monatigen महीने महीना mahine",
        true,
        1,
    ),
    ("year years año años an ans année années jahr jahre jahren jährig jährige jährigen साल वर्ष saal", true, 12),
];

fn times(number: &str, factor: u64) -> String {
    number
        .parse::<u64>()
        .map_or_else(|_| format!("{number}*{factor}"), |number| number.saturating_mul(factor).to_string())
}
