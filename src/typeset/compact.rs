//! A finished PDF with its many small objects packed into object streams: the tags of a long table take a tenth of the room.
//!
//! The PDF writer writes each of them on its own and uncompressed. What they say is left as it is: their bytes are moved, not read. (A
//! library that reads and writes the whole file took ten times as long and left a tenth more.)

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Below this many bytes of plain objects a file stays as it is: packing takes longer than it is worth.
const WORTH_IT: usize = 1 << 20;
/// How many objects a stream holds: a reader has to unpack all to see one.
const PACK: usize = 500;
/// A row of the cross-reference stream: kind, offset or stream, index. Offsets of four bytes reach 4 GiB.
const WIDTHS: [usize; 3] = [1, 4, 2];

/// Where an object lies in the new file.
#[derive(Clone, Copy)]
enum Place {
    /// No object has this number.
    Free,
    /// At an offset.
    At(usize),
    /// In an object stream, at an index.
    In { stream: usize, index: usize },
}

/// The file with its plain objects packed where they are many; as it is where they are few, or where it is not laid out as expected.
pub(super) fn compact(pdf: Vec<u8>) -> Vec<u8> {
    packed(&pdf).unwrap_or(pdf)
}

fn packed(pdf: &[u8]) -> Option<Vec<u8>> {
    let file = Parts::read(pdf)?;
    let plain: Vec<usize> = (1..file.objects.len()).filter(|id| file.is_plain(*id)).collect();
    let weight: usize = plain.iter().filter_map(|id| file.objects[*id]).map(<[u8]>::len).sum();
    if weight < WORTH_IT {
        return None;
    }
    let mut places = vec![Place::Free; file.objects.len()];
    let mut out = file.head.to_vec();
    for (id, body) in file.objects.iter().enumerate() {
        if let Some(body) = body.filter(|_| !file.is_plain(id)) {
            places[id] = Place::At(out.len());
            write_object(&mut out, id, body);
        }
    }
    for pack in plain.chunks(PACK) {
        let stream = places.len();
        let (mut index, mut bodies) = (String::new(), Vec::new());
        for (at, id) in pack.iter().enumerate() {
            index.push_str(&format!("{id} {} ", bodies.len()));
            bodies.extend_from_slice(file.objects[*id]?);
            bodies.push(b'\n');
            places[*id] = Place::In { stream, index: at };
        }
        let first = index.len();
        let data = deflated(&[index.as_bytes(), &bodies].concat());
        let keys = format!("/Type/ObjStm/N {}/First {first}/Filter/FlateDecode", pack.len());
        places.push(Place::At(out.len()));
        write_stream(&mut out, stream, &keys, &data);
    }
    let id = places.len();
    places.push(Place::At(out.len()));
    let start = out.len();
    let columns: usize = WIDTHS.iter().sum();
    let keys = format!(
        "/Type/XRef/Size {}/W[{} {} {}]/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns {columns}>>{}",
        places.len(),
        WIDTHS[0],
        WIDTHS[1],
        WIDTHS[2],
        file.trailer
    );
    write_stream(&mut out, id, &keys, &deflated(&table(&places)?));
    out.extend_from_slice(format!("startxref\n{start}\n%%EOF").as_bytes());
    Some(out)
}

/// A file as the PDF writer lays it out: head, objects, a table of offsets, a trailer.
struct Parts<'a> {
    /// What stands before the first object.
    head: &'a [u8],
    /// The objects by number, without `obj` and `endobj`.
    objects: Vec<Option<&'a [u8]>>,
    /// The entries of the trailer, without its size.
    trailer: &'a str,
}

impl<'a> Parts<'a> {
    fn read(pdf: &'a [u8]) -> Option<Self> {
        let tail = find_last(pdf, b"startxref")?;
        let start: usize =
            std::str::from_utf8(&pdf[tail..]).ok()?.split_ascii_whitespace().nth(1)?.parse().ok()?;
        let head = pdf.get(start..tail)?.strip_prefix(b"xref\n0 ")?;
        let line = head.iter().position(|byte| *byte == b'\n')?;
        let count: usize = std::str::from_utf8(&head[..line]).ok()?.parse().ok()?;
        let (rows, trailer) = head[line + 1..].split_at_checked(count.checked_mul(20)?)?;
        let trailer = std::str::from_utf8(trailer).ok()?.trim().strip_prefix("trailer")?.trim();
        let trailer = trailer.strip_prefix(&format!("<</Size {count}"))?.strip_suffix(">>")?;
        let mut offsets = Vec::with_capacity(count);
        for row in rows.chunks_exact(20) {
            let offset: usize = std::str::from_utf8(&row[..10]).ok()?.parse().ok()?;
            offsets.push((row[17] == b'n').then_some(offset));
        }
        let mut ends: Vec<usize> = offsets.iter().flatten().copied().collect();
        ends.push(start);
        ends.sort_unstable();
        let first = *ends.first()?;
        let mut objects = Vec::with_capacity(count);
        for (id, offset) in offsets.iter().enumerate() {
            let body = offset.map(|offset| {
                let end = ends[ends.partition_point(|end| *end <= offset)];
                let body = pdf.get(offset..end)?.trim_ascii();
                Some(
                    body.strip_prefix(format!("{id} 0 obj").as_bytes())?
                        .strip_suffix(b"endobj")?
                        .trim_ascii(),
                )
            });
            objects.push(match body {
                None => None,
                Some(body) => Some(body?),
            });
        }
        Some(Self { head: &pdf[..first], objects, trailer })
    }

    /// Whether an object is there and no stream: only such may lie in an object stream.
    fn is_plain(&self, id: usize) -> bool {
        self.objects[id].is_some_and(|body| !body.ends_with(b"endstream"))
    }
}

fn write_object(out: &mut Vec<u8>, id: usize, body: &[u8]) {
    out.extend_from_slice(format!("{id} 0 obj\n").as_bytes());
    out.extend_from_slice(body);
    out.extend_from_slice(b"\nendobj\n\n");
}

fn write_stream(out: &mut Vec<u8>, id: usize, keys: &str, data: &[u8]) {
    let mut body = format!("<<{keys}/Length {}>>\nstream\n", data.len()).into_bytes();
    body.extend_from_slice(data);
    body.extend_from_slice(b"\nendstream");
    write_object(out, id, &body);
}

/// The rows of the cross-reference stream, each told by its difference from the one above, which deflates well (PNG's filter 2, Up).
fn table(places: &[Place]) -> Option<Vec<u8>> {
    let mut above = [0_u8; 7];
    let mut rows = Vec::with_capacity(places.len() * 8);
    for place in places {
        let (kind, offset, index) = match *place {
            Place::Free => (0_u8, 0, u16::MAX),
            Place::At(offset) => (1, u32::try_from(offset).ok()?, 0),
            Place::In { stream, index } => (2, u32::try_from(stream).ok()?, u16::try_from(index).ok()?),
        };
        let mut row = [kind, 0, 0, 0, 0, 0, 0];
        row[1..5].copy_from_slice(&offset.to_be_bytes());
        row[5..].copy_from_slice(&index.to_be_bytes());
        rows.push(2);
        rows.extend(row.iter().zip(above).map(|(byte, above)| byte.wrapping_sub(above)));
        above = row;
    }
    Some(rows)
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing to memory does not fail")
}

fn find_last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}
