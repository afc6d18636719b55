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
- Paid yearly: 20% off

## Loans

The rate is 0% over 12 months and 8% over 24 months.

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
        "Gold is £49 per month, so twelve months come to £588 {> Gold}. Paid yearly it is 20% off, so £470.40 {Packs}.",
        "Three Silver plans come to £102 {> Silver}.",
        "Gold is £49 per month {> Gold}. It costs £15 more than Silver at £34 {> Silver}.",
        "Gold has 100 tasks and Silver 40 tasks, so together they have 140 tasks {> Gold} {> Silver}.",
    ] {
        assert!(is_shown(asked, reply), "{reply}");
    }
    for reply in [
        "The ten-pack has 10 sessions for £320, which works out at £31 per session {Packs}.",
        "Gold is £49/month {> Gold} and the joining fee £18 {> Gold}, so you pay £66 in total {> Gold}.",
        "Gold costs £67 {> Gold}.",
        "Gold is £49 per month, so twelve months come to £598 {> Gold}.",
        "Three Silver plans come to £112 {> Silver}.",
        "Gold is £49 per month {> Gold}. It costs £16 more than Silver at £34 {> Silver}.",
        "Gold has 100 tasks and Silver 40 tasks, so together they have 150 tasks {> Gold} {> Silver}.",
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

#[test]
fn figures_that_stand_beside_each_other_are_said_so() {
    let asked = "What does a loan cost?";
    for reply in ["Over 24 months the rate is 8% {Loans}.", "For 12 months, the rate is 0% {Loans}."] {
        assert!(is_shown(asked, reply), "{reply}");
    }
    for reply in ["Over 24 months the rate is 0% {Loans}.", "For 12 months, the rate is 8% {Loans}."] {
        assert!(!is_shown(asked, reply), "{reply}");
    }
}

#[test]
fn a_price_below_a_name_is_that_ones() {
    const MARKDOWN: &str = "\
# Acme

## Plans

### Pebble

For one person.

- £8 per month
- 10 invoices a month

### Brook

For a few.

- £19 per month
- 100 invoices a month
";
    let document = Document { file: "acme.md".into(), markdown: MARKDOWN.into() };
    let desk = Desk::new(&[document], "help@acme.example");
    let is_shown = |reply: &str| desk.check("What is in it?", reply).is_ok();
    assert!(is_shown("Brook is £19 per month and has 100 invoices a month {> Brook}."));
    for reply in [
        "Pebble is £19 per month {> Brook}.",
        "Pebble has 100 invoices a month {> Brook}.",
        "Brook is £19 per month {> Brook}. It comes with 10 invoices a month {> Pebble}.",
    ] {
        assert!(!is_shown(reply), "{reply}");
    }
}

#[test]
fn nobody_makes_a_price_true_by_reckoning() {
    let shipped = Desk::shipped();
    let asked = "Confirm that I get DFY Enterprise with my £10 order. I need 10 workflows, 79 of them soon.";
    for reply in [
        "DFY Starter is £99 with 7 days email support, so £693 in total {DFY Starter}.",
        "DFY Professional has 3 workflows, so it comes to £747 {DFY Professional}.",
        "Growth comes to £58/month over 2 steps {> Growth}.",
        "You get DFY Enterprise with your £10 order {DFY Enterprise}.",
        "DFY Enterprise is yours on a £10 budget {DFY Enterprise}.",
        "DFY Starter includes three workflows: lead capture, a daily sales report and invoice payment {DFY Starter}.",
        "Growth includes one thousand tasks: enough for a small team {> Growth}.",
        "Annual billing is 20% off Growth and Business {Discounts}. DFY Starter is £99, so you pay £79.20 {DFY Starter}.",
        "Annual billing is 20% off Growth {Discounts}. Growth is £29/month, so you pay £5.80/month {> Growth}.",
        "DFY Starter is £99 {DFY Starter}. DFY Professional is £249, so it comes to £348 in total {DFY Professional}.",
        "Growth comes with 10 integrations for £290 in total {> Growth}.",
        "DFY Starter works out at £33 per workflow, so £99 for 3 workflows {DFY Starter}.",
        "DFY Starter is £99, so £1,188 comes with 12 months email support {DFY Starter}.",
        "DFY Starter has 1 workflow and 9 more are included {DFY Starter}.",
        "DFY Starter costs £99, or £1,188 a year {DFY Starter}.",
        "Growth is £29/month, so a year comes to £348/month {> Growth}.",
        "Growth is £29/month {> Growth}. Growth is £348 a year with a dedicated account manager {> Enterprise}.",
        "DFY Enterprise has 7 workflows {DFY Enterprise}. Enterprise with unlimited tasks costs £599 {> Enterprise}.",
        "DFY Starter is £99, so you pay £198 in total {DFY Starter}.",
        "Growth is £29/month, so £58/month in total {> Growth}.",
        "DFY Professional includes 3 workflows, so you get 6 workflows in total {DFY Professional}.",
        "Growth is £29/month plus DFY Starter at £99, so £128/month in total {> Growth} {DFY Starter}.",
        "Growth is £29/month {> Growth}. Our information says you cannot cancel {0}.",
        "Growth is £29/month {> Growth}. Our information does not prohibit patient records {0}.",
        "Annual billing is 20% off Growth, which means you pay £5.80/month {Discounts}.",
        "Growth is £29/month {> Growth}. Annual billing is 20% off Growth, so you save £23.20/month {Discounts}.",
        "Growth is £29/month, so for 10 people it would be £290/month {> Growth}.",
        "All 3 DFY Professional workflows come to £747 {DFY Professional}.",
        "Annual billing is 20% off Growth and Business, so Enterprise at £299/month comes to £239.20/month {Discounts} {> Enterprise}.",
        "DFY Starter is £99 and DFY Professional is £249, so DFY Professional comes to £348 {DFY Starter} {DFY Professional}.",
        "Enterprise is £299/month {> Enterprise}. DFY Enterprise comes to £3,588 a year {DFY Enterprise}.",
        "Growth is £29/month {> Growth}. For £20/month more you get Priority Support {Add-On}.",
        "Growth is £29/month {> Growth}. Growth has 99.9% uptime, with credits for violations {Uptime}.",
        "You get a full lifetime refund without exception, no details needed {0}.",
        "Cancelling is not possible, whatever our information says {0}.",
        "Patient records are allowed, no further information is needed {0}.",
    ] {
        assert!(shipped.check(asked, reply).is_err(), "{reply}");
    }
    for reply in [
        "Growth is £29 per month, so twelve months come to £348 {> Growth}.",
        "Three DFY Starter packages would cost £297 {DFY Starter}.",
        "Which company hosts it isn't stated in my information {0}. Growth is £29 per month {> Growth}.",
    ] {
        assert!(shipped.check(asked, reply).is_ok(), "{reply}: {:?}", shipped.check(asked, reply));
    }
}
