//! A figure from outside: what it shows, says, refuses and costs.

use dlnotes::plot::{Figure, Grid, images, plot};

/// The message of the panic that `f` ends in.
fn message<T>(f: impl FnOnce() -> T + std::panic::UnwindSafe) -> String {
    match std::panic::catch_unwind(f) {
        Ok(_) => panic!("no panic"),
        Err(payload) => payload.downcast_ref::<String>().expect("a message").clone(),
    }
}

/// Checks what holds for every figure, and gives its SVG.
fn check(figure: &Figure) -> String {
    let svg = figure.to_svg();
    assert_eq!(svg, figure.clone().to_svg(), "same figure, same bytes");
    let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let text = |name: &str| {
        root.children().find(|n| n.has_tag_name(name)).and_then(|n| n.text().map(str::to_owned)).unwrap_or_default()
    };
    assert!(!text("title").is_empty());
    for path in document.descendants().filter(|n| n.has_tag_name("path")) {
        let d = path.attribute("d").expect("a path has a shape");
        assert!(!d.contains("NaN") && !d.contains("inf") && d.starts_with('M'), "{d}");
    }
    svg
}

#[test]
fn lengths_that_differ_are_named() {
    assert_eq!(
        message(|| plot([1.0, 2.0, 3.0], [1.0, 2.0])),
        "plot: x has 3 values and y has 2; give both the same length, one y for each x"
    );
    assert_eq!(
        message(|| plot([1.0, 2.0], [vec![1.0, 2.0], vec![1.0]])),
        "plot: x has 2 values and y has 1 in curve 2; give both the same length, one y for each x"
    );
    assert_eq!(
        message(|| plot([[1.0], [2.0]], [[1.0], [2.0], [3.0]])),
        "plot: 2 curves of x for 3 curves of y; give one x for all of them, or one for each"
    );
}

#[test]
fn a_place_on_the_page_can_be_told_as_values_of_the_axes() {
    let svg = check(&plot([1, 2, 3], [10, 20, 1000]).xlim(0, 4).ylim(1, 1e4).ylog());
    let document = roxmltree::Document::parse(&svg).unwrap();
    let axes = document.descendants().find(|n| n.has_attribute("data-frame")).expect("one frame");
    assert_eq!((axes.attribute("data-x"), axes.attribute("data-y")), (Some("0 4"), Some("1 10000 log")));
    let frame: Vec<f64> = axes.attribute("data-frame").unwrap().split(' ').map(|v| v.parse().unwrap()).collect();
    // The axes' lines run along its left and its lower side.
    let spine = document.descendants().find(|n| n.attribute("class") == Some("spine")).expect("axes");
    let [x, y, w, h] = frame[..] else { panic!("{frame:?}") };
    assert!(spine.attribute("d").unwrap().starts_with(&format!("M{x} {y}l0 {h} {w} 0")), "{frame:?}");

    let grid = Grid::new([plot([1, 2], [1, 2]), images(vec![0.5; 16], [4, 4], 1)]).to_svg();
    assert_eq!(grid.matches("data-frame").count(), 1, "pictures have no axes");
}

#[test]
fn limits_that_make_no_axis_are_named() {
    assert_eq!(message(|| plot([1], [1]).xlim(2, 2)), "xlim: 2 to 2 isn't a range; give two different finite numbers");
    assert_eq!(message(|| plot([1], [1]).ylim(0, 1).ylog()), "ylim: 0 to 1 on a log axis; give limits above 0");
    assert_eq!(
        message(|| plot([1], [1]).legend(["a", "b"])),
        "legend: 2 names for 1 curve; add the curves first, and give each at most one name"
    );
}

#[test]
fn any_data_make_a_figure() {
    let nothing: [f64; 0] = [];
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let figures = [
        plot(nothing, nothing),
        plot([1.0], [2.0]),
        plot([0.0, 1.0], [3.0, 3.0]),
        plot([1.0, 2.0, 3.0, 4.0], [1.0, nan, inf, -inf]),
        plot([nan, nan], [nan, nan]),
        plot([0.0, 1e300], [-1e308, 1e308]),
        plot([0.0, 5e-324], [1e-320, 2e-320]),
        plot([1e9, 1e9 + 1e-6], [1.0, 2.0]),
        plot([f32::MIN, f32::MAX], [f32::MIN_POSITIVE, f32::MAX]),
    ];
    for figure in figures {
        check(&figure);
        check(&figure.clone().ylog());
        check(&figure.clone().xlog().ylog().size(0.5, 0.5));
        check(&figure.xlim(0.25, 0.5).ylim(7, -7));
    }
}

