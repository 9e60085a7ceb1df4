//! Cells that ask the reader.

use super::session::Session;

#[test]
fn a_cell_that_reads_standard_input_asks_the_reader() {
    let mut session = Session::start();
    *session.shown.answers.lock().unwrap() = vec!["two", "one"];
    let cell =
        "for _ in 0..3 { let mut line = String::new(); std::io::stdin().read_line(&mut line)?; print!(\"{line:?} \") }";
    session.body(cell).unwrap();
    let shown = session.shown();
    assert_eq!(shown[0], "out \"one\\n\" \"two\\n\" ");
    assert!(shown[1].starts_with("err the cell reads standard input, and nobody can be asked here"), "{shown:?}");
    assert_eq!(shown[2], "out \"\\n\" ");
    assert_eq!(*session.shown.questions.lock().unwrap(), ["", "", ""]);
}

#[test]
fn a_crate_made_for_evcxr_asks_with_a_prompt() {
    let mut session = Session::start();
    *session.shown.answers.lock().unwrap() = vec!["secret", "Ada"];
    let cell = "let ask = |line: &str| { println!(\"{line}\"); let mut answer = String::new();
            std::io::stdin().read_line(&mut answer).unwrap(); answer };
        let name = ask(\"EVCXR_INPUT_REQUEST:name? \"); let word = ask(\"EVCXR_INPUT_REQUEST_PASSWORD:word? \");
        println!(\"{name:?} {word:?}\")";
    session.body(cell).unwrap();
    assert_eq!(session.shown(), ["out \"Ada\\n\" \"secret\\n\"\n"]);
    assert_eq!(*session.shown.questions.lock().unwrap(), ["name? ", "word?  (password)"]);
}
