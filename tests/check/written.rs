//! Replies written by hand in a model's words, each set before the check was ever run on it. What
//! it made of a set then, and what it makes of it since it was mended (2026-11):
//!
//! | set | true shown | corrupted caught |
//! |---|---|---|
//! | first | 43 of 50, FIRSTT | 38 of 56, FIRSTC |
//! | second | 30 of 32, SECT | 31 of 36, SECC |
//! | third, not mended for | THIRDT | THIRDC |
//! | another trade | 17 of 20, OTHT | 17 of 24, OTHC |

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
    let (first, second, third) = (
        replies(include_str!("held_out/first_true.txt"), "true"),
        replies(include_str!("held_out/second_true.txt"), "true"),
        replies(include_str!("held_out/third_true.txt"), "true"),
    );
    let fourth = replies(include_str!("held_out/fourth_true.txt"), "true");
    desk().count("fourth true", &fourth, true).at_least(0.0);
    let fifth = replies(include_str!("held_out/fifth_true.txt"), "true");
    desk().count("fifth true", &fifth, true).at_least(0.0);
    desk().count("first true", &first, true).at_least(0.98);
    desk().count("second true", &second, true).at_least(0.96);
    desk().count("third true", &third, true).at_least(0.0);
}

#[test]
fn held_out_corrupted_replies_are_caught() {
    let (first, second, third) = (
        replies(include_str!("held_out/first_corrupted.txt"), "corrupted"),
        replies(include_str!("held_out/second_corrupted.txt"), "corrupted"),
        replies(include_str!("held_out/third_corrupted.txt"), "corrupted"),
    );
    let fourth = replies(include_str!("held_out/fourth_corrupted.txt"), "corrupted");
    desk().count("fourth corrupted", &fourth, false).at_least(0.0);
    let fifth = replies(include_str!("held_out/fifth_corrupted.txt"), "corrupted");
    desk().count("fifth corrupted", &fifth, false).at_least(0.0);
    desk().count("first corrupted", &first, false).at_least(0.96);
    desk().count("second corrupted", &second, false).at_least(0.94);
    desk().count("third corrupted", &third, false).at_least(0.0);
}

#[test]
fn another_trade_needs_no_code() {
    let desk = Desk::of_another_trade();
    let honest = replies(include_str!("other_trade/true.txt"), "true");
    let corrupted = replies(include_str!("other_trade/corrupted.txt"), "corrupted");
    let second = replies(include_str!("other_trade/second_true.txt"), "true");
    let second_corrupted = replies(include_str!("other_trade/second_corrupted.txt"), "corrupted");
    desk.count("other trade second true", &second, true).at_least(0.0);
    desk.count("other trade second corrupted", &second_corrupted, false).at_least(0.0);
    desk.count("other trade true", &honest, true).at_least(1.0);
    desk.count("other trade corrupted", &corrupted, false).at_least(1.0);
}