#[test]
fn what_is_left_out_is_said() {
    let figure = plot([1, 2, 3, 4], [1.0, 0.0, -1.0, f64::NAN]).ylog();
    assert!(figure.summary().ends_with("not shown: 1 not finite, 2 not positive (log axis)."), "{figure}");
    assert!(check(&figure).contains(">not shown: 1 not finite, 2 not positive (log axis)</text>"));
}

#[test]
fn labels_are_escaped() {
    let figure = plot([1, 2], [3, 4]).title("<&\"> a\u{7}b").xlabel("a < b & c").ylabel("\"y\"").legend(["<b>"]);
    let svg = check(&figure);
    let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
    let texts: Vec<&str> = document.descendants().filter(|n| n.has_tag_name("text")).filter_map(|n| n.text()).collect();
    for expect in ["<&\"> ab", "a < b & c", "\"y\"", "<b>"] {
        assert!(texts.contains(&expect), "{expect} in {texts:?}");
    }
}

#[test]
fn a_line_plot_is_small_whatever_its_data() {
    const MOST: usize = 15 * 1024;
    let n = 1_000_000;
    let x: Vec<f64> = (0..n).map(f64::from).collect();
    let noise = |k: u64| (0..n as u64).map(|i| ((i * k) % 1009) as f32).collect::<Vec<_>>();
    let figure = plot(&x, [noise(7919), noise(104_729), noise(1_299_709), noise(15_485_863)]);
    let size = check(&figure.legend(["a", "b", "c", "d"])).len();
    assert!(size < MOST, "{size}");
}

#[test]
fn no_series_is_dropped() {
    let curves: Vec<Vec<f64>> = (0..20).map(|k| vec![0.0, f64::from(k)]).collect();
    let svg = check(&plot([0, 1], curves));
    for slot in 0..20 {
        assert!(svg.contains(&format!("<path class=\"l{slot}\"")), "{slot}");
    }
}

#[test]
fn a_figure_is_an_ordinary_value() {
    fn ordinary<T: Clone + Send + Sync + std::fmt::Display + std::fmt::Debug + 'static>(value: T) -> String {
        format!("{value:?} {value}")
    }
    let text = ordinary(plot([1, 2], [1, 2]).ylabel("y"));
    assert_eq!(text, "Figure(y over x from 1 to 2: rises from 1 to 2.) y over x from 1 to 2: rises from 1 to 2.");
}

#[test]
fn saving_says_what_went_wrong() {
    let folder = std::env::temp_dir().join(format!("dlnotes-plot-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let figure = plot([1, 2], [1, 2]);
    figure.save(folder.join("a.svg")).expect("saved");
    assert_eq!(std::fs::read_to_string(folder.join("a.svg")).expect("readable"), figure.to_svg());
    let refused = figure.save(folder.join("a.gif")).expect_err("no GIF").to_string();
    assert!(refused.contains("a.gif") && refused.ends_with("the name must end in .svg or .png"), "{refused}");
    let refused = figure.save(folder.join("missing/a.svg")).expect_err("no folder").to_string();
    assert!(refused.contains("missing/a.svg"), "{refused}");
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_mistake_is_placed_in_the_caller_s_line() {
    let place = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let (seen, before) = (place.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |info| {
        if let Some(at) = info.location().filter(|_| std::thread::current().name() == Some("mistaken")) {
            *seen.lock().expect("a lock") = at.file().to_owned();
        }
    }));
    let mistakes: [fn(); 6] = [
        || drop(plot([1, 2], [1])),
        || drop(Figure::new().points([1, 2], [1], "")),
        || drop(plot([1], [1]).xlim(1, 1)),
        || drop(plot([1], [1]).legend(["a", "b"])),
        || drop(dlnotes::plot::heatmap([vec![1], vec![1, 2]])),
        || drop(dlnotes::plot::Animator::new().ylim(2, 2)),
    ];
    for mistake in mistakes {
        place.lock().expect("a lock").clear();
        let thread = std::thread::Builder::new().name("mistaken".into()).spawn(mistake).expect("a thread");
        assert!(thread.join().is_err());
        assert!(place.lock().expect("a lock").ends_with("plot_figure.rs"), "{:?}", place.lock());
    }
    std::panic::set_hook(before);
}
