//! Who stands between strangers and us, and may therefore say where they come from.

use std::net::IpAddr;

use super::reader::Reader;

/// Longer chains of proxies than this are a mistake in the settings.
const MOST_HOPS: usize = 16;

/// The proxies whose word about an address counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proxies {
    /// None: whoever connects is the client.
    None,
    /// So many between the client and us, the one that connects included.
    Hops(usize),
    /// Those in one of these networks, however many.
    Networks(Vec<Network>),
}

/// The addresses that begin with the same bits; those of IPv4 as IPv6 writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: u128,
    free_bits: u32,
}

impl Network {
    /// `10.0.0.0/8`, or one address alone.
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Some(most), |length| length.parse().ok()).filter(|length| *length <= most)?;
        Some(Self { first: bits(address), free_bits: most - length })
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        (bits(address) ^ self.first).checked_shr(self.free_bits).unwrap_or(0) == 0
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(four) => four.to_ipv6_mapped(),
        IpAddr::V6(six) => six,
    }
    .to_bits()
}

impl Proxies {
    /// Whether whoever connects from there is one of them.
    pub fn include(&self, peer: IpAddr) -> bool {
        match self {
            Self::None => false,
            Self::Hops(_) => true,
            Self::Networks(networks) => networks.iter().any(|network| network.contains(peer)),
        }
    }
}

pub(super) fn proxies<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Proxies {
    let Some(named) = reader.list("TRUSTED_PROXIES") else { return Proxies::None };
    let networks: Vec<Network> = named.iter().filter_map(|name| Network::parse(name)).collect();
    let hops = named.first().filter(|_| named.len() == 1).and_then(|name| name.parse().ok());
    match hops {
        Some(hops) if (1..=MOST_HOPS).contains(&hops) => Proxies::Hops(hops),
        None if networks.len() == named.len() && !named.is_empty() => Proxies::Networks(networks),
        _ => {
            reader.refuse(format!(
                "TRUSTED_PROXIES must be the number of proxies before us (1 to {MOST_HOPS}), or their networks such \
                 as 10.0.0.0/8,2001:db8::/32"
            ));
            Proxies::Hops(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(network: &str, address: &str) -> bool {
        Network::parse(network).unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_holds_its_own_addresses_however_they_are_written() {
        for (network, address, is_so) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
        ] {
            assert_eq!(is_in(network, address), is_so, "{network} {address}");
        }
    }

    #[test]
    fn what_is_no_network_is_none() {
        for typed in ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "example.com", "10.0.0"] {
            assert_eq!(Network::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_count_or_networks_and_nothing_between() {
        use super::super::tests::{problems, read};
        let public = |value| {
            [
                ("TRUSTED_PROXIES", value),
                ("AUTH_SECRET", "site"),
                ("INTERNAL_API_SECRET", "0123456789abcdef0123456789abcdef"),
            ]
        };

        assert_eq!(read(&public("2")).unwrap().proxies, Proxies::Hops(2));
        assert!(matches!(read(&public("10.0.0.0/8, ::1")).unwrap().proxies, Proxies::Networks(two) if two.len() == 2));
        for wrong in ["0", "17", "-1", "yes", "1,10.0.0.0/8", "10.0.0.0/8,x", ","] {
            assert_eq!(problems(&public(wrong)).len(), 1, "{wrong}");
        }
    }
}
