//! E-mail by Resend's API, which drops what it already has by the key we send along.

use reqwest::{Client, StatusCode, Url};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{Answer, Failure, endpoint, exchange, public_words};
use crate::config::{self, Secret};

/// Around the paragraphs of every mail.
const PAGE: &str = include_str!("mail.html");

/// The sender, and where answers to it go.
#[derive(Clone)]
pub struct Email {
    client: Client,
    emails: Url,
    domains: Url,
    key: Secret,
    from: String,
    reply_to: String,
}

/// A mail as it is owed: plain text; the page is made of it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

#[derive(Deserialize)]
struct Domains {
    data: Vec<Domain>,
}

#[derive(Deserialize)]
struct Domain {
    name: String,
    status: String,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    name: String,
    message: String,
}

impl Email {
    pub fn new(settings: &config::Email, reply_to: &str, client: Client) -> anyhow::Result<Self> {
        Ok(Self {
            client,
            emails: endpoint(&settings.api_url, "emails")?,
            domains: endpoint(&settings.api_url, "domains")?,
            key: settings.key.clone(),
            from: settings.from.clone(),
            reply_to: reply_to.to_owned(),
        })
    }

    /// Sends a mail and returns its id. The same `key` a second time sends nothing.
    pub async fn send(&self, key: Uuid, mail: &Mail) -> Result<String, Failure> {
        let body = json!({
            "from": self.from,
            "to": [mail.to],
            "reply_to": self.reply_to,
            "subject": mail.subject,
            "text": mail.text,
            "html": page(mail),
        });
        let request = self
            .client
            .post(self.emails.clone())
            .bearer_auth(self.key.expose())
            .header("Idempotency-Key", key.to_string())
            .json(&body);
        read(&exchange(request).await?)
    }

    /// Whether the sender's domain is verified, in a sentence: asking messages nobody, and a key
    /// that may only send learns no more than that it is one.
    pub async fn look(&self) -> Result<String, Failure> {
        let answer = exchange(self.client.get(self.domains.clone()).bearer_auth(self.key.expose())).await?;
        let domain = self.from.rsplit('@').next().unwrap_or_default().trim_end_matches('>').to_lowercase();
        if let Ok(Domains { data }) = serde_json::from_slice(&answer.body)
            && answer.status.is_success()
        {
            let verified = data.iter().any(|known| known.name.to_lowercase() == domain && known.status == "verified");
            let unverified = || Failure::Channel(format!("{domain} is not verified at Resend"));
            return verified.then(|| format!("{domain} is verified")).ok_or_else(unverified);
        }
        match serde_json::from_slice(&answer.body) {
            Ok(Refusal { name, .. }) if name == "restricted_api_key" => {
                Ok(format!("the key may only send, so whether {domain} is verified could not be seen"))
            }
            Ok(refusal) => Err(sort(&answer, &refusal)),
            Err(_) => Err(answer.refused_without_reason()),
        }
    }
}

