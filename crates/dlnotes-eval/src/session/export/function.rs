//! The cells as a function of named parameters, and a program that is a trial of it.

use std::path::Path;

use super::program::{Piece, body};
use super::{RUNTIME, Ran};
use crate::cell::{Split, blanked, parse, words};

/// Types of values that can be passed on a command line, as the compiler calls them.
const PLAIN: [&str; 18] = [
    "bool",
    "char",
    "f32",
    "f64",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "&str",
    "alloc::string::String",
];

/// The cells as a function.
#[derive(Debug)]
pub(super) struct Function {
    parameters: Vec<Parameter>,
    /// Without the statements that set the parameters.
    cells: Vec<String>,
    /// Which of them ends in the function's value, what it is, and the variable that holds it.
    value: (usize, String, String),
    /// How often cells call `seed` that don't set parameters.
    seeds: usize,
}

#[derive(Debug)]
struct Parameter {
    /// On the command line.
    name: String,
    /// In the function.
    variable: String,
    mutable: bool,
    kind: String,
    /// The notebook's own value.
    default: String,
    /// The cell that set it.
    cell: usize,
}

impl Function {
    /// The function of what the marked cells set; `None` if they set nothing.
    pub(super) fn of(cells: &[Ran]) -> Result<Option<Self>, String> {
        let all: Vec<&str> = cells.iter().flat_map(|ran| words(&ran.code)).collect();
        let free = |name: &str| {
            let mut name = name.to_owned();
            while all.contains(&name.as_str()) {
                name.push('_');
            }
            name
        };
        let mut function = Self { parameters: Vec::new(), cells: Vec::new(), value: Default::default(), seeds: 0 };
        let seed_variable = free("trial_seed");
        // The last cell that did anything else.
        let mut last = None;
        for (index, ran) in cells.iter().enumerate() {
            let split = parse(&ran.code).unwrap_or_default();
            let Some(types) = &ran.parameters else {
                function.seeds += split.seeds.len();
                function.cells.push(ran.code.clone());
                last = Some(index);
                continue;
            };
            let mut code = ran.code.clone();
            for (range, text) in edits(&split, &ran.code, &seed_variable) {
                code.replace_range(range, &text);
            }
            let kind = |name: &str| types.get(name).map(String::as_str);
            for parameter in set(&ran.code, &split, kind, &seed_variable, index)? {
                function.put(parameter, last)?;
            }
            function.cells.push(code);
        }
        if function.parameters.is_empty() {
            return Ok(None);
        }
        let value = cells.iter().rposition(|ran| ran.is_number).ok_or_else(|| {
            "a trial needs a value, and no cell has ended in a number: run one that does, such as `valid_loss`, and \
             export again"
                .to_owned()
        })?;
        let code = &cells[value].code;
        let text = parse(code).ok().and_then(|split| Some(code[split.value?].to_owned())).unwrap_or_default();
        function.value = (value, text, free("trial_value"));
        Ok(Some(function))
    }

    /// Adds a parameter. One that is set again has its last value, unless other cells have used the one before.
    fn put(&mut self, new: Parameter, last: Option<usize>) -> Result<(), String> {
        let Some(old) = self.parameters.iter_mut().find(|old| old.name == new.name) else {
            self.parameters.push(new);
            return Ok(());
        };
        if old.variable != new.variable {
            return Err("both `let seed` and a call of `seed` set the seed: leave one of them out".to_owned());
        }
        if old.default != new.default && last.is_some_and(|last| last > old.cell) {
            return Err(format!(
                "`{}` was {} and then {}, and cells have run with either: restart the kernel, run all cells once, and \
                 export again",
                new.name, old.default, new.default
            ));
        }
        *old = new;
        Ok(())
    }

