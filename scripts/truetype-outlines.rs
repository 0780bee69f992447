//! Gives a face TrueType outlines in place of its CFF ones.
//!
//!     truetype-outlines FILE OUT
//!
//! The PDF writer takes CFF glyphs apart and writes them anew for every
//! document, and copies TrueType ones as they stand. Glyph ids, characters,
//! names, advance widths and layout stay as they are, so that no line moves;
//! the curves stay within half a thousandth of the size of the letters. A face
//! that has TrueType outlines already is copied. What the outlines are made
//! from says nothing of hints, so the new ones have none; PDF viewers of today
//! leave those of embedded faces aside.
//!
//! The standard library only, so that `rustc` alone can build it before
//! anything is fetched. The same input gives the same bytes.

use std::{env, fs, process::ExitCode};

#[path = "lib/charstring.rs"]
mod charstring;
#[path = "lib/sfnt.rs"]
mod sfnt;
use charstring::{Cff, Contour, Point, Segment};
use sfnt::{bytes, put, sfnt, table, tables, u16, Result, Tables};

/// How far a curve may be from the original, in units of the face; rounding to whole units comes on top.
const TOLERANCE: f64 = 0.5;
/// Tables of CFF faces alone, of vertical setting, which Typst does not do, and a signature that would no longer hold.
const DROPPED: [&[u8; 4]; 5] = [b"CFF ", b"VORG", b"vhea", b"vmtx", b"DSIG"];

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let [file, out] = args.as_slice() else {
        eprintln!("usage: truetype-outlines FILE OUT");
        return ExitCode::FAILURE;
    };
    match run(file, out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("truetype-outlines: {file}: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run(file: &str, out: &str) -> Result<()> {
    let data = fs::read(file)?;
    let mut tables = tables(&data, 0)?;
    if !tables.contains_key(b"CFF ") {
        fs::write(out, data)?;
        return Ok(());
    }
    convert(&mut tables)?;
    fs::write(out, sfnt(&[0, 1, 0, 0], tables)?)?;
    Ok(())
}

/// A point of a TrueType outline.
#[derive(Clone, Copy, PartialEq)]
struct Node {
    x: i32,
    y: i32,
    on: bool,
}

fn convert(tables: &mut Tables) -> Result<()> {
    let cff = Cff::open(table(tables, b"CFF ")?)?;
    if u16(table(tables, b"maxp")?, 4)? != cff.count() {
        return Err("CFF and maxp differ in the number of glyphs".into());
    }
    if u16(table(tables, b"head")?, 18)? != 1000 {
        return Err("the face has not 1000 units".into());
    }
    let (mut glyf, mut loca, mut lefts) = (Vec::new(), vec![0], Vec::with_capacity(cff.count()));
    let (mut most_points, mut most_contours) = (0, 0);
    for glyph in 0..cff.count() {
        let outline = cff.outline(glyph).map_err(|e| format!("glyph {glyph}: {e}"))?;
        let contours: Vec<Vec<Node>> = outline.iter().map(nodes).filter(|nodes| nodes.len() > 2).collect();
        most_points = most_points.max(contours.iter().map(Vec::len).sum());
        most_contours = most_contours.max(contours.len());
        lefts.push(contours.iter().flatten().map(|n| n.x).min().unwrap_or(0));
        write_glyph(&mut glyf, &contours)?;
        loca.push(glyf.len());
    }
    let count = cff.count();
    tables.retain(|tag, _| !DROPPED.contains(&tag));
    tables.insert(*b"glyf", glyf);
    let loca: Vec<u8> = loca.into_iter().flat_map(|at| (at as u32).to_be_bytes()).collect();
    tables.insert(*b"loca", loca);

    let mut maxp = vec![0, 1, 0, 0];
    // Glyphs, points, contours; nothing composite; one zone, no instructions.
    for value in [count, most_points, most_contours, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] {
        maxp.extend(u16::try_from(value)?.to_be_bytes());
    }
    tables.insert(*b"maxp", maxp);
    let wide = u16(table(tables, b"hhea")?, 34)?;
    bearings(tables.get_mut(b"hmtx").ok_or("no table \"hmtx\"")?, wide, &lefts)?;
    let head = tables.get_mut(b"head").ok_or("no table \"head\"")?;
    // The left side bearing is where the outline begins; offsets to glyphs are long.
    let flags = u16(head, 16)? | 2;
    put(head, 16, 2, flags)?;
    put(head, 50, 2, 1)
}

/// Sets the left side bearings; the widths stay.
fn bearings(hmtx: &mut [u8], wide: usize, lefts: &[i32]) -> Result<()> {
    for (glyph, left) in lefts.iter().enumerate() {
        let at = if glyph < wide { 4 * glyph + 2 } else { 4 * wide + 2 * (glyph - wide) };
        bytes(hmtx, at, 2)?;
        hmtx[at..at + 2].copy_from_slice(&i16::try_from(*left)?.to_be_bytes());
    }
    Ok(())
}

/// The points of a contour, in the direction that TrueType wants: the other one.
fn nodes(contour: &Contour) -> Vec<Node> {
    let mut nodes = vec![node(contour.start, true)];
    let mut from = contour.start;
    for segment in &contour.segments {
        let to = match *segment {
            Segment::Line(to) => to,
            Segment::Curve(a, b, to) => {
                // Where curves meet, half-way between their control points, a point need not be written.
                nodes.extend(quadratics(from, a, b, to).map(|q| node(q, false)));
                to
            }
        };
        nodes.push(node(to, true));
        from = to;
    }
    nodes.dedup();
    while nodes.len() > 1 && nodes.last() == nodes.first() {
        nodes.pop();
    }
    // A point between two control points that lies half-way, to the unit, is understood.
    let around = |i: usize, by: usize| nodes[(i + by) % nodes.len()];
    let kept = (0..nodes.len()).filter(|&i| {
        let (a, b, c) = (around(i, nodes.len() - 1), nodes[i], around(i, 1));
        i == 0 || !b.on || a.on || c.on || 2 * b.x != a.x + c.x || 2 * b.y != a.y + c.y
    });
    let mut nodes: Vec<Node> = kept.map(|i| nodes[i]).collect();
    nodes[1..].reverse();
    nodes
}

fn node(p: Point, on: bool) -> Node {
    Node { x: p.0.round() as i32, y: p.1.round() as i32, on }
}

/// The control points of as few quadratic curves as stay close enough to a cubic one, each over an equal part of it. Two neighbours
/// meet half-way between their control points, and that place lies on the cubic curve.
fn quadratics(a: Point, b: Point, c: Point, d: Point) -> impl Iterator<Item = Point> {
    let third = (d.0 - 3.0 * c.0 + 3.0 * b.0 - a.0, d.1 - 3.0 * c.1 + 3.0 * b.1 - a.1);
    // The distance of a cubic from the quadratic of the same ends and middle is a third difference times √3/36; it falls with the cube.
    let far = third.0.hypot(third.1) * 3f64.sqrt() / 36.0;
    let parts = (far / TOLERANCE).cbrt().ceil().max(1.0);
    let place = move |t: f64| {
        let u = 1.0 - t;
        let mix = |a: f64, b: f64, c: f64, d: f64| u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d;
        (mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1))
    };
    let slope = move |t: f64| {
        let u = 1.0 - t;
        let mix = |a: f64, b: f64, c: f64, d: f64| 3.0 * (u * u * (b - a) + 2.0 * u * t * (c - b) + t * t * (d - c));
        (mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1))
    };
    (0..parts as usize).map(move |i| {
        let (t, next) = (i as f64 / parts, (i + 1) as f64 / parts);
        let (p, q, dp, dq) = (place(t), place(next), slope(t), slope(next));
        let control = |p: f64, q: f64, dp: f64, dq: f64| (p + q) / 2.0 + (dp - dq) / (4.0 * parts);
        (control(p.0, q.0, dp.0, dq.0), control(p.1, q.1, dp.1, dq.1))
    })
}

