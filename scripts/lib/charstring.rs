//! The outlines of a CFF table: Type 2 charstrings run as far as they draw. Hints are read past; arithmetic, which no face of ours
//! has, is refused.

use crate::sfnt::{bytes, dict, index, u16, uint, Index, Number, Result};

/// A place on the em square, in units of the face.
pub type Point = (f64, f64);

/// One part of a contour, from where the last one ended.
#[derive(Clone, Copy)]
pub enum Segment {
    Line(Point),
    Curve(Point, Point, Point),
}

/// A closed line; the way back to its start is straight where nothing else is said.
pub struct Contour {
    pub start: Point,
    pub segments: Vec<Segment>,
}

const CHARSTRINGS: usize = 17;
const PRIVATE: usize = 18;
const SUBRS: usize = 19;
const CHARSTRING_TYPE: usize = 12 << 8 | 6;
const FONT_MATRIX: usize = 12 << 8 | 7;
const FD_ARRAY: usize = 12 << 8 | 36;
const FD_SELECT: usize = 12 << 8 | 37;
/// Subroutines may call each other this deep.
const DEPTH: usize = 10;

type Dict = std::collections::BTreeMap<usize, Vec<Number>>;

/// A CFF table with one font.
pub struct Cff<'t> {
    table: &'t [u8],
    glyphs: Index,
    global: Index,
    /// The local subroutines of each font dictionary.
    local: Vec<Option<Index>>,
    /// Where the choice of a font dictionary for each glyph stands; none where there is one for all.
    select: Option<usize>,
}

impl<'t> Cff<'t> {
    pub fn open(table: &'t [u8]) -> Result<Self> {
        let names = index(table, uint(table, 2, 1)?)?;
        let tops = index(table, names.end)?;
        let strings = index(table, tops.end)?;
        let global = index(table, strings.end)?;
        let top = dict(table, tops.items.first().ok_or("CFF without a font")?)?;
        let last = |d: &Dict, op| d.get(&op).and_then(|v| v.last()).map(|n| n.value);
        if last(&top, CHARSTRING_TYPE).is_some_and(|kind| kind != 2) {
            return Err("charstrings are not of type 2".into());
        }
        let glyphs = index(table, last(&top, CHARSTRINGS).ok_or("CFF without charstrings")?)?;
        let dicts: Vec<Dict> = match last(&top, FD_ARRAY) {
            Some(at) => index(table, at)?.items.iter().map(|d| dict(table, d)).collect::<Result<_>>()?,
            None => vec![dict(table, &tops.items[0])?],
        };
        for d in dicts.iter().chain([&top]) {
            thousandths(table, d)?;
        }
        let local = dicts.iter().map(|d| local(table, d)).collect::<Result<_>>()?;
        Ok(Self { table, glyphs, global, local, select: last(&top, FD_SELECT) })
    }

    pub fn count(&self) -> usize {
        self.glyphs.items.len()
    }

    /// What a glyph draws.
    pub fn outline(&self, glyph: usize) -> Result<Vec<Contour>> {
        let local = self.local.get(self.font_dict(glyph)?).ok_or("no such font dictionary")?;
        let mut run = Run { cff: self, local: local.as_ref(), stack: Vec::new(), hints: 0, begun: false, at: (0.0, 0.0), contours: Vec::new() };
        run.code(self.glyphs.items.get(glyph).ok_or("no such glyph")?.clone(), 0)?;
        Ok(run.contours)
    }

    fn font_dict(&self, glyph: usize) -> Result<usize> {
        let Some(at) = self.select else { return Ok(0) };
        match uint(self.table, at, 1)? {
            0 => uint(self.table, at + 1 + glyph, 1),
            3 => {
                let ranges = u16(self.table, at + 1)?;
                let first = |i| u16(self.table, at + 3 + 3 * i);
                // The last range that begins at or before the glyph.
                let (mut low, mut high) = (0, ranges);
                while low + 1 < high {
                    let middle = (low + high) / 2;
                    if first(middle)? <= glyph { low = middle } else { high = middle }
                }
                uint(self.table, at + 3 + 3 * low + 2, 1)
            }
            other => Err(format!("FDSelect format {other} is not known").into()),
        }
    }
}

/// Refuses a face that is drawn to another scale than thousandths of its size.
fn thousandths(table: &[u8], d: &Dict) -> Result<()> {
    let Some(matrix) = d.get(&FONT_MATRIX) else { return Ok(()) };
    let scale = |n: &Number| real(bytes(table, n.at, n.len)?);
    let matrix: Vec<f64> = matrix.iter().map(scale).collect::<Result<_>>()?;
    match matrix == [0.001, 0.0, 0.0, 0.001, 0.0, 0.0] || matrix == [1.0, 0.0, 0.0, 1.0, 0.0, 0.0] {
        true => Ok(()),
        false => Err("the outlines are not in thousandths of an em".into()),
    }
}

