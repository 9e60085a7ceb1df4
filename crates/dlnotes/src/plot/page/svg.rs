//! The SVG that plotters draws on: small, with classes instead of colours, and readable by a screen reader.
//!
//! plotters' own SVG backend writes every style into every element, cannot dash a line and measures Chinese by bytes;
//! this one implements the same `DrawingBackend` trait.

use crate::plot::page::ink::Ink;
use crate::plot::page::text::{Shift, ems, escape, unshifted};
use crate::plot::page::theme::{UNITS, style_sheet};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontTransform,
};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt::Write as _;

/// A page that elements are written to.
pub(crate) struct Svg {
    size: (u32, u32),
    body: String,
    inks: BTreeSet<Ink>,
    /// The ink of the path that is still open at the end of `body`, which shapes of the same ink join, and where its last
    /// shape ended.
    open: Option<(Ink, BackendCoord)>,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Svg {
    /// An empty page of `size` units.
    pub(crate) fn new(size: (u32, u32)) -> Self {
        Svg { size, body: String::new(), inks: BTreeSet::new(), open: None }
    }

    /// Writes an element of one's own.
    pub(crate) fn raw(&mut self, element: &str) {
        self.close();
        self.body.push_str(element);
    }

    /// Writes a path of one's own in `ink`.
    pub(crate) fn shape(&mut self, d: &str, ink: Ink) {
        self.close();
        self.inks.insert(ink);
        let _ = write!(self.body, "<path class=\"{}\" d=\"{d}\"/>", ink.class());
    }

    /// The finished document with `title` and `description` for those who don't see it.
    pub(crate) fn finish(&mut self, title: &str, description: &str) -> String {
        self.close();
        let (w, h) = self.size;
        let (px_w, px_h) = (f64::from(w) / UNITS, f64::from(h) / UNITS);
        let mut out = String::with_capacity(self.body.len() + 4096);
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dl\" role=\"img\" width=\"{px_w}\" height=\"{px_h}\" \
             viewBox=\"0 0 {w} {h}\"><title>"
        );
        escape(title, &mut out);
        out.push_str("</title><desc>");
        escape(description, &mut out);
        self.inks.insert(Ink::Paper);
        let _ = writeln!(
            out,
            "</desc><style>{}</style><path class=\"paper\" d=\"M0 0h{w}v{h}H0z\"/>{}</svg>",
            style_sheet(self.inks.iter().copied()),
            self.body
        );
        out
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.body.push_str("\"/>");
        }
    }

    /// Moves to `from` in a path in `style`'s ink, and returns its text for appending; what is appended ends at `to`.
    fn path<S: BackendStyle>(&mut self, style: &S, from: BackendCoord, to: BackendCoord) -> &mut String {
        let ink = Ink::from_key(style.color().rgb);
        let last = self.open.filter(|open| open.0 == ink).map(|open| open.1);
        if last.is_none() {
            self.close();
            self.inks.insert(ink);
            let _ = write!(self.body, "<path class=\"{}\" d=\"", ink.class());
        }
        self.open = Some((ink, to));
        let place = pair('M', from);
        // Near to where the last shape ended, the way from there is shorter to write.
        let way = last.map(|last| pair('m', (from.0 - last.0, from.1 - last.1)));
        self.body.push_str(way.as_ref().filter(|way| way.len() < place.len()).unwrap_or(&place));
        &mut self.body
    }
}

/// A command with a pair of numbers.
fn pair(command: char, (x, y): BackendCoord) -> String {
    format!("{command}{x}{}{y}", if y < 0 { "" } else { " " })
}

/// Appends a step relative to the last point, with no more separators than SVG needs.
fn step(out: &mut String, (dx, dy): BackendCoord) {
    let gap = if dx < 0 || out.ends_with('l') { "" } else { " " };
    let _ = write!(out, "{gap}{dx}{}{dy}", if dy < 0 { "" } else { " " });
}

