//! What the team and the customers are told, and by which channels: written as debts, sent by the worker.

use std::sync::Arc;

use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use tokio::sync::Notify;
use tracing::info;
use uuid::Uuid;

use crate::{
    config::Config,
    domain::{channel::Channel, client::Place, contact::Email, text, ticket::TicketId},
    error::Result,
    integrations::email::Mail,
    storage::{
        alerts::{self, Withheld},
        confirmations, deliveries,
    },
};

/// The customer's confirmation: the subject, a blank line, the text.
const CONFIRMATION: &str = include_str!("mails/ticket_confirmation.txt");

/// What stands of a message in an alert; the rest is in the ticket's thread.
const SUMMARY: usize = 300;

/// Who asks, while nobody knows.
const NO_ADDRESS: &str = "a visitor without an address";

/// A ticket as an alert tells of it.
pub struct Alert<'a> {
    pub uuid: Uuid,
    pub id: &'a TicketId,
    /// Where to answer; a visitor may not have said yet.
    pub email: Option<&'a str>,
    pub message: &'a str,
}

/// Knows what goes by which channel; cheap to clone.
#[derive(Clone)]
pub struct Notifications {
    company: Arc<str>,
    /// The channels that are on.
    on: Arc<[Channel]>,
    /// The phone that alerts go to.
    whatsapp: Option<Arc<str>>,
    /// How many customers may be sent a confirmation within an hour; without e-mail, nothing.
    confirmations_per_hour: Option<i32>,
    /// How many alerts the team is sent one by one, by all instances together; without limits, all.
    alerts_per_ten_minutes: Option<i32>,
    bell: Arc<Notify>,
}

impl Notifications {
    /// By the channels that are `on`, and no others; `bell` wakes the worker.
    pub fn new(config: &Config, on: &[Channel], bell: Arc<Notify>) -> Self {
        let phone = config.whatsapp.as_ref().and_then(|whatsapp| whatsapp.admin_phone.as_deref());
        Self {
            company: config.company.name.as_str().into(),
            on: on.into(),
            whatsapp: phone.map(Into::into),
            confirmations_per_hour: config.email.as_ref().map(|email| email.confirmations_per_hour),
            alerts_per_ten_minutes: config.limits.is_on.then_some(config.limits.alerts_per_ten_minutes),
            bell,
        }
    }

    /// The channels that are on.
    pub fn on(&self) -> Arc<[Channel]> {
        Arc::clone(&self.on)
    }

    /// Those of them by which anything is ever owed: one may have nobody to reach.
    pub fn used(&self) -> Arc<[Channel]> {
        let reaches = |channel: &&Channel| **channel != Channel::WhatsApp || self.whatsapp.is_some();
        self.on.iter().filter(reaches).copied().collect()
    }

    /// Owes the team the alert of a new ticket.
    pub async fn ticket_opened(&self, db: &mut PgConnection, alert: Alert<'_>) -> Result<()> {
        let key = format!("ticket_opened:{}", alert.uuid);
        self.alert_team(db, "ticket_opened", &key, "New ticket from", &alert).await
    }

    /// Owes the team the news that somebody asked again; `occasion` tells two times apart.
    pub async fn ticket_extended(&self, db: &mut PgConnection, alert: Alert<'_>, occasion: &str) -> Result<()> {
        let key = format!("ticket_extended:{}:{occasion}", alert.uuid);
        // What they have heard takes no place of what they have not.
        if self.is_told(db, &key).await? {
            return Ok(());
        }
        self.alert_team(db, "ticket_extended", &key, "More on a ticket from", &alert).await
    }

    /// Owes a customer the confirmation of their ticket: fixed words and its code, because anybody
    /// may type anybody's address. At most one an address an hour, and so many an hour altogether.
    pub async fn confirm(&self, db: &mut PgConnection, uuid: Uuid, id: &TicketId, email: &Email) -> Result<()> {
        let Some(per_hour) = self.confirmations_per_hour else { return Ok(()) };
        if !confirmations::take_place(db, email, per_hour).await? {
            info!(ticket.id = %id, "no confirmation: the address had one within the hour, or the hour's are used up");
            return Ok(());
        }
        let new = deliveries::New {
            subject_kind: "ticket",
            subject_id: Some(uuid),
            channel: Channel::Email,
            kind: "ticket_confirmation",
            payload: json!(confirmation(&self.company, id, email)),
            dedupe_key: &format!("email:ticket_confirmation:{uuid}:{}", email.folded()),
        };
        deliveries::owe(db, &new).await
    }

    /// Keeps for the summary that requests for a person were turned away.
    pub async fn turned_away(&self, db: &PgPool, place: Option<Place>, times: i64) -> Result<()> {
        if self.to_team("").next().is_none() {
            return Ok(());
        }
        alerts::withhold(db, "turned_away", times, place.map(|place| place.to_string()).as_deref()).await
    }

