//! Spelling of everything, and the typography of the Chinese edition, by tools that know more words than we do.

use anyhow::{Context, Result};
use duct::cmd;

use crate::facts::{Facts, Kind};
use crate::notebooks::{self, editions};
use crate::project::Project;
use crate::python;
use crate::steps::Step;

/// Looks up words with typos (set up in `typos.toml`), and checks spacing and punctuation with AutoCorrect.
pub(crate) fn check(project: &Project, step: &mut Step) -> Result<Facts> {
    let python = python::DOCS.ensure(project)?;
    let typos = python::DOCS.program(project, "typos");
    step.run(project, "spelling", &cmd!(&typos, "--format", "brief").dir(&project.root))?;
    let read = cmd!(&typos, "--files").dir(&project.root).read().context("typos doesn't list what it reads")?;
    let all = notebooks::all(project)?;
    let chinese: Vec<_> = all.iter().filter(|path| editions::english_of(path) != **path).collect();
    let names: Vec<_> = chinese.iter().map(|path| path.display().to_string()).collect();
    step.run(project, "typography", &python::script(project, &python, "check_chinese.py", &names))?;
    Ok(Facts::ran(read.lines().count(), "files").and(Kind::Ran, chinese.len(), "notebooks"))
}
