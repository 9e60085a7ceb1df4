//! Several figures on one page, with shared axes.

use crate::dropped::{Field, drops_here};
use crate::plot::axes::axis::Axis;
use crate::plot::figure::Figure;
use crate::plot::figure::layout::{Layout, Names, Share, axes, rows as legend_rows};
use crate::plot::figure::show::shows;
use crate::plot::page::canvas::{Anchor, Canvas, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::space::{EDGE, fit, height};
use crate::plot::page::theme::PX_PER_INCH;
use crate::plot::page::words::{say, told};

/// Figures beside and below one another, as one figure.
///
/// ```
/// use dlnotes::plot::{Grid, plot};
/// let x = [-1.0, 0.0, 1.0];
/// let grid = Grid::new([
///     plot(x, [0.0, 0.0, 1.0]).title("relu").xlabel("x"),
///     plot(x, [-0.76, 0.0, 0.76]).title("tanh").xlabel("x"),
/// ]);
/// let grid = grid.share_y().title("Activations");
/// assert!(grid.summary().starts_with("Activations. relu over x from −1 to 1: rises from 0 to 1. tanh"));
/// ```
#[derive(Clone)]
pub struct Grid {
    figures: Field<Vec<Figure>>,
    columns: usize,
    title: Field<String>,
    share_x: bool,
    share_y: bool,
    /// Width and height in inches, if set.
    size: Option<(f64, f64)>,
}
drops_here!(Grid: figures, title);

/// Columns unless said otherwise: as many as a notebook page is wide.
const COLUMNS: usize = 3;

impl Grid {
    /// A page of `figures`, row by row, at most three to a row unless [`columns`](Grid::columns) says otherwise.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(-8.0, 8.0, 0.1);
    /// let grid = Grid::new([plot(&x, &x.relu()).ylabel("relu"), plot(&x, &x.sigmoid()).ylabel("sigmoid")]);
    /// assert!(grid.summary().starts_with("relu over x") && grid.summary().contains("sigmoid over x"));
    /// ```
    pub fn new(figures: impl Into<Vec<Figure>>) -> Grid {
        Grid::of(figures.into())
    }

    fn of(figures: Vec<Figure>) -> Grid {
        let columns = figures.len().clamp(1, COLUMNS);
        Grid {
            figures: Field::new(figures),
            columns,
            title: Field::default(),
            share_x: false,
            share_y: false,
            size: None,
        }
    }

    /// How many figures stand in a row.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let four = Grid::new(vec![plot([0, 1], [0, 1]).size(2, 2); 4]);
    /// assert!(four.to_svg().contains("width=\"576\" height=\"384\""));              // three and one
    /// assert!(four.columns(2).to_svg().contains("width=\"384\" height=\"384\""));   // two and two
    /// ```
    ///
    /// # Panics
    /// When `columns` is 0.
    #[track_caller]
    pub fn columns(mut self, columns: usize) -> Grid {
        if columns == 0 {
            panic!("columns: 0; give at least 1");
        }
        self.columns = columns;
        self
    }

    /// Gives all figures the same x axis, with labels below the lowest of each column only.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figures = [plot([0, 1], [0, 1]), plot([0, 50], [0, 1])];
    /// let apart = Grid::new(figures.clone()).columns(1).to_svg();
    /// let shared = Grid::new(figures).columns(1).share_x().to_svg();
    /// assert_eq!(shared.matches(">50<").count(), 1);
    /// assert!(shared.len() < apart.len());                               // one row of numbers instead of two
    /// ```
    pub fn share_x(mut self) -> Grid {
        self.share_x = true;
        self
    }

    /// Gives all figures the same y axis, with labels at the first of each row only.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figures = [plot([0, 1], [0, 1]), plot([0, 1], [0, 50])];
    /// let shared = Grid::new(figures).share_y().to_svg();
    /// assert_eq!(shared.matches(">50<").count(), 1);                     // at the first of the row only
    /// ```
    pub fn share_y(mut self) -> Grid {
        self.share_y = true;
        self
    }

    /// The title above all figures.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let grid = Grid::new([plot([0, 1], [0, 1])]).title("Three degrees");
    /// assert!(grid.summary().starts_with("Three degrees. "));
    /// ```
    pub fn title(mut self, title: &str) -> Grid {
        *self.title = say(title);
        self
    }

    /// Width and height of the whole page in inches; the figures' own sizes together unless set.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let grid = Grid::new(vec![plot([0, 1], [0, 1]); 3]).size(9, 3);
    /// assert!(grid.to_svg().contains("width=\"864\" height=\"288\""));
    /// ```
    ///
    /// # Panics
    /// When a side is not between 0.5 and 50 inches.
    #[track_caller]
    pub fn size(mut self, width: impl crate::plot::Number, height: impl crate::plot::Number) -> Grid {
        self.size = Some(Figure::new().size(width, height).size);
        self
    }

    /// What the figures show, in words written from their data, one after the other.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let grid = Grid::new([plot([0, 1], [0, 1]).ylabel("train"), plot([0, 1], [1, 0]).ylabel("test")]);
    /// let told = "train over x from 0 to 1: rises from 0 to 1. test over x from 0 to 1: falls from 1 to 0.";
    /// assert_eq!(grid.summary(), told);
    /// ```
    pub fn summary(&self) -> String {
        let title = (!self.title.is_empty()).then(|| told!("{}.", self.title.as_str()));
        let all = title.into_iter().chain(self.figures.iter().map(Figure::summary));
        all.reduce(|before, next| told!("{} {}", before, next)).unwrap_or_default()
    }

    /// The page as an SVG document, with title and description for screen readers.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let grid = Grid::new([plot([0, 1], [0, 1]).title("left"), plot([0, 1], [1, 0]).title("right")]);
    /// let svg = grid.to_svg();
    /// assert!(svg.starts_with("<svg") && svg.contains(">left<") && svg.contains(">right<"));
    /// ```
    pub fn to_svg(&self) -> String {
        let columns = self.columns.min(self.figures.len()).max(1);
        let rows = self.figures.len().div_ceil(columns).max(1);
        let largest = |side: fn(&Figure) -> f64| self.figures.iter().map(side).fold(0.5, f64::max) * PX_PER_INCH;
        let w = self.size.map_or(largest(|f| f.size.0) * columns as f64, |size| size.0 * PX_PER_INCH);
        let title = if self.title.is_empty() { 0.0 } else { height(Ink::Title) + EDGE };
        let legend =
            self.common_names().map_or(Vec::new(), |figure| legend_rows(figure, w - 2.0 * EDGE, largest(|f| f.size.1)));
        let head = title + if legend.is_empty() { 0.0 } else { EDGE + legend.len() as f64 * height(Ink::Label) };
        let h = self.size.map_or(largest(|f| f.size.1) * rows as f64 + head, |size| size.1 * PX_PER_INCH);

        let canvas = Canvas::new(w, h);
        let top = EDGE + height(Ink::Title) / 2.0;
        let text = fit(&self.title, Ink::Title, w - 2.0 * EDGE);
        if !text.is_empty() {
            canvas.text(&text, (w / 2.0, top), Anchor::CENTER, Ink::Title);
        }
        if let (Some(figure), false) = (self.figures.first(), legend.is_empty()) {
            let left = (w - figure.legend_width(&legend)) / 2.0;
            figure.draw_legend(&canvas, &legend, (left, title + EDGE), w - EDGE);
        }
        let page = Rect { x: 0.0, y: head, w, h: h - head };
        for (figure, (cell, share)) in self.figures.iter().zip(self.cells(page, columns, rows)) {
            figure.draw(&canvas, cell, &share);
        }
        let name = if self.title.is_empty() { told!("Figures") } else { (*self.title).clone() };
        canvas.finish(&name, &self.summary())
    }

    /// The first figure, if all show the same names, so that one legend does for all.
    fn common_names(&self) -> Option<&Figure> {
        let names = |figure: &Figure| figure.series.iter().map(|s| s.label.clone()).collect::<Vec<_>>();
        let first = self.figures.first().filter(|f| f.series.iter().any(|s| !s.label.is_empty()))?;
        (self.figures.len() > 1 && self.figures.iter().all(|figure| names(figure) == names(first))).then_some(first)
    }

    /// Each figure's part of `page`, and what it shares, with all frames equally large and in line.
    fn cells(&self, page: Rect, columns: usize, rows: usize) -> Vec<(Rect, Share)> {
        let mut shares = self.shares(columns, rows);
        let even = Rect { w: page.w / columns as f64, h: page.h / rows as f64, ..page };
        // What each figure needs around its frame: left, right, above, below.
        let around: Vec<[f64; 4]> = self
            .figures
            .iter()
            .zip(&shares)
            .map(|(figure, share)| {
                let frame = Layout::new(figure, even, share, None).frame;
                [frame.x - even.x, even.right() - frame.right(), frame.y - even.y, even.bottom() - frame.bottom()]
            })
            .collect();
        let column = |i: usize| i % columns;
        let row = |i: usize| i / columns;
        let most = |side: usize, line: &dyn Fn(usize) -> usize, of: usize| {
            around.iter().enumerate().filter(|(i, _)| line(*i) == of).map(|(_, a)| a[side]).fold(0.0, f64::max)
        };
        let widths: Vec<(f64, f64)> = (0..columns).map(|c| (most(0, &column, c), most(1, &column, c))).collect();
        let heights: Vec<(f64, f64)> = (0..rows).map(|r| (most(2, &row, r), most(3, &row, r))).collect();
        let (xs, ys) = (cut(page.x, page.w, &widths), cut(page.y, page.h, &heights));
        for (i, share) in shares.iter_mut().enumerate() {
            let ((x, w), (y, h)) = (xs[column(i)], ys[row(i)]);
            let ((left, right), (above, below)) = (widths[column(i)], heights[row(i)]);
            share.frame = Some(Rect { x: x + left, y: y + above, w: w - left - right, h: h - above - below });
        }
        let cell = |i: usize| Rect { x: xs[column(i)].0, w: xs[column(i)].1, y: ys[row(i)].0, h: ys[row(i)].1 };
        shares.into_iter().enumerate().map(|(i, share)| (cell(i), share)).collect()
    }

    /// What each figure has in common with the others.
    fn shares(&self, columns: usize, rows: usize) -> Vec<Share> {
        let all: Vec<(Axis, Axis)> = self.figures.iter().map(axes).collect();
        let x = all.iter().map(|a| a.0).reduce(Axis::and).filter(|_| self.share_x);
        let y = all.iter().map(|a| a.1).reduce(Axis::and).filter(|_| self.share_y);
        let names = if self.common_names().is_some() { Names::Nowhere } else { Names::Above };
        let count = self.figures.len();
        (0..count)
            .map(|i| Share {
                x,
                y,
                hide_x: self.share_x && i / columns + 1 < rows && i + columns < count,
                hide_y: self.share_y && i % columns > 0,
                names,
                frame: None,
            })
            .collect()
    }
}

/// Cuts the stretch of `length` that begins at `start` into parts that all have the same left when what each needs
/// before and after is taken away; gives the start and length of each.
fn cut(start: f64, length: f64, around: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let needed: f64 = around.iter().map(|(before, after)| before + after).sum();
    let frame = ((length - needed) / around.len() as f64).max(1.0);
    around
        .iter()
        .scan(start, |at, (before, after)| {
            let part = (*at, before + frame + after);
            *at += part.1;
            Some(part)
        })
        .collect()
}

shows!(
    Grid,
    "let figure = Grid::new([plot([0, 2], [0, 4]).ylabel(\"up\"), plot([0, 2], [4, 0]).ylabel(\"down\")]);",
    "up over x from 0 to 2: rises from 0 to 4. down over x from 0 to 2: falls from 4 to 0."
);
