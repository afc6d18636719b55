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
        let app = site(db).await;
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

pub fn claims_without(name: &str) -> String {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims.to_string()
}
