//! Commands at the head of a cell.

use super::{Cell, Session};
use crate::cell::{Head, Source};
use crate::failure::{Failure, Loss};
use crate::{Console as _, Event, MimeBundle, Stream};

/// The commands: name, arguments, what it does.
pub const COMMANDS: [(&str, &str, &str); 17] = [
    (":clear", "", "forget everything that cells defined, as a restart of the kernel does"),
    (":dep", "NAME = \"VERSION\"", "add a crate; also `{ path = \"…\" }`, `{ git = \"…\", features = […] }`"),
    (":doc", "NAME", "show the documentation of a name"),
    (":explain", "[CODE]", "explain an error of the compiler; without a code, the last one"),
    (":export", "FOLDER", "write the cells that ran as a Cargo project"),
    (":help", "", "list these commands"),
    (":last_error_json", "", "show the compiler's last messages as it gave them"),
    (":offline", "0 or 1", "whether `:dep` may use the network: with 1 it may not"),
    (
        ":opt",
        "[0 to 3]",
        "set or show how far cells are optimized; 2 at first, 3 as a release build is, without overflow checks",
    ),
    (":quit", "", "is left to the notebook: Kernel → Shut Down"),
    (":restart", "", "restart the process that runs cells: items stay, variables go"),
    (":show_deps", "", "list the crates that were added"),
    (":time", "", "say how long this cell took to compile and to run"),
    (":timing", "", "say so for every cell from now on, or stop saying it"),
    (":type", "EXPRESSION", "show the type of an expression, without running it"),
    (":vars", "", "list the variables and their types"),
    (":version", "", "say which versions of the evaluator and of Rust are at work"),
];

/// Commands of evcxr for what works of itself here.
const WITHOUT_EFFECT: [&str; 16] = [
    ":cache",
    ":efmt",
    ":fmt",
    ":linker",
    ":preserve_vars_on_panic",
    ":allow_static_linking",
    ":codegen_backend",
    ":types",
    ":build_num",
    ":toolchain",
    ":sccache",
    ":clear_cache",
    ":time_passes",
    ":load_config",
    ":internal_debug",
    ":last_compile_dir",
];

/// What the head of a cell asks for beyond what has been done.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// Compile and run time are to be shown.
    pub(super) time: bool,
}

impl Session {
    /// Does what the head of a cell asks for.
    pub(super) fn commands(&mut self, source: &Source, cell: &Cell<'_>) -> Result<Rest, Failure> {
        let mut rest = Rest { time: self.timing };
        let mut wanted = Vec::new();
        for (_, head) in &source.head {
            match head {
                Head::Command { name, arguments } if name == ":dep" => wanted.push(arguments.clone()),
                _ => {
                    self.dependencies(&mut wanted)?;
                    match head {
                        Head::Shell(command) => self.shell(command)?,
                        Head::Command { name, arguments } => self.command(name, arguments, cell, &mut rest)?,
                    }
                }
            }
        }
        self.dependencies(&mut wanted)?;
        Ok(rest)
    }

    fn command(&mut self, name: &str, arguments: &str, cell: &Cell<'_>, rest: &mut Rest) -> Result<(), Failure> {
        if !arguments.is_empty() && !arguments.starts_with("//") && takes_nothing(name) {
            let message =
                format!("`{name}` takes no arguments, and was given `{arguments}`: code goes on the lines below");
            return Err(Failure::new("CommandError", message));
        }
        match name {
            ":quit" => {
                let message = "`:quit` would end the kernel under the notebook: use Kernel → Shut Down";
                return Err(Failure::new("CommandError", message));
            }
            ":restart" => {
                self.restart(cell.count, &Loss::Died);
                self.host()?;
                self.say(Stream::Out, "the process that runs cells was restarted: items are kept, variables are not\n");
            }
            ":clear" => {
                self.clear()?;
                self.say(Stream::Out, "everything that cells defined is gone, as after a restart of the kernel\n");
            }
            ":time" => rest.time = true,
            ":timing" => {
                self.timing = !self.timing;
                rest.time = self.timing;
                self.say(Stream::Out, &format!("timing: {}\n", self.timing));
            }
            ":opt" => self.set_optimize(arguments)?,
            ":vars" => self.show_variables(),
            ":version" => {
                let version = self.toolchain.version.lines().next().unwrap_or_default();
                self.say(Stream::Out, &format!("dlnotes-eval {}\n{version}\n", env!("CARGO_PKG_VERSION")));
            }
            ":type" | ":t" => self.show_type(arguments, cell.count)?,
            ":help" | ":h" => self.help(),
            ":export" => self.export(arguments)?,
            ":explain" => self.explain(arguments)?,
            ":last_error_json" => {
                let text = self.last_messages.iter().filter_map(|message| serde_json::to_string(message).ok());
                let text = text.collect::<Vec<_>>().join("\n");
                self.console.show(Event::Result(MimeBundle::new("text/plain", &text)));
            }
            ":offline" => match arguments {
                "" | "1" => self.dependencies.set_offline(true),
                "0" => self.dependencies.set_offline(false),
                _ => return Err(Failure::new("CommandError", "`:offline` is `1` or `0`")),
            },
            ":show_deps" => {
                let text = self.dependencies.manifest(false);
                self.console.show(Event::Result(MimeBundle::new("text/plain", text.trim())));
            }
            ":doc" => self.show_documentation(arguments)?,
            _ if WITHOUT_EFFECT.contains(&name) => {
                self.say(Stream::Err, &format!("`{name}` has no effect in this kernel\n"));
            }
            _ => {
                let message = format!("there is no command `{name}`; `:help` lists them");
                return Err(Failure::new("CommandError", message));
            }
        }
        Ok(())
    }

