//! Numbers in words: "twenty-six" is 26.

use std::{collections::HashMap, sync::LazyLock};

use super::pieces::{Kind, Piece};

/// "twenty-six", "two hundred", "a thousand": one number.
pub fn with_numbers_in_words(pieces: Vec<Piece>) -> Vec<Piece> {
    if !pieces.iter().any(|piece| NUMBERS.contains_key(piece.text.as_str())) {
        return pieces;
    }
    let mut read = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while at < pieces.len() {
        if let Some((value, length)) = spelled(&pieces[at..]) {
            read.push(Piece::new(Kind::Spelled, value.to_string(), pieces[at].capital));
            at += length;
        } else {
            read.push(pieces[at].clone());
            at += 1;
        }
    }
    with_dictated_digits(&read)
}

/// "Zero two zero, seven nine four six" is dictated, and one number.
fn with_dictated_digits(pieces: &[Piece]) -> Vec<Piece> {
    /// "One, two, three" is counted.
    const DICTATED: usize = 4;
    let is_digit = |piece: &Piece| piece.kind == Kind::Spelled && piece.text.len() == 1;
    let mut read = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while at < pieces.len() {
        let run = pieces[at..].iter().take_while(|piece| is_digit(piece) || piece.is(&[",", "-"])).count();
        let digits: String =
            pieces[at..at + run].iter().filter(|piece| is_digit(piece)).map(|piece| piece.text.as_str()).collect();
        if digits.len() >= DICTATED && is_digit(&pieces[at]) {
            read.push(Piece::new(Kind::Number, digits, false));
            at += run;
        } else {
            read.push(pieces[at].clone());
            at += 1;
        }
    }
    read
}

fn spelled(pieces: &[Piece]) -> Option<(u64, usize)> {
    let (mut total, mut part, mut length, mut last_word) = (0_u64, 0_u64, 0, 0);
    for piece in pieces {
        match NUMBERS.get(piece.text.as_str()).filter(|_| piece.kind == Kind::Word) {
            Some(100) if last_word > 0 => part = part.max(1).saturating_mul(100),
            Some(1_000) if last_word > 0 => {
                (total, part) = (part.max(1).saturating_mul(1_000).saturating_add(total), 0);
            }
            Some(100 | 1_000) => return None,
            // "one two" are two numbers, "twenty two" is one.
            Some(value) if part % 100 > 0 && (part % 100 < 20 || *value >= 10) => break,
            Some(value) => part = value.saturating_add(part),
            None if piece.is(&["-", "and"]) && last_word > 0 && (part >= 20 || total > 0) => {
                length += 1;
                continue;
            }
            None => break,
        }
        length += 1;
        last_word = length;
    }
    (last_word > 0).then_some((total.saturating_add(part), last_word))
}

static NUMBERS: LazyLock<HashMap<&str, u64>> = LazyLock::new(|| {
    let small = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
    let tens = "twenty thirty forty fifty sixty seventy eighty ninety";
    let small = small.split(' ').zip(0..);
    let tens = tens.split(' ').zip((20..).step_by(10));
    small.chain(tens).chain([("hundred", 100), ("thousand", 1_000)]).collect()
});