    /// The function, and a `main` that makes it a trial.
    pub(super) fn program(&self, prelude: &str) -> String {
        let (number, text, variable) = &self.value;
        let pieces = self
            .cells
            .iter()
            .enumerate()
            .map(|(index, code)| Piece { code, value: (index == *number).then_some(variable.as_str()) });
        let body = body(std::iter::once(Piece { code: prelude, value: None }).chain(pieces));
        let runtime = if body.awaits { RUNTIME } else { "" };
        let all = body.ending_in(&format!("Ok({variable})"));
        let takes = |of: &Parameter| {
            let mutable = if of.mutable { "mut " } else { "" };
            format!("{mutable}{}: {}", of.variable, of.kind)
        };
        let takes: Vec<String> = self.parameters.iter().map(takes).collect();
        let gives: Vec<String> = self.parameters.iter().map(Parameter::read).collect();
        let names: Vec<String> = self.names().map(|name| format!("{name:?}")).collect();
        let about = text.lines().next().unwrap_or_default();
        format!(
            "#![allow(unused)]\n\n\
             /// The cells of the notebook, with the parameters that its cell of parameters sets. The value is that of\n\
             /// `{about}`.\n{runtime}fn run(point: &dlnotes_sweep::Trial, {}) -> Result<f64, Box<dyn std::error::Error>> \
             {all}\n\
             /// Without arguments, the notebook's own values.\n\
             fn main() -> std::process::ExitCode {{\n    dlnotes_sweep::trial(|point, _| {{\n        \
             point.takes(&[{}])?;\n        run(point, {})\n    }})\n}}\n",
            takes.join(", "),
            names.join(", "),
            gives.join(", "),
        )
    }

    /// What a reader is told.
    pub(super) fn told(&self, folder: &Path) -> String {
        let names: Vec<String> = self.names().map(|name| format!("--{name}")).collect();
        let first =
            self.names().find(|name| *name != "seed").map(|name| format!(" --set {name}=…")).unwrap_or_default();
        let mut text = format!(
            "its value is `{}`, and it takes {}; `dlnotes-sweep plan {}{first} --seeds 5 --out runs/a` plans a sweep\n",
            self.value.1.lines().next().unwrap_or_default(),
            names.join(", "),
            folder.display(),
        );
        if !self.names().any(|name| name == "seed") {
            text += "it has no seed of its own: with `seed(1);` in the cell of parameters, trials with other seeds differ\n";
        } else if self.seeds > 0 {
            text += "another cell calls `seed`, too: what follows it is the same for all seeds of a sweep\n";
        }
        text
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.parameters.iter().map(|parameter| parameter.name.as_str())
    }
}

/// What takes the place of the statements that set parameters, from the last to the first.
fn edits(split: &Split, code: &str, seed: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let lets = split.lets.iter().map(|of| (of.range.clone(), blanked(&code[of.range.clone()])));
    let seeds = split.seeds.iter().map(|range| (range.clone(), seed.to_owned()));
    let mut all: Vec<_> = lets.chain(seeds).collect();
    all.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    all
}

/// The parameters that a cell sets.
fn set<'a>(
    code: &str,
    split: &Split,
    kind: impl Fn(&str) -> Option<&'a str>,
    seed: &str,
    cell: usize,
) -> Result<Vec<Parameter>, String> {
    let mut found: Vec<(usize, Parameter)> = Vec::new();
    for of in &split.lets {
        let [name] = of.names.as_slice() else { return Err(no_literal(&code[of.range.clone()])) };
        let literal = of.literal.clone().ok_or_else(|| no_literal(&code[of.range.clone()]))?;
        let plain =
            kind(&name.name).filter(|kind| PLAIN.contains(kind)).ok_or_else(|| no_literal(&code[of.range.clone()]))?;
        if !name.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            || !name.name.starts_with(|c: char| c.is_ascii_alphabetic())
        {
            return Err(format!(
                "`{}` is to be a parameter's name, which has letters from a to z, digits and `_`, and begins with a letter",
                name.name
            ));
        }
        let parameter = Parameter {
            name: name.name.clone(),
            variable: name.name.clone(),
            mutable: name.mutable,
            kind: plain.rsplit("::").next().unwrap_or_default().to_owned(),
            default: code[literal.clone()].to_owned(),
            cell,
        };
        found.push((literal.start, parameter));
    }
    if let [range, more @ ..] = split.seeds.as_slice() {
        if !more.is_empty() {
            return Err("the cell of parameters calls `seed` more than once: once is enough".to_owned());
        }
        let parameter = Parameter {
            name: "seed".to_owned(),
            variable: seed.to_owned(),
            mutable: false,
            kind: "u64".to_owned(),
            default: code[range.clone()].to_owned(),
            cell,
        };
        found.push((range.start, parameter));
    }
    found.sort_by_key(|(at, _)| *at);
    Ok(found.into_iter().map(|(_, parameter)| parameter).collect())
}

