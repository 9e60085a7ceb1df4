//! Figures.

use dlnotes::prelude::*;

use super::told;

fn line() -> Figure {
    plot([1, 2], [1, 2])
}

super::cases! {
    "plot/grid.rs columns": ["columns: 0"] => Grid::new([line()]).columns(0);
    "plot/grid.rs size": ["0.1", "0.5 and 50"] => Grid::new([line()]).size(0.1, 2);
    "plot/mod.rs plot": ["same length", "1", "2"] => plot([1.0], [1.0, 2.0]);
    "plot/mod.rs step": ["same length", "1", "2"] => step([1.0], [1.0, 2.0]);
    "plot/mod.rs scatter": ["same length", "1", "2"] => scatter([1.0], [1.0, 2.0]);
    "plot/network.rs network": ["network", "[3, 0]"] => network([3, 0]);
    "plot/network.rs drop": ["9"] => network([3, 2]).drop(0, [9]);
    "plot/network.rs labels": ["labels", "3 names", "2 layers"] => network([3, 2]).labels(["a", "b", "c"]);
    "plot/graph/steps.rs backward_steps": ["backward", "[2]"] => backward_steps(|name| name("w", &Tensor::ones([2]).requires_grad()));
    "plot/graph/steps.rs backward_steps": ["backward_steps", "called w"] => { let w = Tensor::ones([1]).requires_grad(); backward_steps(|name| (name("w", &w) * name("w", &w)).sum()) };
    "plot/graph/steps.rs backward_steps": ["backward_steps", "300 nodes"] => { let w = Tensor::ones([1]).requires_grad(); backward_steps(|name| (0..400).fold(name("w", &w), |x, _| x + 1.0).sum()) };
    "plot/graph/steps.rs figure": ["figure", "step 99"] => { let w = Tensor::ones([1]).requires_grad(); backward_steps(|name| name("w", &w).sum()).figure(99) };
    "plot/graph/mod.rs graph": ["graph"] => graph(&Tensor::ones([2]));
    "plot/figure/mod.rs xlim": ["xlim", "1 to 1"] => line().xlim(1, 1);
    "plot/figure/mod.rs xlim": ["xlim", "-1 to 1", "above 0"] => line().xlog().xlim(-1, 1);
    "plot/figure/mod.rs ylim": ["ylim", "NaN"] => line().ylim(f64::NAN, 1);
    "plot/figure/mod.rs xlog": ["xlim", "-1 to 1", "above 0"] => line().xlim(-1, 1).xlog();
    "plot/figure/mod.rs ylog": ["ylim", "0 to 1", "above 0"] => line().ylim(0, 1).ylog();
    "plot/figure/mod.rs legend": ["legend", "2 names", "1 curve;"] => line().legend(["a", "b"]);
    "plot/figure/mod.rs size": ["size", "60", "0.5 and 50"] => line().size(60, 2);
    "plot/figure/show.rs save": ["figure.gif", ".svg or .png"] => told(line().save("figure.gif"));
    "plot/figure/show.rs save": ["no-such-folder"] => told(line().save("no-such-folder/figure.svg"));
    "plot/marks/band.rs band": ["band", "same length"] => Figure::new().band([1.0], [1.0, 2.0], [1.0], "");
    "plot/marks/heatmap.rs heatmap": ["heatmap", "row 1 has 2"] => heatmap(vec![vec![1.0], vec![1.0, 2.0]]);
    "plot/marks/histogram.rs histogram": ["histogram", "0 bins"] => histogram([1.0], 0);
    "plot/marks/images.rs images": ["images", "0 columns"] => images([1.0], [1, 1], 0);
    "plot/marks/images.rs images": ["images", "3 numbers", "2×2"] => images([1.0, 2.0, 3.0], [2, 2], 1);
    "plot/marks/line.rs line": ["same length"] => Figure::new().line([1.0], [1.0, 2.0], "");
    "plot/marks/parallel/mod.rs parallel_coordinates": ["no names"] => dlnotes::plot::parallel_coordinates([""; 0], [[1.0]]);
    "plot/marks/parallel/mod.rs parallel_coordinates": ["row 0 has 1", "2 axes"] => dlnotes::plot::parallel_coordinates(["a", "b"], [[1.0]]);
    "plot/marks/line.rs step": ["same length"] => Figure::new().step([1.0], [1.0, 2.0], "");
    "plot/marks/points.rs points": ["same length"] => Figure::new().points([1.0], [1.0, 2.0], "");
    "plot/marks/surface.rs surface": ["surface", "2 × 2"] => surface([[1.0, 2.0]], (0.0, 1.0), (0.0, 1.0));
    "plot/marks/surface.rs surface": ["surface", "from 0 to 0"] => surface([[1.0, 2.0], [1.0, 2.0]], (0.0, 0.0), (0.0, 1.0));
    "plot/marks/surface.rs path": ["same length"] => line().path([1.0], [1.0, 2.0]);
}
