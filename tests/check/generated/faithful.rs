//! True replies.

use crate::{
    desk::{Desk, Reply},
    phrases::{Plan, labelled, plans},
};

pub fn replies(desk: &Desk) -> Vec<Reply> {
    let plans = plans(desk.knowledge.sections());
    let mut replies = Vec::new();
    for plan in &plans {
        prices(desk, plan, &mut replies);
        features(desk, plan, &mut replies);
    }
    for family in families(&plans) {
        several(desk, &family, &mut replies);
    }
    labels(desk, &mut replies);
    lines(desk, &mut replies);
    replies
}

pub fn families(plans: &[Plan]) -> Vec<Vec<&Plan>> {
    let mut families: Vec<Vec<&Plan>> = Vec::new();
    for plan in plans {
        match families.iter_mut().find(|family| family[0].family == plan.family) {
            Some(family) => family.push(plan),
            None => families.push(vec![plan]),
        }
    }
    families
}

fn add(replies: &mut Vec<Reply>, kind: &'static str, asked: &str, text: String) {
    replies.push(Reply { kind, asked: asked.to_owned(), text });
}

/// The numbers that prices have, in words.
fn spelled(amount: &str) -> Option<&'static str> {
    [("29", "twenty-nine"), ("99", "ninety-nine"), ("299", "two hundred and ninety-nine")]
        .into_iter()
        .find_map(|(figure, words)| (figure == amount).then_some(words))
}

fn prices(desk: &Desk, plan: &Plan, replies: &mut Vec<Reply>) {
    let Plan { name, amount, at, .. } = plan;
    let mark = desk.mark(*at);
    let asked = format!("how much is {}?", name.to_lowercase());
    let ways = if plan.is_monthly {
        vec![
            format!("{name} costs £{amount}/month {mark}."),
            format!("The {name} plan is {amount} GBP per month {mark}."),
            format!("Our **{name}** plan is priced at £{amount} a month. {mark}"),
            format!("You'd pay £{amount}.00 monthly for {name} {mark}."),
            format!("It's £{amount} each month for the {name} plan {mark}. Shall I tell you more?"),
            format!("{name} is a monthly plan {mark}. It costs £{amount}/month {mark}."),
            format!("The {name} subscription costs £{amount}/month."),
            format!("El plan {name} cuesta {amount} £ al mes {mark}."),
            format!("Le plan {name} coûte {amount} £ par mois {mark}."),
            format!("Der Tarif {name} kostet {amount} £ im Monat {mark}."),
            format!("{name} प्लान की कीमत £{amount} प्रति माह है {mark}।"),
        ]
    } else {
        vec![
            format!("{name} costs £{amount} {mark}."),
            format!("The {name} package is a one-time payment of {amount} GBP {mark}."),
            format!("For **{name}** you pay £{amount} once. {mark}"),
            format!("The price of {name} is £{amount} (one-time) {mark}. Shall I tell you more?"),
            format!("{name} is a package we build for you {mark}. The price is £{amount} {mark}."),
            format!("El paquete {name} cuesta {amount} £ {mark}."),
            format!("Le forfait {name} coûte {amount} £ {mark}."),
            format!("Das Paket {name} kostet {amount} £ {mark}."),
            format!("{name} पैकेज की कीमत £{amount} है {mark}।"),
        ]
    };
    for way in ways {
        add(replies, "price", &asked, way);
    }
    if let Some(words) = spelled(amount) {
        let per = if plan.is_monthly { " per month" } else { "" };
        add(replies, "price in words", &asked, format!("{name} costs {words} pounds{per} {mark}."));
    }
}

fn features(desk: &Desk, plan: &Plan, replies: &mut Vec<Reply>) {
    let Plan { name, features, .. } = plan;
    let mark = desk.mark(plan.at);
    let asked = format!("what is in {name}?");
    for feature in features {
        add(replies, "feature", &asked, format!("{name} includes {feature} {mark}."));
        add(replies, "feature without a mark", &asked, format!("The {name} plan also has {feature}."));
        add(replies, "feature", &asked, format!("With the {name} plan you get {feature} {mark}. Anything else?"));
        add(replies, "pronoun", &asked, format!("{name} is a good choice {mark}. It comes with {feature} {mark}."));
    }
    let list: Vec<String> = features.iter().map(|feature| format!("- {feature}")).collect();
    add(replies, "list", &asked, format!("{name} includes:\n\n{} {mark}", list.join("\n")));
    let bold: Vec<String> = features.iter().map(|feature| format!("* **{feature}** {mark}")).collect();
    add(replies, "list", &asked, format!("Here is what **{name}** offers:\n{}", bold.join("\n")));
    add(replies, "sentence", &asked, format!("{name} gives you {} {mark}.", features.join(", ")));
}

fn several(desk: &Desk, family: &[&Plan], replies: &mut Vec<Reply>) {
    let per = |plan: &Plan| if plan.is_monthly { "/month" } else { "" };
    let with = |way: &dyn Fn(&Plan) -> String, between: &str| {
        family.iter().map(|plan| way(plan)).collect::<Vec<_>>().join(between)
    };
    let asked = "what do you offer?";
    let mark = |plan: &Plan| desk.mark(plan.at);
    let ways = [
        with(&|plan| format!("{} costs £{}{} {}", plan.name, plan.amount, per(plan), mark(plan)), ", "),
        with(&|plan| format!("{} is £{}{} {}", plan.name, plan.amount, per(plan), mark(plan)), " and "),
        with(&|plan| format!("£{}{} for {} {}", plan.amount, per(plan), plan.name, mark(plan)), "; "),
        with(
            &|plan| format!("- **{}**: £{}{}, {} {}", plan.name, plan.amount, per(plan), plan.features[0], mark(plan)),
            "\n",
        ),
        with(
            &|plan| {
                format!(
                    "{} costs £{} {}. It includes {} {}.",
                    plan.name,
                    plan.amount,
                    mark(plan),
                    plan.features[0],
                    mark(plan)
                )
            },
            " ",
        ),
    ];
    for way in ways {
        add(replies, "several", asked, way);
    }
}

fn labels(desk: &Desk, replies: &mut Vec<Reply>) {
    for known in labelled(desk.knowledge.sections()) {
        let (label, value, mark) = (&known.label, &known.value, desk.mark(known.at));
        add(replies, "label", "tell me", format!("{label}: {value} {mark}."));
        add(replies, "label", "tell me", format!("For {label}, it is {value} {mark}."));
        add(replies, "label", "tell me", format!("Sure! Here you go:\n- **{label}**: {value} {mark}"));
    }
}

/// Every line of the knowledge base, said of its own section.
fn lines(desk: &Desk, replies: &mut Vec<Reply>) {
    for (at, section) in desk.knowledge.sections().iter().enumerate() {
        let mark = desk.mark(at);
        for line in &section.lines {
            let line = line.trim_start_matches("- ").trim_end_matches(['.', ':']);
            add(replies, "line", "tell me", format!("{line} {mark}."));
            // A figure without a mark and without a name says of nothing that it is so.
            if !line.contains(|c: char| c.is_ascii_digit()) {
                add(replies, "line without a mark", "tell me", format!("{line}."));
            }
            add(
                replies,
                "line",
                "tell me",
                format!("Hi there! {line}. {mark} Is there anything else I can help with?"),
            );
        }
    }
}
