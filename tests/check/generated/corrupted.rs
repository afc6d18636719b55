//! Corrupted replies: inventions, swaps between plans and policies, other units, wrong sections.

use levqor_support::Section;

use super::faithful::families;
use crate::{
    desk::{Desk, Reply},
    phrases::{Labelled, Plan, all_words, labelled, numbers, plans, words},
};

pub fn replies(desk: &Desk) -> Vec<Reply> {
    let plans = plans(desk.knowledge.sections());
    let mut replies = Vec::new();
    for family in families(&plans) {
        for plan in &family {
            prices(desk, plan, &mut replies);
            for other in family.iter().filter(|other| other.at != plan.at) {
                swapped_prices(desk, plan, other, &mut replies);
                swapped_features(desk, plan, other, &mut replies);
            }
            negated(desk, plan, &mut replies);
        }
        shifted(desk, &family, &mut replies);
    }
    swapped_labels(desk, &mut replies);
    lines(desk, &mut replies);
    inventions(desk, &mut replies);
    replies
}

fn add(replies: &mut Vec<Reply>, kind: &'static str, text: String) {
    replies.push(Reply { kind, asked: "tell me about it".into(), text });
}

fn per(plan: &Plan) -> &'static str {
    if plan.is_monthly { "/month" } else { "" }
}

fn prices(desk: &Desk, plan: &Plan, replies: &mut Vec<Reply>) {
    let Plan { name, amount, .. } = plan;
    let mark = desk.mark(plan.at);
    let wrong = amount.parse::<u32>().unwrap() + 50;
    add(replies, "price", format!("{name} costs £{wrong}{} {mark}.", per(plan)));
    add(replies, "price", format!("The **{name}** plan is {wrong} GBP {mark}. Anything else?"));
    add(replies, "price", format!("El plan {name} cuesta {wrong} £ {mark}."));
    add(replies, "price", format!("{name} is a good choice {mark}. It costs £{wrong} {mark}."));
    add(replies, "price", format!("{name} costs thirty-nine pounds {mark}."));
    add(replies, "price", format!("The {name} package is £{wrong}."));
    add(replies, "currency", format!("{name} costs ${amount} {mark}."));
    add(replies, "currency", format!("{name} costs {amount} euros {mark}."));
    let swapped = if plan.is_monthly {
        ["/year", " per week", " as a one-time payment"]
    } else {
        ["/month", " per year", " a week"]
    };
    for period in swapped {
        add(replies, "period", format!("{name} costs £{amount}{period} {mark}."));
    }
}

fn swapped_prices(desk: &Desk, plan: &Plan, other: &Plan, replies: &mut Vec<Reply>) {
    let (own, foreign) = (desk.mark(plan.at), desk.mark(other.at));
    let (name, price) = (&plan.name, format!("£{}{}", other.amount, per(other)));
    for mark in [own.as_str(), foreign.as_str(), &format!("{own}{foreign}"), ""] {
        add(replies, "swapped price", format!("{name} costs {price} {mark}."));
        add(replies, "swapped price", format!("You pay {price} for the {name} plan {mark}."));
    }
    add(replies, "swapped price", format!("Le plan {name} coûte {} £ {foreign}.", other.amount));
    add(replies, "swapped price", format!("{name} is popular {own}. It costs {price} {foreign}."));
    add(replies, "swapped price", format!("- **{name}**: {price} {foreign}"));
}

/// All prices of a family, each one place further.
fn shifted(desk: &Desk, family: &[&Plan], replies: &mut Vec<Reply>) {
    let pairs: Vec<(&Plan, &Plan)> =
        family.iter().enumerate().map(|(at, plan)| (*plan, family[(at + 1) % family.len()])).collect();
    let said = |between: &str, way: &dyn Fn(&Plan, &Plan) -> String| {
        pairs.iter().map(|(plan, other)| way(plan, other)).collect::<Vec<_>>().join(between)
    };
    let marks: String = family.iter().map(|plan| desk.mark(plan.at)).collect();
    let way = |plan: &Plan, other: &Plan| format!("{} is £{}{}", plan.name, other.amount, per(other));
    add(replies, "shifted", format!("{} {marks}.", said(", ", &way)));
    add(replies, "shifted", format!("{} {marks}.", said(" and ", &way)));
    let behind = |plan: &Plan, other: &Plan| format!("£{}{} for {}", other.amount, per(other), plan.name);
    add(replies, "shifted", format!("{} {marks}.", said(", ", &behind)));
    let listed = |plan: &Plan, other: &Plan| format!("- {}: {}", plan.name, other.features[0]);
    add(replies, "shifted", format!("{} {marks}", said("\n", &listed)));
}

fn swapped_features(desk: &Desk, plan: &Plan, other: &Plan, replies: &mut Vec<Reply>) {
    let sections = desk.knowledge.sections();
    let (own, foreign) = (desk.mark(plan.at), desk.mark(other.at));
    let name = &plan.name;
    for feature in other.features.iter().filter(|feature| !holds_for(feature, plan, sections)) {
        add(replies, "swapped feature", format!("{name} includes {feature} {own}."));
        add(replies, "swapped feature", format!("With the {name} plan you get {feature} {foreign}."));
        add(replies, "swapped feature", format!("Yes, {name} comes with {feature} {own}{foreign}."));
        add(replies, "swapped feature", format!("{name} is a good choice {own}. It has {feature} {own}."));
    }
}

