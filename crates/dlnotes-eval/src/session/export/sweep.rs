//! The closure of a sweep in a cell as a trial.

use std::collections::BTreeMap;
use std::path::Path;

use super::program::{Piece, body};
use super::{RUNTIME, Ran};
use crate::cell::swept;

/// The last sweep that ran in a cell, as a function of its point.
#[derive(Debug)]
pub(super) struct Sweep {
    names: Vec<String>,
    /// What ran before; the last one ends in the trial.
    cells: Vec<String>,
}

impl Sweep {
    pub(super) fn of(cells: &[Ran]) -> Option<Self> {
        let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut last = None;
        for (index, ran) in cells.iter().enumerate() {
            let found = swept(&ran.code);
            let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
            let mut own = Vec::new();
            for (variable, name) in found.names {
                if let Some(variable) = variable {
                    named.entry(variable).or_default().push(name.clone());
                }
                own.push(name);
            }
            kept.extend(named);
            if let Some(run) = found.run {
                let names = match &run.of {
                    Some(variable) => kept.get(variable).cloned().unwrap_or_default(),
                    None => own,
                };
                if !names.is_empty() {
                    last = Some((index, run, names));
                }
            }
        }
        let (index, run, names) = last?;
        let code = &cells[index].code;
        let trial = format!(
            "{}\n// As in the cell: random numbers follow the seed.\nseed(point.seed());\n\
             let trial_value = f64::from((|{}: &dlnotes_sweep::Trial| {})(point));",
            &code[..run.statement.start],
            run.point,
            &code[run.body]
        );
        let before = cells[..index].iter().map(|ran| ran.code.clone());
        Some(Self { names, cells: before.chain([trial]).collect() })
    }

    pub(super) fn program(&self, prelude: &str) -> String {
        let codes = std::iter::once(prelude).chain(self.cells.iter().map(String::as_str));
        let body = body(codes.map(|code| Piece { code, value: None }));
        let runtime = if body.awaits { RUNTIME } else { "" };
        let all = body.ending_in("Ok(trial_value)");
        let names: Vec<String> = self.names.iter().map(|name| format!("{name:?}")).collect();
        format!(
            "#![allow(unused)]\n\n\
             /// The cells of the notebook up to its sweep, and one trial of that.\n\
             {runtime}fn run(point: &dlnotes_sweep::Trial) -> Result<f64, Box<dyn std::error::Error>> {all}\n\
             fn main() -> std::process::ExitCode {{\n    dlnotes_sweep::trial(|point, _| {{\n        \
             point.takes(&[{}])?;\n        run(point)\n    }})\n}}\n",
            names.join(", "),
        )
    }

    /// What a reader is told.
    pub(super) fn told(&self, folder: &Path) -> String {
        let given: Vec<String> = self.names.iter().map(|name| format!("--{name} …")).collect();
        let set: Vec<String> = self.names.iter().map(|name| format!("--set {name}=…")).collect();
        format!(
            "it is a trial of the sweep, which takes {}; `dlnotes-sweep plan {} {} --seeds 5 --out runs/a` plans one \
             for processes\n",
            given.join(" "),
            folder.display(),
            set.join(" "),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(code: &str) -> Ran {
        Ran { code: code.to_owned(), ..Ran::default() }
    }

    #[test]
    fn the_closure_of_the_last_sweep_is_the_trial() {
        let cells = [
            ran("let data = load();"),
            ran("let plan = Sweep::new().log(\"lr\", 1e-3, 1.0, 4).over(\"wd\", [0.0]);"),
            ran("let wide = 3;\nlet found = plan.run(|p| train(&data, p[\"lr\"], wide));\nfound.best()"),
            ran("found.figure()"),
        ];
        let sweep = Sweep::of(&cells).unwrap();
        let program = sweep.program("use dlnotes::prelude::*;");
        for part in [
            "fn run(point: &dlnotes_sweep::Trial) -> Result<f64",
            "let wide = 3;",
            "let trial_value = f64::from((|p: &dlnotes_sweep::Trial| train(&data, p[\"lr\"], wide))(point));",
            "Ok(trial_value)\n}",
            "point.takes(&[\"lr\", \"wd\"])?;",
        ] {
            assert!(program.contains(part), "{part}\n{program}");
        }
        assert!(!program.contains("found"));
        assert!(sweep.told(Path::new("net")).contains("plan net --set lr=… --set wd=… --seeds 5"));
        let both = ran("let plan = Sweep::new().over(\"a\", [1.0]); plan.run(|p| p[\"a\"])");
        assert_eq!(Sweep::of(&[both]).unwrap().names, ["a"]);
        assert!(Sweep::of(&cells[..2]).is_none());
        assert!(Sweep::of(&[ran("other.run(|p| 1.0)")]).is_none());
    }
}
