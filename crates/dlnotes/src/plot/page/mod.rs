//! The page: plotters' drawing area over our SVG, what is drawn with, how much space text takes. Needs nothing of the rest.

pub(crate) mod canvas;
pub(crate) mod ink;
pub(crate) mod pixels;
pub(crate) mod space;
pub(crate) mod steady;
pub(crate) mod straight;
pub(crate) mod svg;
pub(crate) mod text;
pub(crate) mod theme;
pub(crate) mod words;