/// A number of a DICT: a small whole one, or a real one in half bytes.
fn real(number: &[u8]) -> Result<f64> {
    match number {
        [30, digits @ ..] => {
            let mut text = String::new();
            for half in digits.iter().flat_map(|b| [b >> 4, b & 15]) {
                match half {
                    0..=9 => text.push(char::from(b'0' + half)),
                    10 => text.push('.'),
                    11 => text.push('E'),
                    12 => text.push_str("E-"),
                    14 => text.push('-'),
                    _ => break,
                }
            }
            Ok(text.parse()?)
        }
        [b @ 32..=246] => Ok(f64::from(*b) - 139.0),
        _ => Err("a number of an unexpected form".into()),
    }
}

fn local(table: &[u8], d: &Dict) -> Result<Option<Index>> {
    let Some([size, start]) = d.get(&PRIVATE).map(Vec::as_slice) else { return Ok(None) };
    let private = dict(table, &(start.value..start.value + size.value))?;
    match private.get(&SUBRS).and_then(|v| v.last()) {
        Some(at) => Ok(Some(index(table, start.value + at.value)?)),
        None => Ok(None),
    }
}

/// A charstring at work.
struct Run<'c, 't> {
    cff: &'c Cff<'t>,
    local: Option<&'c Index>,
    stack: Vec<f64>,
    hints: usize,
    /// Whether the first operator, which may have the width before its operands, is past.
    begun: bool,
    at: Point,
    contours: Vec<Contour>,
}

impl Run<'_, '_> {
    /// Runs some code; whether the glyph ended in it.
    fn code(&mut self, range: std::ops::Range<usize>, depth: usize) -> Result<bool> {
        let t = self.cff.table;
        let mut at = range.start;
        while at < range.end {
            let op = uint(t, at, 1)?;
            at += 1;
            match op {
                28 => {
                    self.stack.push(f64::from(i16::from_be_bytes(bytes(t, at, 2)?.try_into()?)));
                    at += 2;
                }
                32..=246 => self.stack.push(op as f64 - 139.0),
                247..=250 => {
                    self.stack.push(((op - 247) * 256 + uint(t, at, 1)? + 108) as f64);
                    at += 1;
                }
                251..=254 => {
                    self.stack.push(-(((op - 251) * 256 + uint(t, at, 1)? + 108) as f64));
                    at += 1;
                }
                255 => {
                    self.stack.push(f64::from(i32::from_be_bytes(bytes(t, at, 4)?.try_into()?)) / 65536.0);
                    at += 4;
                }
                10 | 29 => {
                    let routines = if op == 29 { Some(&self.cff.global) } else { self.local };
                    let routines = routines.ok_or("a call without subroutines")?;
                    let bias = match routines.items.len() {
                        0..=1239 => 107.0,
                        1240..=33899 => 1131.0,
                        _ => 32768.0,
                    };
                    let number = self.stack.pop().ok_or("a call of nothing")? + bias;
                    let routine = routines.items.get(number as usize).ok_or("no such subroutine")?.clone();
                    if depth == DEPTH {
                        return Err("subroutines without end".into());
                    }
                    if self.code(routine, depth + 1)? {
                        return Ok(true);
                    }
                }
                11 => return Ok(false),
                14 => {
                    self.width(0);
                    return match self.stack.len() {
                        0 => Ok(true),
                        _ => Err("accented glyphs made of two are not known".into()),
                    };
                }
                1 | 3 | 18 | 23 | 19 | 20 => {
                    let odd = self.stack.len() % 2;
                    self.width(self.stack.len() - odd);
                    self.hints += self.stack.len() / 2;
                    self.stack.clear();
                    if op == 19 || op == 20 {
                        at += self.hints.div_ceil(8);
                    }
                }
                12 => {
                    self.flex(uint(t, at, 1)?)?;
                    at += 1;
                    self.stack.clear();
                }
                _ => {
                    self.draw(op)?;
                    self.stack.clear();
                }
            }
        }
        Ok(false)
    }

    /// Takes the width from before the operands of the first operator, which is to have so many.
    fn width(&mut self, operands: usize) {
        if !self.begun && self.stack.len() > operands {
            self.stack.remove(0);
        }
        self.begun = true;
    }

