//! Replies written by hand in a model's words, each set before the check was ever run on it. What
//! it made of a set then, and what it makes of it since it was mended (2026-11). The first set and
//! the first one of the other trade met the check before it knew of words, only of figures:
//!
//! | set | true shown | corrupted caught |
//! |---|---|---|
//! | first | 43 of 50, now all | 38 of 56, now all |
//! | second | 30 of 32, now all | 31 of 36, now all |
//! | third | 22 of 24, now all | 18 of 26, now all |
//! | fourth | 19 of 20, now all | 19 of 22, now all |
//! | fifth | 13 of 13 | 17 of 20, now all |
//! | sixth | 58 of 61, now all | 43 of 62, now 58 |
//! | seventh | 25 of 28, now all | 23 of 28, now 27 |
//! | eighth | 26 of 28, now all | 19 of 28, now 26 |
//! | ninth | 13 of 16, now all | 15 of 20, now all |
//! | tenth | 27 of 30, now all | 28 of 30, now 29 |
//! | eleventh | 23 of 30, now all | 25 of 30, now 26 |
//! | twelfth | 67 of 80, now 72 | 78 of 80 |
//! | thirteenth | 55 of 60, now 57 | 54 of 60 |
//! | another trade | 17 of 20, now all | 17 of 24, now all |
//! | another trade, second | 8 of 10, now all | 12 of 14, now all |
//! | another trade, third | 25 of 30, now all | 14 of 30, now 27 |
//! | another trade, fourth | 9 of 12, now all | 10 of 12, now 11 |
//! | another trade, fifth | 11 of 12, now all | 9 of 12, now 10 |
//! | a dentist's | 16 of 20, now all | 13 of 20, now 18 |
//! | a music school's | 18 of 22, now all | 13 of 24, now 22 |
//! | a warehouse's | 14 of 22, now all | 19 of 24, now 20 |
//! | a vet's | 15 of 22, now all | 18 of 24, now 21 |
//! | a bakery's | 17 of 24, now 21 | 15 of 22, now 19 |
//! | a campsite's | 12 of 22, now 20 | 13 of 20, now 14 |
//! | a furniture shop's | 63 of 80, now 67 | 65 of 80, now 70 |
//! | an invoicing tool's | 41 of 60, now 42 | 54 of 60, now 58 |
//!
//! The last seven are of firms whose pages the check had never met, the vet's, the bakery's and the campsite's
//! each after it was mended for those above, the invoicing tool's and the thirteenth after it was mended for the
//! furniture shop's and the twelfth. What an unseen set of an unseen trade meets is what the middle of
//! the table says, not its end: a fifth to nearly half of its true replies are blocked (of a gym's, 28 of 60),
//! and one to four corrupted ones in ten get through. What gets through is mostly a consequence of one line said of
//! another ("broken strings are paid by you"), a figure of another row that names nothing, and an opposite in other
//! words.

use crate::desk::{Desk, Reply};

/// `? what was asked`, then the reply up to the next such line.
fn replies(text: &str, kind: &'static str) -> Vec<Reply> {
    let blocks = text.trim_start_matches("? ").split("\n? ");
    let reply = |block: &str| {
        let (asked, text) = block.split_once('\n').unwrap();
        Reply { kind, asked: asked.to_owned(), text: text.trim_end().to_owned() }
    };
    blocks.map(reply).collect()
}

const RECORDS: [&str; 1] = ["Order 7: Starter, being built; bought on Tuesday 3 November 2026"];

fn desk() -> Desk {
    Desk::shipped().with_records(&RECORDS)
}

#[test]
fn held_out_true_replies_are_shown() {
    let desk = desk();
    for (name, text) in [
        ("first", include_str!("held_out/first_true.txt")),
        ("second", include_str!("held_out/second_true.txt")),
        ("third", include_str!("held_out/third_true.txt")),
        ("fourth", include_str!("held_out/fourth_true.txt")),
        ("fifth", include_str!("held_out/fifth_true.txt")),
        ("sixth", include_str!("held_out/sixth_true.txt")),
        ("seventh", include_str!("held_out/seventh_true.txt")),
        ("eighth", include_str!("held_out/eighth_true.txt")),
        ("ninth", include_str!("held_out/ninth_true.txt")),
        ("tenth", include_str!("held_out/tenth_true.txt")),
        ("eleventh", include_str!("held_out/eleventh_true.txt")),
    ] {
        desk.count(name, &replies(text, "true"), true).at_least(0.98);
    }
    for (name, text) in [
        ("twelfth", include_str!("held_out/twelfth_true.txt")),
        ("thirteenth", include_str!("held_out/thirteenth_true.txt")),
    ] {
        desk.count(name, &replies(text, "true"), true).at_least(0.89);
    }
}