    /// As if no cell had run.
    fn clear(&mut self) -> Result<(), Failure> {
        self.end_host();
        self.variables.clear();
        self.items.clear();
        self.imports = super::Imports::default();
        self.gone.clear();
        self.opened.clear();
        self.transcript.clear();
        self.dependencies.clear();
        let libraries = self.dependencies.libraries().clone();
        self.build.clear(libraries);
        self.host().map(drop)
    }

    fn set_optimize(&mut self, level: &str) -> Result<(), Failure> {
        match level.trim() {
            "" => {}
            level => match level.parse() {
                Ok(level @ 0..=3) => self.build.set_optimize(level),
                _ => {
                    return Err(Failure::new("CommandError", format!("`:opt` is a number from 0 to 3, not `{level}`")));
                }
            },
        }
        self.say(Stream::Out, &format!("optimization: {}\n", self.build.optimize()));
        Ok(())
    }

    fn show_variables(&self) {
        let rows: Vec<(String, String)> = self.variables().into_iter().collect();
        let plain = rows.iter().map(|(name, ty)| format!("{name}: {ty}")).collect::<Vec<_>>().join("\n");
        let mut html = "<table><tr><th>variable</th><th>type</th></tr>".to_owned();
        for (name, ty) in &rows {
            html += &format!("<tr><td>{}</td><td>{}</td></tr>", escape(name), escape(ty));
        }
        let mut bundle = MimeBundle::new("text/plain", if plain.is_empty() { "no variables yet" } else { &plain });
        if !rows.is_empty() {
            bundle.insert("text/html", &(html + "</table>"));
        }
        self.console.show(Event::Result(bundle));
    }

    fn show_type(&mut self, expression: &str, count: usize) -> Result<(), Failure> {
        if expression.is_empty() {
            return Err(Failure::new("CommandError", "`:type` needs an expression: `:type x`"));
        }
        let shown = match self.variables.get(expression) {
            Some(variable) => variable.shown(),
            None => {
                let code = format!("::dlnotes_display::cell::type_of(|| {{ {expression}\n }})");
                self.console.keep();
                let result = self.code(&Cell { code: &code, count, ..Cell::default() }, &code);
                let events = self.console.kept();
                result?;
                let text = events.iter().find_map(|event| match event {
                    Event::Result(bundle) => bundle.text("text/plain"),
                    _ => None,
                });
                super::variables::shown(text.unwrap_or_default().trim_matches('"'))
            }
        };
        self.console.show(Event::Result(MimeBundle::new("text/plain", &format!("{expression}: {shown}"))));
        Ok(())
    }

    fn help(&self) {
        let width = COMMANDS.iter().map(|(name, arguments, _)| name.len() + arguments.len() + 1).max().unwrap_or(0);
        let line = |(name, arguments, what): &(&str, &str, &str)| {
            format!("{:<width$}  {what}", format!("{name} {arguments}").trim_end())
        };
        let mut text = COMMANDS.iter().map(line).collect::<Vec<_>>().join("\n");
        text += &format!("\n{:<width$}  run a line in the system's shell", "! COMMAND");
        self.console.show(Event::Result(MimeBundle::new("text/plain", &text)));
    }

    fn explain(&self, code: &str) -> Result<(), Failure> {
        let last = || self.last_messages.iter().find_map(|message| Some(message.code.as_ref()?.code.clone()));
        let code = if code.is_empty() { last() } else { Some(code.to_owned()) };
        let Some(code) = code else {
            return Err(Failure::new(
                "CommandError",
                "no error with a code has occurred: `:explain E0382` explains that one",
            ));
        };
        let output = std::process::Command::new(&self.toolchain.rustc).arg("--explain").arg(&code).output();
        match output {
            Ok(output) if output.status.success() => {
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                let mut bundle = MimeBundle::new("text/plain", &text);
                bundle.insert("text/markdown", &text);
                self.console.show(Event::Result(bundle));
                Ok(())
            }
            _ => Err(Failure::new("CommandError", format!("rustc has no explanation of `{code}`"))),
        }
    }
}

fn takes_nothing(name: &str) -> bool {
    COMMANDS.iter().any(|(command, arguments, _)| *command == name && arguments.is_empty())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
