//! IP addresses of both kinds, but no version numbers.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    ops::Range,
};

use super::{
    money,
    naming::{self, Thing},
    word,
};

/// The longest way to write one: eight groups of four, or six and a dotted end.
const LONGEST: usize = 45;

pub fn found_in(text: &str) -> Vec<Range<usize>> {
    let is_part = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = text[at..].find(is_part).map(|start| at + start) {
        let length = text[start..].find(|c| !is_part(c)).unwrap_or(text.len() - start);
        at = start + length;
        found.extend(address(text, start..at));
    }
    found
}

/// The address that a run of hexadecimal digits, dots and colons is, without its port or full stop.
fn address(text: &str, run: Range<usize>) -> Option<Range<usize>> {
    let written = text[run.clone()].trim_end_matches('.');
    let end = run.start + written.len();
    let written = if written.starts_with("::") { written } else { written.trim_start_matches([':', '.']) };
    let start = end - written.len();
    let touches = |c: char| word::is_part(c) || c == '_';
    let is_glued =
        word::before(text, start).is_some_and(|(_, c)| touches(c)) || word::after(text, end).is_some_and(touches);
    if is_glued || written.len() > LONGEST + ":65535".len() {
        return None;
    }
    let whole = Some(written.trim_end_matches(':')).filter(|whole| is_v4(whole) || is_v6(whole));
    let without_port = || written.rsplit_once(':').map(|(address, _)| address).filter(|address| is_v4(address));
    let place = start..start + whole.or_else(without_port)?.len();
    (text[place.clone()].contains(':') || !is_other(text, &place)).then_some(place)
}

/// Versions and amounts have dots too: "version 1.2.3.4", "nginx/1.25.3.1", "1.234.100.200 €".
fn is_other(text: &str, place: &Range<usize>) -> bool {
    let is_product = text[..place.start].strip_suffix('/').is_some_and(|before| {
        let name = before.rsplit(|c: char| !(word::is_part(c) || ".:".contains(c))).next().unwrap_or_default();
        !name.is_empty() && !name.contains(['.', ':'])
    });
    let named = |strangers| naming::nearest(text, place.start, strangers);
    is_product
        || named(0) == Some(Thing::Version)
        || (is_low(&text[place.clone()]) && named(1) != Some(Thing::Host))
        || money::is_amount(text, place)
}

/// Four small numbers are a version or a section: one address in five thousand is like that, save
/// for the private ones that begin with 10.
fn is_low(written: &str) -> bool {
    written.parse().is_ok_and(|address: Ipv4Addr| {
        let [first, ..] = address.octets();
        first != 10 && address.octets().iter().all(|&octet| octet < 32)
    })
}

/// Addresses of this very computer tell nothing about anybody.
fn is_v4(written: &str) -> bool {
    written.parse().is_ok_and(|address: Ipv4Addr| !address.is_loopback() && !address.is_unspecified())
}

fn is_v6(written: &str) -> bool {
    let has_digit = written.bytes().any(|b| b.is_ascii_digit());
    has_digit && written.parse().is_ok_and(|address: Ipv6Addr| !address.is_loopback() && !address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::{super::parts, *};

    #[test]
    fn an_address_is_found_without_what_surrounds_it() {
        for (text, address) in [
            ("from 203.0.113.42.", "203.0.113.42"),
            ("203.0.113.42:8443 refused", "203.0.113.42"),
            ("ip:203.0.113.42", "203.0.113.42"),
            ("my ip is 25.12.30.24", "25.12.30.24"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("from 2001:db8::1: timeout", "2001:db8::1"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
            ("198.51.100.0/24", "198.51.100.0"),
        ] {
            assert_eq!(parts(text, found_in(text)), [address], "{text}");
        }
    }

    #[test]
    fn versions_times_and_prices_stay() {
        for text in [
            "version 1.2.3.4",
            "v1.2.3.4",
            "Chrome/131.0.0.0",
            "section 4.2.1.3",
            "version 131.0.0.7",
            "1.2.3.4.5",
            "120.0.6099.109",
            "1.234.100.200 €",
            "12:30:45",
            "a::b std::io dead::beef",
            "aa:bb:cc:dd:ee:01",
            "127.0.0.1 and ::1",
            "1.000.000.000",
        ] {
            assert!(found_in(text).is_empty(), "{text}");
        }
    }
}
