//! The ways out of the desk.

/// By what a message leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Channel {
    Telegram,
    Email,
    WhatsApp,
}

impl Channel {
    pub const ALL: [Self; 3] = [Self::Telegram, Self::Email, Self::WhatsApp];

    /// Its name in the tables, in health and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Email => "email",
            Self::WhatsApp => "whatsapp",
        }
    }
}
