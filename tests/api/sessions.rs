//! Sessions of the site, as its two libraries made them.

use serde_json::Value;
use sqlx::PgPool;

use crate::{
    harness::TestApp,
    http::{Answer, exchange, request},
};

pub const PATH: &str = "/api/support/private";

/// An origin whose pages may send a cookie along.
pub const SITE: &str = "https://www.levqor.ai";

/// One of the two libraries, with a token it made for ada@example.com that is good for decades.
pub struct Library {
    pub secret: String,
    pub token: String,
    /// Its cookie over https, and over plain http.
    pub cookies: [&'static str; 2],
}

pub fn nextauth() -> Library {
    let cookies = ["__Secure-next-auth.session-token", "next-auth.session-token"];
    Library::read(include_str!("../sessions/nextauth-v4.json"), cookies)
}

pub fn authjs() -> Library {
    let cookies = ["__Secure-authjs.session-token", "authjs.session-token"];
    Library::read(include_str!("../sessions/authjs-v5.json"), cookies)
}

impl Library {
    fn read(vector: &str, cookies: [&'static str; 2]) -> Self {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { secret: text(&vector["secret"]), token: text(&vector["token"]), cookies }
    }
}

/// The service as the site's customers meet it.
pub async fn site(db: PgPool) -> TestApp {
    TestApp::with(db, &[("NEXTAUTH_SECRET", &nextauth().secret), ("AUTH_SECRET", &authjs().secret)]).await
}

/// Asks in private, with these headers.
pub async fn ask(app: &TestApp, headers: &[(&str, &str)], body: &Value) -> Answer {
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    exchange(app.address, &request("POST", PATH, &headers, body.to_string().as_bytes())).await.unwrap()
}
