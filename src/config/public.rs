//! What *public* means, and what a public start demands.

use std::net::SocketAddr;

use reqwest::Url;

use super::{Config, Proxies, reader::Reader};

/// Whether strangers can reach it.
pub(super) fn is_public(listen: SocketAddr, proxies: &Proxies, public_url: Option<&Url>) -> bool {
    !listen.ip().is_loopback() || *proxies != Proxies::None || public_url.is_some_and(|url| url.scheme() == "https")
}

/// Strangers are met with the doors locked.
pub(super) fn demand<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, config: &Config) {
    if !config.is_public() {
        return;
    }
    if config.internal_secrets.is_empty() {
        reader.refuse("INTERNAL_API_SECRET must be set when the service is public (openssl rand -hex 32)".into());
    }
    if config.tokens.is_on() && config.tokens.is_for_anybody() {
        reader.refuse(
            "JWT_AUDIENCE or JWT_ISSUER must be set beside JWT_SECRET or JWT_JWKS_URL when the service is public, or tokens made for other programs count"
                .into(),
        );
    }
    if config.session_secrets.is_empty() && !config.tokens.is_on() {
        reader.refuse(
            "One of NEXTAUTH_SECRET, AUTH_SECRET, JWT_SECRET or JWT_JWKS_URL must be set when the service is \
             public, to know customers by"
                .into(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{problems, read};

    #[test]
    fn a_public_start_demands_the_internal_secret_and_a_way_to_know_customers() {
        assert_eq!(problems(&[("HOST", "0.0.0.0"), ("AUTH_SECRET", "site")]).len(), 1);
        assert_eq!(problems(&[("PUBLIC_URL", "https://api.example.com"), ("AUTH_SECRET", "site")]).len(), 1);
        let secret = "x".repeat(32);
        let public = [("HOST", "0.0.0.0"), ("INTERNAL_API_SECRET", secret.as_str())];
        assert_eq!(problems(&public).len(), 1);
        assert!(problems(&[public[0], public[1], ("AUTH_SECRET", "site")]).is_empty());
    }

    #[test]
    fn an_address_that_is_no_sites_makes_no_origin() {
        for url in ["file:///srv", "data:text/html,x", "localhost:8000", "https://"] {
            assert_eq!(problems(&[("PUBLIC_URL", url)]).len(), 1, "{url}");
        }
        let config = read(&[("PUBLIC_URL", "http://desk.example.com/path")]).unwrap();
        assert!(config.allowed_origins.contains(&"http://desk.example.com".to_owned()));
    }

    #[test]
    fn an_address_is_trusted_on_a_developers_machine_only() {
        let trust = ("SUPPORT_TRUST_EMAIL", "development");
        assert!(read(&[trust]).unwrap().trusts_email);
        assert!(!read(&[]).unwrap().trusts_email);
        for real in
            [("TRUSTED_PROXIES", "1"), ("RESEND_API_KEY", "re_1"), ("STRIPE_SECRET_KEY", "sk"), ("HOST", "0.0.0.0")]
        {
            assert!(!problems(&[trust, real]).is_empty(), "{real:?}");
        }
        assert_eq!(problems(&[("SUPPORT_TRUST_EMAIL", "yes")]).len(), 1);
    }
}
