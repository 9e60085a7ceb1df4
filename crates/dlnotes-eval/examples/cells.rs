//! Runs the cells of a file, which lines `//%%` part, and says how long each took: `cargo run --example cells FILE`.

use std::sync::Arc;
use std::time::Instant;

use dlnotes_eval::depend::RunDirectory;
use dlnotes_eval::failure::without_colours;
use dlnotes_eval::host::Watch;
use dlnotes_eval::{Cell, Console, Event, Failure, Session, Settings, Stream};

struct Terminal;

impl Console for Terminal {
    fn show(&self, event: Event) {
        match event {
            Event::Text(Stream::Out, text) => print!("{text}"),
            Event::Text(Stream::Err, text) => eprint!("{text}"),
            Event::Result(bundle) => println!("= {}", bundle.text("text/plain").unwrap_or("(no text)")),
            Event::Display(bundle, _) => println!("[{}]", bundle.text("text/plain").unwrap_or("(no text)")),
            _ => {}
        }
    }

    fn ask(&self, prompt: &str, _: bool) -> Option<String> {
        eprint!("{prompt}");
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).ok()?;
        Some(line.trim_end().to_owned())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("name a file with cells")?;
    let helper = arguments.next().is_none();
    let run = RunDirectory::create()?;
    let directory = std::env::current_dir()?;
    let told = |failure: Failure| without_colours(&failure.traceback.join("\n"));
    let settings = Settings::prepare(helper, &directory, &run).map_err(told)?;
    let start = Instant::now();
    let mut session = Session::open(settings, Arc::new(Terminal), Watch::default()).map_err(told)?;
    println!("open after {:.0?}", start.elapsed());
    for (index, code) in std::fs::read_to_string(file)?.split("//%%\n").enumerate() {
        let start = Instant::now();
        let result = session.evaluate(&Cell { code, count: index + 1, ..Cell::default() });
        let time = start.elapsed();
        if let Err(failure) = result {
            println!("{}", told(failure));
        }
        println!("-- [{}] {:.0?}", index + 1, time);
    }
    println!("{:?}", session.variables());
    Ok(())
}
