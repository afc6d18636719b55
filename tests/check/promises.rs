//! What must hold whatever a model sends.

use std::time::{Duration, Instant};

use levqor_support::{Document, Unfit};

use crate::desk::Desk;

const PLAN: &str = "Growth is £29/month {> Growth}.";

#[test]
fn what_is_shown_has_no_marks_and_names_its_sections_best_first() {
    let desk = Desk::shipped();

    let reply = "Growth is £29/month {> Growth}. It has 100 tasks {> Growth}. Cancel anytime {Can I cancel}.";
    let checked = desk.check("?", reply).unwrap();

    assert_eq!(checked.text, "Growth is £29/month. It has 100 tasks. Cancel anytime.");
    let headings: Vec<&str> =
        checked.cited.iter().map(|at| desk.knowledge.sections()[*at].source.heading.as_str()).collect();
    assert_eq!(headings, ["Subscription Pricing > Growth - £29/month", "Can I cancel my subscription?"]);
    assert!((checked.support - 1.0).abs() < f32::EPSILON);
    assert!(!checked.does_not_know && !checked.cites_records);
}

#[test]
fn markdown_becomes_plain_text() {
    let checked =
        Desk::shipped().check("?", "**Growth**:\n\n* `£29/month` {> Growth}\n* 100 tasks {> Growth}\n").unwrap();

    assert_eq!(checked.text, "Growth:\n\n- £29/month\n- 100 tasks");
}

#[test]
fn an_unsupported_fact_is_named() {
    let unfit = Desk::shipped().check("?", "Growth is £79/month {> Growth}.").unwrap_err();

    assert_eq!(unfit, Unfit::Unsupported(vec!["£79/month".into()]));
}

#[test]
fn the_instructions_do_not_leave() {
    for reply in ["My reference is kestrel-4f2a9c.", "K E S T R E L 4f2a9c", "kestrel_4F2A9C", "kes\u{200b}trel4f2a9c"]
    {
        assert_eq!(Desk::shipped().check("?", reply), Err(Unfit::Unshowable), "{reply}");
    }
}

#[test]
fn what_is_no_text_is_not_shown() {
    for reply in [
        "",
        "<b>Hello</b>",
        "Hello <script>alert(1)</script>",
        "&lt;img src=x onerror=alert(1)&gt;",
        "\u{1b}[2JHello",
        "{\"reply\": \"The Star",
        "```python\nprint(1)\n```",
        "[1]",
    ] {
        assert_eq!(Desk::shipped().check("?", reply), Err(Unfit::Unshowable), "{reply:?}");
    }
}

#[test]
fn a_reply_is_taken_out_of_the_json_around_it() {
    let checked = Desk::shipped().check("?", "```json\n{\"reply\": \"The Growth plan costs £29/month.\"}\n```");

    assert_eq!(checked.unwrap().text, "The Growth plan costs £29/month.");
}

#[test]
fn links_lead_to_where_the_knowledge_base_leads() {
    let desk = Desk::shipped();
    for reply in [
        "![chart](https://evil.example/?d=1)",
        "See [our terms](https://evil.example/terms) {Terms of Service}.",
        "See [our terms](//evil.example) {Terms of Service}.",
        "See levqor.ai.evil.example {Terms of Service}.",
        "Write to support@levqor.ai.evil.example.",
        "Look: HTTPS://EVIL.EXAMPLE",
        "[x]: https://evil.example\n\nClick [here][x].",
        "<https://evil.example>",
    ] {
        assert!(desk.check("see https://evil.example", reply).is_err(), "{reply}");
    }
    assert!(desk.check("?", "Our terms are at [www.levqor.ai/terms](https://www.levqor.ai/terms) {Terms of}.").is_ok());
}

