//! Builds crates with the real cargo, from the real registry, and runs code that uses them.
//!
//! Our own crates have stand-ins that are quickly built. What is built stays in `target/tmp` from run to run.

mod session;

use std::fs;

use dlnotes_eval::depend::BuildError;
use session::{Test, path_crate};

#[test]
fn the_prepared_crates_are_one_with_the_program() {
    let test = Test::new();
    assert_eq!(test.run("println!(\"{}\", dlnotes::total(&dlnotes::ndarray::array![1.0, 2.0]));"), "3\n");
    let code = "let runtime = tokio::runtime::Runtime::new().unwrap();\n\
                println!(\"{}\", runtime.block_on(async { tokio::spawn(async { 7 }).await.unwrap() }));";
    assert_eq!(test.run(code), "7\n");
}

#[test]
fn crates_of_all_kinds_are_added() {
    let mut test = Test::new();
    test.add(&["either = \"1\"", "itoa = \"1\"", "fastrand = \"2\""]);
    let code = "let left: either::Either<i32, ()> = either::Left(1);\n\
                println!(\"{left:?} {} {}\", itoa::Buffer::new().format(5), fastrand::Rng::with_seed(1).u8(3..4));";
    assert_eq!(test.run(code), "Left(1) 5 3\n");
    // Macros, and a crate that has a build script.
    test.add(&["serde = { version = \"1\", features = [\"derive\"] }", "serde_json = \"1\"", "anyhow = \"1\""]);
    let code = "#[derive(serde::Serialize)] struct P { x: i32 }\n\
                println!(\"{} {}\", serde_json::to_string(&P { x: 1 }).unwrap(), anyhow::anyhow!(\"no\"));";
    assert_eq!(test.run(code), "{\"x\":1} no\n");
    test.add(&["regex = \"1\""]);
    assert_eq!(test.run("println!(\"{}\", regex::Regex::new(\"a+\").unwrap().is_match(\"baa\"));"), "true\n");
    let line = "plotters = { version = \"0.3\", default_features = false, features = [\"evcxr\", \"all_series\"] }";
    test.add(&[line]);
    let code = "use plotters::prelude::*;\n\
                let figure = evcxr_figure((60, 40), |root| { root.fill(&WHITE)?; Ok(()) });\n\
                println!(\"{}\", format!(\"{:?}\", figure.style(\"x\").evcxr_display()).len());";
    assert!(test.run(code).contains("<svg"), "{}", test.run(code));
    // What has been there stays as it is.
    assert_eq!(test.run("println!(\"{:?}\", either::Right::<(), _>(2));"), "Right(2)\n");
    assert!(test.manifest().contains("default-features = false"), "{}", test.manifest());
}

#[test]
fn an_array_of_the_readers_is_one_of_the_helper_crate() {
    let mut test = Test::new();
    test.add(&["ndarray = \"0.17\"", "tokio = { version = \"1\", features = [\"full\"] }"]);
    assert_eq!(test.run("println!(\"{}\", dlnotes::total(&ndarray::array![1.0, 2.0]));"), "3\n");
    assert_eq!(test.loaded(), 0);
    // An older version lies beside it, and so does one with other features.
    test.add(&["old = { package = \"ndarray\", version = \"0.15\" }", "rand = \"0.6.5\""]);
    let code = "println!(\"{} {} {}\", dlnotes::total(&ndarray::array![1.0]), old::array![4.0].sum(), rand::random::<u8>() as u16 * 0);";
    assert_eq!(test.run(code), "1 4 0\n");
    test.add(&["ndarray = { version = \"0.17\", features = [\"serde\"] }"]);
    assert_eq!(test.replaced(), ["ndarray"]);
    assert_eq!(
        test.run("println!(\"{}\", dlnotes::total(&dlnotes::ndarray::array![ndarray::array![1.0].sum()]));"),
        "1\n"
    );
}