/// The text as HTML: its paragraphs, and nothing in them that could pose as markup.
fn page(mail: &Mail) -> String {
    let paragraph = |text: &str| format!("<p>{}</p>", escape(text.trim()).replace('\n', "<br>\n"));
    let paragraphs: Vec<String> = mail.text.split("\n\n").map(paragraph).collect();
    PAGE.replace("{subject}", &escape(&mail.subject)).replace("{paragraphs}", &paragraphs.join("\n"))
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

/// What an answer means. The status comes first: a proxy's error page is no answer of Resend's.
fn read(answer: &Answer) -> Result<String, Failure> {
    if answer.status.is_server_error() {
        return Err(Failure::later(format!("status {}", answer.status.as_u16())));
    }
    if let Ok(Accepted { id }) = serde_json::from_slice(&answer.body)
        && answer.status.is_success()
    {
        return Ok(id);
    }
    match serde_json::from_slice(&answer.body) {
        Ok(refusal) => Err(sort(answer, &refusal)),
        Err(_) => Err(answer.refused_without_reason()),
    }
}

/// The names and messages of <https://resend.com/docs/api-reference/errors>, read in November
/// 2026. What we don't know may pass, and is tried again.
fn sort(answer: &Answer, refusal: &Refusal) -> Failure {
    let said = public_words(&format!("{}: {}", refusal.name, refusal.message));
    let about = |words: &[&str]| {
        let all = format!("{} {}", refusal.name, refusal.message).to_lowercase();
        words.iter().any(|word| all.contains(word))
    };
    match answer.status {
        // A wrong key, or a domain that is not verified: nothing can be sent.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::Channel(said),
        StatusCode::TOO_MANY_REQUESTS => answer.wait(said),
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            if about(&["`from`", "from field", "from_address", "reply_to", "reply-to", "replyto"]) {
                Failure::Channel(said)
            } else if about(&["`to`", "to field", "to_address", "recipient"]) {
                Failure::Recipient(said)
            } else {
                Failure::later(said)
            }
        }
        _ => Failure::later(said),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(status: u16, body: &str) -> Result<String, Failure> {
        read(&Answer::of(status, body))
    }

    fn refused(status: u16, name: &str, message: &str) -> Failure {
        let body = json!({ "statusCode": status, "name": name, "message": message });
        answer(status, &body.to_string()).unwrap_err()
    }

    #[test]
    fn an_accepted_mail_gives_its_id() {
        assert_eq!(answer(200, r#"{"id":"49a3999c"}"#), Ok("49a3999c".into()));
    }

    #[test]
    fn faults_of_the_server_and_garbage_are_tried_again() {
        for (status, body) in [
            (500, r#"{"name":"invalid_api_key","message":"no"}"#),
            (503, "<html>"),
            (200, "<html>"),
            (200, "{}"),
            (302, ""),
            (409, r#"{"name":"concurrent_idempotent_requests","message":"in progress"}"#),
            (422, r#"{"name":"validation_error","message":"the moon is full"}"#),
        ] {
            assert!(matches!(answer(status, body), Err(Failure::Later { .. })), "{status} {body}");
        }
    }

    #[test]
    fn a_wrong_key_or_sender_is_the_channels_fault() {
        for (status, name, message) in [
            (401, "missing_api_key", "Missing API key in the authorization header."),
            (403, "invalid_api_key", "API key is invalid."),
            (403, "validation_error", "The example.com domain is not verified."),
            (422, "validation_error", "Invalid `from` field. The email address needs to follow a format."),
            (422, "validation_error", "Invalid `reply_to` field."),
        ] {
            assert!(matches!(refused(status, name, message), Failure::Channel(_)), "{message}");
        }
        assert!(matches!(answer(403, "<html>"), Err(Failure::Channel(_))));
    }

    #[test]
    fn a_refused_address_dies_alone_and_is_not_repeated() {
        let Failure::Recipient(said) =
            refused(422, "validation_error", "Invalid `to` field: ada@example.com is not an address.")
        else {
            panic!("not the recipient's")
        };
        assert_eq!(said, "validation_error: Invalid `to` field: … is not an address.");
    }

    #[test]
    fn a_limit_is_waited_for_as_long_as_it_says() {
        let body = br#"{"name":"rate_limit_exceeded","message":"Too many requests."}"#.to_vec();
        let limited = |retry_after| {
            let answer = Answer { status: StatusCode::TOO_MANY_REQUESTS, retry_after, body: body.clone() };
            let Err(Failure::Later { retry_after, .. }) = read(&answer) else { panic!("not later") };
            retry_after.unwrap()
        };

        assert_eq!(limited(Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert!(limited(None) >= Duration::from_secs(1));
    }

    #[test]
    fn nothing_in_a_mail_poses_as_markup() {
        let mail = Mail {
            to: "ada@example.com".into(),
            subject: "<b>A & B</b>".into(),
            text: "one\ntwo\n\n<img src=x onerror='alert(\"1\")'>".into(),
        };

        let page = page(&mail);

        assert!(page.contains("<title>&lt;b&gt;A &amp; B&lt;/b&gt;</title>"), "{page}");
        assert!(page.contains("<p>one<br>\ntwo</p>"), "{page}");
        assert!(page.contains("<p>&lt;img src=x onerror=&#39;alert(&quot;1&quot;)&#39;&gt;</p>"), "{page}");
    }
}
