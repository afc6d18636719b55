//! Reads settings one by one and remembers everything that is wrong with them.

use std::{collections::BTreeSet, fmt, ops::RangeInclusive, str::FromStr, time::Duration};

use reqwest::Url;

use super::secret::Secret;

/// Shorter than this and a machine secret could be guessed; `openssl rand -hex 16` gives 32.
const SECRET_LENGTH: usize = 32;

/// E.164's bounds on a number with its country.
const PHONE_DIGITS: RangeInclusive<usize> = 8..=15;

/// Why a start is refused: one plain sentence a setting.
#[derive(Debug)]
pub struct Refused(pub Vec<String>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Refused {}

pub(super) struct Reader<F> {
    lookup: F,
    problems: Vec<String>,
    names: BTreeSet<&'static str>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    pub(super) fn new(lookup: F) -> Self {
        Self { lookup, problems: Vec::new(), names: BTreeSet::new() }
    }

    /// The value as set; an empty one counts as unset.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.raw(name).filter(|value| !value.trim().is_empty())
    }

    fn raw(&mut self, name: &'static str) -> Option<String> {
        self.names.insert(name);
        (self.lookup)(name)
    }

    pub(super) fn list(&mut self, name: &'static str) -> Option<Vec<String>> {
        let text = self.text(name)?;
        Some(text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
    }

    /// A value of some type; `shape` says what a good one looks like.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &'static str, shape: &str) -> Option<T> {
        let text = self.text(name)?;
        let parsed = text.trim().parse().ok();
        if parsed.is_none() {
            self.refuse(format!("{name} must be {shape}"));
        }
        parsed
    }

    /// A whole number between two bounds, both included.
    pub(super) fn number(&mut self, name: &'static str, default: u64, (low, high): (u64, u64)) -> u64 {
        let shape = format!("a whole number from {low} to {high}");
        let Some(number) = self.parsed::<u64>(name, &shape) else { return default };
        if (low..=high).contains(&number) {
            return number;
        }
        self.refuse(format!("{name} must be {shape}"));
        default
    }

    pub(super) fn count(&mut self, name: &'static str, default: u64, bounds: (u64, u64)) -> usize {
        usize::try_from(self.number(name, default, bounds)).unwrap_or(usize::MAX)
    }

    pub(super) fn seconds(&mut self, name: &'static str, default: u64) -> Duration {
        Duration::from_secs(self.number(name, default, (1, 3_600)))
    }

    pub(super) fn secret(&mut self, name: &'static str) -> Option<Secret> {
        self.text(name).map(|value| Secret::new(value.trim().to_owned()))
    }

    /// A secret that is sent in a header, where only visible ASCII may stand.
    pub(super) fn bearer(&mut self, name: &'static str) -> Option<Secret> {
        let secret = self.secret(name)?;
        if !secret.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            self.refuse(format!("{name} must be the key alone, without spaces or line breaks"));
        }
        Some(secret)
    }

    /// Secrets that guard our own doors: a list for rotation, each long enough. Here an empty
    /// value is refused, because it looks like a lock and would be none.
    pub(super) fn door_secrets(&mut self, name: &'static str) -> Vec<Secret> {
        let Some(raw) = self.raw(name) else { return Vec::new() };
        self.long(name, raw.split(',').map(|secret| secret.trim().to_owned()).collect())
    }

    /// Secrets that somebody else signs with for us: a list for rotation, each long enough.
    pub(super) fn signing_secrets(&mut self, name: &'static str) -> Vec<Secret> {
        let secrets = self.list(name).unwrap_or_default();
        self.long(name, secrets)
    }

    fn long(&mut self, name: &'static str, secrets: Vec<String>) -> Vec<Secret> {
        if secrets.iter().any(|secret| secret.len() < SECRET_LENGTH) {
            self.refuse(format!(
                "{name} must be {SECRET_LENGTH} characters or more (openssl rand -hex {}), or not set at all",
                SECRET_LENGTH / 2
            ));
        }
        secrets.into_iter().map(Secret::new).collect()
    }

    /// An address we send to: https, or http to this machine; nothing that could lead
    /// elsewhere or carry a password.
    pub(super) fn base_url(&mut self, name: &'static str, default: &str) -> Url {
        let set = self.base_url_without_default(name);
        set.unwrap_or_else(|| Url::parse(default).expect("defaults are addresses"))
    }

    pub(super) fn base_url_without_default(&mut self, name: &'static str) -> Option<Url> {
        let text = self.text(name)?;
        self.safe(name, Url::parse(text.trim().trim_end_matches('/')).ok().filter(|url| url.query().is_none()))
    }

    /// An address of one thing, asked for as it is written.
    pub(super) fn whole_url(&mut self, name: &'static str) -> Option<Url> {
        let text = self.text(name)?;
        self.safe(name, Url::parse(text.trim()).ok())
    }

    fn safe(&mut self, name: &'static str, url: Option<Url>) -> Option<Url> {
        let url = url.filter(is_safe);
        if url.is_none() {
            self.refuse(format!("{name} must be an https address, or http to this machine"));
        }
        url
    }

    /// A phone number with its country, as `+` and digits.
    pub(super) fn phone(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name)?;
        let digits: String = text.trim().trim_start_matches('+').replace([' ', '-', '(', ')'], "");
        if !PHONE_DIGITS.contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.refuse(format!("{name} must be a phone number with its country, such as +447700900123"));
        }
        Some(format!("+{digits}"))
    }

    /// Whether `name` has the value that takes a guard away, which is for a machine nobody else
    /// reaches; whatever looks like a real deployment refuses the start.
    pub(super) fn drops_guard(&mut self, name: &'static str, value: &str, other: &str, is_public: bool) -> bool {
        let real = ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "RESEND_API_KEY"];
        let set: Vec<&str> = real.into_iter().filter(|name| self.text(name).is_some()).collect();
        match self.text(name).as_deref() {
            Some(text) if text == value && !is_public && set.is_empty() => true,
            Some(text) if text == value => {
                let why = if set.is_empty() { "the service is public" } else { "it looks like a real deployment" };
                let names = set.join(", ");
                self.refuse(format!("{name}={value} is for a developer's own machine: {why} ({names})"));
                false
            }
            None => false,
            Some(text) if text == other => false,
            Some(_) => {
                self.refuse(format!("{name} must be {value}, or not set"));
                false
            }
        }
    }

    pub(super) fn refuse(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// The names read so far, and every problem met.
    pub(super) fn finish(self) -> (BTreeSet<&'static str>, Vec<String>) {
        (self.names, self.problems)
    }
}

fn is_safe(url: &Url) -> bool {
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    plain
        && match url.scheme() {
            "https" => url.has_host(),
            "http" => is_loopback(url),
            _ => false,
        }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_or_this_machine() {
        for (url, safe) in [
            ("https://api.telegram.org", true),
            ("http://127.0.0.1:9", true),
            ("http://[::1]:9", true),
            ("http://localhost:9/prefix", true),
            ("http://169.254.169.254", false),
            ("http://10.0.0.1", false),
            ("http://localhost.evil.example", false),
            ("https://user:word@api.telegram.org", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_safe(&Url::parse(url).unwrap()), safe, "{url}");
        }
    }
}