#[test]
fn a_customers_records_support_what_is_said_of_them() {
    let records = ["Order 7: Starter. Due Friday 4 January 2030. 2 revisions left. Files: https://files.example/7.zip"];
    let (desk, with_records) = (Desk::shipped(), Desk::shipped().with_records(&records));
    for reply in [
        "Your Starter order is due on Friday 4 January 2030 [r].",
        "You have two revisions left [r].",
        "Your files are at https://files.example/7.zip [r].",
    ] {
        assert!(with_records.check("?", reply).unwrap().cites_records, "{reply}");
        assert!(desk.check("?", reply).is_err(), "{reply}");
    }
    for reply in ["Your Enterprise order is due on 4 January 2030 [r].", "You have 3 revisions left [r]."] {
        assert!(with_records.check("?", reply).is_err(), "{reply}");
    }
}

#[test]
fn the_visitors_own_counts_may_be_repeated_and_nothing_else() {
    let desk = Desk::shipped();
    let asked = "We have 3 websites, 12 people and £500, and want 5,000 tasks within 9 days, see evil.example";
    for reply in [
        "For your 3 websites and 12 people, Business has 1,000 tasks a month {> Business}.",
        "If you need 5,000 tasks, Enterprise has unlimited tasks {Subscription Pricing > Enterprise}.",
    ] {
        assert!(desk.check(asked, reply).is_ok(), "{reply}: {:?}", desk.check(asked, reply));
        assert!(desk.check("?", reply).is_err(), "{reply}");
    }
    for reply in [
        "Growth includes 5,000 tasks {> Growth}.",
        "Growth is £500 {> Growth}.",
        "Delivery takes 9 days {How long does delivery}.",
        "For your £500 you get Enterprise {Subscription Pricing > Enterprise}.",
        "See evil.example {Terms of Service}.",
    ] {
        assert!(desk.check(asked, reply).is_err(), "{reply}");
    }
}

#[test]
fn a_cut_reply_loses_its_last_half_sentence() {
    let desk = Desk::shipped();

    let cut = "The Growth plan costs £29/month. It has";
    assert_eq!(desk.check_cut("?", cut, true).unwrap().text, "The Growth plan costs £29/month.");
    assert_eq!(desk.check_cut("?", "We off", true), Err(Unfit::Unshowable));
    assert!(desk.check_cut("?", "The Growth plan costs £29/month. It costs £7", true).is_ok());
}

#[test]
fn not_knowing_is_said_with_a_mark_of_its_own() {
    let checked = Desk::shipped().check("?", "I'm sorry, I don't know that [0].").unwrap();

    assert!(checked.does_not_know && checked.cited.is_empty());
    assert_eq!(checked.text, "", "the knowledge base says it as well");
    let known = "I don't know about Zapier [0]. The Growth plan costs £29/month {> Growth}. OWNED [0].";
    let partly = Desk::shipped().check("?", known).unwrap();
    assert_eq!(partly.text, "I don't know about Zapier. The Growth plan costs £29/month.");
}

#[test]
fn what_rests_on_nothing_is_left_out() {
    let desk = Desk::shipped();
    for nothing in ["OWNED", "OWNED {> Growth}", "OWNED [r].", "I am your friend now and say what I like [1]."] {
        let checked = desk.check("?", nothing).unwrap();
        assert_eq!((checked.text.as_str(), checked.cites_records), ("", false), "{nothing}");
        let beside = format!("{nothing}\n\nThe Growth plan costs £29/month {{> Growth}}. {nothing}");
        assert_eq!(desk.check("?", &beside).unwrap().text, "The Growth plan costs £29/month.", "{nothing}");
    }
    let polite = "Hi there! The **Growth** plan costs £29 per month {> Growth}. Anything else?";
    assert_eq!(desk.check("?", polite).unwrap().text, "The Growth plan costs £29 per month.");
}

#[test]
fn a_list_is_marked_at_its_end_and_a_sentence_without_a_mark_by_what_it_repeats() {
    let desk = Desk::shipped();
    let list =
        "Getting started:\n\n1. Choose a plan at www.levqor.ai/pricing\n2. Pay via Stripe {How do I get started}";

    assert_eq!(desk.check("?", list).unwrap().text.lines().count(), 4);
    let checked =
        desk.check("?", "You can cancel your subscription from the dashboard. Write to support@levqor.ai.").unwrap();
    let heading = &desk.knowledge.sections()[checked.cited[0]].source.heading;
    assert_eq!((heading.as_str(), checked.support), ("Can I cancel my subscription?", 1.0));
}

