//! Draws how the time of a training step grows with its floating-point operations:
//! `cargo xtask bench growth --with-pytorch --json growth.json`, then
//! `cargo run --release --example growth growth.json growth.svg`.

use dlnotes::plot::{Figure, plot};
use serde_json::Value;

/// Operations and milliseconds of one series, by size.
fn series(results: &Value, name: &str, time: impl Fn(&Value) -> Option<f64>) -> [Vec<f64>; 2] {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for result in results.as_array().expect("a list of results") {
        let label = result["name"].as_str().unwrap_or_default();
        let Some(size) = label.strip_prefix("growth/").and_then(|label| label.strip_prefix(name)) else { continue };
        let operations = size.rsplit(": ").next().and_then(|text| text.strip_suffix(" flop")?.parse().ok());
        points.extend(operations.zip(time(result)));
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    [points.iter().map(|p| p.0).collect(), points.iter().map(|p| p.1).collect()]
}

fn draw(results: &Value) -> Figure {
    let (mut x, mut y, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for name in ["batch", "width", "depth"] {
        let [operations, times] = series(results, name, |result| result["ours"].as_f64());
        let [_, theirs] = series(results, name, |result| result["peers"]["pytorch"].as_f64());
        let peer = (theirs.len() == times.len()).then_some((theirs, format!("{name}, PyTorch")));
        for (times, name) in [(times, name.to_owned())].into_iter().chain(peer) {
            x.push(operations.clone());
            y.push(times);
            names.push(name);
        }
    }
    plot(x, y).legend(names).xlabel("floating-point operations of a step").ylabel("ms").xlog().ylog().size(7, 4)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [results, figure] = &arguments[..] else { panic!("usage: growth RESULTS.json FIGURE.svg") };
    let text = std::fs::read_to_string(results).unwrap_or_else(|e| panic!("{results}: {e}"));
    let results = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{results}: {e}"));
    draw(&results).save(figure).unwrap_or_else(|e| panic!("{figure}: {e}"));
}
