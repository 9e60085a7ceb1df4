//! Frames in stored notebooks: the pictures that a reader's slider swaps.

use std::collections::BTreeSet;

use roxmltree::Document;
use serde_json::Value;

use crate::notebooks::joined;

/// A picture that moves has to be there at once.
const BYTES: usize = 20_000;

/// One line for each finding.
pub(super) fn check(notebook: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    for cell in notebook["cells"].as_array().into_iter().flatten() {
        for output in cell["outputs"].as_array().into_iter().flatten() {
            let found = in_page(&joined(&output["data"]["text/html"]));
            findings.extend(found.into_iter().map(|finding| format!("cell {}, frames: {finding}", cell["id"])));
        }
    }
    findings
}

fn in_page(html: &str) -> Vec<String> {
    let Some(positions) = positions(html) else { return Vec::new() };
    let mut findings = Vec::new();
    let largest = positions.iter().flatten().map(String::len).max().unwrap_or(0);
    if largest > BYTES {
        findings.push(format!("a picture has {largest} bytes, {BYTES} are allowed"));
    }
    let axes = |pictures: &Vec<String>| pictures.iter().flat_map(|picture| axes(picture)).collect();
    let places: BTreeSet<Vec<String>> = positions.iter().map(axes).collect();
    if places.len() > 1 {
        findings.push(format!("the axes move from picture to picture: {places:?}"));
    }
    findings
}

/// The SVGs of each position, put together from their pieces; nothing if the page holds no frames.
fn positions(html: &str) -> Option<Vec<Vec<String>>> {
    let (_, data) = html.split_once("<script type=\"application/json\">")?;
    let data: Value = serde_json::from_str(data.split_once("</script>")?.0).ok()?;
    let whole = |view: &Value| -> String {
        let parts = view[2].as_array().into_iter().flatten().filter_map(|part| part.as_u64());
        parts.filter_map(|part| data["pieces"][part as usize].as_str()).collect()
    };
    let views = |position: &Value| -> Vec<String> {
        let svgs = position.as_array().into_iter().flatten().filter(|view| view[0] == "svg");
        svgs.map(whole).collect()
    };
    Some(data["frames"].as_array()?.iter().map(views).collect())
}

/// Where the axes of a picture lie on it.
fn axes(svg: &str) -> Vec<String> {
    let Ok(document) = Document::parse(svg) else { return vec!["not well-formed".to_owned()] };
    document.descendants().filter_map(|node| node.attribute("data-frame")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::in_page;

    fn page(frames: [&str; 2]) -> String {
        let pieces = frames.map(|frame| format!("\"\\u003csvg>\\u003cg data-frame='{frame}'/>\\u003c/svg>\""));
        format!(
            "<div><script type=\"application/json\">{{\"pieces\":[{}],\"texts\":[],\"frames\":\
             [[[\"svg\",\"\",[0]]],[[\"svg\",\"\",[1]]]]}}</script></div>",
            pieces.join(",")
        )
    }

    #[test]
    fn axes_that_move_and_large_pictures_are_found() {
        assert_eq!(in_page(&page(["1 2 3 4", "1 2 3 4"])), [""; 0]);
        assert!(in_page(&page(["1 2 3 4", "1 2 3 5"]))[0].contains("the axes move"));
        let large = "1 ".repeat(20_000);
        assert!(in_page(&page([&large, &large]))[0].starts_with("a picture has 400"));
        assert_eq!(in_page("<table></table>"), [""; 0]);
    }
}
