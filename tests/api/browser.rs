//! A browser, as far as other origins and cookies go: what a page may send, and what it may read.

use std::net::SocketAddr;

use cookie_store::{CookieStore, RawCookie};
use reqwest::Url;

use crate::http::{Answer, exchange, request_to};

/// What a form on any page may send without asking first.
const FORMS: [&str; 3] = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"];

/// One person's: their cookies, and where the names they know are served.
#[derive(Default)]
pub struct Browser {
    jar: CookieStore,
    hosts: Vec<(String, SocketAddr)>,
    /// Preflights that were made.
    pub preflights: usize,
}

/// What a page's script asks for.
pub struct Fetch<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a str,
    /// `credentials: "include"`; else they go to the page's own origin only.
    pub includes_cookies: bool,
}

/// What the script sees of it.
#[derive(Debug)]
pub enum Seen {
    Answer(Answer),
    /// The request was not made, because the preflight did not allow it.
    NotSent,
    /// It was made, and the answer is kept from the page.
    NotReadable(Answer),
}

impl Seen {
    pub fn answer(self) -> Answer {
        match self {
            Self::Answer(answer) => answer,
            other => panic!("not seen: {other:?}"),
        }
    }
}

impl Browser {
    /// Every origin is served in clear by its address, as behind a proxy that ends TLS.
    pub fn new(hosts: &[(&str, SocketAddr)]) -> Self {
        let hosts = hosts.iter().map(|(origin, address)| ((*origin).to_owned(), *address));
        Self { hosts: hosts.collect(), ..Self::default() }
    }

    /// Opens a page, with all that its answer sets.
    pub async fn visit(&mut self, url: &str) -> Answer {
        let url = Url::parse(url).unwrap();
        let cookies = self.cookies(&url, &origin(&url));
        let answer = self.exchange("GET", &url, &cookies, "").await;
        self.keep_cookies(&url, &answer);
        answer
    }

    /// What a script on a page of `page` gets to see.
    pub async fn fetch(&mut self, page: &str, fetch: &Fetch<'_>) -> Seen {
        let url = Url::parse(page).unwrap().join(fetch.url).unwrap();
        let is_cross_origin = origin(&url) != page;
        if is_cross_origin && !is_simple(fetch) && !self.preflight(page, &url, fetch).await {
            return Seen::NotSent;
        }
        let sends_cookies = fetch.includes_cookies || !is_cross_origin;
        let mut headers = if sends_cookies { self.cookies(&url, page) } else { Vec::new() };
        if is_cross_origin || !["GET", "HEAD"].contains(&fetch.method) {
            headers.push(("Origin".into(), page.into()));
        }
        headers.extend(fetch.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let answer = self.exchange(fetch.method, &url, &headers, fetch.body).await;
        if sends_cookies {
            self.keep_cookies(&url, &answer);
        }
        if is_cross_origin && !allows(&answer, page, fetch.includes_cookies) {
            return Seen::NotReadable(answer);
        }
        Seen::Answer(answer)
    }

    /// Whether a request that no form could make may be made at all.
    async fn preflight(&mut self, page: &str, url: &Url, fetch: &Fetch<'_>) -> bool {
        self.preflights += 1;
        let named: Vec<String> = fetch.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
        let asked = [
            ("Origin", page),
            ("Access-Control-Request-Method", fetch.method),
            ("Access-Control-Request-Headers", &named.join(",")),
        ];
        let asked = asked.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = self.exchange("OPTIONS", url, &asked, "").await;
        let lists = |header: &str, wanted: &str| {
            let list = answer.header(header).unwrap_or_default();
            // With cookies a star is a name like any other.
            list.split(',').any(|member| member.trim().eq_ignore_ascii_case(wanted))
        };
        let is_fine = (200..300).contains(&answer.status) && allows(&answer, page, fetch.includes_cookies);
        let is_method =
            ["GET", "HEAD", "POST"].contains(&fetch.method) || lists("access-control-allow-methods", fetch.method);
        is_fine && is_method && named.iter().all(|name| lists("access-control-allow-headers", name))
    }

    /// The cookies a request from this page carries: of other sites only those that ask for it.
    fn cookies(&self, url: &Url, page: &str) -> Vec<(String, String)> {
        let is_same_site = site(url) == site(&Url::parse(page).unwrap());
        let goes = |cookie: &&cookie_store::Cookie<'_>| {
            is_same_site || cookie.same_site().is_some_and(|same_site| same_site.is_none())
        };
        let cookies = self.jar.matches(url).into_iter().filter(goes);
        let line = cookies.map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect::<Vec<_>>().join("; ");
        if line.is_empty() { Vec::new() } else { vec![("Cookie".into(), line)] }
    }

    fn keep_cookies(&mut self, url: &Url, answer: &Answer) {
        let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
        let set = set.map(|(_, cookie)| RawCookie::parse(cookie.clone()).unwrap()).collect::<Vec<_>>();
        self.jar.store_response_cookies(set.into_iter(), url);
    }

    async fn exchange(&self, method: &str, url: &Url, headers: &[(String, String)], body: &str) -> Answer {
        let (_, address) = self.hosts.iter().find(|(served, _)| *served == origin(url)).expect("a host we know");
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let host = url.host_str().unwrap();
        exchange(*address, &request_to(host, method, url.path(), &headers, body.as_bytes())).await.unwrap()
    }
}

pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The scheme and the name that somebody registered: all names below it are one site.
fn site(url: &Url) -> (String, String) {
    let labels: Vec<&str> = url.host_str().unwrap().split('.').collect();
    (url.scheme().to_owned(), labels[labels.len().saturating_sub(2)..].join("."))
}

fn is_simple(fetch: &Fetch<'_>) -> bool {
    let is_plain = |(name, value): &(&str, &str)| name.eq_ignore_ascii_case("content-type") && FORMS.contains(value);
    ["GET", "HEAD", "POST"].contains(&fetch.method) && fetch.headers.iter().all(is_plain)
}

fn allows(answer: &Answer, page: &str, with_cookies: bool) -> bool {
    let allowed = answer.header("access-control-allow-origin");
    if with_cookies {
        allowed == Some(page) && answer.header("access-control-allow-credentials") == Some("true")
    } else {
        [Some("*"), Some(page)].contains(&allowed)
    }
}
