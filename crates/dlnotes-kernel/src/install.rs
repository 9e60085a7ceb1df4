//! `install` and `uninstall`: making the kernel known to Jupyter.

use std::path::{Path, PathBuf};

use clap::Args;
use jupyter_zmq_client::dirs;

use crate::{Error, Result};

/// Where a kernelspec goes, and its name.
#[derive(Args, Debug, Clone)]
pub struct Place {
    /// For this user (the default).
    #[arg(long, conflicts_with_all = ["sys_prefix", "prefix"])]
    user: bool,
    /// Into the Python environment that is active.
    #[arg(long, conflicts_with = "prefix")]
    sys_prefix: bool,
    /// Under this folder's share/jupyter/kernels.
    #[arg(long, value_name = "DIR")]
    prefix: Option<PathBuf>,
    /// The kernel's name in Jupyter.
    #[arg(long, default_value = "dlnotes")]
    name: String,
}

/// What to install.
#[derive(Args, Debug, Clone)]
pub struct Install {
    #[command(flatten)]
    place: Place,
    /// What Jupyter's menus say.
    #[arg(long, default_value = "Rust (dlnotes)")]
    display_name: String,
    /// Leave out the helper crate `dlnotes` and its prelude.
    #[arg(long)]
    bare: bool,
}

impl Place {
    fn directory(&self) -> Result<PathBuf> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if self.name.is_empty() || !self.name.chars().all(fits) {
            return Err(Error::tool(
                format!("--name {:?}", self.name),
                "isn't a name that Jupyter takes",
                "use letters, digits, `-`, `_` and `.`",
            ));
        }
        let share = |prefix: &Path| prefix.join("share/jupyter/kernels");
        let kernels = match (&self.prefix, self.sys_prefix) {
            (Some(prefix), _) => share(prefix),
            (None, true) => share(&python_environment()?),
            (None, false) => user_directory()?.join("kernels"),
        };
        // The kernel is started in the notebook's folder.
        let kernels = std::path::absolute(&kernels).map_err(Error::file(&kernels))?;
        Ok(kernels.join(self.name.to_lowercase()))
    }

    /// Removes the kernelspec.
    pub fn uninstall(&self) -> Result<()> {
        let directory = self.directory()?;
        std::fs::remove_dir_all(&directory).map_err(Error::file(&directory))?;
        println!("removed {}", directory.display());
        Ok(())
    }
}

impl Install {
    /// Writes the kernelspec.
    pub fn run(&self) -> Result<()> {
        let directory = self.place.directory()?;
        std::fs::create_dir_all(&directory).map_err(Error::file(&directory))?;
        let files: [(&str, &[u8]); 4] = [
            ("kernel.json", &self.kernel_json()?),
            ("logo-svg.svg", include_bytes!("../assets/logo-svg.svg")),
            ("logo-32x32.png", include_bytes!("../assets/logo-32x32.png")),
            ("logo-64x64.png", include_bytes!("../assets/logo-64x64.png")),
        ];
        for (name, content) in files {
            let file = directory.join(name);
            std::fs::write(&file, content).map_err(Error::file(&file))?;
        }
        println!("installed {}", directory.display());
        Ok(())
    }

    fn kernel_json(&self) -> Result<Vec<u8>> {
        // Not canonical: a link to the program may be exchanged for a newer one.
        let program = std::env::current_exe().map_err(Error::file("the kernel's own program"))?;
        let mut argv = vec![program.display().to_string(), "run".into()];
        if self.bare {
            argv.push("--bare".into());
        }
        argv.extend(["--connection-file".into(), "{connection_file}".into()]);
        // Front ends such as VS Code start kernels without the shell's settings.
        let environment: serde_json::Map<_, _> = ["PATH", "CARGO_HOME", "RUSTUP_HOME"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?.into())))
            .collect();
        let spec = serde_json::json!({
            "argv": argv,
            "display_name": self.display_name,
            "language": "rust",
            "interrupt_mode": "message",
            "env": environment,
            "metadata": { "debugger": false },
        });
        Ok(format!("{spec:#}\n").into_bytes())
    }
}

/// The first installed kernelspec that starts a program of this name, for `doctor`.
pub(crate) fn find() -> Result<String, String> {
    let named = std::env::var_os("JUPYTER_PATH").unwrap_or_default();
    let places = std::env::split_paths(&named)
        .chain(user_directory().ok())
        .chain(python_environment().ok().map(|prefix| prefix.join("share/jupyter")))
        .chain(std::env::current_exe().ok().and_then(|program| Some(program.parent()?.parent()?.join("share/jupyter"))))
        .chain(dirs::system_data_dirs());
    for place in places {
        for entry in std::fs::read_dir(place.join("kernels")).into_iter().flatten().flatten() {
            let Ok(text) = std::fs::read_to_string(entry.path().join("kernel.json")) else { continue };
            let spec: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let program = Path::new(spec["argv"][0].as_str().unwrap_or_default());
            if program.file_stem().is_some_and(|name| name == env!("CARGO_PKG_NAME")) {
                let name = entry.path().display().to_string();
                // The wheel's kernelspec names the program alone: the environment's own folder is searched.
                let gone = program.is_absolute() && !program.exists();
                return if gone {
                    Err(format!("{name} starts {}, which is gone; `dlnotes-kernel install`", program.display()))
                } else {
                    Ok(name)
                };
            }
        }
    }
    Err("Jupyter does not know the kernel yet; `dlnotes-kernel install`".into())
}

/// Where Jupyter keeps what belongs to the user.
fn user_directory() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("JUPYTER_DATA_DIR").filter(|name| !name.is_empty()) {
        return Ok(named.into());
    }
    dirs::user_data_dir()
        .map_err(|e| Error::tool("Jupyter's data directory", e.to_string(), "name it in the variable JUPYTER_DATA_DIR"))
}

fn python_environment() -> Result<PathBuf> {
    for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        if let Some(directory) = std::env::var_os(name) {
            return Ok(directory.into());
        }
    }
    Err(Error::tool(
        "--sys-prefix",
        "no Python environment is active",
        "activate one, or name its folder with --prefix",
    ))
}
