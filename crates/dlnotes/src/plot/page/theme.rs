//! Colours, dashes, widths and fonts, in light and dark: the one place that knows how a figure looks.

use crate::plot::page::ink::Ink;
use std::fmt::Write as _;

/// SVG units in a CSS pixel. plotters writes integer coordinates: tenths of a pixel are fine enough for smooth curves.
pub(crate) const UNITS: f64 = 10.0;
/// CSS pixels in an inch.
pub(crate) const PX_PER_INCH: f64 = 96.0;

/// Size of a figure unless it says otherwise, in inches: the book's.
pub(crate) const SIZE: (f64, f64) = (3.5, 2.5);

/// Page colour, light and dark (the dark one is JupyterLab's).
const PAPER: [&str; 2] = ["#fff", "#111"];
/// Lines and text, light and dark.
const INK: [&str; 2] = ["#333", "#ddd"];
const MUTED: [&str; 2] = ["#6b6b6b", "#a0a0a0"];
const GRID: [&str; 2] = ["#e3e3e3", "#303030"];
/// Boxes of leaves: the first series' colour, faint.
const LEAF: [&str; 2] = ["#e6f1f8", "#12303f"];
const MINOR: [&str; 2] = ["#f1f1f1", "#222"];

/// The series' colours in their fixed order, light and dark, each at least 3:1 against the page.
const SERIES: [[&str; 2]; 8] = [
    ["#0072b2", "#56b4e9"],
    ["#d55e00", "#ff8b3d"],
    ["#009e73", "#2fc79b"],
    ["#cc79a7", "#e39fc6"],
    ["#8c6d1f", "#d3b458"],
    ["#595959", "#b5b5b5"],
    ["#7a5195", "#b795d4"],
    ["#a6292b", "#f0787a"],
];

/// How many shades many lines have.
pub(crate) const SHADES: u8 = 8;
/// From the best, which stands out most, to the worst, light and dark, each at least 3:1 against the page.
const SHADE: [[&str; 2]; SHADES as usize] = [
    ["#08306b", "#d6e8ff"],
    ["#1a4480", "#bcd3f0"],
    ["#2b5794", "#a5c0e0"],
    ["#3c69a4", "#8facd0"],
    ["#4d7aae", "#7a98c0"],
    ["#5d88b4", "#6885b0"],
    ["#6990b6", "#57749f"],
    ["#7595b4", "#48658f"],
];

/// Dashes in units, so that series can be told apart in grey: solid, dashed, dash-dot, dotted. The gaps are wide enough to show
/// a curve that lies below.
const DASHES: [&str; 4] = ["", "50 60", "70 45 1 45", "1 34"];

/// How much of a series' colour an area has, so that neighbouring bars differ in grey too; its outline has all of it.
const FILLS: [&str; 4] = [".9", ".4", ".65", ".2"];

/// Latin fonts first would leave Chinese to the system's guess; these lists keep both even.
const FONTS: &str =
    "'Helvetica Neue',Arial,'Noto Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif";

/// Half the size of a marker, in pixels.
pub(crate) const MARKER: f64 = 2.2;

impl Ink {
    /// Size of text in this ink, in pixels.
    pub(crate) fn font_size(self) -> f64 {
        match self {
            Ink::Title => 12.0,
            Ink::Label | Ink::Name(_) => 11.0,
            Ink::Note => 9.0,
            _ => 10.0,
        }
    }

    fn color(self) -> [&'static str; 2] {
        match self {
            Ink::Paper => PAPER,
            Ink::Spine | Ink::Tick | Ink::Over | Ink::Label | Ink::Title => INK,
            Ink::Edge | Ink::Arrow | Ink::Wire => MUTED,
            // Over colours that are the same in light and dark.
            Ink::Contour | Ink::Trail | Ink::Step => ["#fff"; 2],
            Ink::TrailEdge | Ink::StepEdge => ["#000"; 2],
            Ink::Node | Ink::Constant | Ink::Here => PAPER,
            Ink::Leaf => LEAF,
            Ink::Grid => GRID,
            Ink::Minor => MINOR,
            Ink::Note | Ink::Reference => MUTED,
            Ink::Best => SERIES[1],
            Ink::Shade(slot) | Ink::Ramp(slot) => SHADE[usize::from(slot) % SHADE.len()],
            _ => SERIES[usize::from(self.slot().unwrap_or(0)) % SERIES.len()],
        }
    }

