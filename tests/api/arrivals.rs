//! The three ways in which the README says that a session of the site reaches us, each tried as it is
//! written there, from sign-in to answer.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    browser::{Browser, Fetch, Seen},
    harness::{SECRET, TestApp},
    http::Answer,
    sessions::{Library, authjs, nextauth},
    site::{self, Recipe},
};

const README: &str = include_str!("../../README.md");

/// Its pages, us beside it, a neighbour on the same domain, and a stranger.
const SITE: &str = "https://www.example.com";
const DESK: &str = "https://api.example.com";
const NEIGHBOUR: &str = "https://blog.example.com";
const STRANGER: &str = "https://evil.example";

const REWRITE: &str = "the-secret-of-the-rewrite-and-no-other";

/// What both libraries set by themselves: for the site's own host, and from its own pages.
const USUAL: &str = "Path=/; HttpOnly; Secure; SameSite=Lax";

/// What stands between these two in the README.
fn written(before: &str, after: &str) -> &'static str {
    let (_, rest) = README.split_once(before).unwrap_or_else(|| panic!("the README says nothing of {before}"));
    rest.split_once(after).unwrap().0
}

/// Us, a site, and a browser that has signed in there.
struct Street {
    desk: TestApp,
    browser: Browser,
}

impl Street {
    /// With settings as the README names them for this site.
    async fn new(db: PgPool, library: &Library, recipe: Recipe) -> Self {
        let settings = [
            ("PUBLIC_URL", DESK),
            ("CORS_ALLOWED_ORIGINS", SITE),
            ("PROXY_SECRET", REWRITE),
            ("AUTH_SECRET", library.secret.as_str()),
            ("ADDRESS_CHATS_PER_MINUTE", "3/3"),
        ];
        let desk = TestApp::with(db, &settings).await;
        let served = site::serve(recipe, desk.address).await;
        // Strangers' pages are served nowhere: only what they ask for counts.
        let mut browser = Browser::new(&[(SITE, served), (DESK, desk.address)]);
        assert_eq!(browser.visit(&format!("{SITE}/sign-in")).await.body, "welcome");
        Self { desk, browser }
    }

    async fn ask(&mut self, page: &str, url: &str, conversation: &str) -> Seen {
        let body = json!({ "message": "hello", "conversationId": conversation }).to_string();
        let headers = [("Content-Type", "application/json")];
        let fetch = Fetch { method: "POST", url, headers: &headers, body: &body, includes_cookies: true };
        self.browser.fetch(page, &fetch).await
    }

    /// What a form of any page can do without being asked.
    async fn post_form(&mut self, page: &str, url: &str) -> Answer {
        let headers = [("Content-Type", "text/plain")];
        let body = r#"{"message":"hello"}"#;
        let fetch = Fetch { method: "POST", url, headers: &headers, body, includes_cookies: true };
        match self.browser.fetch(page, &fetch).await {
            Seen::Answer(answer) | Seen::NotReadable(answer) => answer,
            Seen::NotSent => panic!("a form asks nobody"),
        }
    }

    async fn read(&mut self, page: &str, conversations: &str, id: &str) -> Seen {
        let url = format!("{conversations}/{id}");
        let fetch = Fetch { method: "GET", url: &url, headers: &[], body: "", includes_cookies: true };
        self.browser.fetch(page, &fetch).await
    }

    async fn said(&self) -> i64 {
        self.desk.count("select count(*) from support.messages where author = 'customer'").await
    }

    /// A conversation of two turns that is read back, from a page of the site.
    async fn converse(&mut self, base: &str) {
        let private = format!("{base}/api/support/private");
        let first = self.ask(SITE, &private, "").await.answer();
        assert_eq!(first.status, 200, "{}", first.body);
        let id = text(&first.json(), "conversationId");
        let second = self.ask(SITE, &private, &id).await.answer();
        assert_eq!(second.json()["conversationId"], id.as_str());
        let read = self.read(SITE, &format!("{base}/api/support/conversations"), &id).await.answer();
        assert_eq!(read.json()["messages"].as_array().unwrap().len(), 4, "{}", read.body);
        let owner = "select count(*) from support.conversations where mode = 'private' and email = 'ada@example.com'";
        assert_eq!(self.desk.count(owner).await, 1);
    }
}

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap().to_owned()
}

