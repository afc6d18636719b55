//! Where a request comes from: who connected, or whom the proxies we trust name.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use super::{auth, problem::Problem};
use crate::{
    config::Proxies,
    domain::client::{Client, Place, is_neighbour},
    error::Error,
    state::{Identity, Ways},
};

/// Who opened the connection; the loop that accepts them says so with every request.
#[derive(Clone, Copy)]
pub struct Peer(pub IpAddr);

impl<S> FromRequestParts<S> for Client
where
    S: Send + Sync,
    Ways: FromRef<S>,
    Identity: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let ways = Ways::from_ref(state);
        if shows_secret(&parts.headers, &ways) {
            return Ok(Self::OfSite);
        }
        if ways.exempts_this_machine && auth::is_local(&parts.headers, &Identity::from_ref(state)) {
            return Ok(Self::Exempt);
        }
        let unknown = || Error::Internal(anyhow::anyhow!("a request without a peer"));
        let Peer(peer) = parts.extensions.get().copied().ok_or_else(unknown)?;
        if ways.has_unknown_proxy && is_neighbour(peer.to_canonical()) {
            return Ok(Self::OfSite);
        }
        Ok(Self::At(Place::from(address(peer, &parts.headers, &ways.proxies))))
    }
}

/// The site's own rewrite says so by a secret, of which every one is tried.
fn shows_secret(headers: &HeaderMap, ways: &Ways) -> bool {
    let mut given = headers.get_all("x-proxy-secret").iter();
    let (Some(candidate), None) = (given.next(), given.next()) else { return false };
    ways.secrets.iter().filter(|secret| secret.matches(candidate.as_bytes())).count() > 0
}

/// The client's address. Each proxy adds whom it saw on the right, so what stands further left than
/// the last one we trust is the client's own invention, and is not even read.
fn address(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let lines = headers.get_all("x-forwarded-for").iter();
    let lines: Vec<&[u8]> = lines.map(axum::http::HeaderValue::as_bytes).collect();
    let mut named = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    let mut nearest = peer.to_canonical();
    let mut hops = 0;
    while is_trusted(nearest, hops, proxies) {
        // Nobody further, or something unreadable: what the last one vouches for is itself.
        let Some(next) = named.next().and_then(read) else { break };
        nearest = next;
        hops += 1;
    }
    nearest
}

/// Whether the one at this address, so many hops away from us, is a proxy of ours.
fn is_trusted(address: IpAddr, hops: usize, proxies: &Proxies) -> bool {
    match proxies {
        Proxies::Hops(trusted) => hops < *trusted,
        Proxies::None | Proxies::Networks(_) => proxies.include(address),
    }
}

/// An address as proxies write it: alone, with a port, an IPv6 one perhaps in brackets.
fn read(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const PROXY: &str = "10.0.0.1";
    const CLIENT: &str = "203.0.113.7";

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn seen(peer: &str, lines: &[&[u8]], proxies: &Proxies) -> IpAddr {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line).unwrap());
        }
        address(ip(peer), &headers, proxies)
    }

    fn networks(named: &str) -> Proxies {
        let value = |name: &str| match name {
            "TRUSTED_PROXIES" => Some(named.to_owned()),
            "AUTH_SECRET" | "INTERNAL_API_SECRET" => Some("0123456789abcdef0123456789abcdef".to_owned()),
            _ => None,
        };
        crate::config::Config::read(value).unwrap().proxies
    }

    #[test]
    fn without_a_proxy_nothing_forwarded_is_believed() {
        assert_eq!(seen(CLIENT, &[b"198.51.100.1"], &Proxies::None), ip(CLIENT));
    }

    #[test]
    fn only_so_many_hops_from_the_right_are_believed() {
        let spoofed: &[&[u8]] = &[b"198.51.100.1, 198.51.100.2, 203.0.113.7, 192.0.2.5"];

        assert_eq!(seen(PROXY, spoofed, &Proxies::Hops(1)), ip("192.0.2.5"));
        assert_eq!(seen(PROXY, spoofed, &Proxies::Hops(2)), ip(CLIENT));
        let in_networks = networks("10.0.0.0/8,192.0.2.0/24");
        assert_eq!(seen(PROXY, spoofed, &in_networks), ip(CLIENT));
        assert_eq!(seen(CLIENT, spoofed, &in_networks), ip(CLIENT), "who is no proxy of ours names nobody");
        assert_eq!(seen(PROXY, &[b"203.0.113.7"], &Proxies::Hops(3)), ip(CLIENT), "a shorter way than usual");
        assert_eq!(seen(PROXY, &[], &Proxies::Hops(1)), ip(PROXY));
    }

    #[test]
    fn several_headers_are_one_list_in_their_order() {
        assert_eq!(seen(PROXY, &[b"198.51.100.1", b"203.0.113.7"], &Proxies::Hops(1)), ip(CLIENT));
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (written, meant) in [
            (" 203.0.113.7 ", CLIENT),
            ("203.0.113.7:4711", CLIENT),
            ("::ffff:203.0.113.7", CLIENT),
            ("[::ffff:203.0.113.7]:4711", CLIENT),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
        ] {
            assert_eq!(seen(PROXY, &[written.as_bytes()], &Proxies::Hops(1)), ip(meant), "{written}");
        }
        for garbage in ["", "unknown", "203.0.113", "999.0.0.1", "203.0.113.7;x", "_hidden", "\u{661}\u{660}.0.0.1"] {
            assert_eq!(seen(PROXY, &[garbage.as_bytes()], &Proxies::Hops(1)), ip(PROXY), "{garbage}");
        }
    }

    /// Whatever a client writes stands left of what our proxy adds, and changes nothing.
    #[test]
    fn ten_thousand_inventions_neither_evade_nor_frame() {
        let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut next = |below: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % below
        };
        let pieces: [&[u8]; 12] = [
            b",", b" ", b"198.51.100.1", b"10.0.0.1", b"192.0.2.5", b"::ffff:10.0.0.1", b"[::1]:1", b"\xff",
            b"unknown", b":", b"\t", b"2001:db8::1",
        ];
        let ways = [Proxies::Hops(1), networks("10.0.0.0/8"), Proxies::Hops(2), networks("10.0.0.0/8,192.0.2.5")];
        for round in 0..10_000 {
            let invented: Vec<Vec<u8>> = (0..=next(2))
                .map(|_| (0..next(20)).flat_map(|_| pieces[usize::try_from(next(12)).unwrap()]).copied().collect())
                .collect();
            let (by_one, added) = (round % 4 < 2, round % 2 == 0);
            let tail: &[u8] = if by_one { CLIENT.as_bytes() } else { b"203.0.113.7, 192.0.2.5" };
            let mut lines = invented.clone();
            match lines.last_mut() {
                // A proxy adds to the last line, or a line of its own.
                Some(last) if added => last.extend([b", ", tail].concat()),
                _ => lines.push(tail.to_vec()),
            }
            let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
            let ways = if by_one { &ways[..2] } else { &ways[2..] };
            for way in ways {
                assert_eq!(seen(PROXY, &lines, way), ip(CLIENT), "{way:?} {invented:?}");
            }
        }
    }
}
