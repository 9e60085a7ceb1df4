//! The same figure for each position of one control, made beforehand: a page that moves without a kernel.

use std::path::Path;

use super::made::Made;
use super::panel::{SHOWS_NOTHING, run};
use super::{Control, page, standing};
use crate::Bundle;
use crate::host::Host;

/// So many positions are shown of a control that has more.
const MOST: usize = 20;

/// The same figure for each position of a control, with a slider that swaps them: for saved and exported pages, where no
/// process answers.
///
/// ```
/// use dlnotes_display::Bundle;
/// use dlnotes_display::controls::{Control, Frames};
/// let epoch = Control::slider(1.0, 4.0, true).label("epoch");
/// let frames = Frames::new(epoch, |epoch| vec![Bundle::new("text/plain", format!("loss {}", 1.0 / epoch))]);
/// assert_eq!(frames.len(), 4);
/// assert!(frames.html().contains("type=\"range\""));
/// ```
pub struct Frames(Box<dyn AsRef<Made>>);

impl Frames {
    /// Calls `view` for each position of `control`, or for about 20 of them.
    ///
    /// ```
    /// use dlnotes_display::Bundle;
    /// use dlnotes_display::controls::{Control, Frames};
    /// let thinned = Frames::new(Control::slider(0.0, 1000.0, true), |at| vec![Bundle::new("text/plain", at.to_string())]);
    /// assert_eq!(thinned.len(), 20);
    /// ```
    ///
    /// # Panics
    /// If a call shows nothing.
    #[track_caller]
    pub fn new(control: Control, mut view: impl FnMut(f64) -> Vec<Bundle>) -> Self {
        Self::of(&[control], 0, &mut |at| view(at[0]))
    }

    /// Moves one of several controls; the others stay at their start.
    #[track_caller]
    pub(super) fn of(controls: &[Control], moving: usize, call: &mut dyn FnMut(&[f64]) -> Vec<Bundle>) -> Self {
        let control = controls[moving].clone();
        let positions = control.positions(MOST);
        let mut at: Vec<f64> = controls.iter().map(|control| control.start).collect();
        let mut views = Vec::with_capacity(positions.len());
        for position in &positions {
            crate::poll_interrupt();
            at[moving] = *position;
            let view = run(call, &at);
            if view.is_empty() {
                panic!("{SHOWS_NOTHING}");
            }
            views.push(view);
        }
        let first = positions.iter().rposition(|position| *position <= control.start).unwrap_or(0);
        let others = standing(controls.iter().enumerate().filter(|(i, _)| *i != moving).map(|(_, control)| control));
        Self(Box::new(Made { control, positions, views, first, others }))
    }

    pub(super) fn made(&self) -> &Made {
        (*self.0).as_ref()
    }

    /// How many there are.
    ///
    /// ```
    /// use dlnotes_display::controls::{Control, Frames, View};
    /// assert_eq!(Frames::new(Control::toggle(false), |on| on.view()).len(), 2);
    /// ```
    #[expect(clippy::len_without_is_empty, reason = "a control has at least one position")]
    pub fn len(&self) -> usize {
        self.made().views.len()
    }

    /// The page, as a part of another one.
    ///
    /// ```
    /// use dlnotes_display::controls::{Control, Frames, View};
    /// let html = Frames::new(Control::toggle(false).label("dropout"), |on| on.view()).html();
    /// assert!(html.starts_with("<div") && html.contains("dropout"));
    /// ```
    pub fn html(&self) -> String {
        page::html(self.made())
    }

    /// Shows it below the cell. Outside a notebook it prints the first picture, as text.
    ///
    /// ```
    /// use dlnotes_display::controls::{Control, Frames, View};
    /// Frames::new(Control::toggle(false).label("dropout"), |on| on.view()).display();   // prints `dropout = off: 0`
    /// ```
    pub fn display(&self) {
        crate::display(&self.bundle());
    }

    /// Shows it as the cell's value; the kernel calls this for a cell's last expression.
    ///
    /// ```
    /// use dlnotes_display::controls::{Control, Frames, View};
    /// Frames::new(Control::toggle(false), |on| on.view()).evcxr_display();   // what a cell that ends in it does
    /// ```
    pub fn evcxr_display(&self) {
        crate::result(&self.bundle());
    }

    /// Writes it as a page of its own, `.html`.
    ///
    /// ```
    /// use dlnotes_display::controls::{Control, Frames, View};
    /// let path = std::env::temp_dir().join(format!("dlnotes-frames-{}.html", std::process::id()));
    /// Frames::new(Control::toggle(false), |on| on.view()).save(&path).unwrap();
    /// assert!(std::fs::read_to_string(&path).unwrap().starts_with("<!doctype html>"));
    /// # std::fs::remove_file(&path).unwrap();
    /// ```
    ///
    /// # Errors
    /// When the file can't be written; the message names it.
    pub fn save(&self, path: impl AsRef<Path>) -> std::io::Result<()> {
        let path = path.as_ref();
        std::fs::write(path, page::whole(self.made()))
            .map_err(|e| std::io::Error::new(e.kind(), format!("cannot save the frames to {}: {e}", path.display())))
    }

    /// In words.
    ///
    /// ```
    /// use dlnotes_display::controls::{Control, Frames, View};
    /// let frames = Frames::new(Control::slider(0.0, 9.0, true).label("degree"), |at| at.view());
    /// assert_eq!(frames.summary(), "degree = 0 (10 positions, 0 to 9): 0");
    /// ```
    pub fn summary(&self) -> String {
        self.made().summary()
    }

    fn bundle(&self) -> Bundle {
        let mut text = self.summary();
        let made = self.made();
        if Host::current() == Host::Plain {
            text += "\n(the first of the pictures; `frames(…).save(\"page.html\")` writes a page with all of them)";
            return Bundle::new("text/plain", text);
        }
        let mut bundle = Bundle::new("text/html", self.html());
        // For pages that strip HTML: from it the kernel makes a picture.
        if let [view] = &made.views[made.first][..]
            && let Some(svg) = view.get("image/svg+xml")
        {
            bundle = bundle.with("image/svg+xml", svg);
        }
        bundle.with("text/plain", text.clone()).alt(text)
    }
}

/// In words: the pictures would bury everything around them.
impl std::fmt::Debug for Frames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frames({})", self.summary())
    }
}