fn cookie(library: &Library, attributes: &str) -> (String, String) {
    (library.cookies[0].to_owned(), attributes.to_owned())
}

/// The rewrite, as it stands in the README.
fn rewrite() -> (String, String) {
    let end = |path: &str| path.strip_suffix(":path*").unwrap().to_owned();
    (end(written("source: '", "'")), end(written("destination: '", "'")))
}

/// What the README's middleware adds to what is passed on.
fn added() -> Vec<(String, String)> {
    let (name, value) = (written("headers.set('", "'"), written("process.env.", ")"));
    assert_eq!((name, value), ("X-Proxy-Secret", "PROXY_SECRET"));
    vec![(name.to_owned(), REWRITE.to_owned())]
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn by_the_sites_rewrite_the_cookie_arrives_as_the_site_sets_it(db: PgPool) {
    for library in [nextauth(), authjs()] {
        sqlx::query("delete from support.conversations").execute(&db).await.unwrap();
        let (token, cookie) = (library.token.clone(), cookie(&library, USUAL));
        let recipe = Recipe { cookie, token, rewrite: Some(rewrite()), added: added() };
        let mut street = Street::new(db.clone(), &library, recipe).await;

        street.converse("").await;
        assert_eq!(street.browser.preflights, 0, "the browser talks to the site only");
        // Nor is the site's own address, which is everybody's, what is limited.
        for _ in 0..5 {
            assert_eq!(street.ask(SITE, "/api/support/private", "").await.answer().status, 200);
        }

        let said = street.said().await;
        let url = format!("{SITE}/api/support/private");
        assert!(matches!(street.ask(STRANGER, &url, "").await, Seen::NotSent));
        // The cookie is for the site's own pages, and for its own host.
        assert_eq!(street.post_form(STRANGER, &url).await.status, 401);
        assert_eq!(street.ask(SITE, &format!("{DESK}/api/support/private"), "").await.answer().status, 401);
        assert_eq!(street.post_form(NEIGHBOUR, &url).await.status, 403);
        assert_eq!(street.said().await, said);
    }
}

/// Where the middleware is left out it works all the same, and the whole site counts as one.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_cookie_that_goes_along_from_everywhere_counts_from_the_sites_pages_only(db: PgPool) {
    let library = nextauth();
    let attributes = "Path=/; HttpOnly; Secure; SameSite=None";
    let recipe = Recipe {
        cookie: cookie(&library, attributes),
        token: library.token.clone(),
        rewrite: Some(rewrite()),
        added: Vec::new(),
    };
    let mut street = Street::new(db, &library, recipe).await;
    let url = format!("{SITE}/api/support/private");

    street.converse("").await;
    let said = street.said().await;
    assert_eq!(street.post_form(STRANGER, &url).await.status, 403);
    assert!(matches!(street.ask(STRANGER, &url, "").await, Seen::NotSent));
    let theirs = street.read(STRANGER, &format!("{SITE}/api/support/conversations"), &"x".repeat(32)).await;
    assert!(matches!(theirs, Seen::NotReadable(_)), "{theirs:?}");
    assert_eq!(street.said().await, said);
}

