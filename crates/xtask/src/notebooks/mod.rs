//! `cargo xtask notebooks`: executes the notebooks and stores their outputs, or checks the stored ones.

mod compare;
pub(crate) mod editions;
mod file;
mod normal;
pub(crate) mod picture;
pub(crate) mod pictures;
pub(crate) mod proofs;
mod text;

pub(crate) use file::{joined, read};

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use duct::Expression;
use proofs::Proofs;
use serde_json::Value;

use crate::facts::{Facts, Kind};
use crate::kernel::{self, Kernel, SPEC};
use crate::project::Project;
use crate::steps::{Step, step};
use crate::{data_set, lab, python};

/// What `notebooks` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only notebooks whose path contains one of these, such as `02` or `zh/`
    names: Vec<String>,
    /// Change nothing; fail where a notebook doesn't run or its outputs differ from the stored ones
    #[arg(long)]
    check: bool,
    /// Store every new output, even where it is the same as the stored one within its tolerance
    #[arg(long, conflicts_with = "check")]
    fresh: bool,
    #[command(flatten)]
    choice: kernel::Choice,
}

/// Sets up what is needed and goes through the notebooks: both editions are executed, and of the Chinese one's outputs the
/// pictures are stored; the others are the English ones.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let kernel = args.choice.kernel;
    let chosen = english(&chosen(project, &args.names)?);
    lab::set_up(project, kernel)?;
    let (mut facts, mut failed) = (Facts::default(), Vec::new());
    for path in chosen {
        let name = path.strip_prefix(&project.root).unwrap_or(&path).display().to_string();
        let outcome = step(&name, "", |step| match args.check {
            true => checked(project, step, &path, kernel),
            false => renew(project, step, &path, kernel, args.fresh),
        });
        let outcome = outcome.map(|found| facts.extend(found));
        if let Err(error) = outcome {
            eprintln!("{error:#}\n");
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("{} of the notebooks failed: {}", failed.len(), failed.join(", "));
    }
    for left_out in facts.left_out() {
        println!("not compared: {}: {}", left_out.what, left_out.reason);
    }
    println!("{}", facts.text());
    Ok(())
}

/// Runs every notebook and compares its outputs with the stored ones, as a step of `cargo xtask test`. The Chinese editions
/// are not run: tidy holds their cells, outputs and the numbers in their pictures equal to the English ones.
pub(crate) fn check(step: &mut Step, project: &Project, kernel: Kernel) -> Result<Facts> {
    lab::set_up(project, kernel)?;
    let (mut facts, mut failed) = (Facts::default(), Vec::new());
    for path in english(&all(project)?) {
        let name = short(project, &path);
        step.note(&name);
        match checked(project, step, &path, kernel) {
            Ok(found) => facts.extend(found),
            Err(error) => failed.push(format!("{name}: {error:#}")),
        }
    }
    if failed.is_empty() { Ok(facts) } else { bail!("{}", failed.join("\n\n")) }
}

/// The English notebooks among `paths`, or whose Chinese edition is.
pub(crate) fn english(paths: &[PathBuf]) -> BTreeSet<PathBuf> {
    paths.iter().map(|path| editions::english_of(path)).collect()
}

/// Runs a notebook in both languages and stores its outputs.
fn renew(project: &Project, step: &mut Step, path: &Path, kernel: Kernel, fresh: bool) -> Result<Facts> {
    if let Some(missing) = missing_data(project, path)? {
        bail!("its outputs rest on Fashion-MNIST, and {missing}: cargo xtask lab --only-install");
    }
    let new = execute(project, step, path, kernel, &Proofs::of(project, path)?, |command| command)?;
    let mut facts = ran(&new);
    let mut english = new.notebook;
    if !fresh {
        compare::keep_same(&file::read(path)?, &mut english);
    }
    store(project, path, english)?;
    facts.extend(renew_chinese(project, step, path, kernel, fresh)?);
    Ok(facts)
}

/// Lays the English edition's cells and outputs into the Chinese one, runs it, and stores its pictures, whose words are
/// Chinese by `figure-words.toml`.
fn renew_chinese(project: &Project, step: &mut Step, english: &Path, kernel: Kernel, fresh: bool) -> Result<Facts> {
    let path = editions::chinese_of(english);
    if !path.is_file() {
        return Ok(Facts::default());
    }
    let stored = file::read(&path)?;
    let mut new = editions::laid_into(&file::read(english)?, &stored).with_context(|| short(project, &path))?;
    let executed = execute_as(project, step, &path, new.clone(), kernel, &Proofs::default(), |command| command)?;
    pictures::take(&mut new, &executed.notebook, if fresh { &Value::Null } else { &stored })?;
    store(project, &path, new)?;
    Ok(ran(&executed))
}

/// Runs a notebook; fails where its outputs differ from the stored ones, and says so where they can't be compared.
fn checked(project: &Project, step: &mut Step, path: &Path, kernel: Kernel) -> Result<Facts> {
    let missing = missing_data(project, path)?;
    let executed = execute(project, step, path, kernel, &Proofs::of(project, path)?, |command| command)?;
    let (facts, new) = (ran(&executed), executed.notebook);
    let old = file::read(path)?;
    let stored_by = old["metadata"]["dlnotes"]["kernel"].as_str().unwrap_or("none");
    let name = format!("outputs of {}", short(project, path));
    if let Some(missing) = missing {
        return Ok(facts.without(name, missing));
    }
    if stored_by != kernel.name() {
        return Ok(facts.without(name, format!("they were stored by kernel {stored_by}")));
    }
    let differences = compare::differences(&old, &new);
    if !differences.is_empty() {
        bail!(
            "{}\nIf that is meant: cargo xtask notebooks {}",
            differences.join("\n"),
            path.file_stem().unwrap_or_default().display()
        );
    }
    let (compared, free) = compare::count(&new);
    Ok(facts.and(Kind::Compared, compared, "outputs").and(Kind::PassedOver, free, "outputs"))
}

