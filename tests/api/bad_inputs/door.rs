//! The door of the private chat, tried with tokens of every shape.

use std::fmt::Display;

use chrono::Utc;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::unauthenticated;
use crate::{
    harness::TestApp,
    sessions::{SITE, ask, site},
};

/// The door that only a session opens.
pub struct Door {
    pub app: TestApp,
    /// What everybody hears who is not let in.
    refusal: Value,
}

impl Door {
    pub async fn new(db: PgPool) -> Self {
        Self::of(site(db).await).await
    }

    pub async fn of(app: TestApp) -> Self {
        let refusal = unauthenticated(&ask(&app, &[], &json!({ "message": "hello" })).await);
        Self { app, refusal }
    }

    pub async fn refuses(&self, token: &str, why: impl Display) {
        self.refuses_headers(&[("Authorization", &format!("Bearer {token}"))], why).await;
    }

    pub async fn refuses_cookies(&self, cookies: &str) {
        self.refuses_headers(&[("Cookie", cookies), ("Origin", SITE)], cookies).await;
    }

    async fn refuses_headers(&self, headers: &[(&str, &str)], why: impl Display) {
        let answer = ask(&self.app, headers, &json!({ "message": "hello" })).await;
        assert_eq!(answer.status, 401, "{why}");
        assert_eq!(unauthenticated(&answer), self.refusal, "{why}");
    }

    pub async fn opens(&self, token: &str, why: impl Display) {
        self.opens_by(&[("Authorization", &format!("Bearer {token}"))], why).await;
    }

    pub async fn opens_to_cookies(&self, cookies: &str) {
        self.opens_by(&[("Cookie", cookies), ("Origin", SITE)], cookies).await;
    }

    async fn opens_by(&self, headers: &[(&str, &str)], why: impl Display) {
        assert_eq!(ask(&self.app, headers, &json!({ "message": "hello" })).await.status, 200, "{why}");
    }
}

pub fn claims() -> Value {
    let now = Utc::now().timestamp();
    json!({ "name": "Ada", "email": "ada@example.com", "sub": "1", "iat": now, "exp": now + 3_600 })
}

pub fn claims_with(name: &str, value: Value) -> String {
    let mut claims = claims();
    claims[name] = value;
    claims.to_string()
}

/// A token with one of its parts replaced.
pub fn with_part(token: &str, at: usize, part: &str) -> String {
    let mut parts: Vec<&str> = token.split('.').collect();
    parts[at] = part;
    parts.join(".")
}

/// These claims without a time or an address we can read, in every way.
pub fn unfit_claims(claims: &Value) -> Vec<String> {
    let now = Utc::now().timestamp();
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims.to_string()
    };
    let without = |name: &str| {
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        claims.to_string()
    };
    let mut unfit: Vec<String> = vec![
        without("exp"),
        without("email"),
        with("exp", json!(4_102_444_800_i64)).replace("4102444800", "1e400"),
        with("exp", json!(1)).replacen('{', r#"{"exp":4102444800,"#, 1),
        format!("[{claims}]"),
        "null".to_owned(),
        String::new(),
    ];
    let exp = [json!(now - 60), json!(0), json!(-1), json!(1e308), json!(1e15), json!("4102444800"), json!(null)];
    let later = [json!(now + 60), json!(1e308), json!("now"), json!([1])];
    let email = [json!(null), json!(""), json!(5), json!(["ada@example.com"]), json!("ada"), json!("a@b.co\r\nc@d.co")];
    unfit.extend(exp.into_iter().map(|value| with("exp", value)));
    unfit.extend(later.clone().into_iter().map(|value| with("nbf", value)));
    unfit.extend(later.into_iter().map(|value| with("iat", value)));
    unfit.extend(email.into_iter().map(|value| with("email", value)));
    unfit
}
