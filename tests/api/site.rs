//! The site whose pages the customers see: it signs them in, and passes on what its recipes in the
//! README say.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;

use crate::http::{exchange, request_to};

/// How a site lets us know its customers, as the README tells it.
#[derive(Clone, Default)]
pub struct Recipe {
    /// The cookie's name, and what it is set with.
    pub cookie: (String, String),
    pub token: String,
    /// Paths that begin with the first are passed on to the second, below which we are.
    pub rewrite: Option<(String, String)>,
    /// Headers that its middleware adds to what it passes on.
    pub added: Vec<(String, String)>,
}

#[derive(Clone)]
struct Site {
    recipe: Arc<Recipe>,
    desk: SocketAddr,
}

/// Serves a site beside this desk, and tells where.
pub async fn serve(recipe: Recipe, desk: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/sign-in", get(sign_in))
        .route("/token", get(token))
        .fallback(pass_on)
        .with_state(Site { recipe: Arc::new(recipe), desk });
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn sign_in(State(site): State<Site>) -> Response {
    let ((name, attributes), token) = (&site.recipe.cookie, &site.recipe.token);
    ([(header::SET_COOKIE, format!("{name}={token}; {attributes}"))], "welcome").into_response()
}

/// What `getToken({ req, raw: true })` gives the page: the cookie's value as it is.
async fn token(State(site): State<Site>, headers: HeaderMap) -> Response {
    let name = format!("{}=", site.recipe.cookie.0);
    let cookies = headers.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
    match cookies.split("; ").find_map(|cookie| cookie.strip_prefix(name.as_str())) {
        Some(token) => token.to_owned().into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// Does what the site's own server does with a rewrite to another host: the same request, under the other
/// host's name, and what came back as it came.
async fn pass_on(State(site): State<Site>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    let to = site.recipe.rewrite.as_ref().and_then(|(from, to)| Some(format!("{to}{}", path.strip_prefix(from)?)));
    let Some(to) = to else { return StatusCode::NOT_FOUND.into_response() };
    let to = reqwest::Url::parse(&to).unwrap();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let dropped = ["host", "connection", "content-length"];
    let mut headers: Vec<(&str, &str)> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    headers.retain(|(name, _)| !dropped.contains(name));
    headers.push(("x-forwarded-for", "203.0.113.7"));
    headers.extend(site.recipe.added.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let bytes = request_to(to.host_str().unwrap(), head.method.as_str(), to.path(), &headers, &body);
    let answer = exchange(site.desk, &bytes).await.unwrap();
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers.iter().filter(|(name, _)| !dropped.contains(&name.as_str())) {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap()
}
