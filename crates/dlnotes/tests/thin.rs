//! What a notebook's cell compiles. A cell should call this crate, not compile parts of it: a function with type
//! parameters, or a value's drop glue, is compiled again in each cell that uses it, and the reader waits for it.
//!
//! Each line below is a cell and the most functions that it may compile besides its own. Where a line fails, look at what
//! is printed: convert the argument in the generic function and leave the rest to one that isn't generic.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What cells are given: one variable of each kind.
const GIVEN: &str = "\
    x: &Tensor, y: &Tensor, data: &Dataset, batches: &Batches, net: &Sequential, layer: &Linear, trainer: &mut Sgd, \
    numbers: &Vec<f64>, animator: &mut Animator, history: &mut History, fitted: &PolynomialFit";

/// Cells, and how many functions each may compile: what rustc 1.95 counted, and a fifth more where it is five or above,
/// since std's parts of it change. To add a call, add a line with 0 and read the number that the test prints.
const CALLS: &[(usize, &str)] = &[
    // Operators and functions of tensors.
    (1, "x.relu()"),
    (1, "&x.tanh() * &x.sigmoid()"),
    (1, "&(x * 2.0) + y"),
    (1, "(1.0 - x) / y.clone()"),
    (1, "-x.square().sum()"),
    (2, "x.ge(0.5)"),
    (2, "x.eq(y).mean().item()"),
    (2, "x.gt(0.0).where_(x, y)"),
    (2, "x.sum_dim(1, false)"),
    (3, "x.mean_dim([0, 1], true)"),
    (2, "x.max_dim(-1, false)"),
    (3, "x.reshape([-1, 2])"),
    (3, "x.broadcast_to([41, 41])"),
    (3, "x.permute([1, 0])"),
    (4, "x.i(0)"),
    (7, "x.i((.., 1..3))"),
    (4, "x.i(..3)"),
    (2, "x.set([0, 1], 5.0)"),
    (9, "x.map(|x| x * 10.0)"),
    (0, "x.add_scaled_(y, -0.1)"),
    (8, "x.update_with_(y, |x, y| x - 0.1 * y)"),
    (18, "x.with_data(|data| data.len())"),
    (1, "x.grad().unwrap()"),
    (8, "x.to_vec()"),
    (14, "x.shape().to_vec()"),
    (6, "stack(&[x, y], 0)"),
    (6, "concat(&[x, &x.relu()], 1)"),
    (1, "prelu(x, &Tensor::from([0.25]))"),
    (1, "dropout_layer(x, 0.5)"),
    (3, "no_grad(|| x.scale_(0.9))"),
    (3, "x.try_backward(None, false).unwrap_err()"),
    (13, "check!(0.25, x.max(), \"at 0\")"),
    (2, "println!(\"{x} {y:?}\")"),
    // Tensors from what a cell has.
    (1, "Tensor::from([1.0, 2.0, 3.0])"),
    (3, "Tensor::from([[1.0, 2.0], [3.0, 4.0]])"),
    (14, "Tensor::from_vec(vec![1.0, 2.0], [2])"),
    (3, "Tensor::zeros([2, 3])"),
    (3, "Tensor::full([2, 3], 4.0)"),
    (3, "Tensor::randn([2, 3])"),
    (3, "Tensor::uniform(-1.0, 1.0, [2, 3])"),
    (3, "Tensor::normal(0.0, 0.1, [2, 3]).requires_grad()"),
    (1, "Tensor::from(x.to_vec())"),
    (75, "Tensor::from(dlnotes::ndarray::array![[1.0, 2.0]])"),
    (27, "Tensor::random([3], dlnotes::ndarray_rand::rand_distr::Exp1)"),
    (16, "x.with_ndarray(|view| view.ndim())"),
    (19, "x.to_ndarray()"),
    // Models and training.
    (4, "sequential![Linear::new(2, 16), Tanh, Dropout::new(0.5), Linear::new(16, 2)]"),
    (7, "sequential![Flatten, BatchNorm1d::new(4), Relu, Sigmoid, Gelu]"),
    (22, "Sequential::new().add(Linear::new(2, 2)).add(|x: &Tensor| x * 2.0)"),
    (1, "net.forward(x)"),
    (10, "net.parameters()"),
    (2, "net.get::<Linear>(0).weight.clone()"),
    (14, "net.apply(|m| if let Some(layer) = m.downcast_ref::<Linear>() { layer.weight.zero_() })"),
    (0, "net.eval()"),
    (15, "History::new(Animator::new().xlabel(\"epoch\").xlim(1, 10).ylim(0, 1))"),
    (0, "init::normal_(&layer.weight, 0.0, 0.01)"),
    (33, "summary(net, [20, 2])"),
    (1, "Sgd::new(net.parameters(), 0.5)"),
    (1, "Sgd::new([x, y], 0.5).momentum(0.9)"),
    (30, "Sgd::new([ParamGroup::new([&layer.weight]).weight_decay(3.0), ParamGroup::new(&layer.bias)], 0.003)"),
    (1, "Adam::new(net.parameters(), 0.5)"),
    (13, "sgd([x, y], 0.03, 10)"),
    (13, "clip_grad_norm([x], 1.0)"),
    (25, "clip_grad_value(net.parameters(), 1.0)"),
    (1, "CrossEntropyLoss::none().forward(x, y)"),
    (1, "MseLoss::mean().forward(&net.forward(x), y).backward()"),
    (1, "squared_loss(x, y)"),
    (1, "Batches::new((x, y), 20).shuffled()"),
    (1, "Batches::new(data, 20)"),
    (12, "for (x, y) in batches { net.forward(&x).backward() }"),
    (30, "random_split(data, [0.6, 0.2, 0.2])"),
    (13, "fit(net, batches, batches, &CrossEntropyLoss::none(), 30, trainer)"),
    (21, "Fit::new(net, batches, &MseLoss::none(), trainer).test(batches).epochs(3).run().unwrap()"),
    (21, "Fit::new(net, batches, &MseLoss::none(), trainer).validate(batches).patience(3).run().unwrap()"),
    (51, "Fit::new(net, batches, &MseLoss::none(), trainer).save_best(\"file\").run()?"),
    (12, "train_epoch(net, batches, &MseLoss::none(), trainer)"),
    (21, "train_epoch(&|x: &Tensor| x * y, batches, &squared_loss, trainer)"),
    (8, "evaluate_loss(net, batches, &MseLoss::none())"),
    (12, "train_epochs(10, net, batches, &MseLoss::none(), trainer)"),
    (38, "mlp([784, 64, 10], Sigmoid)"),
    (10, "decision_map(net, (-1.0, 1.0), (-1.0, 1.0))"),
    (18, "show_predictions(net, data, &mistakes(net, data), 6)"),
    (28, "load_parameters(net, \"file\")?"),
    (0, "history.push(\"loss\", 1, 0.5)"),
    (14, "descent(|a, b| a * b, [2.0, -1.5], 0.1, 80)"),
    // Model selection.
    (9, "Truth::new(|x| (2.0 * x).sin(), 0.3)"),
    (6, "Truth::notes_polynomial().generalization_error(|x| fitted.predict(x))"),
    (6, "Truth::notes_polynomial().generalization_gap(|x| fitted.predict(x), data, data)"),
    (22, "error_curve(\"degree\", 1..=3, |degree| (degree, degree))"),
    (22, "learning_curve(data, data, &[6, 20], |train, test| (0.0, 0.0))"),
    (18, "cross_validate(data, &KFold::new(5), |train, valid| polynomial_fit(train, 3, 0.0).errors(train, valid))"),
    (13, "GridSearch::new().over(\"lr\", [0.01, 0.1]).run(|p| p[\"lr\"])"),
    (13, "Sweep::new().over(\"p\", [0.2, 0.5]).log(\"lr\", 1e-3, 1e-1, 3).seeds(2).run(|p| p[\"lr\"])"),
    (14, "Sweep::new().over(\"p\", [0.2, 0.5]).run(|_| 0.5_f32).importance()"),
    (13, "Sweep::new().over(\"p\", [0.2, 0.5]).run(|_| 0.5_f32).best()[\"p\"]"),
    (33, "Sweep::new().over(\"p\", [0.2, 0.5]).run(|_| 0.5).save(\"sweep.csv\")?"),
    (74, "parallel(42, 4, |_| Tensor::randn([100]).mean().item())"),
    (12, "with_stream(1, 2, || Tensor::randn([3]))"),
    (100, "repeat(25, |_| Tensor::randn([100]).mean().item()).median()"),
    (4, "TestSet::new(data).evaluate(|data| fitted.error(data))"),
    (16, "bias_variance(&Truth::notes_polynomial(), 20, 100, |train, x| polynomial_fit(train, 3, 0.0).predict(x))"),
    (16, "capacity_curve(data, data, 0..=19).figure()"),
    (21, "gradient_map(&[Activation::Relu], &[Init::He, Init::Normal(1.0)], 50).figure()"),
    (20, "precision_table([1e4, 1e4 + 1.0])"),
    // Controls.
    (
        55,
        "let x = x.clone(); interact!([x], slider(0..=9).label(\"degree\").start(3), |degree: usize| &x * degree as f32)",
    ),
    (
        160,
        "let x = x.clone(); interact!([x], (slider(0.0..=1.0), toggle(true), choice([\"L1\", \"L2\"])), |a: f32, on, norm| (&x * a, on, norm))",
    ),
    (44, "frames(slider(0..=9).label(\"degree\"), |degree| x * degree as f32)"),
    (36, "log_slider(1e-3..=1.0_f32).label(\"rate\").start(0.1).live().value()"),
    // Figures.
    (8, "plot(x, &x.relu()).xlabel(\"x\").size(5, 2.5)"),
    (14, "plot(x, [x, y]).legend([\"one\", \"two\"])"),
    (6, "plot([1, 2, 3], &numbers)"),
    (7, "plot(1..=30, [&numbers, &numbers])"),
    (6, "scatter(x, y).line(x, y, \"net\")"),
    (12, "bar([0.5, 0.7]).labels([\"a\", \"b\"])"),
    (6, "histogram(numbers, 30).vline(1.0, \"mean\")"),
    (3, "heatmap(x).title(\"probability\")"),
    (10, "Grid::new([plot(x, y), plot(x, y)]).share_y()"),
    (7, "Figure::new().xlim(0, 10).ylim(0, 1.5).xlog().hline(38.5, \"end of f32\")"),
    (3, "animator.add(1, [x.item()])"),
    (3, "network([3, 4, 2])"),
    (8, "graph(x).names([(\"w\", x), (\"b\", y)])"),
    (8, "loss_surface(|a, b| a * b, (-3.0, 3.0), (-2.0, 2.0)).path(numbers, numbers)"),
    (3, "images(numbers, [28, 28], 1)"),
    (3, "surface(x, (-1.0, 1.0), (-1.0, 1.0))"),
    (6, "step(x, y).points(x, y, \"a\").band(x, y, y, \"b\")"),
    (32, "plot(x, y).save(\"figure.svg\")?"),
    // What ends a cell.
    (0, "x.evcxr_display()"),
    (3, "plot(x, y).evcxr_display()"),
    (0, "1.5.evcxr_display()"),
    (3, "(x.item(), x.item()).evcxr_display()"),
    (8, "numbers.evcxr_display()"),
    (8, "[0.5, 0.25].evcxr_display()"),
    (9, "String::new().evcxr_display()"),
    (0, "history.evcxr_display()"),
];

