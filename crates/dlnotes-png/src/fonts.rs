//! Which fonts text is set in.
//!
//! "sans-serif" is Arial to the library that draws SVG, and text in a font that isn't there is left out without a word.
//! So each of CSS's general families is given a font that this machine has, and two of ours go along as the last.

use resvg::usvg::fontdb::{Database, Family, ID, Language, Source, Style};
use skrifa::MetadataProvider as _;
use std::sync::Arc;

/// DejaVu Sans with what figures write; `font/subset.py` made it.
const LAST_RESORT: &[u8] = include_bytes!("../font/last-resort.ttf");

/// Droid Sans Fallback with the characters of the Chinese edition's figures; made by the same program.
const CHINESE: &[u8] = include_bytes!("../font/chinese.ttf");

/// How many fonts are ours.
pub(crate) const OURS: usize = 2;

/// What must be in a font that labels are set in.
const NEEDED: &str = "AZaz09.+-(";

/// Names of fonts that are known to look well, first ones first.
const SANS: &[&str] = &[
    "Helvetica Neue",
    "Helvetica",
    "Arial",
    "Noto Sans",
    "DejaVu Sans",
    "Liberation Sans",
    "Open Sans",
    "Roboto",
    "Inter",
    "Ubuntu",
    "Cantarell",
    "FreeSans",
    "Segoe UI",
];
const SERIF: &[&str] =
    &["Times New Roman", "Times", "Noto Serif", "DejaVu Serif", "Liberation Serif", "FreeSerif", "Georgia"];
const MONOSPACE: &[&str] =
    &["Courier New", "Menlo", "Noto Sans Mono", "DejaVu Sans Mono", "Liberation Mono", "FreeMono", "Consolas"];

/// The system's fonts, and ours as the last.
pub(crate) fn system() -> Database {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    with_last_resort(fonts)
}

/// `fonts` and ours, with a font behind each general family.
pub(crate) fn with_last_resort(mut fonts: Database) -> Database {
    for ours in [LAST_RESORT, CHINESE] {
        fonts.load_font_source(Source::Binary(Arc::new(ours)));
    }
    name_families(&mut fonts);
    fonts
}

/// Gives each general family a font that is there.
pub(crate) fn name_families(fonts: &mut Database) {
    // Fonts that nobody here has heard of: the first upright one that can write labels, monospaced ones last.
    let usable: Vec<(bool, u16, String)> = fonts
        .faces()
        .filter(|face| face.style == Style::Normal && NEEDED.chars().all(|c| has(fonts, face.id, c)))
        .filter_map(|face| {
            let english = face.families.iter().find(|family| family.1 == Language::English_UnitedStates);
            let family = english.or(face.families.first())?;
            Some((face.monospaced, face.weight.0.abs_diff(400), family.0.clone()))
        })
        .collect();
    let any = || usable.iter().min_by_key(|(monospaced, weight, _)| (*monospaced, *weight));
    let known = |names: &[&str]| {
        let found = names.iter().find(|&&name| usable.iter().any(|(_, _, family)| family == name));
        found.map(|&name| name.to_owned())
    };
    let Some(sans) = known(SANS).or_else(|| any().map(|(_, _, family)| family.clone())) else { return };
    let serif = known(SERIF).unwrap_or_else(|| sans.clone());
    let monospace = known(MONOSPACE).unwrap_or_else(|| sans.clone());
    fonts.set_serif_family(serif);
    fonts.set_monospace_family(monospace);
    fonts.set_cursive_family(&sans);
    fonts.set_fantasy_family(&sans);
    fonts.set_sans_serif_family(sans);
    debug_assert!(!fonts.family_name(&Family::SansSerif).is_empty());
}

/// Whether any font has `c`.
pub(crate) fn have(fonts: &Database, c: char) -> bool {
    fonts.faces().any(|face| has(fonts, face.id, c))
}

fn has(fonts: &Database, face: ID, c: char) -> bool {
    let has =
        |data: &[u8], index| skrifa::FontRef::from_index(data, index).is_ok_and(|font| font.charmap().map(c).is_some());
    fonts.with_face_data(face, has).unwrap_or(false)
}
