//! What things are drawn with, and how that passes through plotters.
//!
//! plotters hands its backend nothing of a style but a colour. So the colour that we give it is the *key* of an [`Ink`];
//! the backend writes the ink's class, and the style sheet in the SVG gives the class its look. That makes small files,
//! dashed lines, and dark colours where the front end asks for them.

use plotters::style::RGBColor;

/// What something is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ink {
    /// The page behind everything.
    Paper,
    /// Axis lines and tick marks.
    Spine,
    /// Grid lines at labelled ticks.
    Grid,
    /// Grid lines between them, on log axes.
    Minor,
    /// A thin line for a reference value.
    Reference,
    /// The box of an operation in a graph; of a leaf; of an input that needs no gradient; of the one that is looked at.
    Node,
    Leaf,
    Constant,
    Here,
    /// A connection, and its arrow's head.
    Edge,
    Arrow,
    /// A connection in a network: there are many.
    Wire,
    /// A line of equal height, and a way over a surface with its steps, each with an edge: on colours, not on paper.
    Contour,
    TrailEdge,
    Trail,
    StepEdge,
    Step,
    /// Numbers at the ticks.
    Tick,
    /// Numbers at an axis that lines cross.
    Over,
    /// The best of many lines.
    Best,
    /// Axis labels and legend.
    Label,
    /// The figure's title.
    Title,
    /// Remarks: values not shown, no data.
    Note,
    /// A series' line.
    Line(u8),
    /// A series' area.
    Fill(u8),
    /// The area between two curves of a series.
    Band(u8),
    /// A series' round markers: strokes without length, with round ends.
    Dot(u8),
    /// A series' stroked markers.
    Cross(u8),
    /// A series' name.
    Name(u8),
    /// One of many lines, from the best shade to the worst, and its part of the scale.
    Shade(u8),
    Ramp(u8),
}

/// The inks that no series owns, with their classes; an ink's place is its key.
const PLAIN: [(Ink, &str); 23] = [
    (Ink::Paper, "paper"),
    (Ink::Spine, "spine"),
    (Ink::Grid, "grid"),
    (Ink::Minor, "minor"),
    (Ink::Reference, "ref"),
    (Ink::Node, "node"),
    (Ink::Leaf, "leaf"),
    (Ink::Constant, "const"),
    (Ink::Here, "here"),
    (Ink::Edge, "edge"),
    (Ink::Arrow, "arrow"),
    (Ink::Wire, "wire"),
    (Ink::Contour, "contour"),
    (Ink::TrailEdge, "trail-edge"),
    (Ink::Trail, "trail"),
    (Ink::StepEdge, "step-edge"),
    (Ink::Step, "step"),
    (Ink::Tick, "tick"),
    (Ink::Over, "over"),
    (Ink::Best, "best"),
    (Ink::Label, "label"),
    (Ink::Title, "title"),
    (Ink::Note, "note"),
];
/// An ink of a series, by the series' slot, and the letter that its class begins with.
type OfSeries = (fn(u8) -> Ink, char);

/// All inks of a series; their keys follow the plain ones'.
const OF_SERIES: [OfSeries; 8] = [
    (Ink::Line, 'l'),
    (Ink::Fill, 'f'),
    (Ink::Band, 'b'),
    (Ink::Dot, 'd'),
    (Ink::Cross, 'x'),
    (Ink::Name, 'n'),
    (Ink::Shade, 's'),
    (Ink::Ramp, 'r'),
];

impl Ink {
    /// The series that it belongs to.
    pub(crate) fn slot(self) -> Option<u8> {
        match self {
            Ink::Line(slot)
            | Ink::Fill(slot)
            | Ink::Band(slot)
            | Ink::Dot(slot)
            | Ink::Cross(slot)
            | Ink::Name(slot)
            | Ink::Shade(slot)
            | Ink::Ramp(slot) => Some(slot),
            _ => None,
        }
    }

    /// Its place among all inks.
    fn kind(self) -> usize {
        let of_series = |slot| OF_SERIES.iter().position(|(ink, _)| ink(slot) == self);
        match self.slot().and_then(of_series) {
            Some(at) => PLAIN.len() + at,
            None => PLAIN.iter().position(|(ink, _)| *ink == self).unwrap_or(0),
        }
    }

    /// The colour that stands for it on its way through plotters.
    pub(crate) fn key(self) -> RGBColor {
        RGBColor(self.kind() as u8, self.slot().unwrap_or(0), 0)
    }

    /// The ink that a colour stands for.
    pub(crate) fn from_key((kind, slot, _): (u8, u8, u8)) -> Ink {
        match usize::from(kind).checked_sub(PLAIN.len()).and_then(|at| OF_SERIES.get(at)) {
            Some((ink, _)) => ink(slot),
            None => PLAIN[usize::from(kind) % PLAIN.len()].0,
        }
    }

    /// The name of its class in the SVG.
    pub(crate) fn class(self) -> String {
        let kind = self.kind();
        match self.slot() {
            Some(slot) => format!("{}{slot}", OF_SERIES[kind - PLAIN.len()].1),
            None => PLAIN[kind].1.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ink_survives_its_way_through_plotters_and_has_a_class_of_its_own() {
        let of_series = (0..=255).flat_map(|slot| OF_SERIES.map(|(ink, _)| ink(slot)));
        let mut classes = std::collections::BTreeSet::new();
        for ink in PLAIN.map(|(ink, _)| ink).into_iter().chain(of_series) {
            let RGBColor(kind, slot, rest) = ink.key();
            assert_eq!(Ink::from_key((kind, slot, rest)), ink);
            assert!(classes.insert(ink.class()), "{ink:?}");
        }
    }
}