#[test]
fn held_out_corrupted_replies_are_caught() {
    let desk = desk();
    for (name, text, floor) in [
        ("first", include_str!("held_out/first_corrupted.txt"), 0.96),
        ("second", include_str!("held_out/second_corrupted.txt"), 0.94),
        ("third", include_str!("held_out/third_corrupted.txt"), 1.0),
        ("fourth", include_str!("held_out/fourth_corrupted.txt"), 0.95),
        ("fifth", include_str!("held_out/fifth_corrupted.txt"), 0.9),
        ("sixth", include_str!("held_out/sixth_corrupted.txt"), 0.91),
        ("seventh", include_str!("held_out/seventh_corrupted.txt"), 0.89),
        ("eighth", include_str!("held_out/eighth_corrupted.txt"), 0.82),
        ("ninth", include_str!("held_out/ninth_corrupted.txt"), 0.95),
        ("tenth", include_str!("held_out/tenth_corrupted.txt"), 0.5),
        ("eleventh", include_str!("held_out/eleventh_corrupted.txt"), 0.83),
        ("twelfth", include_str!("held_out/twelfth_corrupted.txt"), 0.97),
        ("thirteenth", include_str!("held_out/thirteenth_corrupted.txt"), 0.9),
    ] {
        desk.count(name, &replies(text, "corrupted"), false).at_least(floor);
    }
}

#[test]
fn another_trade_needs_no_code() {
    let desk = Desk::of_another_trade();
    for (text, should_pass, floor) in [
        (include_str!("other_trade/true.txt"), true, 1.0),
        (include_str!("other_trade/second_true.txt"), true, 1.0),
        (include_str!("other_trade/third_true.txt"), true, 0.96),
        (include_str!("other_trade/fifth_true.txt"), true, 0.96),
        (include_str!("other_trade/fifth_corrupted.txt"), false, 0.8),
        (include_str!("other_trade/fourth_true.txt"), true, 0.96),
        (include_str!("other_trade/fourth_corrupted.txt"), false, 0.8),
        (include_str!("other_trade/corrupted.txt"), false, 1.0),
        (include_str!("other_trade/third_corrupted.txt"), false, 0.9),
        (include_str!("other_trade/second_corrupted.txt"), false, 0.92),
    ] {
        desk.count("another trade", &replies(text, "written"), should_pass).at_least(floor);
    }
}

#[test]
fn a_dentists_pages_need_no_code() {
    let desk = Desk::of_a_dentist();
    let text = include_str!("other_trade/dentist_true.txt");
    desk.count("dentist", &replies(text, "true"), true).at_least(0.95);
    let text = include_str!("other_trade/dentist_corrupted.txt");
    desk.count("dentist", &replies(text, "corrupted"), false).at_least(0.65);
}

#[test]
fn larger_firms_pages_need_no_code() {
    let furniture = Desk::of_a_furniture_shop();
    let text = include_str!("other_trade/furniture_true.txt");
    furniture.count("furniture", &replies(text, "true"), true).at_least(0.83);
    let text = include_str!("other_trade/furniture_corrupted.txt");
    furniture.count("furniture", &replies(text, "corrupted"), false).at_least(0.87);
    let invoicing = Desk::of_an_invoicing_tool();
    let text = include_str!("other_trade/invoicing_true.txt");
    invoicing.count("invoicing", &replies(text, "true"), true).at_least(0.68);
    let text = include_str!("other_trade/invoicing_corrupted.txt");
    invoicing.count("invoicing", &replies(text, "corrupted"), false).at_least(0.96);
}

#[test]
fn small_firms_pages_need_no_code() {
    for (name, desk, true_ones, corrupted, shown, caught) in [
        (
            "music school",
            Desk::of_a_small_firm("school.md", "office@larkhill.example"),
            include_str!("other_trade/school_true.txt"),
            include_str!("other_trade/school_corrupted.txt"),
            1.0,
            0.9,
        ),
        (
            "warehouse",
            Desk::of_a_small_firm("storage.md", "hello@boxwharf.example"),
            include_str!("other_trade/storage_true.txt"),
            include_str!("other_trade/storage_corrupted.txt"),
            1.0,
            0.83,
        ),
        (
            "vet",
            Desk::of_a_small_firm("vet.md", "care@foxbrookvets.example"),
            include_str!("other_trade/vet_true.txt"),
            include_str!("other_trade/vet_corrupted.txt"),
            1.0,
            0.87,
        ),
        (
            "bakery",
            Desk::of_a_small_firm("bakery.md", "hello@hollinbakery.example"),
            include_str!("other_trade/bakery_true.txt"),
            include_str!("other_trade/bakery_corrupted.txt"),
            0.87,
            0.86,
        ),
        (
            "campsite",
            Desk::of_a_small_firm("campsite.md", "hello@marrowhill.example"),
            include_str!("other_trade/campsite_true.txt"),
            include_str!("other_trade/campsite_corrupted.txt"),
            0.9,
            0.65,
        ),
    ] {
        desk.count(name, &replies(true_ones, "true"), true).at_least(shown);
        desk.count(name, &replies(corrupted, "corrupted"), false).at_least(caught);
    }
}
