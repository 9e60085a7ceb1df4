//! Parallel coordinates: a line for each setting, over an axis for each parameter, to what came of it.

mod places;

use crate::plot::axes::axis::Axis;
use crate::plot::axes::panel::{Log, Panel};
use crate::plot::figure::Figure;
use crate::plot::figure::mark::{Extent, LeftOut, Mark};
use crate::plot::figure::said;
use crate::plot::page::canvas::{Canvas, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::text::number;
use crate::plot::page::theme::SHADES;
use crate::plot::page::words::{list, told};
use crate::plot::values::Values;
use crate::tensor::error::counted;

/// Width and height of a figure in inches: what each axis takes, and all together.
const EACH: f64 = 1.25;
const AROUND: f64 = 1.0;
const HEIGHT: f64 = 3.0;
const WIDEST: f64 = 9.0;
/// Half the width of a line that crosses one axis alone.
const SPECK: f64 = 2.0;
/// Lines through the same value stand side by side within this many pixels, and this part of the way to the next value.
const BESIDE: f64 = 9.0;
const PART: f64 = 0.3;

/// An axis and where each line crosses it.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) values: Vec<f64>,
    pub(crate) log: bool,
    /// Values with a place each, at equal distances, from the lowest up, and what they are called; without them there is an
    /// axis from the lowest to the highest.
    pub(crate) stops: Option<Vec<(f64, String)>>,
}

impl Column {
    /// Whether values are positive and so far apart that they need a logarithmic axis.
    pub(crate) fn spans_decades(values: &[f64]) -> bool {
        let finite = || values.iter().copied().filter(|v| v.is_finite());
        let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        low > 0.0 && high >= 10.0 * low
    }
}

#[derive(Debug)]
struct Parallel {
    columns: Vec<Column>,
    /// The axis of each column that has no stops.
    axes: Vec<Option<Axis>>,
    maximize: bool,
    /// Rows with a value, the worst first.
    order: Vec<usize>,
}

/// Each row of numbers as a line over parallel axes named `names`, coloured by the last number, whose axis has the scale
/// of colours. The line with the lowest last number is emphasized. Axes whose numbers are positive and span a decade or
/// more are logarithmic.
///
/// A line whose last number isn't finite is dashed.
///
/// ```
/// use dlnotes::plot::parallel_coordinates;
/// let figure = parallel_coordinates(["lr", "layers", "loss"], [[0.1, 2.0, 0.5], [0.01, 2.0, 0.4], [0.001, 3.0, 0.9]]);
/// assert_eq!(
///     figure.summary(),
///     "Figure: 3 lines over lr, layers, and loss from 0.4 to 0.9; the best has lr 0.01, layers 2, loss 0.4."
/// );
/// ```
///
/// # Panics
/// If there are no names, or a row has another number of values than there are names.
#[track_caller]
pub fn parallel_coordinates<S: AsRef<str>>(names: impl AsRef<[S]>, rows: impl Values) -> Figure {
    let names = names.as_ref();
    rows_of(names.len(), &|i| names[i].as_ref(), &rows)
}

#[track_caller]
fn rows_of<'a>(count: usize, name: &dyn Fn(usize) -> &'a str, rows: &dyn Values) -> Figure {
    let rows = rows.curves();
    if count == 0 {
        panic!("parallel_coordinates: no names; name each axis");
    }
    if let Some((i, row)) = rows.iter().enumerate().find(|(_, row)| row.len() != count) {
        let (values, axes) = (counted(row.len(), "value"), if count == 1 { "axis" } else { "axes" });
        panic!("parallel_coordinates: row {i} has {values} for {count} {axes}; give one for each");
    }
    let column = |i: usize| {
        let values: Vec<f64> = rows.iter().map(|row| row[i]).collect();
        Column { name: name(i).to_owned(), log: Column::spans_decades(&values), values, stops: None }
    };
    parallel((0..count).map(column).collect(), false)
}

/// Lines over these columns; the last one colours them.
pub(crate) fn parallel(columns: Vec<Column>, maximize: bool) -> Figure {
    let names: Vec<String> = said(columns.len(), &|i| columns[i].name.as_str());
    let axis = |column: &Column| {
        let shown = |v: &f64| v.is_finite() && !(column.log && *v <= 0.0);
        let shown = || column.values.iter().copied().filter(shown);
        let range = (shown().fold(f64::INFINITY, f64::min), shown().fold(f64::NEG_INFINITY, f64::max));
        let is_axis = column.stops.is_none() && range.0 <= range.1;
        is_axis.then(|| Axis::over(range, (0.0, 0.0), column.log))
    };
    let axes = columns.iter().map(axis).collect();
    let mut order: Vec<usize> = Vec::new();
    if let Some(last) = columns.last() {
        order = (0..last.values.len()).filter(|&row| last.values[row].is_finite()).collect();
        order.sort_by(|&a, &b| {
            let worse = last.values[b].total_cmp(&last.values[a]);
            // Of equals the first one is the best, as it is in a table.
            (if maximize { worse.reverse() } else { worse }).then(b.cmp(&a))
        });
    }
    let size = ((AROUND + EACH * columns.len() as f64).clamp(3.5, WIDEST), HEIGHT);
    let mut figure = Figure::new().add(Parallel { columns, axes, maximize, order }, "");
    *figure.names = names;
    figure.size = size;
    figure
}

