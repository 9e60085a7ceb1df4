//! Where the parts of a figure stand: title, legend, axes' labels, the frame between them.

use crate::plot::axes::axis::{Axis, Ticks};
use crate::plot::figure::Figure;
use crate::plot::page::canvas::Rect;
use crate::plot::page::ink::Ink;
use crate::plot::page::space::{EDGE, TICK, height, width};
use crate::plot::page::steady;
use crate::plot::page::theme::PX_PER_INCH;

/// Distance of the y axis' label from its numbers.
const APART: f64 = 4.0;
/// Space that one label takes along each axis.
const ROOM: (f64, f64) = (52.0, 30.0);
/// Length of a legend's sample, and the space after it.
pub(crate) const SAMPLE: (f64, f64) = (18.0, 4.0);
/// Space between the entries of a legend.
const BETWEEN: f64 = 12.0;
/// Part of the page's width that names below bars may fill side by side, and part of its height that they may take upright.
const NAMES: f64 = 0.75;
const TALLEST: f64 = 0.4;
/// Part of the page's height that a legend may take.
const LEGEND: f64 = 0.4;
/// The smallest frame, however small the page.
const SMALLEST: f64 = 8.0;

/// What a panel shares with its neighbours in a grid.
#[derive(Clone, Copy, Default)]
pub(crate) struct Share {
    pub(crate) x: Option<Axis>,
    pub(crate) y: Option<Axis>,
    /// Whether a neighbour already carries the labels.
    pub(crate) hide_x: bool,
    pub(crate) hide_y: bool,
    pub(crate) names: Names,
    /// The place that the grid gives the frame.
    pub(crate) frame: Option<Rect>,
}

/// Where the series' names may stand.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Names {
    /// Beside the ends of the lines, or above the frame where they don't fit.
    #[default]
    Free,
    /// Above the frame.
    Above,
    /// Nowhere: the grid shows them once for all.
    Nowhere,
}

/// The places of everything around the frame.
pub(crate) struct Layout {
    pub(crate) frame: Rect,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) x_ticks: Ticks,
    pub(crate) y_ticks: Ticks,
    /// Whether the labels below read upwards, because they are too wide to stand side by side.
    pub(crate) upright: bool,
    /// The height that they have.
    pub(crate) tick_height: f64,
    /// Series by row of the legend, each with the place where its sample begins.
    pub(crate) legend: Vec<Vec<(usize, f64)>>,
    /// Heights of the title, and of the note where it has a line of its own.
    pub(crate) title: f64,
    pub(crate) note: f64,
}

/// The axes that hold all of a figure's marks.
pub(crate) fn axes(figure: &Figure) -> (Axis, Axis) {
    let log = figure.log();
    let extent = figure.extent();
    let axis = |limits: Option<(f64, f64)>, data: Option<(f64, f64)>, pad: (f64, f64), log: bool| match limits {
        Some((lo, hi)) => Axis::between(lo, hi, log),
        None => {
            let range = data.filter(|(lo, hi)| lo <= hi).unwrap_or(if log { (1.0, 10.0) } else { (0.0, 1.0) });
            Axis::over(range, pad, log)
        }
    };
    let pad = extent.map_or([0.0; 4], |e| e.pad);
    let mut x = axis(figure.x.limits, extent.map(|e| e.x), (pad[0], pad[1]), log.x);
    let mut y = axis(figure.y.limits, extent.map(|e| e.y), (pad[2], pad[3]), log.y);
    if let Some(extent) = extent {
        (x.whole, y.whole) = extent.whole;
        if extent.down && figure.y.limits.is_none() {
            (y.lo, y.hi) = (y.hi, y.lo);
        }
    }
    (x, y)
}

