//! The records in sentences a person would write.

use chrono::{DateTime, Utc};

use super::{Recorded, Topic};
use crate::{
    domain::{
        order::{Order, Progress},
        ticket::Status,
        time,
    },
    services::{
        answer::{Voice, tokens},
        context::Context,
    },
};

/// More orders than this are too many to read in a chat.
const MOST_TOLD: usize = 5;

pub fn say(topic: Topic, question: &str, context: &Context, voice: &Voice, now: DateTime<Utc>) -> Recorded {
    let orders = named(&context.orders, question);
    let built = || orders.iter().copied().filter(|order| !order.is_subscription());
    let told = match topic {
        Topic::Tickets => tickets(context),
        Topic::Purchases => lines(context.orders.iter(), purchase),
        Topic::Status => lines(built(), |order| status(order, now)),
        Topic::Revisions => lines(built(), revisions),
        Topic::Deadline => lines(built(), |order| deadline(order, now)),
        Topic::Files => lines(built(), files),
        Topic::Intake => lines(built(), intake),
        Topic::Unrecorded => return Recorded { text: unrecorded(voice), known: false },
    };
    match told {
        Some(text) => Recorded { text, known: true },
        None if topic != Topic::Tickets && !orders.is_empty() => {
            Recorded { text: only_subscriptions(&orders, context.orders.len()), known: true }
        }
        None => Recorded { text: nothing(topic, voice), known: false },
    }
}

/// The orders a question names by their plan; all of them where it names none.
fn named<'a>(orders: &'a [Order], question: &str) -> Vec<&'a Order> {
    let said: Vec<String> = tokens(question).into_iter().map(|token| token.word).collect();
    let is_named = |order: &&Order| {
        let plan = order.named_plan().unwrap_or_default();
        let plan = tokens(plan.split(',').next().unwrap_or_default());
        !plan.is_empty() && plan.iter().all(|word| said.contains(&word.word))
    };
    let named: Vec<&Order> = orders.iter().filter(is_named).collect();
    if named.is_empty() { orders.iter().collect() } else { named }
}

/// What to say when the records cannot be reached.
pub fn unavailable(voice: &Voice) -> String {
    format!(
        "I can't look up your orders at the moment. Please try again later, ask for a person here or write to {}.",
        voice.support_email
    )
}

fn unrecorded(voice: &Voice) -> String {
    format!(
        "I can't see payments or usage here, only your orders and tickets. Ask for a person here or write to {}.",
        voice.support_email
    )
}

/// `of` so many orders, these are subscriptions; of others nothing is said here.
fn only_subscriptions(orders: &[&Order], of: usize) -> String {
    let plans: Vec<String> = orders.iter().take(MOST_TOLD).map(|order| order.plan()).collect();
    let plans = plans.join("; ");
    if orders.len() < of {
        return format!("That is a subscription ({plans}), of which nothing is built or delivered.");
    }
    format!("You have a subscription ({plans}), so nothing is being built or delivered for you.")
}

fn lines<'a>(orders: impl Iterator<Item = &'a Order>, tell: impl Fn(&Order) -> String) -> Option<String> {
    let mut told: Vec<String> = orders.map(tell).collect();
    let earlier = told.len().saturating_sub(MOST_TOLD);
    told.truncate(MOST_TOLD);
    if earlier > 0 {
        told.push(format!("There are {earlier} earlier ones."));
    }
    (!told.is_empty()).then(|| told.join("\n"))
}

/// "Starter order", or where the shop did not know the plan, "order".
fn what(order: &Order) -> String {
    order.named_plan().map_or_else(|| "order".to_owned(), |plan| format!("{plan} order"))
}

