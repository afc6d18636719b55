//! WhatsApp's Cloud API: plain text from the company's number, within 24 hours of the person's last
//! message.

use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Failure, endpoint, exchange, public_words};
use crate::{
    config::{self, Secret},
    domain::text,
};

/// WhatsApp's bound on a text, in characters.
const LONGEST_TEXT: usize = 4_096;

/// The company's number.
#[derive(Clone)]
pub struct WhatsApp {
    client: Client,
    number: Url,
    messages: Url,
    token: Secret,
}

#[derive(Deserialize)]
struct Accepted {
    messages: [Message; 1],
}

#[derive(Deserialize)]
struct Message {
    id: String,
}

#[derive(Deserialize)]
struct Number {
    display_phone_number: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: Fault,
}

#[derive(Deserialize)]
struct Fault {
    code: u32,
    #[serde(default)]
    message: String,
    error_data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    details: String,
}

impl WhatsApp {
    pub fn new(settings: &config::WhatsApp, client: Client) -> anyhow::Result<Self> {
        let number = endpoint(&settings.api_url, &settings.sender_id)?;
        let messages = endpoint(&settings.api_url, &format!("{}/messages", settings.sender_id))?;
        Ok(Self { client, number, messages, token: settings.token.clone() })
    }

    /// Sends plain text to a phone number and returns the message's id. WhatsApp takes no key to
    /// deduplicate by, so a second try may be a second message.
    pub async fn send(&self, to: &str, body: &str) -> Result<String, Failure> {
        let message = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": to,
            "type": "text",
            "text": { "preview_url": false, "body": text::cut(body, LONGEST_TEXT) },
        });
        let request = self.client.post(self.messages.clone()).bearer_auth(self.token.expose()).json(&message);
        read(&exchange(request).await?)
    }

    /// The number as people dial it: asking for it messages nobody, and only a good token learns it.
    pub async fn look(&self) -> Result<String, Failure> {
        let answer = exchange(self.client.get(self.number.clone()).bearer_auth(self.token.expose())).await?;
        if let Ok(Number { display_phone_number }) = serde_json::from_slice(&answer.body)
            && answer.status.is_success()
        {
            return Ok(display_phone_number);
        }
        Err(refused(&answer))
    }
}

/// What an answer means. The status comes first: a proxy's error page is no answer of WhatsApp's.
fn read(answer: &Answer) -> Result<String, Failure> {
    if answer.status.is_server_error() {
        return Err(Failure::later(format!("status {}", answer.status.as_u16())));
    }
    if let Ok(Accepted { messages: [Message { id }] }) = serde_json::from_slice(&answer.body)
        && answer.status.is_success()
    {
        return Ok(id);
    }
    Err(refused(answer))
}

fn refused(answer: &Answer) -> Failure {
    match serde_json::from_slice(&answer.body) {
        Ok(Refusal { error }) => sort(answer, &error),
        Err(_) => answer.refused_without_reason(),
    }
}

/// The codes of Meta's list of Cloud API errors, read in November 2026. A code tells more than the
/// status, which is 400 for most. What we don't know may pass, and is tried again.
fn sort(answer: &Answer, fault: &Fault) -> Failure {
    let details = fault.error_data.as_ref().map_or("", |data| data.details.as_str());
    let said = public_words(&format!("{} {details}", fault.message));
    match fault.code {
        0 | 190 => Failure::Channel("the access token is refused: renew WHATSAPP_ACCESS_TOKEN".into()),
        // Permissions, a blocked or unpaid account, a sender that is not registered.
        3 | 10 | 33 | 200..=299 | 368 | 131_005 | 131_031 | 131_037 | 131_042 | 131_045 | 133_010 => {
            Failure::Channel(said)
        }
        131_047 => Failure::Recipient(
            "this person last wrote to our WhatsApp number more than 24 hours ago, and until they write again it may not write to them"
                .into(),
        ),
        // Not on WhatsApp, not allowed on a test number, ourselves, or out of reach by Meta's rules.
        131_026 | 131_030 | 131_021 | 130_472 | 130_497 => Failure::Recipient(said),
        4 | 80_007 | 130_429 | 131_048 | 131_056 => answer.wait(said),
        100 if is_about_recipient(details) || is_about_recipient(&fault.message) => Failure::Recipient(said),
        // Such as "Object with ID '1' does not exist, cannot be loaded due to missing permissions".
        100 if fault.message.contains("Object with ID") => Failure::Channel(said),
        _ => match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::Channel(said),
            StatusCode::TOO_MANY_REQUESTS => answer.wait(said),
            _ => Failure::later(said),
        },
    }
}