    /// What its colour paints: outlines, areas or both.
    fn paints(self) -> &'static [&'static str] {
        match self {
            Ink::Spine
            | Ink::Grid
            | Ink::Minor
            | Ink::Reference
            | Ink::Edge
            | Ink::Wire
            | Ink::Contour
            | Ink::TrailEdge
            | Ink::Trail
            | Ink::StepEdge
            | Ink::Step
            | Ink::Best
            | Ink::Shade(_)
            | Ink::Line(_)
            | Ink::Dot(_)
            | Ink::Cross(_) => &["stroke"],
            Ink::Fill(_) => &["fill", "stroke"],
            _ => &["fill"],
        }
    }

    /// The colour of an outline that differs from that of the area.
    fn outline(self) -> Option<[&'static str; 2]> {
        match self {
            Ink::Node => Some(INK),
            Ink::Constant => Some(MUTED),
            Ink::Leaf => Some(SERIES[0]),
            Ink::Here => Some(SERIES[1]),
            Ink::Over => Some(PAPER),
            _ => None,
        }
    }

    /// The rule for its class in light (0) or dark (1), but for the closing brace.
    fn rule(self, mode: usize, out: &mut String) {
        let _ = write!(out, ".dl .{}{{", self.class());
        if let Some(outline) = self.outline() {
            let _ = write!(out, "stroke:{};", outline[mode]);
        }
        for (i, part) in self.paints().iter().enumerate() {
            let _ = write!(out, "{}{part}:{}", if i > 0 { ";" } else { "" }, self.color()[mode]);
        }
    }

    /// Everything but the colour.
    fn shape(self, out: &mut String) {
        let stroke = |out: &mut String, px: f64, more: &str| {
            let _ = write!(out, ";fill:none;stroke-width:{}{more}", px * UNITS);
        };
        match self {
            Ink::Paper | Ink::Arrow | Ink::Ramp(_) => {}
            Ink::Node | Ink::Leaf => {
                let _ = write!(out, ";stroke-width:{UNITS}");
            }
            Ink::Constant => {
                let _ = write!(out, ";stroke-width:{UNITS};stroke-dasharray:40 30");
            }
            Ink::Here => {
                let _ = write!(out, ";stroke-width:{}", 3.0 * UNITS);
            }
            Ink::Edge => stroke(out, 1.1, ""),
            Ink::Wire => stroke(out, 0.6, ";stroke-opacity:.7"),
            Ink::Contour => stroke(out, 0.7, ";stroke-opacity:.55"),
            Ink::TrailEdge => stroke(out, 3.0, ";stroke-linejoin:round;stroke-linecap:round"),
            Ink::Trail => stroke(out, 1.4, ";stroke-linejoin:round;stroke-linecap:round"),
            Ink::StepEdge => stroke(out, 1.6 * MARKER + 1.8, ";stroke-linecap:round"),
            Ink::Step => stroke(out, 1.6 * MARKER, ";stroke-linecap:round"),
            Ink::Dot(_) => stroke(out, 2.0 * MARKER, ";stroke-linecap:round"),
            Ink::Spine => stroke(out, 0.8, ""),
            Ink::Grid => stroke(out, 0.6, ""),
            Ink::Minor => stroke(out, 0.5, ""),
            Ink::Reference => stroke(out, 1.0, ";stroke-dasharray:40 30"),
            Ink::Best => stroke(out, 2.6, ";stroke-linejoin:round;stroke-linecap:round"),
            Ink::Shade(_) => stroke(out, 1.1, ";stroke-linejoin:round;stroke-linecap:round"),
            Ink::Line(slot) => {
                stroke(out, 1.8, ";stroke-linejoin:round;stroke-linecap:round");
                let slot = slot as usize;
                let dash = DASHES[(slot + slot / SERIES.len()) % DASHES.len()];
                if !dash.is_empty() {
                    let _ = write!(out, ";stroke-dasharray:{dash}");
                }
            }
            Ink::Cross(_) => stroke(out, 1.3, ""),
            Ink::Fill(slot) => {
                let opacity = FILLS[slot as usize % FILLS.len()];
                let _ = write!(out, ";fill-opacity:{opacity};stroke-width:{}", 0.8 * UNITS);
            }
            Ink::Band(_) => out.push_str(";fill-opacity:.22"),
            Ink::Title => {
                let _ = write!(out, ";font-size:{}px;font-weight:600", self.font_size() * UNITS);
            }
            Ink::Over => {
                // An edge of paper around the digits.
                let (size, edge) = (self.font_size() * UNITS, 3.0 * UNITS);
                let _ = write!(out, ";font-size:{size}px;stroke-width:{edge};stroke-linejoin:round;paint-order:stroke");
            }
            Ink::Tick | Ink::Label | Ink::Note | Ink::Name(_) => {
                let _ = write!(out, ";font-size:{}px", self.font_size() * UNITS);
            }
        }
    }
}