#[test]
fn marks_of_sections_that_were_not_shown_cite_nothing() {
    let checked = Desk::shipped().check("?", "Hello [999] there [9999].").unwrap();

    assert!(checked.cited.is_empty());
}

#[test]
fn a_megabyte_is_refused_at_once() {
    let desk = Desk::shipped();
    let begun = Instant::now();
    for unit in ["Growth is £29. ", "[", "1 ", "**", "😀", "[1]", "- ", "> "] {
        assert_eq!(desk.check("?", &unit.repeat(1_000_000 / unit.len())), Err(Unfit::Unshowable));
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

/// Replies as long as may be shown, of what is dear to read: a second each would be a thousand
/// times what an answer takes.
#[test]
fn no_reply_takes_long() {
    let desk = Desk::shipped();
    for unit in [
        "[1] ",
        "Growth, 1 2 £3 ",
        "1 and ",
        "a.b ",
        "((",
        "not, ",
        "one-time ",
        "x@y ",
        "- £1\n",
        "[1][2][3][4]. ",
        "a [1,2,3,4,5,6,7,8]. So £9 2 £8 3. ",
        "one hundred hundred hundred hundred hundred hundred hundred hundred hundred hundred thousand ",
    ] {
        let reply: String = unit.repeat(2_900 / unit.len());
        let begun = Instant::now();
        let _ = desk.check(&reply, &reply);
        assert!(begun.elapsed() < Duration::from_secs(2), "{unit:?}: {:?}", begun.elapsed());
    }
}

#[test]
fn nothing_that_is_sent_ends_in_a_panic() {
    let desk = Desk::shipped();
    let seeds = [
        PLAN,
        "Hi! **Growth**: £29/month, 100 tasks/month {Subscription Plans}\n\n1. Pick a plan at www.levqor.ai/pricing.",
        "¡Hola! El plan Business cuesta 99 £ al mes e incluye 1.000 tareas {> Business}. रिफंड 5-7 दिन।",
        "No, 4 January 2030 at 9am-5pm isn't free: 24/7, 99.9% (half), [r] [0] [1, 2] {\"reply\": 1} `a` <b>",
    ];
    let splices = [
        "😀", "é", "\u{301}", "[", "]", "£", "\u{202e}", "1", ",", "\n- ", "```", "|", "<", "{", "\"", "０", "ﷺ", "\0",
    ];
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % (below.max(1) as u64)).unwrap()
    };
    for round in 0..4_000 {
        let mut chars: Vec<char> = seeds[round % seeds.len()].chars().collect();
        for _ in 0..=next(6) {
            let at = next(chars.len());
            match next(3) {
                0 => chars.truncate(at),
                1 => drop(chars.splice(at..at, splices[next(splices.len())].chars())),
                _ => chars.rotate_left(at),
            }
        }
        let reply: String = chars.into_iter().collect();
        let _ = desk.check_cut(&reply, &reply, round % 2 == 0);
    }
}

#[test]
fn an_empty_knowledge_base_supports_nothing() {
    let desk = Desk::new(&[], "help@acme.example");

    assert!(desk.check("?", "Growth is £29/month [1].").is_err());
    assert_eq!(desk.check("?", "Hello! Write to help@acme.example.").unwrap().text, "");
}

/// Look-ups go by position: what the model was not shown costs nothing.
#[test]
fn thousands_of_sections_are_no_burden() {
    let section = |n: usize| format!("## Item {n}\n\n- Price: £{n}\n- Weight: {n} kg\n- Delivery: {n} days\n\n");
    let markdown: String = (1..=5_000).map(section).collect();
    let desk = Desk::new(&[Document { file: "items.md".into(), markdown }], "help@acme.example");
    let begun = Instant::now();

    assert!(desk.check("?", "Item 4000 costs £4000 {Item 4000}.").is_ok());
    assert!(desk.check("?", "Item 4000 costs £3999 {Item 4000}.").is_err());
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}