impl Layout {
    /// Lays `figure` out in `page`; `beside` is the width kept free for names at the ends of the lines, without which the
    /// names go into a legend above the frame.
    pub(crate) fn new(figure: &Figure, page: Rect, share: &Share, beside: Option<f64>) -> Layout {
        let (x, y) = axes(figure);
        let (x, y) = (share.x.unwrap_or(x), share.y.unwrap_or(y));
        let line = |text: &str, ink: Ink| if text.is_empty() { 0.0 } else { height(ink) };
        let inner = Rect { x: page.x + EDGE, y: page.y + EDGE, w: page.w - 2.0 * EDGE, h: page.h - 2.0 * EDGE };

        let shown = beside.is_none() && share.names != Names::Nowhere;
        let legend = if shown { rows(figure, inner.w, figure.size.1 * PX_PER_INCH) } else { Vec::new() };
        let title = line(&figure.title, Ink::Title);
        let said = figure.left_out().unwrap_or_default();
        let note = line(&said, Ink::Note);
        let x_label = if share.hide_x { 0.0 } else { line(&figure.x.label, Ink::Label) };
        let y_label = if share.hide_y { 0.0 } else { line(&figure.y.label, Ink::Label) };

        let above = title + legend.len() as f64 * height(Ink::Label);
        if figure.is_bare() {
            let frame = Rect { y: inner.y + above, h: inner.h - above, ..inner };
            let ticks = Ticks::default();
            return Layout {
                frame,
                x,
                y,
                x_ticks: ticks.clone(),
                y_ticks: ticks,
                upright: false,
                tick_height: 0.0,
                legend,
                title,
                note,
            };
        }
        let names = Ticks::named(&figure.names);
        let upright = names.width() * names.major.len() as f64 > inner.w * NAMES;
        let tick_height = if upright { (names.width() + TICK).min(inner.h * TALLEST) } else { height(Ink::Tick) };
        let below = TICK + if share.hide_x { 0.0 } else { tick_height } + x_label;
        let y_ticks = |bottom: f64| {
            let free = (inner.h - above - bottom).max(SMALLEST);
            match &figure.row_names[..] {
                [] => y.ticks((free / ROOM.1) as usize),
                names => Ticks::named(names).thinned((free / height(Ink::Tick)) as usize),
            }
        };
        let left = |y_ticks: &Ticks| {
            let numbers = if share.hide_y { 0.0 } else { steady::room(y_ticks.width()) };
            y_label + 2.0 * TICK + if y_label > 0.0 { APART } else { 0.0 } + numbers
        };
        let beside = figure.series.iter().map(|s| s.mark.beside()).fold(beside.unwrap_or(0.0), f64::max);
        // A note takes the place on the left of the label below, if it is wide enough, and otherwise a line of its own.
        let wide = y_ticks(below);
        let middle = (left(&wide) + inner.w - beside) / 2.0;
        // Behind the label a power of ten may follow.
        let fits = width(&said, Ink::Note) + 2.0 * BETWEEN <= middle - width(&figure.x.label, Ink::Label) / 2.0;
        let (note, y_ticks) = if x_label > 0.0 && fits { (0.0, wide) } else { (note, y_ticks(below + note)) };
        let bottom = below + note;
        // The power of ten stands above the axis; half a label reaches above the frame in any case.
        let top = above + line(&y_ticks.factor, Ink::Tick).max(if above > 0.0 { 2.0 } else { 4.0 });
        let left = left(&y_ticks);
        let roughly = (inner.w - left - beside).max(SMALLEST);
        let mut x_room = (roughly / ROOM.0) as usize;
        // Names that stand upright need the height of a line each.
        let lines = if upright { (roughly / height(Ink::Tick)) as usize } else { usize::MAX };
        let mut x_ticks = if names.major.is_empty() { x.ticks(x_room) } else { names.thinned(lines) };
        while figure.names.is_empty() && x_room > 2 && x_ticks.width() * x_ticks.major.len() as f64 > 0.8 * roughly {
            x_room -= 1;
            x_ticks = x.ticks(x_room);
        }
        let overhang = x_ticks.major.last().map_or(0.0, |(_, label)| steady::room(width(label, Ink::Tick)) / 2.0);
        let right = beside.max(if upright || beside > 0.0 { 0.0 } else { overhang });
        let frame = Rect {
            x: inner.x + left,
            y: inner.y + top,
            w: (inner.w - left - right).max(SMALLEST),
            h: (inner.h - top - bottom).max(SMALLEST),
        };
        let frame = share.frame.unwrap_or(frame);
        Layout { frame, x, y, x_ticks, y_ticks, upright, tick_height, legend, title, note }
    }
}

/// A legend's rows, broken where `room` ends; no more of them than leave the frame its place, and then with room at the
/// end for how many names are missing.
///
/// The figure's own height counts, not the page's: in a grid a figure is laid out twice, and must be the same both times.
pub(crate) fn rows(figure: &Figure, room: f64, page_height: f64) -> Vec<Vec<(usize, f64)>> {
    let most = ((page_height * LEGEND / height(Ink::Label)) as usize).max(1);
    let needs = |series: usize| SAMPLE.0 + SAMPLE.1 + width(&figure.series[series].label, Ink::Label);
    let mut rows: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut used = f64::INFINITY;
    for (i, _) in figure.series.iter().enumerate().filter(|(_, s)| !s.label.is_empty()) {
        if used + needs(i) > room {
            rows.push(Vec::new());
            used = 0.0;
        }
        if let Some(row) = rows.last_mut() {
            row.push((i, used));
        }
        used += needs(i) + BETWEEN;
    }
    if rows.len() > most {
        rows.truncate(most);
        let missing = width(&missing(figure, &rows), Ink::Note);
        if let Some(last) = rows.last_mut() {
            while last.len() > 1 && last.last().is_some_and(|&(i, at)| at + needs(i) + BETWEEN + missing > room) {
                last.pop();
            }
        }
    }
    rows
}

/// `+ 97`: how many names a legend has no room for; empty where it has room for all.
pub(crate) fn missing(figure: &Figure, rows: &[Vec<(usize, f64)>]) -> String {
    let named = figure.series.iter().filter(|s| !s.label.is_empty()).count();
    match named - rows.iter().map(Vec::len).sum::<usize>() {
        0 => String::new(),
        missing => format!("+ {missing}"),
    }
}
