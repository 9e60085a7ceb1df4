//! Tensors and their operations.

use dlnotes::ndarray_rand::rand_distr::StandardNormal;
use dlnotes::prelude::*;

use super::told;

const HUGE: [usize; 2] = [1 << 31, 1 << 31];

fn x() -> Tensor {
    Tensor::arange(0.0, 6.0, 1.0).reshape([2, 3])
}

fn four() -> Tensor {
    Tensor::ones([4])
}

/// Recorded, and not a leaf.
fn recorded() -> Tensor {
    Tensor::ones([2, 3]).requires_grad() * 2.0
}

/// A result whose graph a first backward has freed.
fn spent() -> Tensor {
    let y = recorded().sum();
    y.backward();
    y
}

super::cases! {
    "tensor/backward.rs backward": ["backward", "[2, 3]"] => recorded().backward();
    "tensor/backward.rs backward": ["does not require grad"] => Tensor::scalar(1.0).backward();
    "tensor/backward.rs backward": ["backward"] => spent().backward();
    "tensor/backward.rs backward_with": ["[2, 3]", "[4]"] => recorded().backward_with(&four());
    "tensor/backward.rs backward_retain": ["does not require grad"] => x().sum().backward_retain();
    "tensor/backward.rs try_backward": ["does not require grad"] => told(x().sum().try_backward(None, false));
    "tensor/create.rs from_vec": ["from_vec", "3 values", "[2, 2]"] => Tensor::from_vec(vec![1.0; 3], [2, 2]);
    "tensor/create.rs try_from_vec": ["from_vec", "3 values", "[2, 2]"] => told(Tensor::try_from_vec(vec![1.0; 3], [2, 2]));
    "tensor/create.rs zeros": ["memory"] => Tensor::zeros(HUGE);
    "tensor/create.rs ones": ["memory"] => Tensor::ones(HUGE);
    "tensor/create.rs full": ["memory"] => Tensor::full(HUGE, 2.0);
    "tensor/create.rs filled_with": ["memory"] => Tensor::filled_with(&HUGE, |_| ());
    "tensor/create.rs eye": ["memory"] => Tensor::eye(1 << 31);
    "tensor/create.rs arange": ["arange", "step"] => Tensor::arange(0.0, 1.0, 0.0);
    "tensor/create.rs arange": ["arange", "-1"] => Tensor::arange(0.0, 1.0, -1.0);
    "tensor/create.rs arange": ["arange", "inf"] => Tensor::arange(0.0, f32::INFINITY, 1.0);
    "tensor/create.rs linspace": ["memory"] => Tensor::linspace(0.0, 1.0, 1 << 60);
    "tensor/mod.rs item": ["item", "6 elements", "[2, 3]"] => x().item();
    "tensor/mod.rs item": ["item", "0 elements"] => Tensor::zeros([0]).item();
    "tensor/random.rs generator": ["generator"] => { let held = generator(); let _second = generator(); drop(held) };
    "tensor/random.rs rand": ["memory"] => Tensor::rand(HUGE);
    "tensor/random.rs randn": ["memory"] => Tensor::randn(HUGE);
    "tensor/random.rs normal": ["normal", "-1"] => Tensor::normal(0.0, -1.0, [2]);
    "tensor/random.rs normal": ["normal", "NaN"] => Tensor::normal(0.0, f32::NAN, [2]);
    "tensor/random.rs uniform": ["uniform", "from 1 to 0"] => Tensor::uniform(1.0, 0.0, [2]);
    "tensor/random.rs random": ["memory"] => Tensor::random(HUGE, StandardNormal);
    "tensor/ops/arithmetic.rs add": ["add", "[2, 3]", "[4]"] => x().add(&four());
    "tensor/ops/arithmetic.rs sub": ["sub", "[2, 3]", "[4]"] => x().sub(&four());
    "tensor/ops/arithmetic.rs mul": ["mul", "[2, 3]", "[4]"] => x().mul(&four());
    "tensor/ops/arithmetic.rs div": ["div", "[2, 3]", "[4]"] => x().div(&four());
    "tensor/ops/arithmetic.rs pow_tensor": ["pow", "[2, 3]", "[4]"] => x().pow_tensor(&four());
    "tensor/ops/arithmetic.rs maximum": ["maximum", "[2, 3]", "[4]"] => x().maximum(&four());
    "tensor/ops/arithmetic.rs minimum": ["minimum", "[2, 3]", "[4]"] => x().minimum(&four());
    "tensor/ops/batch_norm.rs batch_norm": ["batch_norm", "[4]"] => four().batch_norm(&four(), &four(), 1e-5);
    "tensor/ops/batch_norm.rs batch_norm": ["batch_norm", "[4]", "[3]"] => x().batch_norm(&four(), &four(), 1e-5);
    "tensor/ops/batch_norm.rs batch_norm": ["batch_norm", "[1, 4]"] => Tensor::ones([1, 4]).batch_norm(&four(), &four(), 1e-5);
    "tensor/ops/compare.rs $name": ["gt", "[2, 3]", "[4]"] => x().gt(&four());
    "tensor/ops/compare.rs where_": ["where", "[2, 3]", "[4]"] => x().where_(&four(), &x());
    "tensor/ops/dropout.rs dropout": ["dropout", "p is 1.5", "0..=1"] => x().dropout(1.5);
    "tensor/ops/dropout.rs dropout": ["dropout", "p is NaN"] => x().dropout(f32::NAN);
    "tensor/ops/dropout.rs dropout_layer": ["dropout", "p is -1"] => dropout_layer(&x(), -1.0);
    "tensor/ops/elementwise.rs clamp": ["clamp", "2", "1"] => x().clamp(2.0, 1.0);
    "tensor/ops/elementwise.rs clamp": ["clamp", "NaN"] => x().clamp(0.0, f32::NAN);
    "tensor/ops/extreme.rs max": ["max", "[0, 2]"] => Tensor::zeros([0, 2]).max();
    "tensor/ops/extreme.rs min": ["min", "[0, 2]"] => Tensor::zeros([0, 2]).min();
    "tensor/ops/extreme.rs max_dim": ["max", "[0, 2]"] => Tensor::zeros([0, 2]).max_dim(0, false);
    "tensor/ops/extreme.rs max_dim": ["max", "2", "[2, 3]"] => x().max_dim(2, false);
    "tensor/ops/extreme.rs min_dim": ["min", "twice"] => x().min_dim([0, -2], false);
    "tensor/ops/extreme.rs argmax": ["argmax", "[0]"] => Tensor::zeros([0]).argmax();
    "tensor/ops/extreme.rs argmax_dim": ["argmax", "5", "[2, 3]"] => x().argmax_dim(5);
    "tensor/ops/in_place.rs fill_": ["fill_", "recorded"] => recorded().fill_(1.0);
    "tensor/ops/in_place.rs fill_": ["fill_", "share"] => Tensor::ones([1, 3]).broadcast_to([2, 3]).fill_(1.0);
    "tensor/ops/in_place.rs zero_": ["zero_", "recorded"] => recorded().zero_();
    "tensor/ops/in_place.rs add_": ["add_", "[2, 3]", "[4]"] => x().add_(&four());
    "tensor/ops/in_place.rs add_": ["add_", "recorded"] => recorded().add_(&x());
    "tensor/ops/in_place.rs sub_": ["sub_", "[2, 3]", "[4]"] => x().sub_(&four());
    "tensor/ops/in_place.rs mul_": ["mul_", "[2, 3]", "[4]"] => x().mul_(&four());
    "tensor/ops/in_place.rs div_": ["div_", "[2, 3]", "[4]"] => x().div_(&four());
    "tensor/ops/in_place.rs add_scaled_": ["add_scaled_", "[2, 3]", "[4]"] => x().add_scaled_(&four(), 1.0);
    "tensor/ops/in_place.rs update_with_": ["update_with_", "[2, 3]", "[4]"] => x().update_with_(&four(), |a, _| a);
    "tensor/ops/in_place.rs scale_": ["scale_", "recorded"] => recorded().scale_(2.0);
    "tensor/ops/in_place.rs copy_": ["copy_", "[2, 3]", "[4]"] => x().copy_(&four());
    "tensor/ops/in_place.rs set": ["set", "1 index", "[2, 3]"] => x().set([0], 1.0);
    "tensor/ops/in_place.rs set": ["set", "3", "[2, 3]"] => x().set([0, 3], 1.0);
    "tensor/ops/join.rs concat": ["concat", "no tensors"] => concat(&[] as &[Tensor], 0);
    "tensor/ops/join.rs concat": ["concat", "[2, 3]", "[2, 2]"] => concat(&[x(), Tensor::ones([2, 2])], 0);
    "tensor/ops/join.rs concat": ["concat", "7", "[2, 3]"] => concat(&[x()], 7);
    "tensor/ops/join.rs stack": ["stack", "[2, 3]", "[4]"] => stack(&[x(), four()], 0);
    "tensor/ops/join.rs stack": ["no tensors"] => stack(&[] as &[Tensor], 0);
    "tensor/ops/join.rs index_select": ["index_select", "index 3", "[2, 3]"] => x().index_select(1, &[0, 3]);
    "tensor/ops/linear.rs linear": ["linear", "[2, 3]", "[5, 4]"] => x().linear(&Tensor::ones([5, 4]), None);
    "tensor/ops/linear.rs linear": ["linear", "bias", "[4]", "[5]"] => x().linear(&Tensor::ones([5, 3]), Some(&four()));
    "tensor/ops/linear.rs linear_relu": ["linear_relu", "[2, 3]", "[5, 4]"] => x().linear_relu(&Tensor::ones([5, 4]), None);
    "tensor/ops/linear.rs linear_relu_dropout": ["p is 2"] => x().linear_relu_dropout(&Tensor::ones([5, 3]), None, 2.0);
    "tensor/ops/loss.rs squared_error": ["squared_error", "[2, 3]", "[4]"] => x().squared_error(&four());
    "tensor/ops/loss.rs cross_entropy": ["cross_entropy", "label 3", "sample 1"] => x().cross_entropy(&Tensor::from([0.0, 3.0]));
    "tensor/ops/loss.rs cross_entropy": ["cross_entropy", "[4]"] => four().cross_entropy(&four());
    "tensor/ops/loss.rs try_cross_entropy": ["cross_entropy", "[4]"] => told(x().try_cross_entropy(&four()));
    "tensor/ops/matmul.rs matmul": ["matmul", "[2, 3]", ".t()"] => x().matmul(&x());
    "tensor/ops/matmul.rs matmul": ["matmul", "scalar"] => x().matmul(&Tensor::scalar(2.0));
    "tensor/ops/matmul.rs try_matmul": ["matmul", "[2, 3]"] => told(x().try_matmul(&x()));
    "tensor/ops/norm.rs norm_p": ["norm", "p is 0"] => x().norm_p(0.0);
    "tensor/ops/part.rs i": ["i", "index 2", "[2, 3]"] => x().i(2);
    "tensor/ops/part.rs i": ["i", "3 indices", "[2, 3]"] => x().i((0, 0, 0));
    "tensor/ops/part.rs narrow": ["narrow", "1..3", "[2, 3]"] => x().narrow(0, 1, 2);
    "tensor/ops/part.rs every": ["every", "step of 0"] => x().every(0, 0);
    "tensor/ops/reduce.rs sum_dim": ["sum", "2", "[2, 3]"] => x().sum_dim(2, false);
    "tensor/ops/reduce.rs mean_dim": ["mean", "twice"] => x().mean_dim([0, -2], false);
    "tensor/ops/reduce.rs var_dim": ["var", "-3", "[2, 3]"] => x().var_dim(-3, 1, false);
    "tensor/ops/softmax.rs softmax": ["softmax", "-3", "[2, 3]"] => x().softmax(-3);
    "tensor/ops/softmax.rs log_softmax": ["log_softmax", "2", "[2, 3]"] => x().log_softmax(2);
    "tensor/ops/view.rs reshape": ["reshape", "[2, 3]", "[4, 2]"] => x().reshape([4, 2]);
    "tensor/ops/view.rs reshape": ["reshape", "only one"] => x().reshape([-1, -1]);
    "tensor/ops/view.rs try_reshape": ["reshape", "[2, 3]", "[5]"] => told(x().try_reshape([5]));
    "tensor/ops/view.rs transpose": ["transpose", "5", "[2, 3]"] => x().transpose(0, 5);
    "tensor/ops/view.rs t": ["t: ", "[4]", "matrix"] => four().t();
    "tensor/ops/view.rs permute": ["permute", "[0, 0]", "once"] => x().permute([0, 0]);
    "tensor/ops/view.rs unsqueeze": ["unsqueeze", "4"] => x().unsqueeze(4);
    "tensor/ops/view.rs squeeze": ["squeeze", "size 2"] => x().squeeze(0);
    "tensor/ops/view.rs broadcast_to": ["broadcast_to", "[2, 3]", "[3]"] => x().broadcast_to([3]);
    "tensor/ops/activation/prelu.rs prelu": ["[2, 3]", "[4]"] => x().prelu(&four());
    "tensor/ops/activation/prelu.rs prelu": ["[2, 3]", "[4]"] => prelu(&x(), &four());
}