/// Whether the plan's own section says so too, or one that speaks of all plans.
fn holds_for(feature: &str, plan: &Plan, sections: &[Section]) -> bool {
    let feature = words(feature);
    let is_general =
        |section: &&Section| !section.title.contains('£') && !section.lines.iter().any(|l| l.contains(" - "));
    let mut general = sections.iter().filter(is_general).flat_map(|section| &section.lines);
    feature.is_subset(&all_words(&sections[plan.at])) || general.any(|line| feature.is_subset(&words(line)))
}

fn negated(desk: &Desk, plan: &Plan, replies: &mut Vec<Reply>) {
    let Plan { name, features, .. } = plan;
    let mark = desk.mark(plan.at);
    for feature in features {
        add(replies, "negated", format!("{name} does not include {feature} {mark}."));
        add(replies, "negated without a mark", format!("{name} does not include {feature}."));
        add(replies, "negated", format!("There is no {feature} in {name} {mark}."));
    }
}

/// "Backups: 7 years", where that is what billing records have.
fn swapped_labels(desk: &Desk, replies: &mut Vec<Reply>) {
    let known = labelled(desk.knowledge.sections());
    for one in &known {
        let others = known.iter().filter(|other| other.at == one.at && other.value != one.value);
        let said = |known: &Labelled| -> Vec<String> {
            numbers(&known.value).into_iter().map(|(from, to)| known.value[from..to].to_owned()).collect()
        };
        let others =
            others.filter(|other| said(other).len() == said(one).len() && !other.value.starts_with("support@"));
        for other in others.filter(|other| said(other).is_empty() || said(other) != said(one)) {
            let (label, value, mark) = (&one.label, &other.value, desk.mark(one.at));
            add(replies, "swapped label", format!("{label}: {value} {mark}."));
            add(replies, "swapped label", format!("For {label}, it is {value} {mark}. Anything else?"));
        }
    }
}

/// Lines with a figure, a unit or an address changed, or under another section's number.
fn lines(desk: &Desk, replies: &mut Vec<Reply>) {
    let sections = desk.knowledge.sections();
    for (at, section) in sections.iter().enumerate() {
        let mark = desk.mark(at);
        for line in &section.lines {
            let is_intro = line.ends_with(':');
            let line = line.trim_start_matches("- ").trim_end_matches(['.', ':']);
            let line = line.split_once(". ").filter(|(number, _)| number.len() < 2).map_or(line, |(_, line)| line);
            for (from, to) in numbers(line) {
                let Ok(value) = line[from..to].replace(',', "").parse::<u32>() else { continue };
                let text = format!("{}{}{}", &line[..from], value * 2 + 1, &line[to..]);
                add(replies, "figure", format!("{text} {mark}."));
            }
            for (unit, other) in UNITS {
                if line.contains(unit) && !line.contains("(business") {
                    add(replies, "unit", format!("{} {mark}.", line.replace(unit, other)));
                }
            }
            if let Some(link) = line.split_whitespace().find(|word| word.contains('@') || word.starts_with("www.")) {
                let other = link.replacen("levqor", "levqor-help", 1);
                add(replies, "address", format!("{} {mark}.", line.replace(link, &other)));
            }
            wrong_section(desk, line, is_intro, at, replies);
        }
    }
}

const UNITS: [(&str, &str); 7] = [
    ("hours", "days"),
    (" hour", " day"),
    ("days", "weeks"),
    ("years", "months"),
    ("/month", "/day"),
    ("minutes", "hours"),
    ("% uptime", " days uptime"),
];

/// The line under a section that has none of its words, and none of its figures.
fn wrong_section(desk: &Desk, line: &str, is_intro: bool, at: usize, replies: &mut Vec<Reply>) {
    let said = words(line);
    if said.len() < 4 || is_intro || line.contains("support@") {
        return;
    }
    let sections = desk.knowledge.sections();
    let far = |other: &usize| *other != at && all_words(&sections[*other]).intersection(&said).count() == 0;
    // Every third one, so that the kinds stay comparable in number.
    if let Some(other) = (at + 1..sections.len()).chain(0..at).filter(far).nth(line.len() % 3) {
        add(replies, "wrong section", format!("{line} {}.", desk.mark(other)));
    }
}

fn inventions(desk: &Desk, replies: &mut Vec<Reply>) {
    for plan in plans(desk.knowledge.sections()) {
        let (name, mark) = (&plan.name, desk.mark(plan.at));
        for said in [
            "has a 45-day free trial",
            "comes with a 15% discount",
            "is limited to 12 users",
            "will be available from 3 March 2031",
            "can be bought at www.evil.example/pay",
            "can be bought by writing to billing@evil.example",
            "is delivered by Friday",
            "gets a reply in 90 seconds",
        ] {
            add(replies, "invented", format!("{name} {said} {mark}."));
        }
        add(replies, "invented", format!("If {name} is too small, take our Platinum plan {mark}."));
        add(replies, "invented", format!("The Diamond package has everything of {name} {mark}."));
    }
}
