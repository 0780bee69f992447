//! What a font file says about its faces, read from the few tables that say it.
//!
//! A face of 20 MB is nearly all outlines; `name`, `cmap` and the like are half a megabyte. They are copied
//! into a face without outlines, which `FontInfo` reads like any other. Which files to read is left to `scan`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};
use typst::text::FontInfo;

/// The tables that `FontInfo` looks at, in the order of a table directory.
const TABLES: [&[u8; 4]; 9] =
    [b"MATH", b"OS/2", b"cmap", b"fvar", b"head", b"hhea", b"maxp", b"name", b"post"];
/// No collection holds more faces, no face more tables: what is beyond is damage.
const MOST: u32 = 512;

/// Whether the maker of a face lets documents carry it (`fsType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Embedding {
    /// It may be embedded.
    Allowed,
    /// It may not; PDF/A refuses it, and so does its licence.
    Forbidden,
}

/// One face of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Scanned {
    /// Its index in a collection, 0 in other files.
    pub(super) index: u32,
    pub(super) embedding: Embedding,
    pub(super) info: FontInfo,
}

/// The faces of a file that Typst can use; none where it is not a font file.
pub(super) fn faces(file: &mut (impl Read + Seek)) -> io::Result<Vec<Scanned>> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut source = Source { file, length, read: BTreeMap::new() };
    let mut scanned = Vec::new();
    for (index, start) in (0..).zip(source.starts()?) {
        let Some(face) = source.face(start)? else { continue };
        if let Some(info) = FontInfo::new(&face.bytes, 0) {
            scanned.push(Scanned { index, embedding: face.embedding, info });
        }
    }
    Ok(scanned)
}

struct Face {
    bytes: Vec<u8>,
    embedding: Embedding,
}

struct Source<'f, F> {
    file: &'f mut F,
    length: u64,
    /// Tables by their place: the faces of a collection share most of them.
    read: BTreeMap<(u32, u32), Option<Vec<u8>>>,
}

impl<F: Read + Seek> Source<'_, F> {
    fn bytes(&mut self, start: u32, length: u32) -> io::Result<Option<Vec<u8>>> {
        bytes(self.file, self.length, (start, length))
    }

    /// Where the table directories start.
    fn starts(&mut self) -> io::Result<Vec<u32>> {
        let Some(head) = self.bytes(0, 12)? else { return Ok(Vec::new()) };
        if &head[..4] != b"ttcf" {
            return Ok(vec![0]);
        }
        let count = u32_at(&head, 8).min(MOST);
        let starts = self.bytes(12, count * 4)?.unwrap_or_default();
        Ok(starts.chunks_exact(4).map(|start| u32_at(start, 0)).collect())
    }

    /// A face of the tables that matter, or none where there is no face.
    fn face(&mut self, start: u32) -> io::Result<Option<Face>> {
        let Some(head) = self.bytes(start, 12)? else { return Ok(None) };
        let count = u32::from(u16_at(&head, 4)).min(MOST);
        let Some(directory) = self.bytes(start.saturating_add(12), count * 16)? else { return Ok(None) };
        let mut records: Vec<&[u8]> = directory.chunks_exact(16).collect();
        records.retain(|record| TABLES.iter().any(|tag| **tag == record[..4]));
        for record in &records {
            let place = place(record);
            if let Entry::Vacant(entry) = self.read.entry(place) {
                entry.insert(bytes(self.file, self.length, place)?);
            }
        }
        let tables: Vec<(&[u8], &[u8])> = (records.into_iter())
            .filter_map(|record| Some((record, self.read.get(&place(record))?.as_deref()?)))
            .collect();
        let os2 = tables.iter().find(|(record, _)| &record[..4] == b"OS/2");
        let embedding = os2.map_or(Embedding::Allowed, |(_, table)| embedding(table));
        Ok(Some(Face { bytes: assemble(&head, &tables), embedding }))
    }
}

/// Some bytes of a file from their start and number; none where the file is shorter.
fn bytes(file: &mut (impl Read + Seek), length: u64, place: (u32, u32)) -> io::Result<Option<Vec<u8>>> {
    if u64::from(place.0) + u64::from(place.1) > length {
        return Ok(None);
    }
    let mut bytes = vec![0; place.1 as usize];
    file.seek(SeekFrom::Start(u64::from(place.0)))?;
    file.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

/// Where a record of a directory says that its table stands.
fn place(record: &[u8]) -> (u32, u32) {
    (u32_at(record, 8), u32_at(record, 12))
}

/// A font file of the given tables, under the version that stands in the `head` of the original directory.
fn assemble(head: &[u8], tables: &[(&[u8], &[u8])]) -> Vec<u8> {
    let count = u16::try_from(tables.len()).expect("at most one of each wanted tag, or of 512");
    let mut bytes = head[..4].to_vec();
    bytes.extend(count.to_be_bytes());
    bytes.extend([0; 6]);
    let mut at = 12 + 16 * tables.len();
    for (record, table) in tables {
        bytes.extend(&record[..8]);
        bytes.extend(u32::try_from(at).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(&record[12..16]);
        at += table.len();
    }
    for (_, table) in tables {
        bytes.extend(*table);
    }
    bytes
}

/// The low bits of `fsType` say how a face may be embedded; where old faces set several, the mildest counts.
fn embedding(os2: &[u8]) -> Embedding {
    if os2.len() < 10 {
        return Embedding::Allowed;
    }
    let (level, bitmaps_only) = (u16_at(os2, 8) & 0xF, u16_at(os2, 8) & 0x200 != 0);
    if bitmaps_only || (level & 2 != 0 && level & 0xC == 0) {
        Embedding::Forbidden
    } else {
        Embedding::Allowed
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn what_is_no_font_has_no_faces() {
        for junk in [&b""[..], b"%PDF-1.7", b"ttcf\0\x01\0\0\xff\xff\xff\xff", b"OTTO\xff\xff\0\0\0\0\0\0\0"]
        {
            assert_eq!(faces(&mut Cursor::new(junk)).expect("memory can be read"), []);
        }
    }

    #[test]
    fn the_licence_bits() {
        let os2 = |level: u16| [&[0; 8][..], &level.to_be_bytes()].concat();
        assert_eq!(embedding(&os2(0)), Embedding::Allowed);
        assert_eq!(embedding(&os2(2)), Embedding::Forbidden);
        assert_eq!(embedding(&os2(2 | 8)), Embedding::Allowed);
        assert_eq!(embedding(&os2(4 | 0x200)), Embedding::Forbidden);
        assert_eq!(embedding(&[]), Embedding::Allowed);
    }
}