/// The cookie that the README's options of NextAuth make.
fn wider() -> (String, String) {
    let options = written("sessionToken: {", "} }");
    let option = |name: &str| {
        let (_, rest) = options.split_once(&format!("{name}: ")).unwrap();
        rest.trim_start_matches('\'').split(['\'', ',']).next().unwrap().trim().to_owned()
    };
    for flag in ["httpOnly", "secure"] {
        assert_eq!(option(flag), "true");
    }
    let (domain, path, same_site) = (option("domain"), option("path"), option("sameSite"));
    (option("name"), format!("Domain={domain}; Path={path}; HttpOnly; Secure; SameSite={same_site}"))
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_wider_cookie_arrives_at_a_sibling_host(db: PgPool) {
    let library = nextauth();
    let recipe = Recipe { cookie: wider(), token: library.token.clone(), ..Recipe::default() };
    assert_eq!(recipe.cookie.0, library.cookies[0]);
    let mut street = Street::new(db, &library, recipe).await;

    street.converse(DESK).await;
    assert_eq!(street.browser.preflights, 2, "for JSON; reading needs none");

    let said = street.said().await;
    let url = format!("{DESK}/api/support/private");
    for page in [NEIGHBOUR, STRANGER] {
        assert!(matches!(street.ask(page, &url, "").await, Seen::NotSent), "{page}");
        let read = street.read(page, &format!("{DESK}/api/support/conversations"), &"x".repeat(32)).await;
        assert!(matches!(read, Seen::NotReadable(_)), "{page}: {read:?}");
    }
    // To a neighbour's page the cookie goes along, and is of no use there.
    assert_eq!(street.post_form(NEIGHBOUR, &url).await.status, 403);
    assert_eq!(street.post_form(STRANGER, &url).await.status, 401);
    assert_eq!(street.said().await, said);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_token_that_the_page_hands_over_needs_no_cookie(db: PgPool) {
    assert_eq!(written("getToken({ req, ", " })"), "raw: true");
    for library in [nextauth(), authjs()] {
        let recipe = Recipe { cookie: cookie(&library, USUAL), token: library.token.clone(), ..Recipe::default() };
        let mut street = Street::new(db.clone(), &library, recipe).await;
        let fetch = Fetch { method: "GET", url: "/token", headers: &[], body: "", includes_cookies: false };
        let token = street.browser.fetch(SITE, &fetch).await.answer().body;
        assert_eq!(token, library.token);
        let (url, bearer) = (format!("{DESK}/api/support/private"), format!("Bearer {token}"));
        let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
        let body = r#"{"message":"hello"}"#;
        let fetch = Fetch { method: "POST", url: &url, headers: &headers, body, includes_cookies: false };

        let answer = street.browser.fetch(SITE, &fetch).await.answer();

        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.header("x-request-id").is_some());
        assert_eq!(street.browser.preflights, 1);
        // A page of somebody else's gets no token, and could do nothing with one.
        let url = format!("{SITE}/token");
        let token = Fetch { method: "GET", url: &url, headers: &[], body: "", includes_cookies: true };
        let Seen::NotReadable(refused) = street.browser.fetch(STRANGER, &token).await else {
            panic!("it could read it")
        };
        assert_eq!(refused.status, 401);
        assert!(matches!(street.browser.fetch(STRANGER, &fetch).await, Seen::NotSent));
    }
}

/// Row 69 of the bad inputs, as a browser goes by it: a page may send what is allowed, and read what it
/// was told also where that is a refusal.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_page_sends_the_headers_that_are_allowed_and_no_others(db: PgPool) {
    let library = nextauth();
    let recipe = Recipe { cookie: wider(), token: library.token.clone(), ..Recipe::default() };
    let mut street = Street::new(db, &library, recipe).await;
    let (public, tickets) = (format!("{DESK}/api/support/public"), format!("{DESK}/api/support/tickets"));
    let json = ("Content-Type", "application/json");
    let body = r#"{"message":"hello"}"#;
    let mut send = async |method: &str, url: &str, headers: &[(&str, &str)]| {
        let fetch =
            Fetch { method, url, headers, body: if method == "POST" { body } else { "" }, includes_cookies: true };
        street.browser.fetch(SITE, &fetch).await
    };

    let key = ("Idempotency-Key", "5f1c2e0a-77d4-4c5e");
    for header in [key, ("X-Visitor-Token", "x"), ("X-Request-ID", "mine")] {
        assert_eq!(send("POST", &public, &[json, header]).await.answer().status, 200, "{header:?}");
    }
    for header in [("X-Proxy-Secret", REWRITE), ("X-Forwarded-For", "203.0.113.7"), ("X-Evil", "yes")] {
        assert!(matches!(send("POST", &public, &[json, header]).await, Seen::NotSent), "{header:?}");
    }
    assert!(matches!(send("DELETE", &public, &[]).await, Seen::NotSent));
    assert_eq!(send("GET", &tickets, &[]).await.answer().status, 401);
    assert_eq!(send("GET", &tickets, &[("X-Internal-Secret", SECRET)]).await.answer().status, 200);
}