/// A simple glyph: box, ends of contours, flags with repetitions, steps in x, steps in y.
fn write_glyph(glyf: &mut Vec<u8>, contours: &[Vec<Node>]) -> Result<()> {
    if contours.is_empty() {
        return Ok(());
    }
    let all: Vec<Node> = contours.iter().flatten().copied().collect();
    let mut number = |n: i32| -> Result<()> {
        glyf.extend(i16::try_from(n)?.to_be_bytes());
        Ok(())
    };
    number(i32::try_from(contours.len())?)?;
    let (x, y) = (|n: &Node| n.x, |n: &Node| n.y);
    for edge in [all.iter().map(x).min(), all.iter().map(y).min(), all.iter().map(x).max(), all.iter().map(y).max()] {
        number(edge.unwrap_or(0))?;
    }
    let mut end = -1;
    for contour in contours {
        end += i32::try_from(contour.len())?;
        number(end)?;
    }
    number(0)?; // no instructions

    let (mut flags, mut xs, mut ys) = (Vec::new(), Vec::new(), Vec::new());
    let (mut x, mut y) = (0, 0);
    for n in &all {
        let across = step(&mut xs, n.x - x)?;
        let up = step(&mut ys, n.y - y)?;
        // Bits 1 and 2: the step in x and y is one byte; 4 and 5: that byte is positive, or there is none and no step.
        flags.push(u8::from(n.on) | across << 1 | up << 2);
        (x, y) = (n.x, n.y);
    }
    let mut at = 0;
    while at < flags.len() {
        let same = flags[at..].iter().take(256).take_while(|f| **f == flags[at]).count();
        if same > 1 {
            glyf.extend([flags[at] | 8, (same - 1) as u8]);
        } else {
            glyf.push(flags[at]);
        }
        at += same;
    }
    glyf.extend(xs);
    glyf.extend(ys);
    glyf.resize(glyf.len().next_multiple_of(4), 0);
    Ok(())
}

