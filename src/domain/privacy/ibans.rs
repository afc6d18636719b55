//! IBANs: a country's length and pattern, and a remainder of one.

use std::ops::Range;

use super::{digits, word};

pub fn found_in(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut done, mut before) = (Vec::new(), 0, ' ');
    for (at, c) in text.char_indices() {
        if at >= done
            && !word::is_part(before)
            && c.is_alphabetic()
            && let Some(end) = iban_at(text, at)
        {
            found.push(at..end);
            done = end;
        }
        if !word::is_zero_width(c) {
            before = c;
        }
    }
    found
}

/// Where the IBAN that starts here ends.
fn iban_at(text: &str, at: usize) -> Option<usize> {
    let mut characters = characters(&text[at..]);
    let mut next = || characters.next();
    let country = [next()?.0, next()?.0];
    let pattern = pattern(country)?;
    let check = [next()?.0, next()?.0];
    let (mut rest, mut end) = (0, 0);
    for (wanted, many) in runs(pattern) {
        for _ in 0..many {
            let (c, after) = next()?;
            if !is_wanted(wanted, c) {
                return None;
            }
            rest = remainder(rest, c);
            end = after;
        }
    }
    let ends = !word::after(text, at + end).is_some_and(word::is_part);
    let all = country.into_iter().chain(check).fold(rest, remainder);
    (ends && check.iter().all(u8::is_ascii_digit) && all == 1).then_some(at + end)
}

/// Letters in upper case and digits with where each ends; single separators and what nobody sees
/// are left out.
fn characters(text: &str) -> impl Iterator<Item = (u8, usize)> {
    let mut has_gap = true;
    text.char_indices()
        .filter(|(_, c)| !word::is_zero_width(*c))
        .map_while(move |(at, c)| {
            let end = at + c.len_utf8();
            if let Some(value) = digits::value(c) {
                has_gap = false;
                return Some(Some((b'0' + value, end)));
            }
            match c {
                c if c.is_ascii_alphabetic() => {
                    has_gap = false;
                    Some(Some((c.to_ascii_uppercase() as u8, end)))
                }
                c if !has_gap && (word::is_space(c) || "-.–‑".contains(c)) => {
                    has_gap = true;
                    Some(None)
                }
                _ => None,
            }
        })
        .flatten()
}

fn remainder(so_far: u32, c: u8) -> u32 {
    match c {
        b'0'..=b'9' => (so_far * 10 + u32::from(c - b'0')) % 97,
        _ => (so_far * 100 + u32::from(c - b'A') + 10) % 97,
    }
}

fn is_wanted(wanted: u8, c: u8) -> bool {
    match wanted {
        b'n' => c.is_ascii_digit(),
        b'a' => c.is_ascii_uppercase(),
        _ => true,
    }
}

/// "4a14n" as (a, 4), (n, 14).
fn runs(pattern: &str) -> impl Iterator<Item = (u8, usize)> {
    let bytes = pattern.bytes();
    bytes
        .scan(0, |many, b| {
            if b.is_ascii_digit() {
                *many = *many * 10 + usize::from(b - b'0');
                return Some(None);
            }
            Some(Some((b, std::mem::take(many))))
        })
        .flatten()
}

/// What follows the check digits: n digits, a letters, c both (SWIFT's registry of IBANs).
fn pattern(country: [u8; 2]) -> Option<&'static str> {
    Some(match &country {
        b"NO" => "11n",
        b"BE" => "12n",
        b"DK" | b"FI" | b"FO" | b"GL" | b"SD" => "14n",
        b"FK" => "2a12n",
        b"NL" => "4a10n",
        b"MK" => "3n10c2n",
        b"SI" => "15n",
        b"AT" | b"BA" | b"EE" | b"LT" | b"MN" | b"XK" => "16n",
        b"KZ" | b"LU" => "3n13c",
        b"HR" => "17n",
        b"CH" | b"LI" => "5n12c",
        b"LV" => "4a13c",
        b"CR" | b"DE" | b"ME" | b"RS" | b"VA" => "18n",
        b"BG" => "4a6n8c",
        b"BH" => "4a14c",
        b"GB" | b"IE" => "4a14n",
        b"GE" => "2a16n",
        b"AE" | b"IL" | b"SO" | b"TL" => "19n",
        b"GI" => "4a15c",
        b"IQ" => "4a15n",
        b"OM" => "3n16c",
        b"AD" => "8n12c",
        b"CZ" | b"ES" | b"SE" | b"SK" | b"TN" => "20n",
        b"MD" => "20c",
        b"PK" | b"RO" => "4a16c",
        b"SA" => "2n18c",
        b"VG" => "4a16n",
        b"LY" | b"PT" | b"ST" => "21n",
        b"IS" => "22n",
        b"TR" => "6n16c",
        b"BI" | b"DJ" | b"MR" => "23n",
        b"FR" | b"MC" => "10n11c2n",
        b"GR" => "7n16c",
        b"IT" | b"SM" => "1a10n12c",
        b"AL" | b"CY" => "8n16c",
        b"AZ" => "4a20c",
        b"BY" => "4c4n16c",
        b"DO" => "4c20n",
        b"GT" => "24c",
        b"HN" | b"NI" | b"SV" => "4a20n",
        b"HU" | b"PL" => "24n",
        b"LB" => "4n20c",
        b"EG" => "25n",
        b"PS" | b"QA" | b"YE" => "4a21c",
        b"UA" => "6n19c",
        b"BR" => "23n1a1c",
        b"JO" => "4a4n18c",
        b"KW" => "4a22c",
        b"MU" => "4a19n3a",
        b"MT" => "4a5n18c",
        b"SC" => "4a20n3a",
        b"LC" => "4a24c",
        b"RU" => "14n15c",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::parts, *};

    #[test]
    fn an_iban_is_found_however_it_is_written() {
        for iban in [
            "DE89370400440532013000",
            "de89 3704 0044 0532 0130 00",
            "GB82-WEST-1234-5698-7654-32",
            "FR14\u{a0}2004 1010 0505 0001 3M02 606",
            "MT84MALT011000012345MTLCAST001S",
            "DE 89 3704 0044 0532 0130 00",
        ] {
            let text = format!("to {iban}, please");
            assert_eq!(parts(&text, found_in(&text)), [iban]);
        }
    }

    #[test]
    fn what_fails_the_check_or_the_pattern_stays() {
        for text in ["DE89370400440532013001", "DE8937040044053201300", "XDE89370400440532013000", "de 12 mois"] {
            assert!(found_in(text).is_empty(), "{text}");
        }
    }
}
