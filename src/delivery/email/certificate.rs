//! Until when a certificate is valid, from its DER.
//!
//! Whether it may be trusted is left to rustls.

use chrono::{DateTime, NaiveDateTime, Utc};

/// The end of its validity; nothing where it is built otherwise than RFC 5280 says.
pub(super) fn not_after(der: &[u8]) -> Option<DateTime<Utc>> {
    let (certificate, _) = element(der, 0x30)?;
    let (mut rest, _) = element(certificate, 0x30)?;
    // The version may be left out.
    if let Some((_, after)) = element(rest, 0xa0) {
        rest = after;
    }
    // Serial number, algorithm of the signature, issuer.
    for tag in [0x02, 0x30, 0x30] {
        (_, rest) = element(rest, tag)?;
    }
    let (validity, _) = element(rest, 0x30)?;
    let (_, end) = time(validity)?;
    let (end, _) = time(end)?;
    Some(end)
}

/// A time of either kind, and what follows it.
fn time(der: &[u8]) -> Option<(DateTime<Utc>, &[u8])> {
    let (text, rest) = match element(der, 0x17) {
        Some((short, rest)) => {
            let short = std::str::from_utf8(short).ok()?;
            // RFC 5280: from 50 on it is the last century.
            let century = if short.get(..2)?.parse::<u8>().ok()? >= 50 { "19" } else { "20" };
            (format!("{century}{short}"), rest)
        }
        None => {
            let (long, rest) = element(der, 0x18)?;
            (std::str::from_utf8(long).ok()?.to_owned(), rest)
        }
    };
    let time = NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok()?;
    Some((time.and_utc(), rest))
}

/// The content of the element that stands first, if it has this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        // Longer ones follow; 0x80, an unknown length, does not occur in DER.
        0..=0x7f => (usize::from(length), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length - 0x80))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    (found == tag).then_some(())?;
    rest.split_at_checked(length)
}