/// The style sheet for `inks`. Its rules hold inside `.dl` only: some front ends put the SVG into the page itself.
pub(crate) fn style_sheet(inks: impl Iterator<Item = Ink> + Clone) -> String {
    let mut css = format!(".dl{{font-family:{FONTS};background:{}}}", PAPER[0]);
    for ink in inks.clone() {
        ink.rule(0, &mut css);
        ink.shape(&mut css);
        css.push('}');
    }
    let _ = write!(css, "@media(prefers-color-scheme:dark){{.dl{{background:{}}}", PAPER[1]);
    for ink in inks {
        ink.rule(1, &mut css);
        css.push('}');
    }
    css.push('}');
    css
}

/// Which place in the fixed order each series takes: training is always the first and testing (or validation) the second,
/// whatever else is drawn; the others follow in the order in which they were added.
pub(crate) fn slots(labels: &[&str]) -> Vec<u8> {
    let starts = |words: &[&str]| {
        labels.iter().position(|label| {
            let label = label.to_lowercase();
            words.iter().any(|word| label.starts_with(word))
        })
    };
    let (train, test) = (starts(&["train", "训练"]), starts(&["test", "valid", "测试", "验证"]));
    let mut free = (0..=u8::MAX).cycle().filter(|&slot| !(slot == 0 && train.is_some() || slot == 1 && test.is_some()));
    (0..labels.len())
        .map(|i| match i {
            _ if train == Some(i) => 0,
            _ if test == Some(i) => 1,
            _ => free.next().unwrap_or(0),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: &str) -> f64 {
        let hex = color.trim_start_matches('#');
        let step = hex.len() / 3;
        let channel = |i: usize| {
            let digits = &hex[i * step..(i + 1) * step];
            let value = u8::from_str_radix(&digits.repeat(2 / step), 16).expect("a colour") as f64 / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn everything_that_is_read_stands_out() {
        for mode in 0..2 {
            for line in SERIES.into_iter().chain(SHADE) {
                assert!(contrast(line[mode], PAPER[mode]) >= 3.0, "{}", line[mode]);
            }
            for text in [INK, MUTED] {
                assert!(contrast(text[mode], PAPER[mode]) >= 4.5, "{}", text[mode]);
            }
        }
    }

    #[test]
    fn training_is_blue_and_testing_vermilion_wherever_they_stand() {
        assert_eq!(slots(&["train loss", "train acc", "test acc"]), [0, 2, 1]);
        assert_eq!(slots(&["test", "train"]), [1, 0]);
        assert_eq!(slots(&["测试精度", "baseline"]), [1, 0]);
        assert_eq!(slots(&["a", "b", "c"]), [0, 1, 2]);
    }
}
