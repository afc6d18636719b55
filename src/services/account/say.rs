//! The records in sentences a person would write.

use chrono::{DateTime, Datelike, Utc};

use super::{Recorded, Topic};
use crate::{
    domain::{
        order::{Event, Order, Progress},
        text,
        ticket::Status,
    },
    services::{answer::Voice, context::Context},
};

/// What stands of an entry in an order's history, in characters.
const LONGEST_ENTRY: usize = 200;

/// More orders than this are too many to read in a chat.
const MOST_TOLD: usize = 5;

pub fn say(topic: Topic, context: &Context, voice: &Voice, now: DateTime<Utc>) -> Recorded {
    let told = match topic {
        Topic::Tickets => tickets(context),
        Topic::Purchases => lines(context.orders.iter(), |order| Some(purchase(order))),
        Topic::Status => lines(built(context), |order| Some(status(order, now) + &latest(order, &context.events))),
        Topic::Revisions => lines(built(context), |order| Some(revisions(order))),
        Topic::Deadline => lines(built(context), |order| Some(deadline(order, now))),
        Topic::Files => lines(built(context), |order| Some(files(order))),
        Topic::Intake => lines(built(context), |order| Some(intake(order))),
    };
    match told {
        Some(text) => Recorded { text, known: true },
        None => Recorded { text: nothing(topic, voice), known: false },
    }
}

/// Orders of things that are built: a subscription has no deadline and no revisions.
fn built(context: &Context) -> impl Iterator<Item = &Order> {
    context.orders.iter().filter(|order| !order.is_subscription())
}

fn lines<'a>(orders: impl Iterator<Item = &'a Order>, tell: impl Fn(&Order) -> Option<String>) -> Option<String> {
    let told: Vec<String> = orders.take(MOST_TOLD).filter_map(tell).collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

fn status(order: &Order, now: DateTime<Utc>) -> String {
    let plan = order.plan();
    let due = order.deadline.filter(|_| order.progress != Progress::Delivered);
    let due = due.map(|deadline| format!(" It {} {}.", was_or_is(deadline, now), day(deadline))).unwrap_or_default();
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

/// The newest entry in the order's history, as a sentence of its own.
fn latest(order: &Order, events: &[Event]) -> String {
    let entry = events.iter().find(|event| event.order_id == order.id);
    let told = entry.and_then(|event| Some((event.description.as_deref()?, event.happened_at?)));
    told.map(|(description, time)| {
        format!(" Last entry, {}: {}", day(time), text::one_line(description, LONGEST_ENTRY))
    })
    .unwrap_or_default()
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
        (_, Some(deadline)) => format!("Your {plan} order {} {}.", was_or_is(deadline, now), day(deadline)),
        (Progress::AwaitingIntake, None) => {
            format!("Your {plan} order has no date yet: we are waiting for your intake form.")
        }
        (_, None) => format!("I have no date on record for your {plan} order yet."),
    }
}

fn purchase(order: &Order) -> String {
    let when = order.ordered_at.map(|time| format!(" on {}", day(time))).unwrap_or_default();
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

/// A date in words, such as "Friday 27 November 2026".
fn day(time: DateTime<Utc>) -> String {
    format!("{} {} {}", time.format("%A"), time.day(), time.format("%B %Y"))
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
            id: 7,
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
        let happened_at = Some(at("2026-11-21T08:00:00Z"));
        let events = vec![Event { order_id: 8, description: Some("The build has begun.".into()), happened_at }];
        let context = Context { orders, events, tickets };
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
    fn a_status_ends_with_the_last_entry_of_that_order() {
        let order = Order { id: 8, ..order("STARTER", "DONE") };

        assert_eq!(
            told(Topic::Status, vec![order]),
            "Your Starter order has been delivered. Last entry, Saturday 21 November 2026: The build has begun."
        );
    }

    #[test]
    fn a_subscription_has_no_deadline() {
        assert!(told(Topic::Deadline, vec![order("GROWTH_YEAR", "NEW")]).starts_with("I can't find any order"));
        assert!(told(Topic::Purchases, vec![order("GROWTH_YEAR", "NEW")]).contains("Growth, yearly"));
    }

    #[test]
    fn without_records_it_says_so_and_offers_a_person() {
        let text = told(Topic::Status, Vec::new());

        assert!(text.contains("can't find any order") && text.contains("help@acme.example"), "{text}");
    }
}
