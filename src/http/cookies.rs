//! The cookies in a request's head: the site's sessions, joined where they came in pieces, and the team's.

use axum::http::{HeaderMap, header};

/// More pieces than this no browser keeps for one site.
const MOST_CHUNKS: usize = 20;

/// Every value that may be a session, for the cookie names given, in the order of the names. A
/// long one comes as `name.0`, `name.1`, … in any order; with one missing or doubled it is none.
pub fn sessions(headers: &HeaderMap, names: &[&str]) -> Vec<String> {
    let cookies = all(headers);
    names.iter().flat_map(|name| of_name(&cookies, name)).collect()
}

/// Every value of the cookies of that name.
pub fn named<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    all(headers).into_iter().filter(|(cookie, _)| *cookie == name).map(|(_, value)| value).collect()
}

/// Other cookies on the same line may hold any bytes; they are none of our business.
fn all(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| str::from_utf8(pair).ok()?.trim().split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"')))
        .collect()
}

fn of_name(cookies: &[(&str, &str)], name: &str) -> Vec<String> {
    let whole = cookies.iter().filter(|(cookie, _)| *cookie == name).map(|(_, value)| (*value).to_owned());
    whole.chain(joined(cookies, name)).collect()
}

fn joined(cookies: &[(&str, &str)], name: &str) -> Option<String> {
    let number = |cookie: &str| cookie.strip_prefix(name)?.strip_prefix('.')?.parse::<usize>().ok();
    let mut chunks: Vec<(usize, &str)> =
        cookies.iter().filter_map(|(cookie, value)| Some((number(cookie)?, *value))).collect();
    chunks.sort_by_key(|(number, _)| *number);
    let is_whole = chunks.iter().enumerate().all(|(at, (number, _))| at == *number);
    let counts = !chunks.is_empty() && chunks.len() <= MOST_CHUNKS && is_whole;
    counts.then(|| chunks.into_iter().map(|(_, value)| value).collect())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn found(lines: &[&str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_str(line).unwrap());
        }
        sessions(&headers, &["s", "t"])
    }

    #[test]
    fn every_cookie_of_the_names_is_found() {
        assert_eq!(found(&["a=1; s=one; t=two"]), ["one", "two"]);
        assert_eq!(found(&["t=two", "s=one; s=other"]), ["one", "other", "two"]);
        assert_eq!(found(&["s=\"one\""]), ["one"]);
        assert!(found(&["xs=1; s2=2", ""]).is_empty());
    }

    #[test]
    fn a_neighbour_in_other_letters_takes_no_session_away() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_bytes(b"name=Jos\xe9; s=one").unwrap());

        assert_eq!(sessions(&headers, &["s"]), ["one"]);
    }

    #[test]
    fn pieces_are_joined_by_their_numbers() {
        assert_eq!(found(&["s.1=b; s.0=a; s.2=c"]), ["abc"]);
        let many: Vec<String> = (0..12).rev().map(|number| format!("s.{number}={number}")).collect();
        assert_eq!(found(&[&many.join("; ")]), ["01234567891011"]);
    }

    #[test]
    fn a_missing_or_doubled_piece_is_no_session() {
        for line in ["s.1=b", "s.0=a; s.2=c", "s.0=a; s.0=b; s.1=c", "s.0=a; s.1=b; s.1=b"] {
            assert!(found(&[line]).is_empty(), "{line}");
        }
    }
}
