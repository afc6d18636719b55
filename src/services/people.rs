//! What is held on a person, and how it goes.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use tracing::info;

use crate::{
    domain::{
        contact::Email,
        person::{Erased, Erasure, Held, Kept, Mention, Who},
        privacy::private_masked,
    },
    error::Result,
    storage::{
        self,
        people::{
            self, deliveries, erase, held,
            mentions::{self, Candidate},
            shop::{self, Table},
        },
        tickets,
    },
};

#[derive(Clone)]
pub struct People {
    db: PgPool,
    /// What one statement may take.
    patience: Duration,
}

impl People {
    /// A request may take `handler` as a whole; a statement of it that took as long would still be at
    /// work when nobody waits for it any more.
    pub fn new(db: PgPool, handler: Duration) -> Self {
        Self { db, patience: handler.mul_f32(0.8) }
    }

    /// Everything held on an address, as it stands at one moment.
    pub async fn export(&self, email: &Email) -> Result<Held> {
        let mut tx = storage::snapshot(&self.db).await?;
        people::take_time(&mut tx, self.patience).await?;
        let theirs = people::conversations_of(&mut tx, email).await?;
        let mut kept_by_law = BTreeMap::new();
        for table in Table::ALL {
            kept_by_law.insert(table.name(), shop::rows(&mut tx, table, email).await?);
        }
        let deliveries = deliveries::of(&mut tx, &theirs, email).await?;
        let candidates = mentions::candidates(&mut tx, &theirs, &deliveries, email).await?;
        let held = Held {
            email: email.clone(),
            conversations: held::conversations(&mut tx, &theirs).await?,
            tickets: tickets::of_person(&mut tx, &theirs, email).await?,
            deliveries: deliveries::held(&mut tx, &deliveries).await?,
            escalations: held::escalations(&mut tx, &theirs, email).await?,
            confirmations: held::confirmations(&mut tx, email).await?,
            model_usage: held::model_usage(&mut tx, &theirs, email).await?,
            mentions: candidates.iter().filter_map(|candidate| mention(candidate, email)).collect(),
            kept_by_law,
        };
        tx.commit().await?;
        info!(conversations = held.conversations.len(), tickets = held.tickets.len(), "a person's data was exported");
        Ok(held)
    }

    /// Erases an address everywhere but in what the law keeps, in one commit. An address nobody
    /// knows is erased all the same: the answer has the same shape.
    pub async fn erase(&self, email: &Email, who: Who) -> Result<Erasure> {
        let mut tx = self.db.begin().await?;
        people::take_time(&mut tx, self.patience).await?;
        let kept = kept(&mut tx, email).await?;
        let theirs = people::hold_conversations_of(&mut tx, email).await?;
        let deliveries = deliveries::of(&mut tx, &theirs, email).await?;
        // What points at another row goes before that row.
        let erased = Erased {
            deliveries: deliveries::erase(&mut tx, &deliveries).await?,
            escalations: erase::escalations(&mut tx, &theirs, email).await?,
            tickets: erase::tickets(&mut tx, &theirs, email).await?,
            messages: erase::messages(&mut tx, &theirs).await?,
            model_usage: erase::model_usage(&mut tx, &theirs, email).await?,
            conversations: erase::conversations(&mut tx, &theirs).await?,
            confirmations: erase::confirmations(&mut tx, email).await?,
            blocks: erase::blocks(&mut tx, email).await?,
            answers: erase::answers(&mut tx).await?,
            mentions: forget_mentions(&mut tx, email).await?,
        };
        let erasure = Erasure { erased, kept };
        erase::note(&mut tx, who, &erasure).await?;
        tx.commit().await?;
        info!(
            ?who,
            conversations = erasure.erased.conversations,
            tickets = erasure.erased.tickets,
            "a person was erased"
        );
        Ok(erasure)
    }
}

/// Takes the address out of other people's words, and leaves them the rest.
async fn forget_mentions(db: &mut PgConnection, email: &Email) -> Result<u64> {
    let mut forgotten = 0;
    for candidate in mentions::candidates(&mut *db, &[], &[], email).await? {
        if let Some(text) = without(&candidate, email) {
            mentions::reword(&mut *db, &candidate, &text).await?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}

async fn kept(db: &mut PgConnection, email: &Email) -> Result<Vec<Kept>> {
    let mut kept = Vec::new();
    for table in Table::ALL {
        let rows = shop::count(&mut *db, table, email).await?;
        kept.push(Kept { table: table.name(), rows, why: why(table) });
    }
    Ok(kept)
}

fn why(table: Table) -> &'static str {
    match table {
        Table::Orders => "invoices are kept by law",
        Table::Activity => "it belongs to orders, which are kept by law",
        Table::Upsells => "it tells which mails went out about orders, which are kept by law",
    }
}

fn mention(candidate: &Candidate, email: &Email) -> Option<Mention> {
    without(candidate, email)?;
    Some(Mention { table: candidate.place.table(), created_at: candidate.created_at })
}

/// The text without the address, if that is what stands in it and not a longer one.
fn without(candidate: &Candidate, email: &Email) -> Option<String> {
    if !candidate.place.is_json() {
        return masked(&candidate.text, email);
    }
    let before: Value = serde_json::from_str(&candidate.text).ok()?;
    let after = reworded(before.clone(), email);
    (after != before).then(|| after.to_string())
}

fn masked(text: &str, email: &Email) -> Option<String> {
    let theirs = email.folded();
    let masked = private_masked(text, |found| !found.eq_ignore_ascii_case(&theirs));
    (masked != text).then(|| masked.into_owned())
}

fn reworded(value: Value, email: &Email) -> Value {
    let text = |text: String| masked(&text, email).unwrap_or(text);
    match value {
        Value::String(string) => text(string).into(),
        Value::Array(values) => values.into_iter().map(|value| reworded(value, email)).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (text(name), reworded(value, email))).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::people::mentions::Place;

    fn after(place: Place, text: &str) -> Option<String> {
        let email = Email::try_from("Ada@example.com".to_owned()).unwrap();
        let (id, created_at) = (uuid::Uuid::nil(), chrono::Utc::now());
        without(&Candidate { place, id, text: text.to_owned(), created_at }, &email)
    }

    #[test]
    fn only_the_very_address_goes() {
        let text = "ask ADA@example.com, granada@example.com or ada@example.com.au";
        let left = "ask [e-mail address removed], granada@example.com or ada@example.com.au";
        assert_eq!(after(Place::Message, text).as_deref(), Some(left));
        assert_eq!(after(Place::Message, "granada@example.com"), None);
    }

    #[test]
    fn in_json_it_goes_wherever_it_stands() {
        let left = after(Place::Payload, r#"{"ada@example.com": ["hi\nada@example.com", 1]}"#);
        let removed = r#"{"[e-mail address removed]":["hi\n[e-mail address removed]",1]}"#;
        assert_eq!(left.as_deref(), Some(removed));
    }
}
