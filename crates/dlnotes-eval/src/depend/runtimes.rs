//! Runtimes for the user's own tokio.
//!
//! A cell that awaits runs in the prepared tokio's runtime. A tokio of another version, or one with more features, is a
//! crate of its own, and looks for a runtime of its own. The library that joins it to the session has one, and cells that
//! await run inside of it too.

use super::cargo::Artifact;
use super::id::{package_name, package_version};

/// Whether a crate is a tokio that can have a runtime with threads.
pub(super) fn is_one(artifact: &Artifact) -> bool {
    let feature = if is_old(artifact) { "rt-threaded" } else { "rt-multi-thread" };
    package_name(&artifact.package_id) == "tokio" && artifact.features.iter().any(|other| other == feature)
}

/// Whether it is from the time before a runtime was entered by a guard.
fn is_old(artifact: &Artifact) -> bool {
    package_version(&artifact.package_id).starts_with("0.2.")
}

/// The function `within`, for a library that calls these crates by these names; nothing without any.
pub(super) fn source(tokios: &[(&Artifact, String)]) -> String {
    if tokios.is_empty() {
        return String::new();
    }
    let (mut functions, mut call) = (String::new(), "body()".to_owned());
    for (artifact, name) in tokios {
        let (new, enter) = match is_old(artifact) {
            true => ("new().threaded_scheduler()", "runtime.enter(|| body())"),
            false => ("new_multi_thread()", "let _entered = runtime.enter(); body()"),
        };
        functions += &format!(
            "fn in_{name}(body: &mut dyn FnMut()) {{\n\
             static RUNTIME: std::sync::OnceLock<{name}::runtime::Runtime> = std::sync::OnceLock::new();\n\
             let runtime = RUNTIME.get_or_init(|| {name}::runtime::Builder::{new}.enable_all().build()\
             .expect(\"the threads of the asynchronous runtime could not be started\"));\n\
             {enter}\n}}\n"
        );
        call = format!("in_{name}(&mut || {call})");
    }
    format!(
        "{functions}fn all(body: &mut dyn FnMut()) {{ {call} }}\n\
         #[inline]\npub fn within<T>(body: impl FnOnce() -> T) -> T {{\n\
         let (mut body, mut result) = (Some(body), None);\n\
         all(&mut || result = body.take().map(|body| body()));\n\
         result.expect(\"it is called once\")\n}}\n"
    )
}
