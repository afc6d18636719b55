//! Telegram's Bot API: teloxide's types over our own client, because teloxide's sleeps ten
//! seconds after any 5xx and cannot read an error body that is not Telegram's.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::{Deserialize, de::DeserializeOwned};
use teloxide::{
    ApiError,
    payloads::{SendMessage, SendMessageSetters as _},
    types::{ChatId, LinkPreviewOptions, Recipient, ResponseParameters},
};

use super::{Answer, Failure, exchange, public_words};
use crate::config;

/// Telegram's bound on a text, in UTF-16 units.
const LONGEST_TEXT: usize = 4_096;

/// The bot, and the one chat it writes to.
#[derive(Clone)]
pub struct Telegram {
    client: Client,
    send_message: Url,
    get_me: Url,
    chat: Recipient,
}

#[derive(Deserialize)]
struct Said<T> {
    result: Option<T>,
    description: Option<ApiError>,
    parameters: Option<ResponseParameters>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Sent {
    message_id: i64,
}

#[derive(Deserialize)]
struct Bot {
    username: String,
}

impl Telegram {
    pub fn new(settings: &config::Telegram, client: Client) -> anyhow::Result<Self> {
        let base = settings.api_url.as_str().trim_end_matches('/');
        let method = |name| Url::parse(&format!("{base}/bot{}/{name}", settings.token.expose()));
        let (send_message, get_me) = (method("sendMessage")?, method("getMe")?);
        let chat = match settings.chat_id.parse() {
            Ok(id) => Recipient::Id(ChatId(id)),
            Err(_) => Recipient::ChannelUsername(settings.chat_id.clone()),
        };
        Ok(Self { client, send_message, get_me, chat })
    }

    /// Sends plain text (no markup, so nothing in it can fail to parse or pose as markup) and
    /// returns the message's id.
    pub async fn send(&self, text: &str) -> Result<String, Failure> {
        let preview = LinkPreviewOptions {
            is_disabled: true,
            url: None,
            prefer_small_media: false,
            prefer_large_media: false,
            show_above_text: false,
        };
        let message = SendMessage::new(self.chat.clone(), cut(text)).link_preview_options(preview);
        let sent: Sent = call(self.client.post(self.send_message.clone()).json(&message)).await?;
        Ok(sent.message_id.to_string())
    }

    /// The bot's user name: asking for it messages nobody, and only a good token learns it.
    pub async fn who_am_i(&self) -> Result<String, Failure> {
        let bot: Bot = call(self.client.get(self.get_me.clone())).await?;
        Ok(bot.username)
    }
}

async fn call<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    read(&exchange(request).await?)
}

/// What an answer means. The status comes first: a proxy's error page is no Telegram error.
fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    let status = answer.status;
    let said: Option<Said<T>> = serde_json::from_slice(&answer.body).ok();
    if status.is_server_error() {
        return Err(Failure::later(format!("status {}", status.as_u16())));
    }
    let Some(said) = said else {
        return Err(answer.refused_without_reason());
    };
    match (said.result, said.description, said.parameters) {
        (Some(result), ..) if status.is_success() => Ok(result),
        (_, _, Some(ResponseParameters::RetryAfter(wait))) => Err(Failure::Later {
            retry_after: Some(Duration::from_secs(u64::from(wait.seconds()))),
            error: "too many messages".into(),
        }),
        (_, _, Some(ResponseParameters::MigrateToChatId(chat))) => {
            Err(Failure::Channel(format!("the group became a supergroup: set TELEGRAM_CHAT_ID to {chat}")))
        }
        (_, Some(error), _) => Err(sort(status, &error)),
        _ => Err(answer.refused_without_reason()),
    }
}

/// There is one chat, so a refusal of the chat is a fault of the channel. Only what Telegram says
/// of the text itself is about this message alone; what we don't know may pass, and is tried again.
fn sort(status: StatusCode, error: &ApiError) -> Failure {
    let said = public_words(&error.to_string());
    match (status, error) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND, _) => Failure::Channel(said),
        (_, ApiError::MessageTextIsEmpty | ApiError::MessageIsTooLong) => Failure::Recipient(said),
        (StatusCode::BAD_REQUEST, _) if is_about_the_chat(&said) => Failure::Channel(said),
        _ => Failure::later(said),
    }
}

