//! A customer's records as lines of data: what the model is shown, and what its words may rest on.

use super::Records;
use crate::domain::{
    order::{self, Event, Order, Progress},
    text,
    ticket::Status,
    time,
};

/// More of each is history.
const MOST_ORDERS: usize = 10;
const MOST_TICKETS: usize = 10;

/// What stands of a word of the shop's, in characters.
const LONGEST_ENTRY: usize = 200;

const LONGEST_LINK: usize = 1_000;

/// One statement a line, so that none lends its date to another. Tickets are here as a status,
/// never as text.
pub fn lines(records: &Records) -> Vec<String> {
    let Some(context) = &records.context else {
        return vec!["The customer's orders and tickets cannot be looked up at the moment".to_owned()];
    };
    let orders = context.orders.iter().take(MOST_ORDERS).flat_map(order);
    let events = records.events.iter().map(event);
    let tickets = context.tickets.iter().take(MOST_TICKETS).map(|(id, status)| {
        let stands = match status {
            Status::Open => "open, the team will answer",
            Status::Pending => "waits for the customer's answer",
            Status::Closed => "closed",
        };
        format!("Ticket #{id}: {stands}")
    });
    let known: Vec<String> = orders.chain(events).chain(tickets).collect();
    let none = known.is_empty().then(|| "No orders and no tickets under this customer's address".to_owned());
    known.into_iter().chain(none).collect()
}

/// A subscription has no intake form, no deadline and no revisions.
fn order(order: &Order) -> Vec<String> {
    let plan = plan(&order.tier);
    let bought = order.ordered_at.map(|at| format!("bought on {}", time::day(at)));
    if order.is_subscription() {
        return vec![format!("{plan} subscription: {}", bought.unwrap_or_else(|| "bought".into()))];
    }
    let told = [
        Some(stage(&order.progress)),
        bought,
        order.deadline.map(|at| format!("due on {}", time::day(at))),
        order.revisions_left.map(|left| format!("{} revisions left", left.max(0))),
        // A link that is cut leads nowhere.
        order.files().filter(|url| url.chars().count() <= LONGEST_LINK).map(|url| format!("files at {url}")),
    ];
    told.into_iter().flatten().map(|told| format!("{plan} order: {told}")).collect()
}

fn stage(progress: &Progress) -> String {
    match progress {
        Progress::AwaitingIntake => "waiting for the customer's intake form".to_owned(),
        Progress::IntakeReceived => "intake form received, the build starts next".to_owned(),
        Progress::Building => "being built".to_owned(),
        Progress::Revising => "being revised".to_owned(),
        Progress::Delivered => "delivered".to_owned(),
        Progress::Other(word) => text::one_line(word, LONGEST_ENTRY),
    }
}

fn event(event: &Event) -> String {
    let kind = text::one_line(&event.kind.replace('_', " "), LONGEST_ENTRY);
    format!("{} order, {}: {kind}", plan(&event.tier), time::day(event.happened_at))
}

fn plan(tier: &str) -> String {
    text::one_line(&order::plan(tier), LONGEST_ENTRY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::context::Context;

    fn bought(tier: &str) -> Order {
        Order {
            tier: tier.into(),
            progress: Progress::AwaitingIntake,
            deadline: "2030-01-04T12:00:00Z".parse().ok(),
            revisions_left: Some(1),
            files_url: Some("x".repeat(LONGEST_LINK + 1)),
            final_package_url: None,
            ordered_at: "2029-12-31T09:00:00Z".parse().ok(),
        }
    }

    #[test]
    fn each_statement_stands_alone_and_a_subscription_waits_for_nothing() {
        let orders = vec![bought("STARTER"), bought("SILVER_YEAR")];

        let context = Some(Context { orders, tickets: Vec::new() });
        let lines = lines(&Records { context, events: Vec::new() });

        assert_eq!(
            lines,
            [
                "Starter order: waiting for the customer's intake form",
                "Starter order: bought on Monday 31 December 2029",
                "Starter order: due on Friday 4 January 2030",
                "Starter order: 1 revisions left",
                "Silver, yearly subscription: bought on Monday 31 December 2029",
            ]
        );
    }
}
