//! An evaluator without a compiler: for tests of everything around it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{Cell, Completion, Completions, Console, Evaluator, Interrupter, Launch};
use dlnotes_eval::{Event, Failure, MimeBundle, Stream};

const WORDS: [&str; 8] = ["page", "print", "eprint", "show", "fail", "panic", "ask", "wait"];

/// Repeats what it is told. The first word of a cell says how:
///
/// | word | what happens |
/// |---|---|
/// | `print`, `eprint` | the rest goes to a stream |
/// | `show` | the rest is displayed |
/// | `page` | the rest is to be read beside the notebook |
/// | `fail` | the cell fails with the rest as its message |
/// | `panic` | the evaluator itself panics |
/// | `ask` | the rest is the prompt; the answer is the result |
/// | `wait` | until interrupted |
///
/// Anything else is the cell's result.
pub struct Echo {
    console: Arc<dyn Console>,
    interrupted: Arc<Flag>,
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Interrupter for Flag {
    fn interrupt(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn kill(&self) {
        self.interrupt();
    }
}

impl Echo {
    /// An evaluator that warms up for `warm_up`.
    pub fn launch(warm_up: Duration) -> Launch {
        let interrupted = Arc::new(Flag::default());
        let interrupter = Arc::clone(&interrupted);
        let open = move |console: Arc<dyn Console>| {
            std::thread::sleep(warm_up);
            Ok(Box::new(Self { console, interrupted }) as Box<dyn Evaluator>)
        };
        Launch { interrupter, stage: Arc::new(|| "warming up".to_owned()), open: Box::new(open) }
    }

    fn text(&self, stream: Stream, text: &str) {
        self.console.show(Event::Text(stream, text.to_owned()));
    }
}

impl Evaluator for Echo {
    fn evaluate(&mut self, cell: &Cell<'_>) -> Result<(), Failure> {
        let (word, rest) = cell.code.split_once(' ').unwrap_or((cell.code, ""));
        self.interrupted.0.store(false, Ordering::SeqCst);
        match word {
            "" => {}
            "print" => self.text(Stream::Out, rest),
            "eprint" => self.text(Stream::Err, rest),
            "show" => self.console.show(Event::Display(MimeBundle::new("text/plain", rest), None)),
            "page" => self.console.show(Event::Page(MimeBundle::new("text/plain", rest))),
            "fail" => return Err(Failure::new("Error", rest)),
            "panic" => panic!("{rest}"),
            "ask" => {
                let answer = self.console.ask(rest, false).ok_or_else(|| Failure::new("Error", "nobody answers"))?;
                self.console.show(Event::Result(MimeBundle::new("text/plain", &answer)));
            }
            "wait" => {
                self.text(Stream::Out, "waiting");
                while !self.interrupted.0.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                return Err(Failure::new("Interrupted", "the cell was stopped"));
            }
            _ => self.console.show(Event::Result(MimeBundle::new("text/plain", cell.code))),
        }
        Ok(())
    }

    fn value(&mut self, expression: &str) -> Result<MimeBundle, Failure> {
        match expression.strip_prefix("fail ") {
            Some(message) => Err(Failure::new("Error", message)),
            None => Ok(MimeBundle::new("text/plain", expression)),
        }
    }

    fn complete(&mut self, code: &str, at: usize) -> Completions {
        let start = code[..at].trim_end_matches(char::is_alphanumeric).len();
        let items = WORDS.iter().filter(|word| word.starts_with(&code[start..at])).map(|word| Completion {
            text: (*word).to_owned(),
            kind: "keyword".into(),
            signature: String::new(),
        });
        Completions { start, end: at, items: items.collect() }
    }

    fn inspect(&mut self, code: &str, at: usize) -> Option<MimeBundle> {
        let found = code[..at].starts_with("print");
        found.then(|| MimeBundle::new("text/plain", "print TEXT"))
    }
}