fn status(order: &Order, now: DateTime<Utc>) -> String {
    let order_name = what(order);
    let due = order.deadline.filter(|_| order.progress != Progress::Delivered);
    let due =
        due.map(|deadline| format!(" It {} {}.", was_or_is(deadline, now), time::day(deadline))).unwrap_or_default();
    match &order.progress {
        Progress::AwaitingIntake => {
            format!("Your {order_name} has been placed, and we are waiting for your intake form.{due}")
        }
        Progress::IntakeReceived => {
            format!("We have your intake form for your {order_name}, and the build starts next.{due}")
        }
        Progress::Building => format!("Your {order_name} is being built.{due}"),
        Progress::Revising => format!("Your {order_name} is being revised.{due}"),
        Progress::Delivered => {
            let files = order.files().map(|url| format!(" Its files are here: {url}")).unwrap_or_default();
            format!("Your {order_name} has been delivered.{files}")
        }
        Progress::Other(word) => format!("The status of your {order_name} is \"{word}\".{due}"),
    }
}

fn revisions(order: &Order) -> String {
    let order_name = what(order);
    match order.revisions_left {
        Some(left) if left < 1 => format!("You have no revisions left on your {order_name}."),
        Some(1) => format!("You have 1 revision left on your {order_name}."),
        Some(left) => format!("You have {left} revisions left on your {order_name}."),
        None => format!("I have no number of revisions on record for your {order_name}."),
    }
}

fn deadline(order: &Order, now: DateTime<Utc>) -> String {
    let order_name = what(order);
    match (&order.progress, order.deadline) {
        (Progress::Delivered, _) => format!("Your {order_name} has already been delivered."),
        (_, Some(deadline)) => format!("Your {order_name} {} {}.", was_or_is(deadline, now), time::day(deadline)),
        (Progress::AwaitingIntake, None) => {
            format!("Your {order_name} has no date yet: we are waiting for your intake form.")
        }
        (_, None) => format!("I have no date on record for your {order_name} yet."),
    }
}

fn purchase(order: &Order) -> String {
    let when = order.ordered_at.map(|at| format!(" on {}", time::day(at))).unwrap_or_default();
    match order.named_plan() {
        Some(plan) => format!("You bought {plan}{when}."),
        None => format!("You placed an order{when}; which plan it was is not on record here."),
    }
}

fn files(order: &Order) -> String {
    let order_name = what(order);
    match order.files() {
        Some(url) => format!("The files of your {order_name} are here: {url}"),
        None => format!("There are no files on record for your {order_name} yet."),
    }
}

fn intake(order: &Order) -> String {
    let order_name = what(order);
    if order.progress == Progress::AwaitingIntake {
        format!("We have not received the intake form for your {order_name} yet.")
    } else {
        format!("Yes, we have the intake form for your {order_name}.")
    }
}