#[test]
fn a_tokio_of_the_readers_own_has_a_runtime() {
    let inside = "tokio::runtime::Handle::current().spawn(async {});";
    let mut test = Test::new();
    test.add(&["tokio = { version = \"0.2\", features = [\"rt-threaded\", \"time\"] }"]);
    assert_eq!(test.run(&format!("dlnotes_session_1::within(|| {{ {inside} println!(\"inside\"); }});")), "inside\n");
    // With a feature that the prepared one lacks, it is another crate.
    let mut test = Test::new();
    test.add(&["tokio = { version = \"1\", features = [\"full\", \"test-util\"] }"]);
    let code = "tokio::time::timeout(std::time::Duration::MAX, async { println!(\"inside\") })";
    let block_on = format!("tokio::runtime::Handle::current().block_on({code})");
    assert_eq!(test.run(&format!("dlnotes_session_1::within(|| {{ {block_on}.unwrap() }});")), "inside\n");
    // What agrees with the prepared one is that one.
    let mut test = Test::new();
    test.add(&["tokio = { version = \"1\", features = [\"rt\"] }"]);
    assert_eq!(test.loaded(), 0);
}

#[test]
fn a_crate_in_a_folder_is_built_again_when_it_has_changed() {
    let mut test = Test::new();
    let source = |number: i32| {
        format!(
            "use std::sync::atomic::{{AtomicI32, Ordering::SeqCst}};\npub static COUNT: AtomicI32 = AtomicI32::new({number});\n\
             pub fn count() -> i32 {{ COUNT.fetch_add(1, SeqCst) }}\npub fn id() -> std::any::TypeId {{ std::any::TypeId::of::<It>() }}\n\
             pub struct It;\npub fn total() -> f64 {{ dlnotes::total(&dlnotes::ndarray::array![0.5]) }}\n"
        )
    };
    let dlnotes = test.helper("dlnotes");
    let mine = path_crate(&test, "mine", &source(1), &format!("dlnotes = {{ path = {dlnotes:?} }}"));
    let line = format!("mine = {{ path = {mine:?} }}");
    test.add(&[&line]);
    let first = test.cell("println!(\"{} {}\", mine::count(), mine::total());");
    let again = test.cell("println!(\"{} {}\", mine::count(), dlnotes::total(&dlnotes::ndarray::array![1.0]));");
    assert_eq!(test.run_cells(&[&first, &again]), "1 0.5\n2 1\n");
    assert_eq!(test.add(&[&line]), 0, "nothing has changed");
    std::thread::sleep(std::time::Duration::from_millis(20));
    fs::write(mine.join("src/lib.rs"), source(10)).unwrap();
    assert!(test.add(&[&line]) > 0);
    assert_eq!(test.replaced(), ["mine"]);
    // Code that was compiled before goes on with the old one.
    let new = test.cell("println!(\"{} {}\", mine::count(), mine::total());");
    assert_eq!(test.run_cells(&[&first, &new, &again]), "1 0.5\n10 0.5\n2 1\n");
}

#[test]
fn what_fails_is_told_and_is_as_if_it_had_not_been_asked_for() {
    let mut test = Test::new();
    let message = |error: BuildError| error.to_string();
    let error = message(test.fails(&["dlnotes-no-such-crate = \"1\""]));
    assert!(error.contains("no matching package named `dlnotes-no-such-crate` found"), "{error}");
    assert!(!error.contains("dlnotes-session") && error.contains("this notebook"), "{error}");
    let error = message(test.fails(&["itoa = \"99\""]));
    assert!(error.contains("failed to select a version"), "{error}");
    let error = message(test.fails(&["itoa = { version = \"1\", features = [\"nothing\"] }"]));
    assert!(error.contains("nothing") && !error.contains("dlnotes-session"), "{error}");
    let error = message(test.fails(&["itoa = { path = \"nowhere\" }"]));
    assert!(error.contains("nowhere"), "{error}");
    let broken = path_crate(&test, "broken", "pub fn f() -> i32 {\n    \"no\"\n}\n", "");
    match test.fails(&[&format!("broken = {{ path = {broken:?} }}")]) {
        BuildError::Compile { package, folder, messages } => {
            assert_eq!((package.as_str(), folder.as_path()), ("broken", broken.as_path()));
            let span = messages.iter().find(|message| message.level == "error").and_then(|m| m.spans.first()).unwrap();
            assert!(folder.join(&span.file_name).ends_with("broken/src/lib.rs"), "{}", span.file_name);
            assert_eq!(span.line_start, 2);
        }
        other => panic!("{other:?}"),
    }
    let program = path_crate(&test, "program", "", "");
    fs::rename(program.join("src/lib.rs"), program.join("src/main.rs")).unwrap();
    fs::write(program.join("src/main.rs"), "fn main() {}").unwrap();
    let error = message(test.fails(&[&format!("program = {{ path = {program:?} }}")]));
    assert!(error.contains("has no library"), "{error}");
    let script = path_crate(&test, "script", "", "");
    fs::write(script.join("build.rs"), "fn main() { panic!(\"lib-nothing is not installed\") }").unwrap();
    let error = message(test.fails(&[&format!("script = {{ path = {script:?} }}")]));
    assert!(error.contains("lib-nothing is not installed"), "{error}");
    assert_eq!(test.manifest(), Test::new().manifest());
    test.add(&["either = \"1\""]);
    assert_eq!(test.run("println!(\"{:?}\", either::Right::<(), _>(2));"), "Right(2)\n");
}

