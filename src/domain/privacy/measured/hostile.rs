//! Texts made to hurt: whatever comes, masking ends soon and does not panic.

use std::time::{Duration, Instant};

use super::super::{private_masked, secrets_masked};

const LENGTH: usize = 16_000;

/// A debug build on a busy machine needs a tenth of this (2026-11); what grows with the square, minutes.
const LONG: Duration = Duration::from_secs(1);

/// Each of these is repeated until the text is as long as one may be.
const REPEATED: &str = concat!(
    "4|4 |4-|42.|4242 |0|+4|+|(|+49 170 1234567 |030/|06 12 |a@|@|a@a.|a.a|[at]|1.|1.1.1.1 |:|::|1:|",
    "de|de12 |DE89 3704 |sk-|eyJ|eyJ.|1:|123456789:|-----BEGIN |-----BEGIN PRIVATE KEY-----|",
    "-----END |password |password:|password\n|my password for |\"|password: \"|://|://a:|://a:b@|",
    "cvc |\u{200b}|4\u{200b}|४ |पासवर्ड |call 12345678 |order |€|no |x|\u{301}|is my password |ʼn|İ",
);

/// These are thrown together.
const PIECES: &str = concat!(
    "4242|4242 4242 4242 4242|0|1|42|４|९८७| | |\u{a0}|\u{200b}|-|.|/|(|)|+|+49|00|@|a|example.com|",
    "[at]|[dot]|::|:|2001:db8|1.2.3.4|DE89|GB82 WEST|sk-|rk_test_abcdefgh12345678|eyJ|",
    "-----BEGIN PRIVATE KEY-----|-----END PRIVATE KEY-----|password|passwort|mot de passe|पासवर्ड|is|",
    "ist|est|my|mein|=|\"|'|hunter2|S3cr3t!|\n|\r\n|cvc|security code|737|://|https://a:b1@c|é|😀|İ|",
    "\u{301}|€|order|call|#",
);

#[test]
fn no_text_takes_long() {
    let mut slowest = (Duration::ZERO, "");
    for piece in REPEATED.split('|') {
        let text: String = piece.chars().cycle().take(LENGTH).collect();
        let started = Instant::now();
        let _ = private_masked(&text, |_| false);
        let took = started.elapsed();
        slowest = slowest.max((took, piece));
        assert!(took < LONG, "{piece:?}: {took:?}");
    }
    eprintln!("slowest: {slowest:?}");
}

#[test]
fn no_text_makes_it_panic_and_placeholders_stay() {
    let pieces: Vec<&str> = PIECES.split('|').collect();
    let mut state = 1_u64;
    let mut below = |end: usize| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        usize::try_from(state >> 33).unwrap_or_default() % end
    };
    for _ in 0..20_000 {
        let text: String = (0..=below(14)).map(|_| pieces[below(pieces.len())]).collect();
        let stored = secrets_masked(&text);
        let count = |text: &str| text.matches(" removed]").count();
        assert!(count(&secrets_masked(&stored)) >= count(&stored), "{text:?}");
        let _ = private_masked(&text, |_| false);
    }
}
