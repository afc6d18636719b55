//! Where a request comes from, as far as limits and blocks look.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// The part of an IPv6 address that a provider gives to one customer, who may use any of the rest.
const CUSTOMERS_BITS: u32 = 64;

/// One address of IPv4, or the network of one customer of IPv6.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place(IpAddr);

impl Place {
    /// A place as an admin names it: by any address in it, or as [`Place`] shows itself.
    pub fn parse(text: &str) -> Option<Self> {
        let address = text.trim().strip_suffix("::/64").map(|network| format!("{network}::"));
        let address = address.as_deref().unwrap_or(text).trim();
        address.parse::<IpAddr>().ok().map(Self::from)
    }
}

impl From<IpAddr> for Place {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(six) => {
                let network = six.to_bits() >> (128 - CUSTOMERS_BITS) << (128 - CUSTOMERS_BITS);
                Self(Ipv6Addr::from_bits(network).into())
            }
            four @ IpAddr::V4(_) => Self(four),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(network) => write!(f, "{network}/{CUSTOMERS_BITS}"),
        }
    }
}

/// It stands in no log by accident.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place(…)")
    }
}

/// Who is at the other end of a request, before anybody has said who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    At(Place),
    /// Somebody behind the site's own rewrite, whose address is everybody's.
    OfSite,
    /// This machine itself, where the settings take it out of the limits.
    Exempt,
}

impl Client {
    /// The place, where it tells one visitor from another.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::At(place) => Some(place),
            Self::OfSite | Self::Exempt => None,
        }
    }
}

/// Whether an address is of this machine or its own network: strangers who seem to come from there come
/// through a proxy, and a limit on it would be one on all of them together.
pub fn is_neighbour(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(peer) => peer.is_loopback() || peer.is_private() || peer.is_link_local(),
        IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local() || peer.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(address: &str) -> Place {
        Place::from(address.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn an_address_of_ipv6_stands_for_its_network_and_one_of_ipv4_for_itself() {
        assert_eq!(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
        assert_ne!(place("192.0.2.1"), place("192.0.2.2"));
        assert_eq!(place("::ffff:192.0.2.1"), place("192.0.2.1"));
    }

    #[test]
    fn what_a_place_shows_can_be_read_again() {
        for (typed, shown) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
            ("::1", "::/64"),
        ] {
            let place = Place::parse(typed).unwrap();
            assert_eq!(place.to_string(), shown);
            assert_eq!(Place::parse(shown), Some(place));
        }
        for none in ["", "192.0.2", "192.0.2.1/24", "localhost", "192.0.2.1; drop table"] {
            assert_eq!(Place::parse(none), None, "{none}");
        }
    }

    #[test]
    fn a_neighbour_is_told_from_a_stranger() {
        for near in ["127.0.0.1", "::1", "172.17.0.1", "10.1.2.3", "192.168.0.9", "fd00::1", "fe80::1"] {
            assert!(is_neighbour(near.parse().unwrap()), "{near}");
        }
        for far in ["203.0.113.7", "8.8.8.8", "172.32.0.1", "2001:db8::7"] {
            assert!(!is_neighbour(far.parse().unwrap()), "{far}");
        }
    }
}
