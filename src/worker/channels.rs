//! Every channel that is on, and how a delivery leaves by it.

use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    domain::channel::Channel,
    integrations::{Failure, email::Email, telegram::Telegram, whatsapp::WhatsApp},
    storage::deliveries::Claimed,
};

/// What is configured here; what the rest owes is for instances that have it.
pub struct Channels {
    pub telegram: Option<Telegram>,
    pub email: Option<Email>,
    pub whatsapp: Option<WhatsApp>,
}

/// For a channel that leads to one place.
#[derive(Deserialize)]
struct Text {
    text: String,
}

/// For a channel that leads to anybody's phone.
#[derive(Deserialize)]
struct ToPhone {
    to: String,
    text: String,
}

impl Channels {
    pub fn configured(&self) -> Vec<Channel> {
        Channel::ALL.into_iter().filter(|channel| self.is_on(*channel)).collect()
    }

    /// Sends one delivery and returns the provider's name for it.
    pub async fn send(&self, claimed: &Claimed) -> Result<String, Failure> {
        match claimed.channel {
            Channel::Telegram => {
                let Text { text } = payload(claimed)?;
                on(self.telegram.as_ref())?.send(&text).await
            }
            Channel::Email => on(self.email.as_ref())?.send(claimed.id, &payload(claimed)?).await,
            Channel::WhatsApp => {
                let ToPhone { to, text } = payload(claimed)?;
                on(self.whatsapp.as_ref())?.send(&to, &text).await
            }
        }
    }

    fn is_on(&self, channel: Channel) -> bool {
        match channel {
            Channel::Telegram => self.telegram.is_some(),
            Channel::Email => self.email.is_some(),
            Channel::WhatsApp => self.whatsapp.is_some(),
        }
    }
}

fn on<T>(channel: Option<T>) -> Result<T, Failure> {
    channel.ok_or_else(|| Failure::Channel("not configured".into()))
}

fn payload<T: DeserializeOwned>(claimed: &Claimed) -> Result<T, Failure> {
    T::deserialize(&claimed.payload).map_err(|_| Failure::Recipient("the payload cannot be read".into()))
}
