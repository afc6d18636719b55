//! What we know about a verified customer: their orders, and their tickets' status.

use sqlx::PgPool;

use crate::{
    domain::{
        contact::Email,
        order::{Event, Order},
        ticket::{Status, TicketId},
    },
    error::Result,
    storage::{orders, tickets},
};

/// Everything about one customer and nobody else. Tickets are here as a status, never as text:
/// whoever typed this address into a form may have written them.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub orders: Vec<Order>,
    pub tickets: Vec<(TicketId, Status)>,
}

impl Context {
    /// Looks up what belongs to `email`. Finding nothing is no error.
    pub async fn of(db: &PgPool, email: &Email) -> Result<Self> {
        let (orders, tickets) = tokio::try_join!(orders::of(db, email), tickets::statuses_of(db, email))?;
        Ok(Self { orders, tickets })
    }
}

/// The last things that happened to a customer's orders, newest first.
pub async fn last_events(db: &PgPool, email: &Email) -> Result<Vec<Event>> {
    orders::events_of(db, email).await
}
