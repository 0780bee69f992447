//! Font files as tables, for the tools next to this folder: reading with every access checked, so that a damaged file gives a message;
//! writing; and the two structures of a CFF table, INDEX and DICT.

use std::collections::BTreeMap;
use std::error::Error;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;
pub type Tables = BTreeMap<[u8; 4], Vec<u8>>;

pub fn bytes(d: &[u8], at: usize, len: usize) -> Result<&[u8]> {
    let end = at.checked_add(len).ok_or("offset too large")?;
    d.get(at..end).ok_or_else(|| format!("data ends before byte {end}").into())
}

/// A big-endian number of one to four bytes.
pub fn uint(d: &[u8], at: usize, len: usize) -> Result<usize> {
    Ok(bytes(d, at, len)?.iter().fold(0, |n, &b| n << 8 | usize::from(b)))
}

pub fn u16(d: &[u8], at: usize) -> Result<usize> {
    uint(d, at, 2)
}

pub fn u32(d: &[u8], at: usize) -> Result<usize> {
    uint(d, at, 4)
}

pub fn put(d: &mut [u8], at: usize, len: usize, value: usize) -> Result<()> {
    bytes(d, at, len)?;
    d[at..at + len].copy_from_slice(&value.to_be_bytes()[size_of::<usize>() - len..]);
    Ok(())
}

pub fn tables(data: &[u8], face: usize) -> Result<Tables> {
    (0..u16(data, face + 4)?)
        .map(|i| {
            let record = face + 12 + 16 * i;
            let tag = bytes(data, record, 4)?.try_into()?;
            let table = bytes(data, u32(data, record + 8)?, u32(data, record + 12)?)?;
            Ok((tag, table.to_vec()))
        })
        .collect()
}

pub fn table<'a>(tables: &'a Tables, tag: &[u8; 4]) -> Result<&'a [u8]> {
    let missing = || format!("no table {:?}", String::from_utf8_lossy(tag));
    Ok(tables.get(tag).ok_or_else(missing)?)
}

/// A font file: directory, then the tables in order of their tags.
pub fn sfnt(version: &[u8], mut tables: Tables) -> Result<Vec<u8>> {
    let n = tables.len();
    let log = n.max(1).ilog2();
    let range = 16 << log;
    // The file's checksum is computed as if this field were zero.
    put(tables.get_mut(b"head").ok_or("no table \"head\"")?, 8, 4, 0)?;

    let mut file = version.to_vec();
    for value in [n, range, log as usize, 16 * n - range] {
        file.extend(u16::try_from(value)?.to_be_bytes());
    }
    let mut at = 12 + 16 * n;
    let mut head = 0;
    for (tag, table) in &tables {
        if tag == b"head" {
            head = at;
        }
        file.extend(tag);
        for value in [checksum(table), u32::try_from(at)?, u32::try_from(table.len())?] {
            file.extend(value.to_be_bytes());
        }
        at += table.len().next_multiple_of(4);
    }
    for table in tables.values() {
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    let adjustment = 0xB1B0_AFBA_u32.wrapping_sub(checksum(&file));
    put(&mut file, head + 8, 4, adjustment as usize)?;
    Ok(file)
}

pub fn checksum(data: &[u8]) -> u32 {
    let word = |c: &[u8]| {
        let mut word = [0; 4];
        word[..c.len()].copy_from_slice(c);
        u32::from_be_bytes(word)
    };
    data.chunks(4).fold(0, |sum, c| sum.wrapping_add(word(c)))
}

pub struct Index {
    pub items: Vec<std::ops::Range<usize>>,
    pub end: usize,
}

pub fn index(t: &[u8], at: usize) -> Result<Index> {
    let count = u16(t, at)?;
    if count == 0 {
        return Ok(Index { items: Vec::new(), end: at + 2 });
    }
    let size = uint(t, at + 2, 1)?;
    if !(1..=4).contains(&size) {
        return Err("bad CFF INDEX".into());
    }
    let base = at + 3 + size * (count + 1) - 1;
    let mut items = Vec::with_capacity(count);
    let mut start = base + uint(t, at + 3, size)?;
    for i in 1..=count {
        let end = base + uint(t, at + 3 + size * i, size)?;
        bytes(t, start, end.checked_sub(start).ok_or("bad CFF INDEX")?)?;
        items.push(start..end);
        start = end;
    }
    Ok(Index { items, end: start })
}

/// A number in a DICT: what it says and where it stands.
pub struct Number {
    pub value: usize,
    pub at: usize,
    pub len: usize,
}

/// The operators of a CFF DICT with their operands. Only offsets and sizes are
/// ever used, so the values of negative and real numbers do not matter.
pub fn dict(t: &[u8], range: &std::ops::Range<usize>) -> Result<BTreeMap<usize, Vec<Number>>> {
    let (mut entries, mut operands, mut at) = (BTreeMap::new(), Vec::new(), range.start);
    while at < range.end {
        let first = uint(t, at, 1)?;
        let (value, len) = match first {
            12 | 0..=21 => {
                let len = if first == 12 { 2 } else { 1 };
                entries.insert(uint(t, at, len)?, std::mem::take(&mut operands));
                at += len;
                continue;
            }
            28 => (u16(t, at + 1)?, 3),
            29 => (u32(t, at + 1)?, 5),
            30 => {
                let digits = bytes(t, at + 1, range.end - at - 1)?;
                let last = digits.iter().position(|b| b & 15 == 15).ok_or("bad number in CFF DICT")?;
                (0, last + 2)
            }
            32..=246 => (first.saturating_sub(139), 1),
            247..=250 => ((first - 247) * 256 + uint(t, at + 1, 1)? + 108, 2),
            251..=254 => (0, 2),
            _ => return Err("bad CFF DICT".into()),
        };
        operands.push(Number { value, at, len });
        at += len;
    }
    Ok(entries)
}
