//! Draws how long Run All of each notebook takes beside its computations in PyTorch:
//! `cargo xtask bench notebooks --with-pytorch --json notebooks.json`, then
//! `cargo run --release --example run_all notebooks.json notebooks.svg`.

use dlnotes::plot::{Figure, bar};
use serde_json::Value;

/// The last row of the results, all notebooks together.
const SUM: &str = "sum";

fn draw(results: &Value) -> Figure {
    let (mut names, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for result in results.as_array().expect("a list of results") {
        let name = result["name"].as_str().and_then(|name| name.strip_prefix("notebooks/")).expect("a notebook's name");
        if name == SUM {
            continue;
        }
        names.push(name.to_owned());
        // The kernel's launch is in Run All; PyTorch is imported once.
        ours.push(result["ours"].as_f64().unwrap_or(0.0));
        theirs.push(result["peers"]["pytorch"].as_f64().unwrap_or(0.0));
    }
    bar([ours, theirs]).labels(names).legend(["Run All in Rust", "bare computations in PyTorch"]).ylabel("s").size(7, 4)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [results, figure] = &arguments[..] else { panic!("usage: run_all RESULTS.json FIGURE.svg") };
    let text = std::fs::read_to_string(results).unwrap_or_else(|e| panic!("{results}: {e}"));
    let results = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{results}: {e}"));
    draw(&results).save(figure).unwrap_or_else(|e| panic!("{figure}: {e}"));
}