/// Such as "chat not found", "`CHAT_WRITE_FORBIDDEN`", "not enough rights", "group is deactivated".
fn is_about_the_chat(said: &str) -> bool {
    let said = said.to_lowercase();
    ["chat", "group", "rights", "topic", "member", "kicked", "token"].iter().any(|word| said.contains(word))
}

/// At most what Telegram takes, cut between characters.
fn cut(text: &str) -> String {
    if text.encode_utf16().count() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let mut room = LONGEST_TEXT - 1;
    let kept = text.chars().take_while(|c| {
        let fits = c.len_utf16() <= room;
        room -= if fits { c.len_utf16() } else { room };
        fits
    });
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: StatusCode, body: &[u8]) -> Result<Sent, Failure> {
        super::read(&Answer { status, retry_after: None, body: body.to_vec() })
    }

    fn later(error: &str) -> Result<Sent, Failure> {
        Err(Failure::later(error))
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        let cut_text = cut(&"👍".repeat(3_000));

        assert!(cut_text.ends_with('…'));
        assert!(cut_text.encode_utf16().count() <= LONGEST_TEXT);
        assert_eq!(cut("short"), "short");
    }

    #[test]
    fn a_sent_message_gives_its_id() {
        assert_eq!(
            read(StatusCode::OK, br#"{"ok":true,"result":{"message_id":7,"date":0}}"#),
            Ok(Sent { message_id: 7 })
        );
    }

    #[test]
    fn faults_of_the_server_are_tried_again_whatever_the_body_says() {
        assert_eq!(read(StatusCode::BAD_GATEWAY, b"<html>"), later("status 502"));
        assert_eq!(
            read(StatusCode::INTERNAL_SERVER_ERROR, br#"{"ok":false,"description":"Unauthorized"}"#),
            later("status 500")
        );
        assert!(matches!(read(StatusCode::OK, b"<html>"), Err(Failure::Later { .. })));
    }

    #[test]
    fn a_wait_that_telegram_names_is_kept() {
        let body = br#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#;

        let Err(Failure::Later { retry_after, .. }) = read(StatusCode::TOO_MANY_REQUESTS, body) else {
            panic!("not later")
        };
        assert_eq!(retry_after, Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_wrong_token_or_chat_is_the_channels_fault() {
        for (status, description) in [
            (StatusCode::UNAUTHORIZED, "Unauthorized"),
            (StatusCode::NOT_FOUND, "Not Found"),
            (StatusCode::FORBIDDEN, "Forbidden: bot was kicked from the supergroup chat"),
            (StatusCode::BAD_REQUEST, "Bad Request: chat not found"),
            (StatusCode::BAD_REQUEST, "Bad Request: TOPIC_CLOSED"),
            (StatusCode::BAD_REQUEST, "Bad Request: CHAT_WRITE_FORBIDDEN"),
            (StatusCode::BAD_REQUEST, "Bad Request: not enough rights to send text messages to the chat"),
        ] {
            let body = format!(r#"{{"ok":false,"error_code":{},"description":"{description}"}}"#, status.as_u16());
            assert!(matches!(read(status, body.as_bytes()), Err(Failure::Channel(_))), "{description}");
        }
    }

    #[test]
    fn a_refusal_we_do_not_know_may_pass() {
        let body = br#"{"ok":false,"error_code":400,"description":"Bad Request: the moon is full"}"#;

        assert!(matches!(read(StatusCode::BAD_REQUEST, body), Err(Failure::Later { .. })));
    }

    #[test]
    fn what_telegram_quotes_back_is_not_kept() {
        let body = br#"{"ok":false,"error_code":400,"description":"Bad Request: no ada@example.com\n+447700900123"}"#;

        let Err(Failure::Later { error, .. }) = read(StatusCode::BAD_REQUEST, body) else { panic!("not later") };
        assert!(!error.contains("example") && !error.contains("4477"), "{error}");
    }

    #[test]
    fn a_text_telegram_will_not_take_dies_alone() {
        let body = br#"{"ok":false,"error_code":400,"description":"Bad Request: message text is empty"}"#;

        assert!(matches!(read(StatusCode::BAD_REQUEST, body), Err(Failure::Recipient(_))));
    }
}
