//! A user's mistake gets an error that names the operation, the values and the remedy, at the user's own line.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use dlnotes::prelude::*;

/// The file that the last panic of this thread was reported in.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Runs `f`, which must panic with a text that holds all `words`, located in this file.
#[track_caller]
fn fails(words: &[&str], f: impl Fn() -> Tensor) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        *PLACE.lock().unwrap() = info.location().map(|l| l.file().to_string());
    }));
    let result = catch_unwind(AssertUnwindSafe(|| f().to_vec()));
    std::panic::set_hook(default);
    let payload = match result {
        Ok(values) => panic!("no error, but {values:?}"),
        Err(payload) => payload,
    };
    let text = payload.downcast_ref::<String>().expect("our own text");
    for word in words {
        assert!(text.contains(word), "{word:?} is missing in: {text}");
    }
    let place = PLACE.lock().unwrap().clone().unwrap();
    assert!(place.ends_with("errors.rs"), "reported at {place}, not at the user's line: {text}");
}

fn x() -> Tensor {
    Tensor::arange(0.0, 6.0, 1.0).reshape([2, 3])
}

#[test]
fn shapes_that_cannot_be_combined() {
    let y = Tensor::ones([4]);
    fails(&["add", "[2, 3]", "[4]", "3 and 4"], || x() + &y);
    fails(&["sub", "[2, 3]", "[4]"], || x() - &y);
    fails(&["mul", "[2, 3]", "[4]"], || x() * &y);
    fails(&["div", "[2, 3]", "[4]"], || x() / &y);
    fails(&["maximum", "[2, 3]"], || x().maximum(&y));
    fails(&["gt", "[2, 3]"], || x().gt(&y));
    fails(&["where", "[2, 3]"], || x().where_(&y, &y));
    fails(&["matmul", "[2, 3]", "[2, 3]", ".t()"], || x().matmul(&x()));
    fails(&["matmul", "scalar"], || x().matmul(&Tensor::scalar(2.0)));
    fails(&["matmul", "[2, 2, 3]", "[3, 3, 2]"], || Tensor::ones([2, 2, 3]).matmul(&Tensor::ones([3, 3, 2])));
    fails(&["add_", "[3]", "[2, 3]"], || {
        let z = Tensor::ones([3]);
        z.add_(&x());
        z
    });
    fails(&["mul", "[2]"], || x().prelu(&Tensor::ones([2])));
}

#[test]
fn dimensions_that_do_not_exist() {
    fails(&["sum", "2", "[2, 3]", "-2..=1"], || x().sum_dim(2, false));
    fails(&["mean", "twice"], || x().mean_dim([0, -2], false));
    fails(&["softmax", "-3", "[2, 3]"], || x().softmax(-3));
    fails(&["argmax", "5"], || x().argmax_dim(5));
    fails(&["transpose", "scalar"], || Tensor::scalar(1.0).transpose(0, 1));
    fails(&["t", "[3]", "matrix"], || Tensor::ones([3]).t());
    fails(&["permute", "once"], || x().permute([0, 0]));
    fails(&["permute", "once"], || x().permute([0]));
    fails(&["squeeze", "size 2"], || x().squeeze(0));
    fails(&["unsqueeze", "4"], || x().unsqueeze(4));
    fails(&["concat", "dimension 7"], || concat(&[x()], 7));
}

#[test]
fn indices_out_of_range() {
    fails(&["i", "index 2", "dimension 0", "[2, 3]"], || x().i(2));
    fails(&["i", "-4", "dimension 1"], || x().i((0, -4)));
    fails(&["i", "1..9", "dimension 1"], || x().i((.., 1..9)));
    #[allow(clippy::reversed_empty_ranges)] // the mistake under test
    fails(&["i", "2..1"], || x().i(2..1));
    fails(&["i", "3 indices"], || x().i((0, 0, 0)));
    fails(&["narrow", "1..3", "[2, 3]"], || x().narrow(0, 1, 2));
    fails(&["every", "0"], || x().every(0, 0));
    fails(&["index_select", "index 3", "[2, 3]"], || x().index_select(1, &[0, 3]));
    fails(&["set", "1 index", "[2, 3]"], || {
        let y = x();
        y.set([0], 1.0);
        y
    });
}

