//! Tensors as small tables.

use std::fmt::Write;

use dlnotes_display::Bundle;

use crate::Tensor;
use crate::tensor::display::Style;

/// Larger tensors show this many first and last rows and columns.
const EDGE: usize = 4;

impl Tensor {
    /// Shows the tensor as the cell's value: as text, and as a table if it is a vector or a matrix. The kernel calls
    /// this for a cell's last expression.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[0.0, 1.0], [2.0, 3.0]]);
    /// x.evcxr_display();   // what a cell that ends in `x` does: a table in a notebook, elsewhere this text:
    /// assert_eq!(x.to_string(), "tensor([[0., 1.],\n        [2., 3.]], shape [2, 2])");
    /// ```
    pub fn evcxr_display(&self) {
        let mut bundle = Bundle::default();
        if let Some(html) = table(self) {
            bundle = bundle.with("text/html", html);
        }
        dlnotes_display::result(&bundle.with("text/plain", self.to_string()));
    }
}

/// The elements in a table with the shape below it; `None` where there is nothing to lay out in rows and columns.
fn table(tensor: &Tensor) -> Option<String> {
    let (rows, columns) = match *tensor.shape() {
        [n] => (1, n),
        [m, n] => (m, n),
        _ => return None,
    };
    if rows * columns == 0 {
        return None;
    }
    let values = tensor.to_vec();
    let style = Style::of(&values, None);
    let mut html = String::from("<table style=\"font-variant-numeric: tabular-nums\"><tbody>");
    for row in shown(rows) {
        html.push_str("<tr>");
        for column in shown(columns) {
            let text = match (row, column) {
                (Some(r), Some(c)) => style.number(values[r * columns + c]),
                _ => "…".into(),
            };
            let _ = write!(html, "<td style=\"text-align: right\">{text}</td>");
        }
        html.push_str("</tr>");
    }
    let _ = write!(html, "</tbody></table><small>tensor, shape {:?}</small>", tensor.shape());
    Some(html)
}

/// The places shown of `count`; `None` stands for those left out.
fn shown(count: usize) -> Vec<Option<usize>> {
    if count <= 2 * EDGE + 2 {
        return (0..count).map(Some).collect();
    }
    (0..EDGE).map(Some).chain([None]).chain((count - EDGE..count).map(Some)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_tables_are_whole_and_large_ones_shortened() {
        let cells = |t: &Tensor| table(t).unwrap().matches("<td").count();
        assert_eq!(cells(&Tensor::zeros([2, 8])), 16);
        assert_eq!(cells(&Tensor::zeros([10])), 10);
        assert_eq!(cells(&Tensor::zeros([60_000, 784])), 9 * 9);
        let html = table(&Tensor::zeros([60_000, 784])).unwrap();
        assert!(html.len() < 5000 && html.contains("[60000, 784]"));
    }

    #[test]
    fn what_is_no_table_is_text_only() {
        assert!(table(&Tensor::scalar(1.0)).is_none());
        assert!(table(&Tensor::zeros([2, 2, 2])).is_none());
        assert!(table(&Tensor::zeros([0, 3])).is_none());
    }
}
