//! What notebook 04 states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: concise-data
assert!((&data.poly_features - &poly_features).abs().max().item() < 1e-3);
assert!((&data.labels - &labels).abs().max().item() < 1e-3);

//@ after: cubic-weights
let w = cubic.to_vec();
assert!((w[0] - 5.0).abs() < 0.1 && (1.1..1.65).contains(&w[1]));
assert!((-3.6..-3.1).contains(&w[2]) && (4.3..5.75).contains(&w[3]));
assert!(history.last("train") < 0.04 && history.last("test") < 0.04);

//@ after: linear-weights
assert!((linear.flatten() - &exact).abs().max().item() < 0.05);
assert!(history.last("train") > 1.0);

//@ after: left-over-question
assert!(check!(11.017, 1.7_f32.powi(2) * 2.0 + (5.6_f32 / 6.0).powi(2) * 6.0 + 0.01, within 0.001, "").is_right());

//@ after: linear-theory-code
assert!((&best - Tensor::from([3.3, 4.0])).abs().max().item() < 0.1);
assert!((left - 11.017).abs() < 0.5);

//@ after: high-degree-weights
assert!(history.last("train") < 0.04);

//@ after: epochs-training
let last = &on_the_way[16];
assert!((last - all.flatten()).abs().max().item() < 0.2);
let ratios: Vec<f32> = losses[1].iter().zip(&losses[0]).map(|(test, train)| test / train).collect();
let widest = looks[(0..17).max_by(|&a, &b| ratios[a].total_cmp(&ratios[b])).unwrap()];
assert!((50..=200).contains(&widest) && ratios[6] < 2.0 && ratios[16] < ratios[9] / 2.0);
for column in [4, 5] {
    assert!(on_the_way[6].i(column).item().abs() > 1.0 && on_the_way[16].i(column).item().abs() < 1.0);
}
assert!(losses[1][16] > 1.5 * losses[0][16] && losses[1][16] < 10.0 * losses[0][16]);

//@ after: which-moved-code
assert!(moved.i(..4).min().item() > 0.5 && moved.i(9..).max().item() < 0.05);

//@ after: many-verdict-code
assert!(by_time[..25].contains(&peak), "within 500 epochs");
assert!(by_time[0] < peak && by_time[74] < peak && peak < 2.5 && (1.2..2.0).contains(&by_time[74]));
assert!((1.0..1.2).contains(&cubic_by_time[74]) && high[74] > 2.0 && exact_ratio > 1e6);

//@ after: solution-1-code
let three = many.poly_features.i((.., ..3));
let left = (three.matmul(&least_squares(&three, &many.labels)) - &many.labels).square().mean().item();
assert!((left - 5.237).abs() < 0.3);
assert!(history.last("train") > 1.0);

//@ after: solution-3-code
assert!(gaps[1] > 100.0 && gaps[7] < gaps[1] / 10.0);

//@ after: solution-4-code
assert!((26.0..28.0).contains(&needed[0]) && (3900.0..4100.0).contains(&needed[1]) && needed[2] > 1e9);
