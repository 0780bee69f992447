//! Cuts one face out of a font collection into a file of its own.
//!
//!     split-collection FILE NAME OUT [LANGSYS]
//!
//! NAME is the face's family, full or PostScript name (name ID 1, 4 or 6).
//! A face of a collection is a table directory and tables that it shares with
//! its siblings, so plain splitting is a copy of tables.
//!
//! With LANGSYS (an OpenType language system such as `ZHS`) the face is also
//! trimmed, because every run of the tool reads and hashes whole font files:
//! a Noto CJK face carries the outlines of all five of its languages, and
//! those that this face can never show become empty. Glyph ids, character
//! coverage and metrics stay as they are. What goes is what our documents
//! never ask for: other language systems, vertical setting, the list of all
//! alternates (`aalt`).
//!
//! The standard library only, so that `rustc` alone can build it before
//! anything is fetched. The same input gives the same bytes.

use std::collections::BTreeSet;
use std::{env, error::Error, fs, process::ExitCode};

#[path = "lib/sfnt.rs"]
mod sfnt;
use sfnt::{bytes, dict, index, put, sfnt, table, tables, u16, u32, uint, Number, Result, Tables};

/// Features that lead to glyphs we drop: all alternates, vertical forms.
const DROPPED_FEATURES: [&[u8; 4]; 3] = [b"aalt", b"vert", b"vrt2"];

/// Tables of vertical setting, which Typst does not do.
const DROPPED_TABLES: [&[u8; 4]; 3] = [b"VORG", b"vhea", b"vmtx"];

fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("split-collection: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let (file, name, out, langsys) = match args {
        [file, name, out] => (file, name, out, None),
        [file, name, out, langsys] => (file, name, out, Some(langsys)),
        _ => return Err("usage: split-collection FILE NAME OUT [LANGSYS]".into()),
    };
    let data = fs::read(file).map_err(|e| format!("{file}: {e}"))?;
    let face = find_face(&data, name).map_err(|e| format!("{file}: {e}"))?;
    let mut tables = tables(&data, face)?;
    if let Some(langsys) = langsys {
        trim(&mut tables, langsys).map_err(|e| format!("{file}: {name}: cannot trim: {e}"))?;
    }
    let version = bytes(&data, face, 4)?;
    fs::write(out, sfnt(version, tables)?).map_err(|e| format!("{out}: {e}"))?;
    Ok(())
}

// Faces.

/// The offset of the table directory of the face called `name`.
fn find_face(data: &[u8], name: &str) -> Result<usize> {
    let faces = match bytes(data, 0, 4)? {
        b"ttcf" => (0..u32(data, 8)?).map(|i| u32(data, 12 + 4 * i)).collect::<Result<Vec<_>>>()?,
        _ => vec![0],
    };
    let mut seen = Vec::new();
    for face in faces {
        let names = names(&tables(data, face)?)?;
        if names.iter().any(|(_, n)| n == name) {
            return Ok(face);
        }
        seen.extend(names.into_iter().filter(|(id, _)| *id == 6).map(|(_, n)| n));
    }
    seen.dedup();
    Err(format!("no face is called {name:?}; there are: {}", seen.join(", ")).into())
}

/// The family, full and PostScript names with their ids.
fn names(tables: &Tables) -> Result<Vec<(usize, String)>> {
    let t = table(tables, b"name")?;
    let mut found = Vec::new();
    for i in 0..u16(t, 2)? {
        let record = 6 + 12 * i;
        let (platform, id) = (u16(t, record)?, u16(t, record + 6)?);
        let text = bytes(t, u16(t, 4)? + u16(t, record + 10)?, u16(t, record + 8)?)?;
        match (platform, id) {
            (3, 1 | 4 | 6) => {
                let units = text.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]]));
                let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
                found.push((id, text));
            }
            (1, 1 | 4 | 6) => found.push((id, String::from_utf8_lossy(text).into_owned())),
            _ => {}
        }
    }
    Ok(found)
}

// Trimming.

