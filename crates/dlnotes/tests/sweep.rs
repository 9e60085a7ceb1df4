//! Sweeps: what their trials compute, how failures are told, and what their figures hold.

mod common;
#[path = "common/page.rs"]
mod page;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::seeded;
use dlnotes::prelude::*;
use dlnotes::select::Setting;

fn on_threads<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads").install(f)
}

/// A small training: data, start and order of the batches come from the generator.
fn train(rate: f64, decay: f64) -> f32 {
    let (w, b) = (Tensor::ones([5, 1]), 0.5);
    let data = Batches::new(synthetic_data(&w, b, 40), 10).shuffled();
    let valid = Batches::new(synthetic_data(&w, b, 40), 40);
    let net = sequential![Linear::new(5, 8), Relu, Dropout::new(0.2), Linear::new(8, 1)];
    let mut trainer = Sgd::new(net.parameters(), rate as f32).weight_decay(decay as f32);
    train_epochs(3, &net, &data, &MseLoss::none(), &mut trainer);
    evaluate_loss(&net, &valid, &MseLoss::none())
}

fn sweep() -> Sweep {
    Sweep::new().log("rate", 1e-3, 1e-1, 3).over("decay", [0.0, 0.1]).seeds(3)
}

fn values(rows: &[Setting]) -> Vec<f64> {
    rows.iter().flat_map(|row| row.values().to_vec()).collect()
}

#[test]
fn trials_are_those_of_a_loop_on_any_number_of_threads() {
    let _alone = seeded(9);
    let mut expected = Vec::new();
    for rate in [1e-3, 1e-2, 1e-1] {
        for decay in [0.0, 0.1] {
            for number in 0..3 {
                // As `dlnotes-sweep` runs it: a process that seeds its generator.
                seed(number);
                expected.push(f64::from(train(rate, decay)));
            }
        }
    }
    for threads in [1, 2, 5] {
        let result = on_threads(threads, || sweep().run(|p| train(p["rate"], p["decay"])));
        assert_eq!(values(result.rows()), expected, "on {threads} threads");
    }
    // The numbers outside go on as if there had been no sweep.
    seed(4);
    let before = Tensor::randn([3]).to_vec();
    seed(4);
    sweep().run(|p| train(p["rate"], p["decay"]));
    assert_eq!(Tensor::randn([3]).to_vec(), before);
}

#[test]
fn a_setting_meets_the_numbers_of_its_seed() {
    let result = Sweep::new().over("a", 1..=2).seeds(4).run(|p| p["a"] * f64::from(Tensor::randn([1]).item().abs()));
    let [one, two] = result.rows() else { panic!("two settings") };
    assert!(one.values().iter().zip(two.values()).all(|(one, two)| *two == 2.0 * one));
    assert_ne!(one.values()[0], one.values()[1]);
}

#[test]
fn what_diverged_is_worst_and_told() {
    for (maximize, best) in [(false, 2.0), (true, 3.0)] {
        let sweep = Sweep::new().over("a", 1..=4).seeds(2);
        let sweep = if maximize { sweep.maximize() } else { sweep };
        let result = sweep.run(|p| match (p["a"], p.seed()) {
            (1.0, 1) => f64::NAN,
            (4.0, _) => {
                if maximize {
                    f64::NEG_INFINITY
                } else {
                    f64::INFINITY
                }
            }
            (a, _) => a,
        });
        assert_eq!(result.best()["a"], best);
        let table = result.to_string();
        assert!(table.lines().last().unwrap().contains("NaN"), "{table}");
        assert!(result.to_csv().contains("1,1,NaN\n") && result.to_json_lines().contains("\"seed\":1,\"value\":null"));
    }
}

#[test]
fn a_trial_that_panics_is_named_whatever_the_threads() {
    for threads in [1, 3, 8] {
        let run = || {
            on_threads(threads, || {
                Sweep::new().over("a", 0..10).seeds(3).run(|p| {
                    assert!(p["a"] < 4.0 || p.seed() == 0, "no fit for {}", p["a"]);
                    p["a"]
                })
            })
        };
        let payload = catch_unwind(AssertUnwindSafe(run)).expect_err("it panics");
        let message = payload.downcast_ref::<String>().expect("a message");
        assert_eq!(message, "Sweep: the trial with a = 4, seed 1 panicked: no fit for 4", "on {threads} threads");
    }
}

