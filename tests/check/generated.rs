//! Replies built from the knowledge base's own facts: said in many ways, and corrupted in many.

mod corrupted;
mod faithful;

use crate::desk::Desk;

#[test]
fn generated_true_replies_are_shown() {
    let desk = Desk::shipped();
    let replies = faithful::replies(&desk);
    assert!(replies.len() >= 60);
    desk.count("generated true", &replies, true).at_least(0.995);
}

#[test]
fn generated_corrupted_replies_are_caught() {
    let desk = Desk::shipped();
    let replies = corrupted::replies(&desk);
    assert!(replies.len() >= 60);
    desk.count("generated corrupted", &replies, false).at_least(0.99);
}