fn trim(tables: &mut Tables, langsys: &str) -> Result<()> {
    let tag: [u8; 4] = format!("{langsys:<4}").as_bytes().try_into()?;
    let count = u16(table(tables, b"maxp")?, 4)?;
    let mut keep = vec![false; count];
    if let Some(notdef) = keep.first_mut() {
        *notdef = true;
    }
    mapped_glyphs(table(tables, b"cmap")?, &mut keep)?;
    if let Some(gsub) = tables.get_mut(b"GSUB") {
        let lookups = narrow_features(gsub, &tag)?;
        substituted_glyphs(gsub, &lookups, &mut keep)?;
    }
    let cff = tables.get_mut(b"CFF ").ok_or("no table \"CFF \"")?;
    *cff = empty_outlines(cff, &keep)?;
    tables.retain(|tag, _| !DROPPED_TABLES.contains(&tag));
    Ok(())
}

fn mark(keep: &mut [bool], glyph: usize) {
    if let Some(k) = keep.get_mut(glyph) {
        *k = true;
    }
}

/// Marks every glyph that some character leads to.
fn mapped_glyphs(t: &[u8], keep: &mut [bool]) -> Result<()> {
    let subtables: BTreeSet<usize> = (0..u16(t, 2)?).map(|i| u32(t, 8 + 8 * i)).collect::<Result<_>>()?;
    for s in subtables {
        match u16(t, s)? {
            4 => {
                let segments = u16(t, s + 6)? / 2;
                let (ends, starts) = (s + 14, s + 16 + 2 * segments);
                let (deltas, offsets) = (starts + 2 * segments, starts + 4 * segments);
                for i in 0..segments {
                    let (first, last) = (u16(t, starts + 2 * i)?, u16(t, ends + 2 * i)?);
                    let (delta, offset) = (u16(t, deltas + 2 * i)?, u16(t, offsets + 2 * i)?);
                    for c in first..=last.min(0xFFFE) {
                        let glyph = match offset {
                            0 => c,
                            _ => match u16(t, offsets + 2 * i + offset + 2 * (c - first))? {
                                0 => continue,
                                glyph => glyph,
                            },
                        };
                        mark(keep, (glyph + delta) & 0xFFFF);
                    }
                }
            }
            6 => {
                for i in 0..u16(t, s + 8)? {
                    mark(keep, u16(t, s + 10 + 2 * i)?);
                }
            }
            12 => {
                for i in 0..u32(t, s + 12)? {
                    let group = s + 16 + 12 * i;
                    let length = u32(t, group + 4)?.checked_sub(u32(t, group)?).ok_or("bad cmap group")?;
                    let first = u32(t, group + 8)?;
                    (first..=first + length.min(keep.len())).for_each(|glyph| mark(keep, glyph));
                }
            }
            // Variation sequences: only those with a glyph of their own matter.
            14 => {
                for i in 0..u32(t, s + 6)? {
                    let own = u32(t, s + 10 + 11 * i + 7)?;
                    if own == 0 {
                        continue;
                    }
                    for j in 0..u32(t, s + own)? {
                        mark(keep, u16(t, s + own + 4 + 5 * j + 3)?);
                    }
                }
            }
            other => return Err(format!("cmap format {other} is not known").into()),
        }
    }
    Ok(())
}