impl Parallel {
    fn rows(&self) -> usize {
        self.columns.last().map_or(0, |column| column.values.len())
    }

    /// Where on its axis a value lies: 0 at the foot, 1 at the top.
    fn place(&self, column: usize, value: f64) -> Option<f64> {
        let Column { stops, .. } = &self.columns[column];
        match stops {
            Some(stops) => {
                let stop = stops.iter().position(|(stop, _)| *stop == value)?;
                Some((stop as f64 + 0.5) / stops.len() as f64)
            }
            None => self.axes[column].and_then(|axis| axis.place(value)),
        }
    }

    /// How far each row stands from the place of its value in a column, in pixels upwards, so that rows with the same value
    /// stand side by side: the better the row, the farther to the side where better ones are on the last axis.
    fn beside(&self, column: usize, pixels: f64) -> Vec<f64> {
        let mut beside = vec![0.0; self.rows()];
        let Some(stops) = &self.columns[column].stops else { return beside };
        let most = BESIDE.min(PART * pixels / stops.len() as f64);
        for (stop, _) in stops {
            let here: Vec<usize> =
                self.order.iter().copied().filter(|&row| self.columns[column].values[row] == *stop).collect();
            for (i, &row) in here.iter().enumerate() {
                let part = if here.len() < 2 { 0.5 } else { i as f64 / (here.len() - 1) as f64 };
                beside[row] = (if self.maximize { part - 0.5 } else { 0.5 - part }) * 2.0 * most;
            }
        }
        beside
    }

    /// The shade of a place on the last axis: 0 for the best.
    fn shade(&self, place: f64) -> u8 {
        let shade = ((place * f64::from(SHADES)) as u8).min(SHADES - 1);
        if self.maximize { SHADES - 1 - shade } else { shade }
    }

    /// Whether some line ends without a value.
    fn has_missing(&self) -> bool {
        self.order.len() < self.rows()
    }
}

impl Mark for Parallel {
    fn extent(&self, _log: Log) -> Option<Extent> {
        let unit = (0.0, 1.0);
        (self.rows() > 0).then_some(Extent { x: unit, y: unit, pad: [0.0; 4], whole: (false, false), down: false })
    }

    fn draw(&self, panel: &Panel, _slot: u8) {
        if self.rows() == 0 {
            return;
        }
        let places = self.places(panel);
        let beside: Vec<Vec<f64>> =
            (0..self.columns.len()).map(|column| self.beside(column, places.height())).collect();
        let last = self.columns.len() - 1;
        let draw = |row: usize, ink: Ink| {
            for stroke in self.points(&places, &beside, row) {
                match stroke[..] {
                    // Between two values that have no place: a point of a dashed line would be nothing.
                    [(x, y)] => panel.canvas.line(&[(x - SPECK, y), (x + SPECK, y)], ink),
                    _ => panel.canvas.line(&stroke, ink),
                }
            }
        };
        let values = &self.columns[last].values;
        (0..values.len()).filter(|&row| !values[row].is_finite()).for_each(|row| draw(row, Ink::Reference));
        for &row in &self.order {
            let place = self.place(last, values[row]).unwrap_or(0.5);
            draw(row, Ink::Shade(self.shade(place)));
        }
        (0..=last).for_each(|column| self.draw_axis(panel, &places, column));
        if let Some(&best) = self.order.last() {
            draw(best, Ink::Best);
        }
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, _slot: u8) {
        let y = rect.middle().1;
        canvas.line(&[(rect.x, y), (rect.right(), y)], Ink::Shade(0));
    }

    fn describe(&self, names: &[String], _log: Log) -> String {
        let Some((last, parameters)) = names.split_last() else { return format!(": {}", told!("no values")) };
        let values = self.columns.last().map_or(&[][..], |column| &column.values);
        let lines = if values.len() == 1 { told!("1 line") } else { told!("{} lines", values.len()) };
        let over = if parameters.is_empty() {
            told!("{} on one axis, {}", lines, last)
        } else {
            told!("{} over {}, and {}", lines, list(parameters), last)
        };
        let Some((&worst, &best)) = self.order.first().zip(self.order.last()) else {
            return format!(": {}", told!("{} without values", over));
        };
        let (low, high) = if self.maximize { (worst, best) } else { (best, worst) };
        let mut text = told!("{} from {} to {}", over, number(values[low]), number(values[high]));
        if self.has_missing() {
            text = told!("{}, {} not finite", text, values.len() - self.order.len());
        }
        let value = |column: &Column| {
            let value = column.values[best];
            let stop = column.stops.iter().flatten().find(|(stop, _)| *stop == value);
            stop.map_or_else(|| number(value), |(_, name)| name.clone())
        };
        let with: Vec<String> =
            names.iter().zip(&self.columns).map(|(name, column)| told!("{} {}", name, value(column))).collect();
        format!(": {}", told!("{}; the best has {}", text, list(&with)))
    }

    fn left_out(&self, _log: Log) -> LeftOut {
        // What has no value is drawn, dashed.
        LeftOut::default()
    }

    fn spans_x(&self) -> bool {
        false
    }

    fn bare(&self) -> bool {
        true
    }
}