/// Such as "Param to must be a phone number" or "The parameter to is required."
fn is_about_recipient(said: &str) -> bool {
    let said = said.to_lowercase().replace(['\'', '"', '`', '[', ']'], "");
    ["param to ", "parameter to ", "recipient"].iter().any(|words| said.contains(words))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(status: u16, body: &str) -> Result<String, Failure> {
        read(&Answer::of(status, body))
    }

    fn refused(status: u16, code: u32, message: &str) -> Failure {
        let body = json!({ "error": { "message": message, "type": "OAuthException", "code": code } });
        answer(status, &body.to_string()).unwrap_err()
    }

    #[test]
    fn an_accepted_message_gives_its_id() {
        let body =
            r#"{"messaging_product":"whatsapp","contacts":[{"input":"1","wa_id":"1"}],"messages":[{"id":"wamid.7"}]}"#;

        assert_eq!(answer(200, body), Ok("wamid.7".into()));
    }

    #[test]
    fn faults_of_the_server_and_garbage_are_tried_again() {
        for (status, body) in [
            (500, r#"{"error":{"code":190,"message":"no"}}"#),
            (503, "<html>"),
            (200, "<html>"),
            (200, r#"{"messages":[]}"#),
            (400, r#"{"error":{"code":131009,"message":"the moon is full"}}"#),
        ] {
            assert!(matches!(answer(status, body), Err(Failure::Later { .. })), "{status} {body}");
        }
    }

    #[test]
    fn a_refused_token_is_the_channels_fault_and_is_not_repeated() {
        let Failure::Channel(said) = refused(401, 190, "Malformed access token EAAGm0PX4ZCps") else {
            panic!("not the channel's")
        };
        assert!(!said.contains("EAAG"), "{said}");
        for (status, code, message) in [
            (403, 10, "Application does not have permission for this action"),
            (401, 1, "Unauthorized"),
            (400, 100, "Unsupported post request. Object with ID '1' does not exist"),
            (400, 133_010, "Account not registered"),
        ] {
            assert!(matches!(refused(status, code, message), Failure::Channel(_)), "{message}");
        }
    }

    #[test]
    fn a_person_who_cannot_be_written_to_dies_alone() {
        for (code, message) in [
            (131_026, "(#131026) Message undeliverable"),
            (131_030, "(#131030) Recipient phone number not in allowed list"),
            (131_047, "(#131047) Re-engagement message"),
            (100, "(#100) Param to must be a phone number"),
            (100, "(#100) The parameter to is required."),
        ] {
            assert!(matches!(refused(400, code, message), Failure::Recipient(_)), "{message}");
        }
        let details = json!({ "error": { "message": "(#100) Invalid parameter", "code": 100,
            "error_data": { "details": "Parameter 'to' is not a valid phone number" } } });
        assert!(matches!(answer(400, &details.to_string()), Err(Failure::Recipient(_))));
    }

    #[test]
    fn a_limit_is_waited_for_whatever_its_status() {
        for (status, code) in [(400, 130_429), (400, 131_056), (429, 1), (400, 80_007)] {
            let Failure::Later { retry_after, .. } = refused(status, code, "too many") else { panic!("not later") };
            assert!(retry_after.is_some_and(|wait| wait >= Duration::from_secs(1)), "{code}");
        }
        assert!(matches!(answer(429, "<html>"), Err(Failure::Later { retry_after: Some(_), .. })));
    }
}
