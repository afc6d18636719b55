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
    use std::net::{Ipv4Addr, Ipv6Addr};

    use axum::http::HeaderValue;
    use proptest::{
        collection::vec,
        prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_assume, prop_oneof, proptest},
        sample::select,
    };

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

    /// What a client may write into a header: addresses in every spelling, what stands between them, and
    /// bytes that mean nothing.
    fn written() -> impl Strategy<Value = Vec<u8>> {
        const PIECES: [&str; 13] =
            [",", " ", "\t", ":", "[", "]", "[::1]:1", "unknown", "for=", "\"", ";", "10.0.0.1", "192.0.2.5"];
        let piece = prop_oneof![
            select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
            any::<IpAddr>().prop_map(|address| address.to_string().into_bytes()),
            any::<Ipv4Addr>().prop_map(|four| format!("::ffff:{four}").into_bytes()),
            vec(prop_oneof![0x20..=0x7e_u8, 0x80..=0xff_u8], 0..8),
        ];
        vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    /// An address as proxies write it.
    fn spelled(address: IpAddr, way: usize) -> String {
        match (way, address) {
            (0, _) => address.to_string(),
            (1, _) => format!(" {} ", SocketAddr::new(address, 4_711)),
            (2, IpAddr::V6(six)) => format!("[{six}]"),
            (_, IpAddr::V6(six)) => format!("{six}\t"),
            (_, IpAddr::V4(four)) => format!("::ffff:{four}"),
        }
    }

    proptest! {
        /// Row 82 of the bad inputs: whatever a client writes stands left of what our proxies add, and changes
        /// nothing, for limits not even which address of its network it uses.
        #[test]
        fn whatever_a_client_writes_neither_evades_nor_frames(
            invented in vec(written(), 0..4),
            client in any::<IpAddr>(),
            way in 0..4_usize,
            is_behind_two in any::<bool>(),
            is_added in any::<bool>(),
            within in any::<u64>(),
        ) {
            let ways = if is_behind_two {
                [Proxies::Hops(2), networks("10.0.0.0/8,192.0.2.5")]
            } else {
                [Proxies::Hops(1), networks("10.0.0.0/8")]
            };
            prop_assume!(!ways[1].include(client));
            let mut tail = spelled(client, way).into_bytes();
            if is_behind_two {
                tail.extend(b", 192.0.2.5");
            }
            let mut lines = invented;
            match lines.last_mut() {
                // A proxy adds to the last line, or a line of its own.
                Some(last) if is_added => last.extend([b", ", &tail[..]].concat()),
                _ => lines.push(tail),
            }
            let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
            for way in ways {
                let found = seen(PROXY, &lines, &way);
                prop_assert_eq!(found, client.to_canonical());
                let neighbour = match client.to_canonical() {
                    IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX) | u128::from(within)).into(),
                    four @ IpAddr::V4(_) => four,
                };
                prop_assert!(Place::from(found) == Place::from(neighbour));
            }
        }

        /// Who is no proxy of ours is who connects, whatever it says.
        #[test]
        fn who_is_no_proxy_is_taken_at_no_word(invented in vec(written(), 0..4), client in any::<IpAddr>()) {
            let lines: Vec<&[u8]> = invented.iter().map(Vec::as_slice).collect();
            let trusted = networks("10.0.0.0/8");
            prop_assume!(!trusted.include(client));
            for proxies in [Proxies::None, trusted] {
                prop_assert_eq!(seen(&client.to_string(), &lines, &proxies), client.to_canonical());
            }
        }
    }
}
