//! The file that rust-analyzer believes to read: the session, and the cell as the end of a function.

use crate::analyzer::document::Document;

/// The file's text, and where the cell is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) text: String,
    /// The cell's first byte.
    start: usize,
    /// The cell's length.
    length: usize,
    /// The line that the cell begins on.
    line: usize,
}

/// How a column is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Columns {
    /// In bytes.
    Utf8,
    /// In halves of UTF-16, which every server knows.
    Utf16,
}

impl File {
    /// A document as a file.
    pub(super) fn new(document: &Document) -> Self {
        let mut text = String::from("#![allow(warnings)]\n");
        let parts = std::iter::once(&document.prelude).chain(&document.uses).chain(&document.items);
        for part in parts {
            text.push_str(part);
            text.push('\n');
        }
        let typed = document.variables.iter().filter(|variable| !variable.type_name.is_empty());
        let parameters: Vec<String> = typed
            .map(|variable| {
                let mutable = if variable.mutable { "mut " } else { "" };
                format!("{mutable}{}: {}", variable.name, variable.type_name)
            })
            .collect();
        // Parameters, for their types need no values.
        text.push_str(&format!(
            "async fn cell({}) -> Result<(), Box<dyn std::error::Error>> {{\n",
            parameters.join(", ")
        ));
        let start = text.len();
        let line = text.matches('\n').count();
        text.push_str(&document.cell);
        text.push_str("\n}\n");
        Self { text, start, length: document.cell.len(), line }
    }

    /// The line and column of a byte of the cell.
    pub(super) fn position(&self, at: usize, columns: Columns) -> (usize, usize) {
        let before = &self.text[self.start..self.start + at.min(self.length)];
        let last = before.rsplit('\n').next().unwrap_or_default();
        let column = match columns {
            Columns::Utf8 => last.len(),
            Columns::Utf16 => last.encode_utf16().count(),
        };
        (self.line + before.matches('\n').count(), column)
    }

    /// The byte of the cell at a line and column; `None` outside of it.
    pub(super) fn byte(&self, line: usize, column: usize, columns: Columns) -> Option<usize> {
        let cell = &self.text[self.start..self.start + self.length];
        let mut start = 0;
        for _ in 0..line.checked_sub(self.line)? {
            start += cell[start..].find('\n')? + 1;
        }
        let line = cell[start..].split('\n').next().unwrap_or_default();
        let within = match columns {
            Columns::Utf8 => column,
            Columns::Utf16 => {
                let mut units = 0;
                let found = line.char_indices().find(|(_, c)| {
                    units += c.len_utf16();
                    units > column
                });
                found.map_or(line.len(), |(byte, _)| byte)
            }
        };
        (within <= line.len() && line.is_char_boundary(within)).then_some(start + within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzer::Variable;

    #[test]
    fn places_in_the_cell_survive_the_way_there_and_back() {
        let variable = Variable { name: "x".into(), type_name: "Vec<f32>".into(), mutable: true };
        let closure = Variable { name: "f".into(), ..Variable::default() };
        let document = Document {
            items: vec!["fn f() {\n}".into()],
            variables: vec![variable, closure],
            cell: "let 损失 = \"🦀\";\n损失.le".into(),
            ..Document::default()
        };
        let file = File::new(&document);
        assert!(file.text.contains("async fn cell(mut x: Vec<f32>) ->"));
        for columns in [Columns::Utf8, Columns::Utf16] {
            for (at, _) in document.cell.char_indices().chain([(document.cell.len(), ' ')]) {
                let (line, column) = file.position(at, columns);
                assert_eq!(file.byte(line, column, columns), Some(at), "{columns:?} {at}");
            }
        }
        assert_eq!(file.byte(0, 0, Columns::Utf8), None);
        assert_eq!(file.position(document.cell.len(), Columns::Utf16).1, 5);
    }
}
