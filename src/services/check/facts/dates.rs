//! Dates and weekdays.

use super::{Fact, Stated};
use crate::services::check::pieces::{DASH, Kind, Piece};

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

/// In the other languages the desk is asked in.
const WEEKDAYS_ABROAD: [[&str; 7]; 4] = [
    ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"],
    ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    ["सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार", "रविवार"],
];

/// "Mondays" and "Mon" too.
pub fn weekday(piece: &Piece) -> Option<usize> {
    let text = piece.text.as_str();
    let short = Some(text).filter(|text| piece.capital && text.len() == 3);
    let is = |day: &&str| text.trim_end_matches('s') == *day || short.is_some_and(|text| day.starts_with(text));
    let abroad = || WEEKDAYS_ABROAD.iter().find_map(|days| days.iter().position(|day| *day == text));
    WEEKDAYS.iter().position(is).or_else(abroad)
}

/// "Weekdays" are five of them, and a weekend two.
pub fn days(piece: &Piece) -> std::ops::Range<usize> {
    match piece.text.as_str() {
        "weekday" | "weekdays" => 0..5,
        "weekend" | "weekends" => 5..7,
        _ => 0..0,
    }
}

/// "Monday to Friday", "April - September": also what lies between.
pub fn fill_ranges(pieces: &[Piece], facts: &mut Vec<Stated>) {
    let joins = |from: usize, to: usize| {
        let between = pieces.get(from..to).unwrap_or_default();
        matches!(between, [one] if one.is(&["-", DASH, "to", "until", "till", "through", "bis", "à", "au", "a"]))
    };
    let mut between = Vec::new();
    for pair in facts.windows(2).filter(|pair| joins(pair[0].to, pair[1].from)) {
        let at = pair[0].to;
        let inside = |from: usize, to: usize, length: usize| {
            (1..(to + length - from) % length).map(move |on| (from + on) % length)
        };
        match (&pair[0].fact, &pair[1].fact) {
            (Fact::Weekday(from), Fact::Weekday(to)) => {
                between.extend(inside(*from, *to, 7).map(|day| Stated::new(Fact::Weekday(day), at, at + 1)));
            }
            (Fact::Month(from), Fact::Month(to)) => {
                between.extend(inside(*from, *to, 12).map(|month| Stated::new(Fact::Month(month), at, at + 1)));
            }
            _ => {}
        }
    }
    facts.extend(between);
    facts.sort_by_key(|stated| stated.from);
}

/// "In August", by itself; "may" is more often a verb.
pub fn month_alone(pieces: &[Piece], at: usize) -> Option<usize> {
    let opens = at == 0 || pieces[at - 1].kind == Kind::Sign && !pieces[at - 1].is(&["(", "-", DASH]);
    MONTHS
        .iter()
        .position(|name| pieces[at].text == *name)
        .filter(|_| pieces[at].capital && pieces[at].is_word() && !(opens && pieces[at].is(&["may", "march"])))
}

pub fn is_weekday(word: &str) -> bool {
    WEEKDAYS.iter().any(|day| word.trim_end_matches('s') == *day || word.len() == 3 && day.starts_with(word))
}

/// Also the feasts that name a day.
pub fn is_month(word: &str) -> bool {
    MONTHS.contains(&word) || ["christmas", "easter"].contains(&word)
}

/// "4 January 2030", "January 4, 2030", "2030-01-04".
pub fn date(pieces: &[Piece], at: usize) -> Option<Stated> {
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

/// "9am", "5 pm", "17:30", "9 Uhr".
pub fn clock(pieces: &[Piece], at: usize) -> Option<Stated> {
    let here = pieces.get(at).filter(|piece| piece.kind == Kind::Number)?;
    let hour: u64 = here.text.parse().ok().filter(|hour| *hour < 25)?;
    let after = |n: usize| pieces.get(at + n);
    let past: Option<u64> = match (after(1), after(2)) {
        (Some(colon), Some(minutes)) if colon.is(&[":"]) && minutes.kind == Kind::Number => {
            minutes.text.parse().ok().filter(|minutes| *minutes < 60)
        }
        _ => None,
    };
    let half = after(if past.is_some() { 3 } else { 1 });
    let to = at + if past.is_some() { 3 } else { 1 };
    // "9 a.m."
    let dotted = |letter: &str| {
        let dotted = pieces.get(to..to + 3);
        dotted.is_some_and(|dotted| dotted[0].is(&[letter]) && dotted[1].is(&["."]) && dotted[2].is(&["m"]))
    };
    let (hour, to) = match half.map(|half| half.text.as_str()) {
        Some("a") if dotted("a") => (hour % 12, to + 3),
        Some("p") if dotted("p") => (hour % 12 + 12, to + 3),
        Some("am") => (hour % 12, to + 1),
        Some("pm") => (hour % 12 + 12, to + 1),
        Some("uhr") => (hour, to + 1),
        // "9 bis 17 Uhr".
        Some("bis" | "-") if after(3).is_some_and(|uhr| uhr.is(&["uhr"])) => (hour, to),
        _ if past.is_some() => (hour, to),
        _ => return None,
    };
    let minutes = (hour * 60 + past.unwrap_or_default()).to_string();
    Some(Stated::new(Fact::Clock { minutes, written: here.text.clone() }, at, to))
}
