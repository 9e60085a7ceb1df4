//! A page to draw on, in CSS pixels from the upper left corner: plotters' drawing area over our SVG.

use crate::plot::page::ink::Ink;
use crate::plot::page::straight::straightened;
use crate::plot::page::svg::Svg;
use crate::plot::page::theme::UNITS;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontTransform, IntoFont, ShapeStyle, TextStyle};
use std::cell::RefCell;
use std::rc::Rc;

/// A point in CSS pixels.
pub(crate) type Point = (f64, f64);

/// A rectangle in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

impl Rect {
    pub(crate) fn right(&self) -> f64 {
        self.x + self.w
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.y + self.h
    }

    pub(crate) fn middle(&self) -> Point {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }
}

/// Where a text's anchor lies: horizontally, vertically, and whether it reads upwards.
#[derive(Clone, Copy)]
pub(crate) struct Anchor(pub(crate) HPos, pub(crate) VPos, pub(crate) bool);

impl Anchor {
    pub(crate) const LEFT: Anchor = Anchor(HPos::Left, VPos::Center, false);
    pub(crate) const RIGHT: Anchor = Anchor(HPos::Right, VPos::Center, false);
    pub(crate) const CENTER: Anchor = Anchor(HPos::Center, VPos::Center, false);
    pub(crate) const BELOW: Anchor = Anchor(HPos::Center, VPos::Top, false);
    pub(crate) const UPWARDS: Anchor = Anchor(HPos::Center, VPos::Center, true);
}

/// The page of one figure.
pub(crate) struct Canvas {
    svg: Rc<RefCell<Svg>>,
    area: DrawingArea<Svg, Shift>,
}

impl Canvas {
    /// An empty page of `width` × `height` pixels.
    pub(crate) fn new(width: f64, height: f64) -> Self {
        let (right, bottom) = units((width, height));
        let svg = Rc::new(RefCell::new(Svg::new((right as u32, bottom as u32))));
        Canvas { area: DrawingArea::from(&svg), svg }
    }

    pub(crate) fn line(&self, points: &[Point], ink: Ink) {
        let points = straightened(points);
        self.put(PathElement::new(points.into_iter().map(units).collect::<Vec<_>>(), style(ink)));
    }

    /// A filled area with these corners.
    pub(crate) fn area(&self, corners: &[Point], ink: Ink) {
        let corners = straightened(corners);
        self.put(Polygon::new(corners.into_iter().map(units).collect::<Vec<_>>(), style(ink)));
    }

    pub(crate) fn dot(&self, at: Point, ink: Ink) {
        self.put(Circle::new(units(at), 1, style(ink)));
    }

    pub(crate) fn rect(&self, rect: Rect, ink: Ink) {
        self.put(Rectangle::new([units((rect.x, rect.y)), units((rect.right(), rect.bottom()))], style(ink).filled()));
    }

    pub(crate) fn text(&self, text: &str, at: Point, anchor: Anchor, ink: Ink) {
        let Anchor(h, v, upwards) = anchor;
        let font = ("sans-serif", ink.font_size() * UNITS).into_font();
        let font = if upwards { font.transform(FontTransform::Rotate270) } else { font };
        self.put(Text::new(text.to_owned(), units(at), TextStyle::from(font).color(&ink.key()).pos(Pos::new(h, v))));
    }

    /// Says where the frame of a figure lies and which values its ends have, for those who want to know what a place on
    /// the page means.
    pub(crate) fn axes(&self, frame: Rect, [x, y]: [(f64, f64, bool); 2]) {
        let ((left, top), (right, bottom)) = (units((frame.x, frame.y)), units((frame.right(), frame.bottom())));
        let ends = |(lo, hi, log): (f64, f64, bool)| format!("{lo} {hi}{}", if log { " log" } else { "" });
        self.svg.borrow_mut().raw(&format!(
            "<g data-frame=\"{left} {top} {} {}\" data-x=\"{}\" data-y=\"{}\"/>",
            right - left,
            bottom - top,
            ends(x),
            ends(y)
        ));
    }

    /// A circle as a path: plotters' own would be a dot of the ink's width.
    pub(crate) fn circle(&self, at: Point, radius: f64, ink: Ink) {
        let ((x, y), (r, _)) = (units(at), units((radius, 0.0)));
        self.path(&format!("M{} {y}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0-{} 0z", x - r, 2 * r, 2 * r), ink);
    }

    /// A path in SVG's own words, in units: plotters knows no curves.
    pub(crate) fn path(&self, d: &str, ink: Ink) {
        self.svg.borrow_mut().shape(d, ink);
    }

    /// A picture from a `data:` address. Written directly: plotters' bitmap element would need the `image` crate.
    pub(crate) fn image(&self, rect: Rect, address: &str) {
        self.picture(rect, address, "pixelated");
    }

    /// A picture whose pixels pass into one another.
    pub(crate) fn smooth_image(&self, rect: Rect, address: &str) {
        self.picture(rect, address, "auto");
    }

    fn picture(&self, rect: Rect, address: &str, rendering: &str) {
        let ((x, y), (right, bottom)) = (units((rect.x, rect.y)), units((rect.right(), rect.bottom())));
        self.svg.borrow_mut().raw(&format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:{rendering}\" href=\"{address}\"/>",
            right - x,
            bottom - y
        ));
    }

    /// A picture of which only the part in `window` is seen.
    pub(crate) fn cut_image(&self, rect: Rect, window: Rect, address: &str, smooth: bool) {
        let ((x, y), (right, bottom)) = (units((window.x, window.y)), units((window.right(), window.bottom())));
        let [left, top, w, h] = [rect.x - window.x, rect.y - window.y, rect.w, rect.h].map(|v| (v * UNITS).round());
        let rendering = if smooth { "auto" } else { "pixelated" };
        self.svg.borrow_mut().raw(&format!(
            "<svg x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\"><image x=\"{left}\" y=\"{top}\" width=\"{w}\" \
             height=\"{h}\" preserveAspectRatio=\"none\" style=\"image-rendering:{rendering}\" href=\"{address}\"/></svg>",
            right - x,
            bottom - y
        ));
    }

    /// The finished SVG.
    pub(crate) fn finish(self, title: &str, description: &str) -> String {
        self.svg.borrow_mut().finish(title, description)
    }

    fn put<E>(&self, element: E)
    where
        for<'a> &'a E: PointCollection<'a, (i32, i32)>,
        E: Drawable<Svg>,
    {
        self.area.draw(&element).expect("the SVG backend has no way to fail");
    }
}

fn units((x, y): Point) -> (i32, i32) {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}

fn style(ink: Ink) -> ShapeStyle {
    ShapeStyle::from(ink.key())
}