fn tickets(context: &Context) -> Option<String> {
    let told: Vec<String> = context
        .tickets
        .iter()
        .take(MOST_TOLD)
        .map(|(id, status)| {
            let stands = match status {
                Status::Open => "is open: our team will answer it",
                Status::Pending => "waits for your answer",
                Status::Closed => "is closed",
            };
            format!("Ticket #{id} {stands}.")
        })
        .collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

fn nothing(topic: Topic, voice: &Voice) -> String {
    let what = if topic == Topic::Tickets { "ticket" } else { "order" };
    format!(
        "I can't find any {what} under the address you are signed in with. If you used another address, or think this is wrong, ask for a person here or write to {}.",
        voice.support_email
    )
}

fn was_or_is(deadline: DateTime<Utc>, now: DateTime<Utc>) -> &'static str {
    if deadline < now { "was due on" } else { "is due on" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ticket::TicketId;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn order(tier: &str, status: &str) -> Order {
        Order {
            tier: tier.into(),
            progress: status.into(),
            deadline: Some(at("2026-11-27T00:00:00Z")),
            revisions_left: Some(1),
            files_url: None,
            final_package_url: None,
            ordered_at: Some(at("2026-11-20T10:00:00Z")),
        }
    }

    fn told(topic: Topic, orders: Vec<Order>) -> String {
        asked(topic, "", orders)
    }

    fn asked(topic: Topic, question: &str, orders: Vec<Order>) -> String {
        let tickets = vec![(TicketId::parse("K7M2XQ4P").unwrap(), Status::Open)];
        let context = Context { orders, tickets };
        let voice = Voice { company: "Acme".into(), support_email: "help@acme.example".into() };
        say(topic, question, &context, &voice, at("2026-11-22T12:00:00Z")).text
    }

    #[test]
    fn the_records_read_like_a_letter() {
        let orders = || vec![order("STARTER", "IN_PROGRESS")];

        assert_eq!(
            told(Topic::Status, orders()),
            "Your Starter order is being built. It is due on Friday 27 November 2026."
        );
        assert_eq!(told(Topic::Revisions, orders()), "You have 1 revision left on your Starter order.");
        assert_eq!(told(Topic::Deadline, orders()), "Your Starter order is due on Friday 27 November 2026.");
        assert_eq!(told(Topic::Purchases, orders()), "You bought Starter on Friday 20 November 2026.");
        assert_eq!(told(Topic::Tickets, orders()), "Ticket #K7M2XQ4P is open: our team will answer it.");
    }

    #[test]
    fn what_the_shop_left_out_is_not_told() {
        let unknown =
            Order { revisions_left: Some(-1), files_url: Some(String::new()), ..order("UNKNOWN", "IN_PROGRESS") };

        assert_eq!(told(Topic::Revisions, vec![unknown.clone()]), "You have no revisions left on your order.");
        assert_eq!(told(Topic::Files, vec![unknown.clone()]), "There are no files on record for your order yet.");
        assert_eq!(
            told(Topic::Purchases, vec![unknown]),
            "You placed an order on Friday 20 November 2026; which plan it was is not on record here."
        );
    }

    #[test]
    fn the_order_that_is_named_is_told() {
        let orders = || vec![order("STARTER", "DONE"), order("SILVER_YEAR", "NEW"), order("LARGE", "IN_PROGRESS")];

        let starter = "Your Starter order has been delivered.";
        assert_eq!(asked(Topic::Status, "is my starter order done?", orders()), starter);
        assert_eq!(asked(Topic::Status, "is my order done?", orders()).lines().count(), 2);
        let silver = asked(Topic::Revisions, "revisions left on silver", orders());
        assert_eq!(silver, "That is a subscription (Silver, yearly), of which nothing is built or delivered.");
    }

    #[test]
    fn a_delivered_order_comes_with_its_files() {
        let done = Order { final_package_url: Some("https://files.example/1".into()), ..order("STARTER", "DONE") };

        assert!(told(Topic::Status, vec![done]).ends_with("Its files are here: https://files.example/1"));
    }

    #[test]
    fn what_no_record_holds_is_said_to_be_unseen() {
        assert!(told(Topic::Unrecorded, vec![order("SILVER_YEAR", "NEW")]).contains("can't see payments or usage"));
    }

    #[test]
    fn a_subscription_has_no_deadline() {
        assert_eq!(
            told(Topic::Deadline, vec![order("SILVER_YEAR", "NEW")]),
            "You have a subscription (Silver, yearly), so nothing is being built or delivered for you."
        );
        assert!(told(Topic::Purchases, vec![order("SILVER_YEAR", "NEW")]).contains("Silver, yearly"));
    }

    #[test]
    fn many_orders_are_told_as_many() {
        let text = told(Topic::Purchases, vec![order("STARTER", "DONE"); 8]);

        assert_eq!(text.lines().count(), 6);
        assert!(text.ends_with("There are 3 earlier ones."), "{text}");
    }

    #[test]
    fn without_records_it_says_so_and_offers_a_person() {
        let text = told(Topic::Status, Vec::new());

        assert!(text.contains("can't find any order") && text.contains("help@acme.example"), "{text}");
    }
}
