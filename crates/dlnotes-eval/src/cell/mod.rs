//! A cell's text.