    fn draw(&mut self, op: usize) -> Result<()> {
        match op {
            21 => self.width(2),
            4 | 22 => self.width(1),
            _ => {}
        }
        let s = std::mem::take(&mut self.stack);
        let n = s.len();
        let need = |least: usize| if n < least { Err("too few operands") } else { Ok(()) };
        match op {
            21 => {
                need(2)?;
                self.begin(s[0], s[1]);
            }
            22 => {
                need(1)?;
                self.begin(s[0], 0.0);
            }
            4 => {
                need(1)?;
                self.begin(0.0, s[0]);
            }
            5 => s.chunks_exact(2).try_for_each(|d| self.line(d[0], d[1]))?,
            6 | 7 => {
                for (i, &d) in s.iter().enumerate() {
                    if (i % 2 == 0) == (op == 6) { self.line(d, 0.0)? } else { self.line(0.0, d)? }
                }
            }
            8 => s.chunks_exact(6).try_for_each(|d| self.curve(d[0], d[1], d[2], d[3], d[4], d[5]))?,
            24 => {
                need(2)?;
                s[..n - 2].chunks_exact(6).try_for_each(|d| self.curve(d[0], d[1], d[2], d[3], d[4], d[5]))?;
                self.line(s[n - 2], s[n - 1])?;
            }
            25 => {
                need(6)?;
                s[..n - 6].chunks_exact(2).try_for_each(|d| self.line(d[0], d[1]))?;
                let d = &s[n - 6..];
                self.curve(d[0], d[1], d[2], d[3], d[4], d[5])?;
            }
            26 | 27 => {
                // Curves that begin and end upright (26) or level (27); the first may lean by an operand of its own.
                let (mut lean, rest) = if n % 4 == 1 { (s[0], &s[1..]) } else { (0.0, &s[..]) };
                for d in rest.chunks_exact(4) {
                    match op {
                        26 => self.curve(lean, d[0], d[1], d[2], 0.0, d[3])?,
                        _ => self.curve(d[0], lean, d[1], d[2], d[3], 0.0)?,
                    }
                    lean = 0.0;
                }
            }
            30 | 31 => {
                // Curves that begin upright and end level, and the other way, in turn; the last may lean at its end.
                for (i, d) in s.chunks_exact(4).enumerate() {
                    let lean = if n % 4 == 1 && 4 * i + 5 == n { s[n - 1] } else { 0.0 };
                    match (i % 2 == 0) == (op == 31) {
                        true => self.curve(d[0], 0.0, d[1], d[2], lean, d[3])?,
                        false => self.curve(0.0, d[0], d[1], d[2], d[3], lean)?,
                    }
                }
            }
            other => return Err(format!("charstring operator {other} is not known").into()),
        }
        Ok(())
    }

    fn flex(&mut self, op: usize) -> Result<()> {
        let s = std::mem::take(&mut self.stack);
        let operands = match op {
            34 => 7,
            35 => 13,
            36 => 9,
            37 => 11,
            other => return Err(format!("charstring operator 12 {other} is not known").into()),
        };
        if s.len() < operands {
            return Err("too few operands".into());
        }
        match op {
            34 => {
                self.curve(s[0], 0.0, s[1], s[2], s[3], 0.0)?;
                self.curve(s[4], 0.0, s[5], -s[2], s[6], 0.0)
            }
            35 => {
                self.curve(s[0], s[1], s[2], s[3], s[4], s[5])?;
                self.curve(s[6], s[7], s[8], s[9], s[10], s[11])
            }
            36 => {
                self.curve(s[0], s[1], s[2], s[3], s[4], 0.0)?;
                self.curve(s[5], 0.0, s[6], s[7], s[8], -(s[1] + s[3] + s[7]))
            }
            _ => {
                let dx: f64 = [0, 2, 4, 6, 8].iter().map(|i| s[*i]).sum();
                let dy: f64 = [1, 3, 5, 7, 9].iter().map(|i| s[*i]).sum();
                let (x, y) = if dx.abs() > dy.abs() { (s[10], -dy) } else { (-dx, s[10]) };
                self.curve(s[0], s[1], s[2], s[3], s[4], s[5])?;
                self.curve(s[6], s[7], s[8], s[9], x, y)
            }
        }
    }

    fn step(&mut self, dx: f64, dy: f64) -> Point {
        self.at = (self.at.0 + dx, self.at.1 + dy);
        self.at
    }

    fn begin(&mut self, dx: f64, dy: f64) {
        let start = self.step(dx, dy);
        self.contours.push(Contour { start, segments: Vec::new() });
    }

    fn line(&mut self, dx: f64, dy: f64) -> Result<()> {
        let to = self.step(dx, dy);
        self.push(Segment::Line(to))
    }

    fn curve(&mut self, ax: f64, ay: f64, bx: f64, by: f64, cx: f64, cy: f64) -> Result<()> {
        let (a, b) = (self.step(ax, ay), self.step(bx, by));
        let to = self.step(cx, cy);
        self.push(Segment::Curve(a, b, to))
    }

    fn push(&mut self, segment: Segment) -> Result<()> {
        self.contours.last_mut().ok_or("a line before its start")?.segments.push(segment);
        Ok(())
    }
}