#[test]
fn draws_are_different_settings_that_the_seed_determines() {
    let _alone = seeded(1);
    let sweep = Sweep::new().log("lr", 1e-4, 1e-1, 2).linear("p", -1.0, 1.0, 2).over("n", [1, 2, 3]).random(300);
    let draw = |number| {
        seed(number);
        sweep.run(|p| p["lr"])
    };
    let result = draw(1);
    assert!(result == draw(1) && result != draw(2));
    let all = |name: &str| result.rows().iter().map(|row| row.params()[name]).collect::<Vec<f64>>();
    let between = |name: &str, low: f64, high: f64| all(name).iter().filter(|x| (low..high).contains(*x)).count();
    // 300 draws: a third in each decade, 100 ± 4 standard deviations of 8.2; half above 0, 150 ± 4 · 8.7.
    assert!([1e-4, 1e-3, 1e-2].iter().all(|&low| (67..=133).contains(&between("lr", low, 10.0 * low))));
    assert!((115..=185).contains(&between("p", 0.0, 1.0)) && between("p", -1.0, 1.0) == 300);
    assert!([1.0, 2.0, 3.0].iter().all(|&n| (67..=133).contains(&between("n", n, n + 1.0))));
    // Two of two are found, though most draws are known by then.
    assert_eq!(Sweep::new().over("a", [1, 2]).random(2).run(|p| p["a"]).rows().len(), 2);
}

#[test]
fn json_lines_are_json() {
    let result = Sweep::new().over("a \"quoted\" λ", [0.1, 1e-300]).seeds(2).run(|p| p.seed() as f64 / 3.0);
    let lines: Vec<serde_json::Value> =
        result.to_json_lines().lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[3]["params"]["a \"quoted\" λ"], 1e-300);
    assert_eq!((lines[3]["seed"].as_u64(), lines[3]["value"].as_f64()), (Some(1), Some(1.0 / 3.0)));
}

#[test]
fn shares_of_the_variance_add_up() {
    // y = 2a + b + 3ab + noise of ±½, a and b ±1: variances 4, 1, 9 and ¼.
    let sweep = Sweep::new().over("a", [-1.0, 1.0]).over("b", [-1.0, 1.0]).seeds(2);
    let result = sweep.run(|p| 2.0 * p["a"] + p["b"] + 3.0 * p["a"] * p["b"] + p.seed() as f64 - 0.5);
    let importance = result.importance();
    for (share, expected) in
        [(importance["a"], 4.0), (importance["b"], 1.0), (importance.together, 9.0), (importance.seeds, 0.25)]
    {
        assert!((share - expected / 14.25).abs() < 1e-12, "{importance:?}");
    }
    // Nothing to explain: no value, one value, equal values, equal up to rounding.
    for value in [f64::NAN, 7.0, 0.0, 0.1 + 0.2] {
        let importance = Sweep::new().over("a", [1, 2]).over("b", [1, 2]).run(|_| value).importance();
        let shares: Vec<f64> = importance.iter().map(|(_, share)| share).chain([importance.together]).collect();
        assert_eq!(shares, [0.0; 3], "{value}");
    }
    // Some of a grid diverged: the others tell.
    let broken = sweep.run(|p| if p["a"] + p["b"] == 2.0 { f64::INFINITY } else { p["a"] + 0.01 * p.seed() as f64 });
    let importance = broken.importance();
    assert!(importance.iter().all(|(_, share)| (0.0..=1.0).contains(&share)), "{importance:?}");
    assert!(importance["a"] > 0.9, "{importance:?}");
}

#[test]
fn of_random_settings_importance_is_estimated() {
    let _alone = seeded(3);
    let sweep = Sweep::new().linear("a", 0.0, 1.0, 2).linear("b", 0.0, 1.0, 2).linear("c", 0.0, 1.0, 2).random(400);
    // Variances 4/12 and 1/12.
    let importance = sweep.run(|p| 2.0 * p["a"] + p["b"]).importance();
    assert!((importance["a"] - 0.8).abs() < 0.08 && (importance["b"] - 0.2).abs() < 0.08, "{importance:?}");
    assert!(importance["c"] < 0.05 && importance.together < 0.1, "{importance:?}");
}

#[test]
fn figures_hold_for_any_result() {
    let _alone = seeded(2);
    let one = Sweep::new().over("a", [0.5]);
    let two = Sweep::new().over("λ", [0.0, 1.0]).log("learning rate", 1e-6, 1.0, 13).seeds(2);
    let three =
        Sweep::new().over("a", 0..10).linear("b", -1.0, 1.0, 10).log("c", 0.1, 10.0, 10).objective("validation loss");
    let random =
        Sweep::new().log("lr", 1e-4, 1e-1, 2).linear("p", 0.0, 0.9, 2).over("layers", 1..=3).random(60).maximize();
    type Outcome = fn(f64, u64) -> f64;
    let outcomes: [(&str, Outcome); 8] = [
        ("ordinary", |x, seed| x + seed as f64),
        ("equal", |_, _| 0.25),
        ("NaN", |_, _| f64::NAN),
        ("some NaN", |x, _| if x > 0.5 { f64::NAN } else { x }),
        ("some infinite", |x, _| 1.0 / (x - 0.5).max(0.0)),
        ("huge", |x, seed| (x - 0.5) * 1e308 + seed as f64),
        ("tiny", |x, _| x * 1e-310),
        ("all sizes", |x, _| 10_f64.powf(600.0 * (x - 0.5))),
    ];
    for (name, sweep) in [("one", &one), ("two", &two), ("three", &three), ("random", &random)] {
        for (what, outcome) in &outcomes {
            let result = sweep.run(|p| {
                let sum: f64 = p.params().iter().map(|(_, value)| value.abs().fract()).sum();
                outcome(sum.fract(), p.seed())
            });
            let is_told = result.rows().iter().any(|row| row.mean().is_finite());
            for figure in [result.figure(), result.parallel_coordinates(), result.importance().figure()] {
                let svg = figure.to_svg();
                assert_eq!(page::misplaced(&svg), None, "{name}, {what}: {figure}");
                assert!(page::ink(&svg) == (true, true) || !is_told, "{name}, {what}: {figure}");
                assert!(svg.len() < 250_000, "{name}, {what}: {} bytes", svg.len());
            }
            assert!(result.to_string().lines().count() <= 22);
        }
    }
}