#[test]
#[cfg_attr(debug_assertions, ignore = "unoptimized, even what takes one instruction is a function")]
fn a_cell_calls_and_does_not_compile() {
    let folder = std::env::temp_dir().join(format!("dlnotes-thin-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let next = AtomicUsize::new(0);
    let check = || {
        let mut fat = Vec::new();
        while let Some((number, (budget, call))) = CALLS.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed)) {
            let compiled = compiled(&folder.join(format!("cell{number}.rs")), call);
            println!("{:4} {call}", compiled.len());
            if compiled.len() > *budget {
                let list = compiled.join("\n        ");
                fat.push(format!("{call}\n    compiles {}, not {budget}:\n        {list}", compiled.len()));
            }
        }
        fat
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let fat = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(check)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(fat.is_empty(), "{} of {} cells compile too much:\n{}", fat.len(), CALLS.len(), fat.join("\n"));
}

/// The functions that a cell compiles besides its own, by name.
fn compiled(file: &Path, call: &str) -> Vec<String> {
    let cell = format!(
        "#![allow(unused)]\nuse dlnotes::prelude::*;\nuse dlnotes::select::PolynomialFit;\n\
         pub fn cell({GIVEN}) -> Result<(), Box<dyn std::error::Error>> {{ let value = {{ {call} }}; Ok(()) }}\n"
    );
    std::fs::write(file, cell).unwrap();
    let code = file.with_extension("ll");
    // Cargo puts the library beside the test, and rustc is beside cargo.
    let libraries = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let rustc = std::env::var_os("CARGO").map(|cargo| Path::new(&cargo).with_file_name("rustc"));
    let rustc = Command::new(rustc.filter(|rustc| rustc.exists()).unwrap_or_else(|| "rustc".into()))
        // Before LLVM inlines anything: what it is given to compile is what takes the time.
        .args(["--crate-name=cell", "--crate-type=lib", "--edition=2024", "--emit=llvm-ir"])
        .args(["-Copt-level=2", "-Ccodegen-units=1", "-Cno-prepopulate-passes"])
        .arg("--extern")
        .arg(format!("dlnotes={}", libraries.join("libdlnotes.rlib").display()))
        .arg("-L")
        .arg(format!("dependency={}", libraries.display()))
        .args([file.as_os_str(), "-o".as_ref(), code.as_os_str()])
        .output()
        .expect("rustc can be started");
    assert!(rustc.status.success(), "{call}\n{}", String::from_utf8_lossy(&rustc.stderr));
    functions(&std::fs::read_to_string(code).unwrap())
}

/// The functions in LLVM's code: their names stand above them, `; core::ptr::drop_in_place<…>`.
fn functions(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = "";
    for line in code.lines() {
        match line.strip_prefix("; ") {
            Some(attributes) if attributes.starts_with("Function Attrs:") => {}
            Some(comment) => name = comment,
            None if line.starts_with("define ") => names.push(name.to_owned()),
            None => {}
        }
    }
    names.retain(|name| name != "cell::cell");
    names.sort();
    names
}
