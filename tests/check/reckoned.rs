//! What needs to stand nowhere: figures that the visitor told us, and prices that follow from others.

use levqor_support::Document;

use crate::desk::Desk;

const MARKDOWN: &str = "\
# Acme

## Plans

### Gold - £49/month

- 100 tasks per month
- Joining fee: £18

### Silver - £34/month

- 40 tasks per month

## Packs

- Ten-pack: 10 sessions of 60 minutes, £320

## Stay

Gold cannot be cancelled unless:

- You move abroad
- A doctor confirms it

## Faults

Report a fault on the /faults page. We mend it within 2 days, also after delivery.
";

fn is_shown(asked: &str, reply: &str) -> bool {
    let document = Document { file: "acme.md".into(), markdown: MARKDOWN.into() };
    Desk::new(&[document], "help@acme.example").check(asked, reply).is_ok()
}

#[test]
fn what_the_visitor_counts_is_theirs_where_it_is_supposed_or_not_known() {
    let asked = "Do you have an ISO 9001 certificate, and is Gold enough for 250 tasks?";
    for reply in [
        "I don't have information on whether Acme holds an ISO 9001 certificate [0].",
        "Gold covers 100 tasks per month, so 250 would be too many {> Gold}.",
    ] {
        assert!(is_shown(asked, reply), "{reply}");
    }
    for reply in [
        "Gold covers 250 tasks per month {> Gold}.",
        "Acme has an ISO 9001 certificate, but I don't know more about it [0].",
        "I don't have information on whether that costs £250 [0].",
    ] {
        assert!(!is_shown(asked, reply), "{reply}");
    }
}

#[test]
fn what_is_reckoned_exactly_stands() {
    let asked = "What do I pay?";
    for reply in [
        "The ten-pack has 10 sessions for £320, which works out at £32 per session {Packs}.",
        "Gold is £49/month {> Gold} and the joining fee £18 {> Gold}, so you pay £67 in total {> Gold}.",
    ] {
        assert!(is_shown(asked, reply), "{reply}");
    }
    for reply in [
        "The ten-pack has 10 sessions for £320, which works out at £31 per session {Packs}.",
        "Gold is £49/month {> Gold} and the joining fee £18 {> Gold}, so you pay £66 in total {> Gold}.",
        "Gold costs £67 {> Gold}.",
        "Gold would be £15 per month {> Gold}.",
        "The course is £40 plus £10, so £50 in total {> Gold}.",
    ] {
        assert!(!is_shown(asked, reply), "{reply}");
    }
}

#[test]
fn what_is_excepted_is_not_denied() {
    assert!(is_shown("Can I leave?", "You can leave Gold early if you move abroad {Stay}."));
}

#[test]
fn what_the_visitor_is_to_do_at_once_is_no_promise() {
    let asked = "Something is broken. Is there a sauna?";
    assert!(is_shown(asked, "Please report the fault right away on the /faults page {Faults}."));
    for reply in [
        "Report the fault for an instant repair on the /faults page {Faults}.",
        "We mend the fault right away {Faults}.",
        "We mend it within 2 days, as long as it hasn't been delivered yet {Faults}.",
        "With Gold you get:\n- Sauna: included {> Gold}",
    ] {
        assert!(!is_shown(asked, reply), "{reply}");
    }
}

#[test]
fn what_is_compared_is_not_spoken_of() {
    let asked = "Why Gold?";
    assert!(is_shown(
        asked,
        "Gold is £49 a month. Compared with Silver, it gives you 100 tasks rather than 40 {> Gold} {> Silver}."
    ));
    assert!(!is_shown(asked, "Gold is £49 a month. Compared with Silver, it gives you 40 tasks {> Gold} {> Silver}."));
}
