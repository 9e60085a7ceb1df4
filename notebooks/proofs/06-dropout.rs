//! What notebook 06 states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: noise-is-penalty
assert!((noisy / penalized - 1.0).abs() < 0.01);

//@ after: spread-question
assert!(check!((0.8_f32 / 0.2).sqrt() as i32, 2, "").is_right());

//@ after: expectation
for p in [0.2_f32, 0.5, 0.8] {
    let sums = h.broadcast_to([20_000, 100]).dropout(p).sum_dim(1, false);
    let deviation = (p / (1.0 - p) * h.square().sum().item()).sqrt();
    assert!((sums.mean() - h.sum()).abs().item() < 5.0 * deviation / 20_000_f32.sqrt() && (sums.std().item() / deviation - 1.0).abs() < 0.03);
}

//@ after: no-gradient
assert_eq!(h.grad().unwrap().gt(0.0).to_vec(), dropped.gt(0.0).to_vec());
assert!(check!(h.grad().unwrap().max().item(), 1.0 / 0.6, "").is_right());

//@ after: probe
assert_eq!(dropout_layer(&x, 0.0).to_vec(), x.to_vec());
assert!(dropout_layer(&x, 0.5).to_vec().iter().zip(x.to_vec()).all(|(&d, x)| d == 0.0 || d == 2.0 * x));
assert_eq!(dropout_layer(&x, 1.0).to_vec(), vec![0.0; 16]);

//@ after: probe-checked
let kept = dropout_layer(&Tensor::ones([100_000]), 0.3).gt(0.0).mean().item();
assert!((kept - 0.7).abs() < 4.0 * (0.3 * 0.7 / 100_000f32).sqrt());

//@ after: model-built
let names: Vec<String> = net.named_parameters().into_iter().map(|(name, _)| name).collect();
assert_eq!(names, ["lin1.weight", "lin1.bias", "lin2.weight", "lin2.bias", "lin3.weight", "lin3.bias"]);
assert!(net.mode.is_training());

//@ after: softmax-code
let probabilities = scores.softmax(1).detach();
let by_hand = [-probabilities.i((0, 0)).item().ln(), 3_f32.ln()];
assert!(losses.to_vec().iter().zip(by_hand).all(|(loss, hand)| (loss - hand).abs() < 1e-6));
let one_hot = Tensor::from([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
assert!((scores.grad().unwrap() - (&probabilities - one_hot)).abs().max().item() < 1e-6);
assert!(check!(2.303, 10_f32.ln(), "").is_right());

//@ after: training-numbers
assert!(fashion.is_subset() || ((0.31..=0.38).contains(&loss) && (0.86..=0.89).contains(&accuracy)));
assert!(fashion.is_subset() || history.values("test acc")[7..].iter().any(|acc| (0.83..=0.89).contains(acc)));

//@ after: test-time-code
net.train();
assert_ne!(net.forward(&one).to_vec(), net.forward(&one).to_vec());
net.eval();
assert_eq!(net.forward(&one).to_vec(), net.forward(&one).to_vec());
assert_eq!(whole.argmax(), thinned.argmax());

//@ after: concise-numbers
assert!(fashion.is_subset() || ((0.31..=0.38).contains(&loss) && (0.86..=0.89).contains(&accuracy)));
assert!(fashion.is_subset() || history.values("test acc")[7..].iter().any(|acc| (0.83..=0.89).contains(acc)));

//@ after: two-models-training
for run in &losses.runs {
    let [without, with] = run;
    assert!(without[11][1] / without[11][0] > 3.0 * with[11][1] / with[11][0]);
    assert!(with[11][1] < without[11][1] && without[11][1] > 1.3 * without[0][1]);
}

//@ after: verdict-code
assert!(fashion.is_subset() || (acc_with > acc_without && acc_with - acc_without < 0.05));

//@ after: smoother
assert!(moves[1] < moves[0] && alike[1] < alike[0]);

//@ after: sweep-run
let place = |p: f64| [0.0, 0.2, 0.5, 0.8].iter().position(|&q| q == p).unwrap();
let value = |p1: f64, p2: f64| result.rows()[4 * place(p1) + place(p2)].mean();
let (none, all) = (value(0.0, 0.0), value(0.8, 0.8));
assert!(fashion.is_subset() || (result.rows().iter().all(|row| row.mean() <= all) && all > none));
assert!(fashion.is_subset() || (result.best()["p1"] == 0.5 && result.best().mean() < 0.9 * none));
assert!(fashion.is_subset() || (value(0.0, 0.8) < none && all > 1.15 * value(0.8, 0.0)));
assert!(fashion.is_subset() || [0.0, 0.2, 0.5, 0.8].iter().all(|&p2| value(0.8, p2) > none));

//@ after: sweep-importance
let importance = result.importance();
assert!(fashion.is_subset() || (importance["p1"] > 0.3 && importance["p2"] < 0.25 && importance.together > 0.08));

//@ after: solution-1-training
assert!(fashion.is_subset() || (history.last("train loss") > loss && (history.last("test acc") - 0.86).abs() < 0.05));

//@ after: solution-2-code
assert!(measured.iter().zip(theory).all(|(m, t)| (m - t).abs() < 0.05 * (t + 0.01)));

//@ after: solution-3-code
assert!([decayed[0], dropout, decayed[1]].iter().all(|&loss| loss < neither));

//@ after: solution-4-code
assert!(learned[0][0] > 0.95 && learned[0][1] < 0.25);
