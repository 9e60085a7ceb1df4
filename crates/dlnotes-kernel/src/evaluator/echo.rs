//! An evaluator without a compiler: for tests of everything around it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::{Called, Cell, Completion, Completions, Console, Control, Evaluator, Interrupter, Launch, Panel};
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
/// | `slide` | a slider from 0 to 9 is shown, whose closure gives the rest and where it stands |
/// | `steer` | the same slider, which cells read; `steered` gives where it stands |
/// | `die` | what sliders moved is gone |
///
/// Anything else is the cell's result.
pub struct Echo {
    console: Arc<dyn Console>,
    interrupted: Arc<Flag>,
    /// What the closure behind a slider gives, by panel.
    sliders: BTreeMap<u64, String>,
    panels: u64,
}

#[derive(Default)]
struct Flag {
    interrupted: AtomicBool,
    steered: AtomicU64,
}

impl Interrupter for Flag {
    fn interrupt(&self) {
        self.interrupted.store(true, Ordering::SeqCst);
    }

    fn kill(&self) {
        self.interrupt();
    }

    fn steer(&self, _: u64, at: &[f64]) {
        self.steered.store(at[0] as u64, Ordering::SeqCst);
    }
}

impl Echo {
    /// An evaluator that warms up for `warm_up`.
    pub fn launch(warm_up: Duration) -> Launch {
        let interrupted = Arc::new(Flag::default());
        let interrupter = Arc::clone(&interrupted);
        let open = move |console: Arc<dyn Console>| {
            std::thread::sleep(warm_up);
            Ok(Box::new(Self { console, interrupted, sliders: BTreeMap::new(), panels: 0 }) as Box<dyn Evaluator>)
        };
        Launch { interrupter, stage: Arc::new(|| "warming up".to_owned()), open: Box::new(open) }
    }

    fn slider(&mut self, rest: &str, steers: bool) {
        self.panels += 1;
        self.sliders.insert(self.panels, rest.to_owned());
        let controls = vec![Control::slider(0.0, 9.0, true).label("at")];
        let views = vec![MimeBundle::new("text/plain", &format!("{rest} 0"))];
        self.console.show(Event::Controls(Panel { number: self.panels, steers, controls, views }));
    }

    fn text(&self, stream: Stream, text: &str) {
        self.console.show(Event::Text(stream, text.to_owned()));
    }
}

impl Evaluator for Echo {
    fn evaluate(&mut self, cell: &Cell<'_>) -> Result<(), Failure> {
        let (word, rest) = cell.code.split_once(' ').unwrap_or((cell.code, ""));
        self.interrupted.interrupted.store(false, Ordering::SeqCst);
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
                while !self.interrupted.interrupted.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                return Err(Failure::new("Interrupted", "the cell was stopped"));
            }
            "slide" | "steer" => self.slider(rest, word == "steer"),
            "steered" => {
                let at = self.interrupted.steered.load(Ordering::SeqCst).to_string();
                self.console.show(Event::Result(MimeBundle::new("text/plain", &at)));
            }
            "die" => self.console.show(Event::ControlsEnded),
            _ => self.console.show(Event::Result(MimeBundle::new("text/plain", cell.code))),
        }
        Ok(())
    }

    fn call(&mut self, panel: u64, at: &[f64]) -> Called {
        let Some(text) = self.sliders.get(&panel) else {
            return Called { failure: Some(Failure::new("ControlsGone", "gone")), ..Called::default() };
        };
        let view = MimeBundle::new("text/plain", &format!("{text} {}", at[0]));
        let failure = (at[0] == 9.0).then(|| Failure::new("Panic", "nine"));
        let views = failure.is_none().then(|| vec![view]);
        Called { views, shown: vec![Event::Text(Stream::Out, format!("called with {}\n", at[0]))], failure }
    }

    fn forget(&mut self, panels: &[u64]) {
        self.sliders.retain(|panel, _| !panels.contains(panel));
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
