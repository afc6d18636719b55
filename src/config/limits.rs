//! The settings of limits: how much one person, one place and everybody together may ask.

use super::reader::Reader;

/// How much anybody may ask.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Off is for a developer's own machine: nothing that comes straight from it is counted.
    pub is_on: bool,
    /// In one conversation, or by one customer.
    pub chats: Pair,
    /// From one address, which an office shares.
    pub address_chats: Pair,
    pub address_escalations_per_hour: u32,
    /// New tickets for one e-mail address.
    pub email_tickets_per_hour: i64,
    /// Alerts to the team, over all instances.
    pub alerts_per_ten_minutes: i32,
    pub connections_per_address: usize,
}

/// Two rates, each a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Above it the knowledge base answers, and no model is asked.
    pub soft: u32,
    /// Above it nobody does.
    pub hard: u32,
}

pub(super) fn limits<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, is_public: bool) -> Limits {
    Limits {
        is_on: !reader.drops_guard("RATE_LIMITS", "off", "on", is_public),
        chats: pair(reader, "CHATS_PER_MINUTE", Pair { soft: 20, hard: 60 }),
        address_chats: pair(reader, "ADDRESS_CHATS_PER_MINUTE", Pair { soft: 60, hard: 300 }),
        address_escalations_per_hour: narrow(reader.number("ADDRESS_ESCALATIONS_PER_HOUR", 10, (1, 1_000_000))),
        email_tickets_per_hour: narrow(reader.number("EMAIL_TICKETS_PER_HOUR", 5, (1, 1_000_000))).into(),
        alerts_per_ten_minutes: i32::try_from(reader.number("ALERTS_PER_TEN_MINUTES", 30, (1, 1_000))).unwrap_or(30),
        connections_per_address: reader.count("MAX_CONNECTIONS_PER_ADDRESS", 256, (1, 1_000_000)),
    }
}

/// `20/60`: soft, then hard.
fn pair<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, name: &'static str, default: Pair) -> Pair {
    const MOST: u32 = 1_000_000;
    let Some(text) = reader.text(name) else { return default };
    let numbers =
        text.split_once('/').and_then(|(soft, hard)| Some((soft.trim().parse().ok()?, hard.trim().parse().ok()?)));
    match numbers {
        Some((soft, hard)) if 0 < soft && soft <= hard && hard <= MOST => Pair { soft, hard },
        _ => {
            reader.refuse(format!(
                "{name} must be two whole numbers such as {}/{}: above the first the knowledge base answers alone, \
                 above the second nobody does",
                default.soft, default.hard
            ));
            default
        }
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{problems, read};
    use super::*;

    #[test]
    fn limits_are_off_on_a_developers_machine_only() {
        assert!(read(&[]).unwrap().limits.is_on);
        assert!(read(&[("RATE_LIMITS", "on")]).unwrap().limits.is_on);
        assert!(!read(&[("RATE_LIMITS", "off")]).unwrap().limits.is_on);
        for real in
            [("TRUSTED_PROXIES", "1"), ("RESEND_API_KEY", "re_1"), ("STRIPE_SECRET_KEY", "sk"), ("HOST", "0.0.0.0")]
        {
            assert!(!problems(&[("RATE_LIMITS", "off"), real]).is_empty(), "{real:?}");
        }
        assert_eq!(problems(&[("RATE_LIMITS", "no")]).len(), 1);
    }

    #[test]
    fn a_pair_is_soft_and_then_hard() {
        let read = |text: &str| read(&[("CHATS_PER_MINUTE", text)]).unwrap().limits.chats;

        assert_eq!(read("5/ 7"), Pair { soft: 5, hard: 7 });
        for wrong in ["5", "7/5", "0/5", "5/", "a/b", "5/7/9"] {
            assert_eq!(problems(&[("CHATS_PER_MINUTE", wrong)]).len(), 1, "{wrong}");
        }
    }
}
