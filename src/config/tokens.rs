//! The settings of signed tokens that count as a customer's session.

use reqwest::Url;

use super::{Secret, reader::Reader};

/// Who may sign tokens for us, and what must stand in them.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Shared with who signs by HS256; any of them will do.
    pub secrets: Vec<Secret>,
    /// Where the public keys of who signs by RS256 or ES256 lie.
    pub keys_url: Option<Url>,
    /// One of these must have made it, where any is named.
    pub issuers: Vec<String>,
    /// It must be for one of these, where any is named.
    pub audiences: Vec<String>,
}

impl Tokens {
    pub fn is_on(&self) -> bool {
        !self.secrets.is_empty() || self.keys_url.is_some()
    }

    /// Whether nothing says whom a token must be for, or who must have made it.
    pub fn is_for_anybody(&self) -> bool {
        self.issuers.is_empty() && self.audiences.is_empty()
    }
}

pub(super) fn tokens<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Tokens {
    Tokens {
        secrets: reader.signing_secrets("JWT_SECRET"),
        keys_url: reader.whole_url("JWT_JWKS_URL"),
        issuers: reader.list("JWT_ISSUER").unwrap_or_default(),
        audiences: reader.list("JWT_AUDIENCE").unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{problems, read};

    #[test]
    fn a_secret_that_could_be_guessed_refuses_the_start() {
        let long = "x".repeat(32);

        assert!(!read(&[("JWT_SECRET", "")]).unwrap().tokens.is_on());
        assert_eq!(read(&[("JWT_SECRET", &format!("{long}, y{long}"))]).unwrap().tokens.secrets.len(), 2);
        for short in [&long[1..], &format!("{long},short")] {
            let problems = problems(&[("JWT_SECRET", short)]);
            assert!(problems.len() == 1 && problems[0].starts_with("JWT_SECRET must be 32 characters"), "{problems:?}");
        }
    }

    #[test]
    fn keys_come_by_https_or_from_this_machine() {
        for good in ["https://h.example/.well-known/jwks.json", "https://h.example/keys?p=1", "http://127.0.0.1:9/k"] {
            assert_eq!(read(&[("JWT_JWKS_URL", good)]).unwrap().tokens.keys_url.unwrap().as_str(), good);
        }
        for bad in ["http://h.example/keys", "http://169.254.169.254/", "https://u:p@h.example/", "file:///k", "keys"] {
            assert_eq!(problems(&[("JWT_JWKS_URL", bad)]).len(), 1, "{bad}");
        }
    }

    #[test]
    fn either_way_of_signing_is_a_way_to_know_customers_by() {
        let secret = "x".repeat(32);
        let public = [("HOST", "0.0.0.0"), ("INTERNAL_API_SECRET", secret.as_str())];

        assert!(problems(&public)[0].contains("JWT_SECRET or JWT_JWKS_URL"));
        for way in [("JWT_SECRET", secret.as_str()), ("JWT_JWKS_URL", "https://h.example/keys")] {
            assert!(problems(&[public[0], public[1], way])[0].contains("JWT_AUDIENCE or JWT_ISSUER"), "{way:?}");
            let named = ("JWT_AUDIENCE", "desk");
            assert!(problems(&[public[0], public[1], way, named]).is_empty(), "{way:?}");
        }
        assert_eq!(problems(&[public[0], public[1], ("JWT_ISSUER", "https://h.example/")]).len(), 1);
    }
}
