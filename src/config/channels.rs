//! The settings of the ways out. Half a configuration is none, and the start says what it takes.

use reqwest::Url;

use super::{Secret, reader::Reader};

#[derive(Clone, Debug)]
pub struct Telegram {
    pub api_url: Url,
    pub token: Secret,
    pub chat_id: String,
}

#[derive(Clone, Debug)]
pub struct Email {
    pub api_url: Url,
    pub key: Secret,
    /// The sender, perhaps with a name: `Levqor <support@levqor.ai>`.
    pub from: String,
    pub confirmations_per_hour: i32,
}

#[derive(Clone, Debug)]
pub struct WhatsApp {
    /// With the version in its path: `https://graph.facebook.com/v17.0`.
    pub api_url: Url,
    pub token: Secret,
    /// The id of our number, which is not the number.
    pub sender_id: String,
    /// Where alerts go, as `+` and digits.
    pub admin_phone: Option<String>,
}

pub(super) fn telegram<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Option<Telegram> {
    let api_url = reader.base_url("TELEGRAM_API_URL", "https://api.telegram.org");
    let token = reader.secret("TELEGRAM_BOT_TOKEN");
    let chat_id = reader.text("TELEGRAM_CHAT_ID");
    Some(Telegram { api_url, token: token?, chat_id: chat_id?.trim().to_owned() })
}

pub(super) fn email<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Option<Email> {
    let api_url = reader.base_url("RESEND_API_URL", "https://api.resend.com");
    let key = reader.bearer("RESEND_API_KEY");
    let from = reader.text("AUTH_FROM_EMAIL").map(|from| from.trim().to_owned());
    let per_hour = reader.number("CONFIRMATIONS_PER_HOUR", 200, (0, 10_000));
    if from.as_ref().is_some_and(|from| !from.contains('@') || from.contains(char::is_control)) {
        reader.refuse("AUTH_FROM_EMAIL must be an e-mail address such as support@example.com".into());
    }
    Some(Email { api_url, key: key?, from: from?, confirmations_per_hour: i32::try_from(per_hour).unwrap_or(200) })
}

pub(super) fn whatsapp<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Option<WhatsApp> {
    let api_url = reader.base_url_without_default("WHATSAPP_API_URL");
    let token = reader.bearer("WHATSAPP_ACCESS_TOKEN");
    let sender_id = reader.text("WHATSAPP_SENDER_ID").map(|id| id.trim().to_owned());
    let admin_phone = reader.phone("WHATSAPP_ADMIN_PHONE");
    // It becomes a part of the address.
    if sender_id.as_ref().is_some_and(|id| !id.bytes().all(|byte| byte.is_ascii_digit())) {
        reader.refuse("WHATSAPP_SENDER_ID must be the id of your number at Meta, digits only".into());
    }
    Some(WhatsApp { api_url: api_url?, token: token?, sender_id: sender_id?, admin_phone })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{problems, read};

    #[test]
    fn whatsapp_takes_all_three_settings_and_a_phone_in_any_usual_spelling() {
        let all = [
            ("WHATSAPP_API_URL", "https://graph.facebook.com/v17.0"),
            ("WHATSAPP_ACCESS_TOKEN", "EAAG"),
            ("WHATSAPP_SENDER_ID", "106540352242922"),
            ("WHATSAPP_ADMIN_PHONE", "+44 (7700) 900-123"),
        ];
        assert_eq!(read(&all).unwrap().whatsapp.unwrap().admin_phone.unwrap(), "+447700900123");
        for missing in 0..3 {
            let mut some = all.to_vec();
            some.remove(missing);
            assert!(read(&some).unwrap().whatsapp.is_none());
        }
        for wrong in [
            ("WHATSAPP_API_URL", "http://169.254.169.254"),
            ("WHATSAPP_ACCESS_TOKEN", "EA\nAG"),
            ("WHATSAPP_SENDER_ID", "1/../2"),
            ("WHATSAPP_ADMIN_PHONE", "me"),
            ("WHATSAPP_ADMIN_PHONE", "12345"),
        ] {
            assert_eq!(problems(&[wrong]).len(), 1, "{wrong:?}");
        }
    }
}