/// Writes a step as short as it can be; gives the two bits of its flag, three places apart.
fn step(to: &mut Vec<u8>, by: i32) -> Result<u8> {
    Ok(match by {
        0 => 0b1000,
        1..=255 => {
            to.push(by as u8);
            0b1001
        }
        -255..=-1 => {
            to.push(-by as u8);
            0b0001
        }
        _ => {
            to.extend(i16::try_from(by)?.to_be_bytes());
            0
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_stay_within_the_tolerance() {
        let cubic = [(0.0, 0.0), (10.0, 320.0), (700.0, -150.0), (640.0, 480.0)];
        let [a, b, c, d] = cubic;
        let controls: Vec<Point> = quadratics(a, b, c, d).collect();
        let n = controls.len();
        assert!(n > 1, "one parabola cannot do");
        let mid = |p: Point, q: Point| ((p.0 + q.0) / 2.0, (p.1 + q.1) / 2.0);
        for (i, q) in controls.iter().enumerate() {
            let from = if i == 0 { a } else { mid(controls[i - 1], *q) };
            let to = if i + 1 == n { d } else { mid(*q, controls[i + 1]) };
            for step in 0..=20 {
                let s = f64::from(step) / 20.0;
                let on = |p: f64, q: f64, r: f64| (1.0 - s).powi(2) * p + 2.0 * s * (1.0 - s) * q + s * s * r;
                let t = (i as f64 + s) / n as f64;
                let u = 1.0 - t;
                let wanted = |a: f64, b: f64, c: f64, d: f64| u.powi(3) * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t.powi(3) * d;
                let far = (on(from.0, q.0, to.0) - wanted(a.0, b.0, c.0, d.0)).hypot(on(from.1, q.1, to.1) - wanted(a.1, b.1, c.1, d.1));
                assert!(far <= TOLERANCE + 1e-9, "{far} at {t}");
            }
        }
    }

    fn index(items: &[&[u8]]) -> Vec<u8> {
        let mut bytes = (items.len() as u16).to_be_bytes().to_vec();
        if items.is_empty() {
            return bytes;
        }
        bytes.push(1);
        let mut end = 1;
        bytes.push(end);
        for item in items {
            end += item.len() as u8;
            bytes.push(end);
        }
        items.iter().for_each(|item| bytes.extend(*item));
        bytes
    }

    /// A table of one glyph, and one global subroutine.
    fn cff(glyph: &[u8], routine: &[u8]) -> Vec<u8> {
        let parts = |at: u8| {
            let top = [28, 0, at, 17]; // charstrings at this offset
            [vec![1, 0, 4, 1], index(&[b"A"]), index(&[&top]), index(&[]), index(&[routine])].concat()
        };
        let start = parts(0).len() as u8;
        [parts(start), index(&[glyph])].concat()
    }

    fn points(table: &[u8]) -> Vec<(i32, i32, bool)> {
        let outline = Cff::open(table).and_then(|cff| cff.outline(0)).expect("a glyph");
        outline.iter().flat_map(nodes).map(|n| (n.x, n.y, n.on)).collect()
    }

    fn n(value: i32) -> u8 {
        (value + 139) as u8
    }

    #[test]
    fn a_width_hints_and_a_subroutine_are_read_past() {
        // Width, one stem, a mask of it; then a box, whose last side but one stands in subroutine 0 (less 107).
        let glyph = [n(7), n(1), n(2), 18, 19, 0x80, n(10), n(20), 21, n(50), 6, n(-107), 29, 14];
        let routine = [n(60), n(-50), 7, 11];
        let corner = |x, y| (x, y, true);
        assert_eq!(points(&cff(&glyph, &routine)), [corner(10, 20), corner(10, 80), corner(60, 80), corner(60, 20)]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        // `random`, which no face draws with.
        assert!(Cff::open(&cff(&[12, 23, 14], &[11])).and_then(|cff| cff.outline(0)).is_err());
    }

    #[test]
    fn a_glyph_is_written_short() {
        let corner = |x, y| Node { x, y, on: true };
        let mut glyf = Vec::new();
        write_glyph(&mut glyf, &[vec![corner(0, 0), corner(0, 300), corner(50, 300)]]).expect("small numbers");
        let head = [0, 1, 0, 0, 0, 0, 0, 50, 1, 44, 0, 2, 0, 0];
        // On, no step; on, no step in x and a long one in y; on, a short step to the right.
        let rest = [0x31, 0x11, 0x33, 50, 1, 44, 0, 0];
        assert_eq!(glyf[..14], head);
        assert_eq!(glyf[14..20], rest[..6]);
    }
}
