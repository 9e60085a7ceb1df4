//! `cargo xtask docs`: the web edition: the notebooks in both languages, the documents and the crates' documentation.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use duct::cmd;
use walkdir::WalkDir;

use crate::facts::Facts;
use crate::project::Project;
use crate::python;
use crate::steps::{Step, step};

/// The crates whose documentation is part of it, as `cargo doc` calls their folders.
const CRATES: [&str; 2] = ["dlnotes", "dlnotes_display"];
/// Sphinx's settings, the front page, styles; in the sources they lie at the top.
const SETTINGS: &str = "docs/web/";

/// What `docs` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Open the front page in the browser
    #[arg(long)]
    open: bool,
}

/// Builds it and says where it is.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let page = step("web edition", "half a minute; the first time two", |step| build(project, step))?;
    println!("{}", page.display());
    if args.open { open(&page) } else { Ok(()) }
}

/// Builds it as a step of `cargo xtask test`.
pub(crate) fn check(project: &Project, step: &mut Step) -> Result<Facts> {
    let front = build(project, step)?;
    let pages = WalkDir::new(front.parent().unwrap_or(&front)).into_iter().flatten();
    let pages = pages.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "html")).count();
    Ok(Facts::ran(pages, "pages"))
}

/// Builds it from scratch in `.tools/web` and returns the front page. Every warning is an error: a link between pages that leads
/// nowhere, a page in no table of contents, a formula that can't be read.
fn build(project: &Project, step: &mut Step) -> Result<PathBuf> {
    let python = python::DOCS.ensure(project)?;
    let (sources, pages) = (project.tools("web/sources")?, project.tools("web/html")?);
    for folder in [&sources, &pages] {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
    }
    for name in project.files()? {
        if let Some(place) = place(&name) {
            copy(&project.path(&name), &sources.join(place))?;
        }
    }
    // Quiet: it prints its warnings only, so that the step's log ends with what is wrong and not with a list of pictures.
    let mut sphinx: Vec<OsString> = ["-m", "sphinx", "-q", "-E", "-n", "-W", "--keep-going"].map(Into::into).into();
    sphinx.extend([sources.into_os_string(), pages.clone().into_os_string()]);
    let sphinx = cmd(python, sphinx)
        .env("DLNOTES_ROOT", &project.root)
        .env("DLNOTES_API", CRATES.join(" "))
        .env("DLNOTES_VERSION", env!("CARGO_PKG_VERSION"));
    step.run(project, "web", &sphinx)?;
    add_crates(project, step, &pages)?;
    Ok(pages.join("index.html"))
}

/// Where a file of the project lies among the sources of the web edition; `None` if it isn't part of it.
fn place(name: &str) -> Option<&str> {
    if let Some(rest) = name.strip_prefix(SETTINGS) {
        return Some(rest);
    }
    let page = match name.split_once('/') {
        None => name.ends_with(".md"),
        Some(("docs", _)) => true,
        Some(("notebooks", _)) => name.ends_with(".ipynb"),
        Some(_) => false,
    };
    page.then_some(name)
}

/// The crates' own documentation, below `api`.
fn add_crates(project: &Project, step: &mut Step, pages: &Path) -> Result<()> {
    let mut arguments = vec!["doc", "--release", "--locked", "--no-deps", "--lib", "--target-dir", "target"];
    arguments.extend(["-p", "dlnotes", "-p", "dlnotes-display"]);
    let doc = cmd("cargo", arguments).dir(&project.root).env("RUSTDOCFLAGS", "-D warnings");
    step.run_cargo(project, "web-crates", &doc, |step, line| step.note(line.trim()))?;
    let made = project.path("target/doc");
    for entry in WalkDir::new(&made) {
        let entry = entry?;
        if entry.file_type().is_file() {
            copy(entry.path(), &pages.join("api").join(entry.path().strip_prefix(&made)?))?;
        }
    }
    for name in CRATES {
        let page = pages.join("api").join(name).join("index.html");
        if !page.is_file() {
            bail!("rustdoc made no {}", page.display());
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(from, to))
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

fn open(page: &Path) -> Result<()> {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    cmd!(program, page).run().with_context(|| format!("cannot open a browser; open {} yourself", page.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn documents_and_notebooks_are_part_of_it() {
        assert_eq!(place("docs/web/conf.py"), Some("conf.py"));
        assert_eq!(place("README.md"), Some("README.md"));
        assert_eq!(place("docs/images/a.svg"), Some("docs/images/a.svg"));
        assert_eq!(place("notebooks/zh/01-a.ipynb"), Some("notebooks/zh/01-a.ipynb"));
        assert_eq!((place("notebooks/evcxr.toml"), place("crates/dlnotes/data/README.md")), (None, None));
    }
}