#[test]
fn shapes_that_do_not_hold_the_elements() {
    fails(&["from_vec", "3 values", "[2, 2]", "4"], || Tensor::from_vec(vec![1.0; 3], [2, 2]));
    fails(&["reshape", "[2, 3]", "[4, 2]", "8"], || x().reshape([4, 2]));
    fails(&["reshape", "[4, -1]"], || x().reshape([4, -1]));
    fails(&["reshape", "only one"], || x().reshape([-1, -1]));
    fails(&["broadcast_to", "[2, 3]", "[3]"], || x().broadcast_to([3]));
    fails(&["full", "memory"], || Tensor::zeros([usize::MAX, 2]));
    fails(&["eye", "memory"], || Tensor::eye(1 << 40));
    fails(&["item", "6 elements", ".sum()"], || Tensor::scalar(x().item()));
    fails(&["concat", "no tensors"], || concat(&[] as &[Tensor], 0));
    fails(&["concat", "[2, 3]", "[2, 2]"], || concat(&[x(), Tensor::ones([2, 2])], 0));
    fails(&["stack", "[2, 3]", "[3]"], || stack(&[x(), Tensor::ones([3])], 0));
    fails(&["max", "[0, 2]"], || Tensor::zeros([0, 2]).max());
    fails(&["argmax", "[0]"], || Tensor::scalar(Tensor::zeros([0]).argmax() as f32));
}

#[test]
fn parameters_out_of_range() {
    fails(&["arange", "0", "step"], || Tensor::arange(0.0, 1.0, 0.0));
    fails(&["arange", "-0.1"], || Tensor::arange(0.0, 1.0, -0.1));
    fails(&["arange", "finite"], || Tensor::arange(0.0, f32::INFINITY, 1.0));
    fails(&["clamp", "2", "1"], || x().clamp(2.0, 1.0));
    fails(&["clamp", "NaN"], || x().clamp(f32::NAN, 1.0));
    fails(&["norm", "0"], || x().norm_p(0.0));
    fails(&["normal", "-1"], || Tensor::normal(0.0, -1.0, [2]));
    fails(&["uniform", "1", "0"], || Tensor::uniform(1.0, 0.0, [2]));
}

#[test]
fn errors_can_be_handled() {
    let error = x().try_matmul(&x()).unwrap_err();
    assert_eq!(error.op(), "matmul");
    assert!(x().try_reshape([5]).is_err());
    assert!(Tensor::try_from_vec(vec![], [1]).is_err());
}

/// As a panic, which leaves a notebook its variables.
#[test]
fn more_memory_than_there_is() {
    let side = 1 << 29;
    fails(&["memory", "1152921504.6 GB", "smaller"], || Tensor::zeros([side, side]));
    fails(&["memory", "GB"], || Tensor::randn([side, side]));
    fails(&["memory", "GB"], || Tensor::eye(side));
    fails(&["memory", "GB"], || Tensor::arange(0.0, 2.0_f32.powi(58), 1.0));
    fails(&["memory", "GB"], || Tensor::linspace(0.0, 1.0, side * side));
}

#[test]
fn what_a_layer_of_a_model_cannot_take() {
    let wrong = Tensor::ones([8, 5]);
    fails(&["linear_relu", "[8, 5]", "[8, 4]"], || sequential![Linear::new(4, 8), Relu].forward(&wrong));
    fails(&["linear", "[8, 5]"], || sequential![Linear::new(4, 8), Relu, Dropout::new(0.5)].forward(&wrong));
    fails(&["linear", "[8, 5]"], || sequential![Tanh, Linear::new(4, 8)].forward(&wrong));
}