    /// Owes the team one alert for all that was withheld from it, when that is ten minutes ago.
    pub async fn summarise(&self, db: &PgPool) -> Result<()> {
        let mut tx = db.begin().await?;
        let Some(withheld) = alerts::take_withheld(&mut tx).await? else { return Ok(()) };
        let id = Uuid::new_v4();
        for (channel, payload) in self.to_team(&summary_text(&self.company, &withheld)) {
            let new = deliveries::New {
                subject_kind: "desk",
                subject_id: None,
                channel,
                kind: "summary",
                payload,
                dedupe_key: &format!("{}:summary:{id}", channel.as_str()),
            };
            deliveries::owe(&mut *tx, &new).await?;
        }
        tx.commit().await?;
        self.wake();
        Ok(())
    }

    /// Wakes the worker; to be called when the debts are committed.
    pub fn wake(&self) {
        self.bell.notify_one();
    }

    async fn alert_team(
        &self,
        db: &mut PgConnection,
        kind: &'static str,
        key: &str,
        news: &str,
        alert: &Alert<'_>,
    ) -> Result<()> {
        let text = alert_text(&self.company, news, alert);
        let to_team = self.to_team(&text);
        let debts: Vec<_> =
            to_team.map(|(channel, payload)| (channel, payload, format!("{}:{key}", channel.as_str()))).collect();
        if debts.is_empty() {
            return Ok(());
        }
        if let Some(most) = self.alerts_per_ten_minutes
            && !alerts::take_place(db, most).await?
        {
            return alerts::withhold(db, kind, 1, None).await;
        }
        for (channel, payload, dedupe_key) in &debts {
            let new = deliveries::New {
                subject_kind: "ticket",
                subject_id: Some(alert.uuid),
                channel: *channel,
                kind,
                payload: payload.clone(),
                dedupe_key,
            };
            deliveries::owe(&mut *db, &new).await?;
        }
        Ok(())
    }

    async fn is_told(&self, db: &mut PgConnection, key: &str) -> Result<bool> {
        let Some((channel, _)) = self.to_team("").next() else { return Ok(false) };
        deliveries::is_owed(db, &format!("{}:{key}", channel.as_str())).await
    }

    /// A text as each of the team's channels takes it: debts of their own, so that one channel that
    /// is down keeps nothing from the others.
    fn to_team<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (Channel, Value)> + 'a {
        self.on.iter().filter_map(move |channel| match channel {
            Channel::Telegram => Some((*channel, json!({ "text": text }))),
            Channel::WhatsApp => Some((*channel, json!({ "to": self.whatsapp.as_deref()?, "text": text }))),
            // Mail is the customers'.
            Channel::Email => None,
        })
    }
}

fn confirmation(company: &str, id: &TicketId, email: &Email) -> Mail {
    let filled = CONFIRMATION.replace("{code}", id.as_str()).replace("{company}", &text::one_line(company, SUMMARY));
    let (subject, text) = filled.split_once("\n\n").unwrap_or((filled.as_str(), ""));
    Mail { to: email.as_str().to_owned(), subject: subject.to_owned(), text: text.trim_end().to_owned() }
}

/// The line the team reads on a phone: who, what, and the code to find it by.
fn alert_text(company: &str, news: &str, alert: &Alert<'_>) -> String {
    let summary = match text::one_line(alert.message, SUMMARY) {
        summary if summary.is_empty() => "(asked for a person without a message)".to_owned(),
        summary => summary,
    };
    let email = alert.email.map_or_else(|| NO_ADDRESS.to_owned(), |email| text::one_line(email, SUMMARY));
    format!("[{company} Support] {news} {email}: {summary}\nTicket #{}", alert.id)
}

/// What came so fast that one line must do.
fn summary_text(company: &str, withheld: &Withheld) -> String {
    let told = [
        (withheld.opened, "more tickets".to_owned()),
        (withheld.extended, "more messages on tickets".to_owned()),
        (withheld.turned_away, turned_away(withheld.place.as_deref())),
    ];
    let told: Vec<String> =
        told.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    format!("[{company} Support] … and since {} UTC: {}", withheld.since.format("%H:%M"), told.join("; "))
}

fn turned_away(place: Option<&str>) -> String {
    let from = place.map(|place| format!(" (most from {place}, which an admin may block)")).unwrap_or_default();
    format!("requests for a person that were turned away, too many from one place{from}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_tells_what_there_was_and_nothing_else() {
        let since = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let withheld = Withheld { opened: 970, extended: 0, turned_away: 0, place: None, since };
        assert_eq!(summary_text("Acme", &withheld), "[Acme Support] … and since 08:00 UTC: 970 more tickets");

        let withheld = Withheld { opened: 0, extended: 2, turned_away: 9, place: Some("192.0.2.1".into()), since };
        assert_eq!(
            summary_text("Acme", &withheld),
            "[Acme Support] … and since 08:00 UTC: 2 more messages on tickets; 9 requests for a person that were \
             turned away, too many from one place (most from 192.0.2.1, which an admin may block)"
        );
    }

    #[test]
    fn an_alert_is_one_clean_line_and_the_code() {
        let id = TicketId::parse("K7M2XQ4P").unwrap();
        let alert =
            Alert { uuid: Uuid::nil(), id: &id, email: Some("ada@example.com"), message: "<b>help</b>\r\n\u{202e}now" };

        assert_eq!(
            alert_text("Acme", "New ticket from", &alert),
            "[Acme Support] New ticket from ada@example.com: <b>help</b> now\nTicket #K7M2XQ4P"
        );
    }
}
