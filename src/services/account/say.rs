//! The records in sentences a person would write.

use chrono::{DateTime, Utc};

use super::{Recorded, Topic};
use crate::{
    domain::{
        order::{Order, Progress},
        ticket::Status,
        time,
    },
    services::{answer::Voice, context::Context},
};

/// More orders than this are too many to read in a chat.
const MOST_TOLD: usize = 5;

pub fn say(topic: Topic, context: &Context, voice: &Voice, now: DateTime<Utc>) -> Recorded {
    let told = match topic {
        Topic::Tickets => tickets(context),
        Topic::Purchases => lines(context.orders.iter(), |order| Some(purchase(order))),
        Topic::Status => lines(built(context), |order| Some(status(order, now))),
        Topic::Revisions => lines(built(context), |order| Some(revisions(order))),
        Topic::Deadline => lines(built(context), |order| Some(deadline(order, now))),
        Topic::Files => lines(built(context), |order| Some(files(order))),
        Topic::Intake => lines(built(context), |order| Some(intake(order))),
    };
    match told {
        Some(text) => Recorded { text, known: true },
        None if topic != Topic::Tickets && !context.orders.is_empty() => {
            Recorded { text: only_subscriptions(context), known: true }
        }
        None => Recorded { text: nothing(topic, voice), known: false },
    }
}

/// What to say when the records cannot be reached.
pub fn unavailable(voice: &Voice) -> String {
    format!(
        "I can't look up your orders at the moment. Please try again later, ask for a person here or write to {}.",
        voice.support_email
    )
}

fn only_subscriptions(context: &Context) -> String {
    let plans: Vec<String> = context.orders.iter().take(MOST_TOLD).map(Order::plan).collect();
    format!("You have a subscription ({}), so nothing is being built or delivered for you.", plans.join("; "))
}

/// Orders of things that are built: a subscription has no deadline and no revisions.
fn built(context: &Context) -> impl Iterator<Item = &Order> {
    context.orders.iter().filter(|order| !order.is_subscription())
}

fn lines<'a>(orders: impl Iterator<Item = &'a Order>, tell: impl Fn(&Order) -> Option<String>) -> Option<String> {
    let mut told: Vec<String> = orders.filter_map(tell).collect();
    let earlier = told.len().saturating_sub(MOST_TOLD);
    told.truncate(MOST_TOLD);
    if earlier > 0 {
        told.push(format!("There are {earlier} earlier ones."));
    }
    (!told.is_empty()).then(|| told.join("\n"))
}

fn status(order: &Order, now: DateTime<Utc>) -> String {
    let plan = order.plan();
    let due = order.deadline.filter(|_| order.progress != Progress::Delivered);
    let due =
        due.map(|deadline| format!(" It {} {}.", was_or_is(deadline, now), time::day(deadline))).unwrap_or_default();
    match &order.progress {
        Progress::AwaitingIntake => {
            format!("Your {plan} order has been placed, and we are waiting for your intake form.{due}")
        }
        Progress::IntakeReceived => {
            format!("We have your intake form for your {plan} order, and the build starts next.{due}")
        }
        Progress::Building => format!("Your {plan} order is being built.{due}"),
        Progress::Revising => format!("Your {plan} order is being revised.{due}"),
        Progress::Delivered => format!("Your {plan} order has been delivered."),
        Progress::Other(word) => format!("The status of your {plan} order is \"{word}\".{due}"),
    }
}

fn revisions(order: &Order) -> String {
    let plan = order.plan();
    match order.revisions_left {
        Some(0) => format!("You have no revisions left on your {plan} order."),
        Some(1) => format!("You have 1 revision left on your {plan} order."),
        Some(left) => format!("You have {left} revisions left on your {plan} order."),
        None => format!("I have no number of revisions on record for your {plan} order."),
    }
}

fn deadline(order: &Order, now: DateTime<Utc>) -> String {
    let plan = order.plan();
    match (&order.progress, order.deadline) {
        (Progress::Delivered, _) => format!("Your {plan} order has already been delivered."),
        (_, Some(deadline)) => format!("Your {plan} order {} {}.", was_or_is(deadline, now), time::day(deadline)),
        (Progress::AwaitingIntake, None) => {
            format!("Your {plan} order has no date yet: we are waiting for your intake form.")
        }
        (_, None) => format!("I have no date on record for your {plan} order yet."),
    }
}

fn purchase(order: &Order) -> String {
    let when = order.ordered_at.map(|at| format!(" on {}", time::day(at))).unwrap_or_default();
    format!("You bought {}{when}.", order.plan())
}

fn files(order: &Order) -> String {
    let plan = order.plan();
    match order.final_package_url.as_ref().or(order.files_url.as_ref()) {
        Some(url) => format!("The files of your {plan} order are here: {url}"),
        None => format!("There are no files on record for your {plan} order yet."),
    }
}

fn intake(order: &Order) -> String {
    let plan = order.plan();
    if order.progress == Progress::AwaitingIntake {
        format!("We have not received the intake form for your {plan} order yet.")
    } else {
        format!("Yes, we have the intake form for your {plan} order.")
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
        let tickets = vec![(TicketId::parse("K7M2XQ4P").unwrap(), Status::Open)];
        let context = Context { orders, tickets };
        let voice = Voice { company: "Acme".into(), support_email: "help@acme.example".into() };
        say(topic, &context, &voice, at("2026-11-22T12:00:00Z")).text
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
