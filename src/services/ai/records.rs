//! A customer's records as lines of data: what the model is shown, and what its words may rest on.

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        order::{self, Event, Order, Progress},
        text,
        ticket::Status,
        time,
    },
    services::context::Context,
};

/// More of each is history.
const MOST_ORDERS: usize = 10;
const MOST_TICKETS: usize = 10;

/// What stands of a word of the shop's, in characters.
const LONGEST_ENTRY: usize = 200;

/// One line a record. Tickets are here as a status, never as text.
pub fn lines(context: &Context, now: DateTime<Utc>) -> Vec<String> {
    let orders = context.orders.iter().take(MOST_ORDERS).map(order);
    let events = context.events.iter().map(event);
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
    [format!("Today is {}", time::day(now))].into_iter().chain(known).chain(none).collect()
}

fn order(order: &Order) -> String {
    let stage = match &order.progress {
        Progress::AwaitingIntake => "waiting for the customer's intake form".to_owned(),
        Progress::IntakeReceived => "intake form received, the build starts next".to_owned(),
        Progress::Building => "being built".to_owned(),
        Progress::Revising => "being revised".to_owned(),
        Progress::Delivered => "delivered".to_owned(),
        Progress::Other(word) => text::one_line(word, LONGEST_ENTRY),
    };
    let mut told = format!("{} order: {stage}", plan(&order.tier));
    let mut add = |what: Option<String>| told.extend(what.map(|what| format!("; {what}")));
    add(order.ordered_at.map(|at| format!("bought on {}", time::day(at))));
    add(order.deadline.map(|at| format!("due on {}", time::day(at))));
    add(order.revisions_left.map(|left| format!("{left} revisions left")));
    let files = order.final_package_url.as_ref().or(order.files_url.as_ref());
    add(files.map(|url| format!("files at {}", text::one_line(url, LONGEST_ENTRY * 2))));
    told
}

fn event(event: &Event) -> String {
    let kind = text::one_line(&event.kind.replace('_', " "), LONGEST_ENTRY);
    format!("{} order, {}: {kind}", plan(&event.tier), time::day(event.happened_at))
}

fn plan(tier: &str) -> String {
    text::one_line(&order::plan(tier), LONGEST_ENTRY)
}