/// Appends the way from `last` through `points`; without one, a dot as wide as the line.
fn polyline(out: &mut String, mut last: BackendCoord, points: &[BackendCoord]) {
    out.push('l');
    let mut moved = false;
    for point in points {
        let by = (point.0 - last.0, point.1 - last.1);
        if by != (0, 0) {
            step(out, by);
            moved = true;
        }
        last = *point;
    }
    if !moved {
        out.push_str("0 0");
    }
}

/// Appends `text` with its superscripts raised and its subscripts lowered: many fonts lack them, and a fallback font
/// spoils the whole label.
fn shifted(text: &str, size: f64, out: &mut String) {
    let small = (size * 0.72).round();
    let chars: Vec<char> = text.chars().collect();
    let shift = |c: char| unshifted(c).map(|(shift, _)| shift);
    let mut height = 0.0;
    for run in chars.chunk_by(|&a, &b| shift(a) == shift(b)) {
        let level = match shift(run[0]) {
            Some(Shift::Up) => (size * 0.36).round(),
            Some(Shift::Down) => -(size * 0.2).round(),
            None => 0.0,
        };
        let plain: String = run.iter().map(|&c| unshifted(c).map_or(c, |(_, plain)| plain)).collect();
        if level == height {
            escape(&plain, out);
            continue;
        }
        let font = if level == 0.0 { String::new() } else { format!(" font-size=\"{small}\"") };
        let _ = write!(out, "<tspan dy=\"{}\"{font}>", height - level);
        escape(&plain, out);
        out.push_str("</tspan>");
        height = level;
    }
}

impl DrawingBackend for Svg {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Drawn {
        self.path(&color, at, at).push_str("h1v1h-1z");
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        polyline(self.path(style, from, to), from, &[to]);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, _fill: bool) -> Drawn {
        let _ = write!(self.path(style, a, a), "h{}v{}h{}z", b.0 - a.0, b.1 - a.1, a.0 - b.0);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        if let (Some(&first), Some(&last)) = (points.first(), points.last()) {
            polyline(self.path(style, first, last), first, &points[1..]);
        }
        Ok(())
    }

    /// A dot: a stroke without length whose round ends, as wide as the ink says, make the disc. A tenth of a circle's bytes.
    fn draw_circle<S: BackendStyle>(&mut self, at: BackendCoord, _radius: u32, style: &S, _fill: bool) -> Drawn {
        self.path(style, at, at).push_str("h0");
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Drawn {
        let points: Vec<BackendCoord> = vert.into_iter().collect();
        if let Some(&first) = points.first() {
            let out = self.path(style, first, first);
            polyline(out, first, &points[1..]);
            out.push('z');
        }
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, (x, y): BackendCoord) -> Drawn {
        self.close();
        let ink = Ink::from_key(style.color().rgb);
        self.inks.insert(ink);
        let anchor = style.anchor();
        // Distance from the anchor to the baseline; half an x-height below the middle centres digits and letters.
        let drop = ink.font_size()
            * UNITS
            * match anchor.v_pos {
                VPos::Top => 0.8,
                VPos::Center => 0.35,
                VPos::Bottom => -0.2,
            };
        let _ = write!(self.body, "<text class=\"{}\"", ink.class());
        let (x, y) = match style.transform() {
            FontTransform::Rotate270 => {
                let _ = write!(self.body, " transform=\"rotate(-90 {} {y})\"", x + drop as i32);
                (x + drop as i32, y)
            }
            _ => (x, y + drop as i32),
        };
        let _ = write!(self.body, " x=\"{x}\" y=\"{y}\"");
        self.body.push_str(match anchor.h_pos {
            HPos::Left => ">",
            HPos::Center => " text-anchor=\"middle\">",
            HPos::Right => " text-anchor=\"end\">",
        });
        shifted(text, ink.font_size() * UNITS, &mut self.body);
        self.body.push_str("</text>");
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let em = Ink::from_key(style.color().rgb).font_size() * UNITS;
        Ok(((ems(text) * em).ceil() as u32, em.ceil() as u32))
    }
}