/// Leaves, in each script of a GSUB table, the default language system and
/// `langsys`, empties the dropped features, and returns the lookups that can
/// still be reached. Nothing moves, so no offset changes.
fn narrow_features(t: &mut [u8], langsys: &[u8; 4]) -> Result<BTreeSet<usize>> {
    let (scripts, features, lookups) = (u16(t, 4)?, u16(t, 6)?, u16(t, 8)?);
    if u16(t, 2)? > 0 && u32(t, 10)? != 0 {
        return Err("feature variations are not known".into());
    }
    let mut used = BTreeSet::new();
    for i in 0..u16(t, scripts)? {
        let script = scripts + u16(t, scripts + 2 + 6 * i + 4)?;
        let mut systems = vec![u16(t, script)?];
        let record = |i| script + 4 + 6 * i;
        let wanted = (0..u16(t, script + 2)?).find(|&i| bytes(t, record(i), 4).is_ok_and(|b| b == langsys));
        put(t, script + 2, 2, usize::from(wanted.is_some()))?;
        if let Some(wanted) = wanted {
            let kept = bytes(t, record(wanted), 6)?.to_vec();
            t[record(0)..record(1)].copy_from_slice(&kept);
            systems.push(u16(t, record(0) + 4)?);
        }
        for system in systems.into_iter().filter(|&s| s != 0).map(|s| script + s) {
            used.insert(u16(t, system + 2)?); // 0xFFFF where no feature is required
            for i in 0..u16(t, system + 4)? {
                used.insert(u16(t, system + 6 + 2 * i)?);
            }
        }
    }
    used.remove(&0xFFFF);

    let mut todo = Vec::new();
    for i in used {
        let record = features + 2 + 6 * i;
        let feature = features + u16(t, record + 4)?;
        if DROPPED_FEATURES.iter().any(|f| bytes(t, record, 4).is_ok_and(|b| b == *f)) {
            put(t, feature + 2, 2, 0)?;
        }
        for i in 0..u16(t, feature + 2)? {
            todo.push(u16(t, feature + 4 + 2 * i)?);
        }
    }
    let mut reached = BTreeSet::new();
    while let Some(lookup) = todo.pop() {
        if reached.insert(lookup) {
            for (kind, s) in subtables(t, lookups, lookup)? {
                todo.extend(nested_lookups(t, kind, s)?);
            }
        }
    }
    Ok(reached)
}

/// Kind and offset of a lookup's subtables.
fn subtables(t: &[u8], lookups: usize, index: usize) -> Result<Vec<(usize, usize)>> {
    let lookup = lookups + u16(t, lookups + 2 + 2 * index)?;
    (0..u16(t, lookup + 4)?)
        .map(|i| {
            let s = lookup + u16(t, lookup + 6 + 2 * i)?;
            match u16(t, lookup)? {
                7 => Ok((u16(t, s + 2)?, s + u32(t, s + 4)?)), // a longer offset to the real one
                kind => Ok((kind, s)),
            }
        })
        .collect()
}

/// The lookups that a contextual subtable applies.
fn nested_lookups(t: &[u8], kind: usize, s: usize) -> Result<Vec<usize>> {
    let (count, records) = match (kind, u16(t, s)?) {
        (1..=4, _) => return Ok(Vec::new()),
        (5, 3) => (u16(t, s + 4)?, s + 6 + 2 * u16(t, s + 2)?),
        (6, 3) => {
            let mut at = s + 2;
            for _ in ["before", "input", "after"] {
                at += 2 + 2 * u16(t, at)?;
            }
            (u16(t, at)?, at + 2)
        }
        (kind, format) => return Err(format!("GSUB lookup {kind}.{format} is not known").into()),
    };
    (0..count).map(|i| u16(t, records + 4 * i + 2)).collect()
}

/// Marks what the lookups can turn marked glyphs into. Contexts count as
/// always met: that keeps a few glyphs too many, never one too few.
fn substituted_glyphs(t: &[u8], reached: &BTreeSet<usize>, keep: &mut [bool]) -> Result<()> {
    let lookups = u16(t, 8)?;
    loop {
        let before = keep.iter().filter(|k| **k).count();
        for &lookup in reached {
            for (kind, s) in subtables(t, lookups, lookup)? {
                if kind <= 4 {
                    substitute(t, kind, s, keep)?;
                }
            }
        }
        if keep.iter().filter(|k| **k).count() == before {
            return Ok(());
        }
    }
}

fn substitute(t: &[u8], kind: usize, s: usize, keep: &mut [bool]) -> Result<()> {
    for (i, glyph) in coverage(t, s + u16(t, s + 2)?)?.into_iter().enumerate() {
        if !keep.get(glyph).is_some_and(|k| *k) {
            continue;
        }
        let set = |i: usize| Ok::<_, Box<dyn Error>>(s + u16(t, s + 6 + 2 * i)?);
        match (kind, u16(t, s)?) {
            (1, 1) => mark(keep, (glyph + u16(t, s + 4)?) & 0xFFFF),
            (1, _) => mark(keep, u16(t, s + 6 + 2 * i)?),
            (4, _) => {
                let set = set(i)?;
                for j in 0..u16(t, set)? {
                    let ligature = set + u16(t, set + 2 + 2 * j)?;
                    let mut parts = (1..u16(t, ligature + 2)?).map(|k| u16(t, ligature + 2 + 2 * k));
                    if parts.all(|p| p.is_ok_and(|p| keep.get(p).is_some_and(|k| *k))) {
                        mark(keep, u16(t, ligature)?);
                    }
                }
            }
            _ => {
                let set = set(i)?;
                for j in 0..u16(t, set)? {
                    mark(keep, u16(t, set + 2 + 2 * j)?);
                }
            }
        }
    }
    Ok(())
}