/// A folder as `dlnotes-sweep` leaves it.
fn runs(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("dlnotes-sweep-test-{name}-{}", std::process::id()));
    let write = |file: &str, text: &str| {
        let file = folder.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write(
        "sweep.json",
        r#"{"version":1,"command":["a"],"files":[{"path":"a","hash":"0"}],"commit":null,
        "set":["lr=log:0.001..0.1:3","opt=sgd,adam"],"random":null,"seeds":2,"maximize":true,"points":"00"}"#,
    );
    let mut points = Vec::new();
    for (i, lr) in ["0.001", "0.01", "1e-1"].iter().enumerate() {
        for (j, opt) in ["sgd", "adam"].iter().enumerate() {
            for seed in 0..2 {
                let id = format!("{i}{j}{seed}");
                points.push(format!(r#"{{"id":"{id}","params":{{"lr":{lr},"opt":"{opt}"}},"seed":{seed}}}"#));
                let value = i + 10 * j + seed;
                let result = match id.as_str() {
                    "000" => r#"{"value":null,"error":"out of memory","attempt":3,"seconds":1.5}"#.to_owned(),
                    "010" => r#"{"value":null,"attempt":1,"seconds":2,"more":{"curve":[1,2]}}"#.to_owned(),
                    "101" => "{\"value\": 1".to_owned(),
                    "111" => continue,
                    _ => format!(r#"{{"value":{value},"attempt":1,"seconds":0.25}}"#),
                };
                write(&format!("trials/{id}/result.json"), &result);
            }
        }
    }
    write("points.json", &format!("[\n{}\n]\n", points.join(",\n")));
    folder
}

#[test]
fn what_processes_have_left_is_read() {
    let folder = runs("whole");
    let result = SweepResult::read(&folder).unwrap();
    // The best of those with all seeds; one that diverged is among the others, and a failed trial isn't a value.
    let best = result.best();
    assert_eq!((best["lr"], best.params().text("opt"), best.values()), (0.1, "adam", &[12.0, 13.0][..]));
    assert_eq!(best.folders()[1], folder.join("trials/211"));
    assert_eq!((result.rows().len(), result.trials()), (6, 12 - 3));
    let count =
        |lr: f64| result.rows().iter().filter(|row| row["lr"] == lr).map(|row| row.values().len()).sum::<usize>();
    assert_eq!([1e-3, 1e-2, 1e-1].map(count), [3, 2, 4]);
    assert!(result.to_string().contains("NaN"));
    let told = result.parallel_coordinates().summary();
    assert!(
        told.contains("6 lines over lr, opt, and value") && told.contains("the best has lr 0.1, opt adam"),
        "{told}"
    );
    // All settings are there: both are axes of a map.
    assert!(result.figure().to_svg().contains(">adam<"), "{}", result.figure());
    // Through a file of values, but for which way is better.
    let file = folder.join("trials.csv");
    result.save(&file).unwrap();
    let again = SweepResult::read(&file).unwrap();
    assert_eq!(again.to_csv(), result.to_csv());
    assert_eq!(again.to_json_lines(), result.to_json_lines());
    assert!(result.to_json_lines().starts_with(r#"{"params":{"lr":0.001,"opt":"sgd"},"seed":1,"value":1}"#));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = runs("broken");
    let told = |path: &std::path::Path| SweepResult::read(path).unwrap_err().to_string();
    let csv = |text: &str| {
        let file = folder.join("trials.csv");
        std::fs::write(&file, text).unwrap();
        told(&file)
    };
    assert!(told(&folder.join("nowhere.csv")).contains("nowhere.csv"));
    assert!(told(&folder.join("trials")).contains("no sweep.json"));
    assert!(csv("lr,loss\n1,2\n").contains("no columns `seed` and `value`"));
    assert!(csv("lr,seed,value\n1,0\n").contains("record 2 has 2 fields, and the first one 3"));
    assert!(csv("lr,seed,value\n1,0,x\n").contains("\"x\" for a value"));
    assert!(csv("lr,seed,value\n1,0,\n").contains("no trial has a value"));
    std::fs::write(folder.join("points.json"), "[{\"id\": 3}").unwrap();
    assert!(told(&folder).contains("points.json: the file"));
    std::fs::remove_dir_all(folder).unwrap();
}