#[test]
fn what_every_session_has_is_there_at_once() {
    let mut test = Test::new();
    let line = format!("dlnotes = {{ path = {:?} }}", test.helper("dlnotes"));
    assert_eq!(test.add(&["dlnotes", &line, "dlnotes-display = \"0.1\""]), 0);
    for wrong in ["dlnotes = \"7\"", "dlnotes = { version = \"0.1\", features = [\"png\"] }"] {
        assert!(test.fails(&[wrong]).to_string().contains("leave the line out"));
    }
}

#[test]
fn a_build_that_is_stopped_leaves_nothing() {
    let mut test = Test::new();
    let slow = path_crate(&test, "slow", "", "");
    fs::write(slow.join("build.rs"), "fn main() { std::thread::sleep(std::time::Duration::from_secs(60)) }").unwrap();
    let line = format!("slow = {{ path = {slow:?} }}");
    let start = std::time::Instant::now();
    let error = test.stopped(&line, std::time::Duration::from_secs(2));
    assert!(matches!(error, BuildError::Interrupted), "{error}");
    assert!(start.elapsed().as_secs() < 20);
    test.add(&["either = \"1\""]);
    assert!(!test.manifest().contains("slow"));
}

#[test]
fn without_a_network_it_says_so() {
    let mut test = Test::new();
    test.set_offline(true);
    let error = test.fails(&["dlnotes-no-such-crate = \"1\""]).to_string();
    assert!(error.contains("offline"), "{error}");
    test.add(&["either = \"1\""]);
    test.set_offline(false);
    test.cut_off();
    let error = test.fails(&["dlnotes-no-such-crate = \"1\""]);
    assert!(error.is_no_network() && !error.to_string().contains("dlnotes-session"), "{error}");
    // What was used before on this machine can be had.
    test.add(&["either = \"1\"", "itoa = \"1\""]);
    assert_eq!(test.run("println!(\"{}\", itoa::Buffer::new().format(5));"), "5\n");
}

#[test]
fn a_cell_calls_functions_in_c_that_a_crate_is_linked_to() {
    let mut test = Test::new();
    let source = "unsafe extern \"C\" { fn in_c(x: i32) -> i32; }\n\
                  #[inline(always)] pub fn f<T: Into<i32>>(x: T) -> i32 { unsafe { in_c(x.into()) } }\n";
    let native = path_crate(&test, "native", source, "");
    let script = r#"fn main() {
        let out = std::env::var("OUT_DIR").unwrap();
        let run = |program: &str, arguments: &[&str]| {
            assert!(std::process::Command::new(program).args(arguments).current_dir(&out).status().unwrap().success());
        };
        std::fs::write(format!("{out}/c.c"), "static int n; int in_c(int x) { return x + ++n; }").unwrap();
        run("cc", &["-fPIC", "-c", "c.c"]);
        run("ar", &["rcs", "libinc.a", "c.o"]);
        println!("cargo:rustc-link-lib=static=inc\ncargo:rustc-link-search=native={out}");
    }"#;
    fs::write(native.join("build.rs"), script).unwrap();
    test.add(&[&format!("native = {{ path = {native:?} }}")]);
    let cell = test.cell("println!(\"{}\", native::f(1_i8));");
    assert_eq!(test.run_cells(&[&cell, &cell, &test.cell("println!(\"{}\", native::f(10));")]), "2\n3\n13\n");
}

#[test]
#[ignore = "compiles for minutes"]
fn large_crates_are_added() {
    let mut test = Test::new();
    test.add(&["image = \"0.25\"", "chrono = \"0.4\""]);
    let code = "println!(\"{} {}\", image::RgbImage::new(2, 3).height(), chrono::NaiveDate::MIN.leap_year());";
    assert_eq!(test.run(code), "3 false\n");
}