/// One notebook with its code cells and proofs.
fn ran(executed: &Executed) -> Facts {
    let cells = file::code_cells(&executed.notebook).count();
    Facts::ran(1, "notebooks").and(Kind::Ran, cells, "cells").and(Kind::Ran, executed.assertions, "assertions")
}

/// Why the outputs of a notebook can't be the stored ones here: the images that they rest on aren't all there.
fn missing_data(project: &Project, path: &Path) -> Result<Option<String>> {
    Ok(rests_on_data_set(&file::read(path)?).then(|| data_set::find(project).err()).flatten())
}

/// Every notebook of the repository, in both languages.
pub(crate) fn all(project: &Project) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in ["notebooks", "notebooks/zh"] {
        let Ok(entries) = std::fs::read_dir(project.path(folder)) else { continue };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "ipynb") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The notebooks whose path contains one of `names`; all if there are no names.
pub(crate) fn chosen(project: &Project, names: &[String]) -> Result<Vec<PathBuf>> {
    let all = all(project)?;
    for name in names {
        if !all.iter().any(|path| matches(project, path, name)) {
            let known: Vec<_> = all.iter().map(|path| short(project, path)).collect();
            bail!("no notebook is called {name}; there are: {}", known.join(", "));
        }
    }
    Ok(all
        .into_iter()
        .filter(|path| names.is_empty() || names.iter().any(|name| matches(project, path, name)))
        .collect())
}

fn matches(project: &Project, path: &Path, name: &str) -> bool {
    short(project, path).contains(name.trim_start_matches("notebooks/"))
}

/// A notebook's path below `notebooks/`.
pub(crate) fn short(project: &Project, path: &Path) -> String {
    path.strip_prefix(project.path("notebooks")).unwrap_or(path).display().to_string()
}

/// What running a notebook gave.
pub(crate) struct Executed {
    /// It, with its new outputs.
    notebook: Value,
    /// How many assertions of its proofs ran, and held.
    assertions: usize,
    /// How long it took from the kernel's launch to the end of the last cell.
    pub(crate) seconds: f64,
}

/// Runs all cells on a fresh kernel, `proofs` between them, with what `limited` adds to the command; the file `path` stays
/// as it is.
pub(crate) fn execute(
    project: &Project,
    step: &mut Step,
    path: &Path,
    kernel: Kernel,
    proofs: &Proofs,
    limited: impl Fn(Expression) -> Expression,
) -> Result<Executed> {
    execute_as(project, step, path, file::read(path)?, kernel, proofs, limited)
}

/// Runs all cells of `notebook` in the place of the file `path`.
fn execute_as(
    project: &Project,
    step: &mut Step,
    path: &Path,
    notebook: Value,
    kernel: Kernel,
    proofs: &Proofs,
    limited: impl Fn(Expression) -> Expression,
) -> Result<Executed> {
    let name = short(project, path).replace('/', "-");
    let [source, target] = ["proved", "executed"].map(|folder| project.tools(Path::new(folder).join(&name)));
    let (source, target) = (source?, target?);
    let mut with_proofs = notebook;
    proofs.insert(&mut with_proofs)?;
    file::replace(&source, &file::to_text(&with_proofs)?)?;
    file::replace(&target, "")?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let paths = [&source, &target, folder].map(|path: &Path| path.display().to_string());
    let arguments = [&[SPEC.to_owned()], &paths[..]].concat();
    let command = python::script(project, &python::JUPYTER.python(project), "execute.py", &arguments);
    let mut time = None;
    let outcome = step.run_with(
        project,
        &format!("notebook-{name}"),
        &limited(kernel.jupyter(project, command)?),
        |step, line| {
            step.note(line.trim());
            time = seconds(line).or(time);
        },
    );
    if let Err(error) = outcome {
        return Err(file::read(&target).ok().and_then(|executed| proofs.failure(&executed)).unwrap_or(error));
    }
    let mut new = file::read(&target)?;
    let assertions = proofs.remove(&mut new)?;
    normal::normalise(&mut new, kernel);
    compare::add_texts(&mut new);
    compare::failures(&new, &[&project.root.to_string_lossy()])?;
    Ok(Executed { notebook: new, assertions, seconds: time.context("execute.py printed no time")? })
}

/// The time in the last line that `execute.py` prints.
fn seconds(line: &str) -> Option<f64> {
    line.strip_prefix("seconds: ")?.parse().ok()
}

/// Whether what a notebook shows depends on which images there are.
fn rests_on_data_set(notebook: &Value) -> bool {
    let cells = notebook["cells"].as_array().into_iter().flatten();
    cells.filter(|cell| cell["cell_type"] == "code").any(|cell| joined(&cell["source"]).contains("FashionMnist::load"))
}

/// Writes a notebook, with a PNG beside every SVG.
fn store(project: &Project, path: &Path, mut new: Value) -> Result<()> {
    if let Err(reason) = picture::letters(project) {
        bail!("{reason}; on Debian or Ubuntu: {}", picture::FONTS_ADVICE);
    }
    compare::add_pngs(&mut new, |svg| picture::drawn(project, svg))?;
    let text = file::to_text(&new)?;
    if text == std::fs::read_to_string(path)? {
        return Ok(());
    }
    file::replace(path, &text)
}
