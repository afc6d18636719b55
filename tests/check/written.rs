//! Replies written by hand in a model's words, before the check was ever run on them.

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

#[test]
fn held_out_true_replies_are_shown() {
    let replies = replies(include_str!("held_out/true.txt"), "true");
    Desk::shipped().count("held-out true", &replies, true).at_least(0.0);
}

#[test]
fn held_out_corrupted_replies_are_caught() {
    let replies = replies(include_str!("held_out/corrupted.txt"), "corrupted");
    Desk::shipped().count("held-out corrupted", &replies, false).at_least(0.0);
}

const RECORDS: [&str; 1] = ["Order 7: Starter, being built; bought on Tuesday 3 November 2026"];

#[test]
fn fresh_true_replies_are_shown() {
    let replies = replies(include_str!("held_out/fresh_true.txt"), "true");
    Desk::shipped().with_records(&RECORDS).count("fresh true", &replies, true).at_least(0.0);
}

#[test]
fn fresh_corrupted_replies_are_caught() {
    let replies = replies(include_str!("held_out/fresh_corrupted.txt"), "corrupted");
    Desk::shipped().with_records(&RECORDS).count("fresh corrupted", &replies, false).at_least(0.0);
}

#[test]
fn another_trade_needs_no_code_to_be_shown() {
    let replies = replies(include_str!("other_trade/true.txt"), "true");
    Desk::of_another_trade().count("other trade true", &replies, true).at_least(0.0);
}

#[test]
fn another_trade_needs_no_code_to_be_caught() {
    let replies = replies(include_str!("other_trade/corrupted.txt"), "corrupted");
    Desk::of_another_trade().count("other trade corrupted", &replies, false).at_least(0.0);
}