/// The glyphs of a coverage table, in the order of their indices.
fn coverage(t: &[u8], at: usize) -> Result<Vec<usize>> {
    let count = u16(t, at + 2)?;
    if u16(t, at)? == 1 {
        return (0..count).map(|i| u16(t, at + 4 + 2 * i)).collect();
    }
    let mut glyphs = Vec::new();
    for i in 0..count {
        let range = at + 4 + 6 * i;
        glyphs.extend(u16(t, range)?..=u16(t, range + 2)?);
    }
    Ok(glyphs)
}

/// A CFF table in which the glyphs not kept draw nothing.
///
/// Only the CharStrings INDEX shrinks. What comes after it moves up, and the
/// offsets that point there are rewritten where they stand: past the first
/// 32 KB they are five bytes long, whatever their value.
fn empty_outlines(t: &[u8], keep: &[bool]) -> Result<Vec<u8>> {
    const CHARSTRINGS: usize = 17;
    const PRIVATE: usize = 18;
    const FD_ARRAY: usize = 12 << 8 | 36;
    const MOVING: [usize; 4] = [15, CHARSTRINGS, FD_ARRAY, 12 << 8 | 37]; // 15 charset, 12 37 FDSelect
    const ENDCHAR: u8 = 14;

    let name = index(t, uint(t, 2, 1)?)?;
    let top = index(t, name.end)?;
    let top = dict(t, top.items.first().ok_or("CFF without a font")?)?;
    let offset = |op| top.get(&op).and_then(|v| v.last()).map(|n| n.value).ok_or("not a CID-keyed CFF");
    let fonts = index(t, offset(FD_ARRAY)?)?;
    let start = offset(CHARSTRINGS)?;
    let glyphs = index(t, start)?;
    if glyphs.items.len() != keep.len() {
        return Err("CFF and maxp differ in the number of glyphs".into());
    }

    // The new INDEX.
    let mut data = Vec::new();
    let mut ends = vec![1];
    for (glyph, &kept) in glyphs.items.iter().zip(keep) {
        match kept {
            true => data.extend(&t[glyph.clone()]),
            false => data.push(ENDCHAR),
        }
        ends.push(data.len() + 1);
    }
    let size = (1..4).find(|n| data.len() + 1 < 1 << (8 * n)).unwrap_or(4);
    let mut new = vec![0; 3 + size * ends.len()];
    put(&mut new, 0, 2, keep.len())?;
    put(&mut new, 2, 1, size)?;
    for (i, end) in ends.into_iter().enumerate() {
        put(&mut new, 3 + size * i, size, end)?;
    }
    new.extend(data);

    // What points behind it.
    let saved = (glyphs.end - start).checked_sub(new.len()).ok_or("nothing to save")?;
    let mut old = t.to_vec();
    let mut shift = |n: &Number| match (n.value > start, n.len) {
        (true, 5) => put(&mut old, n.at + 1, 4, n.value - saved),
        (true, _) => Err("a CFF offset is too short to rewrite".into()),
        (false, _) => Ok(()),
    };
    for op in MOVING {
        top.get(&op).and_then(|v| v.last()).map_or(Ok(()), &mut shift)?;
    }
    for font in &fonts.items {
        let font = dict(t, font)?;
        let private = font.get(&PRIVATE).and_then(|v| v.last()).ok_or("a CFF font without Private")?;
        if private.value < start {
            return Err("CFF Private before CharStrings".into()); // its Subrs might lie behind
        }
        shift(private)?;
    }
    Ok([&old[..start], &new, &old[glyphs.end..]].concat())
}
