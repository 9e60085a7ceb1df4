//! Spelling of everything, and the typography of the Chinese edition, by tools that know more words than we do.

use anyhow::Result;
use duct::cmd;

use crate::notebooks::{self, editions};
use crate::project::Project;
use crate::python;
use crate::steps::Step;

/// Looks up words with typos (set up in `typos.toml`), and checks spacing and punctuation with AutoCorrect.
pub(crate) fn check(project: &Project, step: &mut Step) -> Result<String> {
    let python = python::DOCS.ensure(project)?;
    let typos = python::DOCS.program(project, "typos");
    step.run(project, "spelling", &cmd!(typos, "--format", "brief").dir(&project.root))?;
    let all = notebooks::all(project)?;
    let chinese: Vec<_> = all.iter().filter(|path| editions::english_of(path) != **path).collect();
    let names: Vec<_> = chinese.iter().map(|path| path.display().to_string()).collect();
    step.run(project, "typography", &python::script(project, &python, "check_chinese.py", &names))?;
    Ok(format!("typography of {} notebooks", chinese.len()))
}