fn no_literal(statement: &str) -> String {
    format!(
        "`{}` in the cell of parameters sets no number, word or bool that is written down there: write `let name = 0.1;`, \
         or move the line to another cell",
        statement.split_whitespace().collect::<Vec<_>>().join(" ")
    )
}

impl Parameter {
    /// How `main` reads it.
    fn read(&self) -> String {
        let Self { name, default, .. } = self;
        match self.kind.as_str() {
            "&str" => format!("&point.or({name:?}, String::from({default}))?"),
            _ => format!("point.or({name:?}, {default})?"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn ran(code: &str, types: &[(&str, &str)], is_number: bool) -> Ran {
        let types: BTreeMap<String, String> =
            types.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect();
        Ran { code: code.to_owned(), parameters: (!types.is_empty()).then_some(types), is_number }
    }

    const TYPES: [(&str, &str); 4] =
        [("lr", "f32"), ("n", "usize"), ("opt", "&str"), ("word", "alloc::string::String")];

    #[test]
    fn what_a_marked_cell_sets_are_arguments() {
        let cell = "let lr = 1e-3;\nlet mut n: usize = 2; println!(\"begin\");\nseed(7);\nlet opt = \"adam\";";
        let cells = [
            ran(cell, &TYPES, false),
            ran("let loss = f(lr, n);\nloss", &[], true),
            ran("n += 1; seed(1);", &[], false),
        ];
        let function = Function::of(&cells).unwrap().unwrap();
        let program = function.program("use dlnotes::prelude::*;");
        for part in [
            "fn run(point: &dlnotes_sweep::Trial, lr: f32, mut n: usize, trial_seed: u64, opt: &str) ->",
            "seed(trial_seed);",
            "let trial_value: f64 = format!(\"{:?}\", loss).parse()?;",
            "Ok(trial_value)\n}",
            "point.takes(&[\"lr\", \"n\", \"seed\", \"opt\"])?;",
            "run(point, point.or(\"lr\", 1e-3)?, point.or(\"n\", 2)?, point.or(\"seed\", 7)?, \
             &point.or(\"opt\", String::from(\"adam\"))?)",
        ] {
            assert!(program.contains(part), "{part}\n{program}");
        }
        assert!(!program.contains("let lr") && program.contains("println!"));
        assert!(function.told(Path::new("net")).contains("plan net --set lr=…") && function.seeds == 1);
    }

    #[test]
    fn what_was_set_again_before_anything_else_ran_has_its_last_value() {
        let defaults = ran("let lr = 0.1; let n = 1;", &TYPES, false);
        let injected = ran("let n = 5;", &TYPES, false);
        let work = ran("f(lr, n)", &[], true);
        let function = Function::of(&[defaults.clone(), injected.clone(), work.clone()]).unwrap().unwrap();
        assert!(function.program("").contains("point.or(\"lr\", 0.1)?, point.or(\"n\", 5)?)"));
        // Run again as it was.
        assert!(Function::of(&[defaults.clone(), work.clone(), defaults.clone(), work.clone()]).is_ok());
        let told = Function::of(&[defaults, work.clone(), injected, work]).unwrap_err();
        assert!(told.contains("`n` was 1 and then 5") && told.contains("restart the kernel"), "{told}");
    }

    #[test]
    fn what_is_no_function_is_told() {
        let value = ran("1.0", &[], true);
        let of = |code: &str| Function::of(&[ran(code, &TYPES, false), value.clone()]);
        for (code, told) in [
            ("let n = 2 * 3;", "`let n = 2 * 3;` in the cell of parameters sets no number"),
            ("let (lr, n) = (1.0, 2);", "sets no number"),
            ("let other = 1.0;", "sets no number"),
            ("seed(1); seed(2);", "more than once"),
        ] {
            let error = of(code).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
        let types = [("\u{3b1}", "f64"), ("_x", "f64")];
        for code in ["let \u{3b1} = 1.0;", "let _x = 1.0;"] {
            let error = Function::of(&[ran(code, &types, false), value.clone()]).unwrap_err();
            assert!(error.contains("a parameter's name"), "{error}");
        }
        assert!(of("println!(\"nothing\");").unwrap().is_none());
        assert!(Function::of(std::slice::from_ref(&value)).unwrap().is_none());
        let no_value = Function::of(&[ran("let lr = 0.1;", &TYPES, false), ran("let x = 1;", &[], false)]);
        assert!(no_value.unwrap_err().contains("no cell has ended in a number"));
    }
}
