//! Fashion-MNIST, all of it: found, or got from Debian or from a mirror. Without it the helper crate uses a small subset
//! of its own and says so.

use std::path::{Path, PathBuf};

use crate::project::Project;
use crate::{debian, python, steps};

/// The project's own folder for it, below `.tools`.
const DATA: &str = "data/fashion-mnist";

/// Debian's package, and where it puts the files.
const PACKAGE: &str = "dataset-fashion-mnist";
const PACKAGED: &str = "/usr/share/datasets/fashion-mnist";

const TITLE: &str = "Fashion-MNIST";

/// The folder that the helper crate will load the files from, of those that `FashionMnist::load` looks at.
pub(crate) fn find(project: &Project) -> Result<String, String> {
    let is_whole = |folder: &Path| {
        let files = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
        files.iter().all(|file| folder.join(format!("{file}-ubyte.gz")).is_file())
    };
    let candidates = match std::env::var_os("DLNOTES_DATA").map(PathBuf::from) {
        Some(folder) => vec![folder.join("fashion-mnist"), folder],
        None => {
            let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
            let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or(home);
            let project = [project.path(DATA), project.path(".tools").join(DATA)];
            let cache = cache.map(|cache| cache.join("dlnotes/fashion-mnist"));
            project.into_iter().chain(cache).chain([PathBuf::from(PACKAGED)]).collect()
        }
    };
    let found = candidates.iter().find(|folder| is_whole(folder));
    found
        .map(|folder| folder.display().to_string())
        .ok_or_else(|| "the whole data set is not installed (`cargo xtask lab` gets it, or says how to)".to_owned())
}

/// Gets the data set if it is not there. Where that can't be done it says why and what follows; the notebooks run all the
/// same, so it isn't a failure.
pub(crate) fn ensure(project: &Project) {
    if let Ok(folder) = find(project) {
        return steps::already(&format!("{TITLE} in {folder}"));
    }
    if std::env::var_os("DLNOTES_DATA").is_some() {
        return steps::skipped(TITLE, "DLNOTES_DATA is set, but the folder that it names lacks the files");
    }
    if debian::is_here() {
        // A failure has been printed: the mirrors are next.
        let _ = steps::step(&format!("{TITLE}: Debian's {PACKAGE}"), "31 MB", |step| {
            let unpacked = debian::unpack(step, project, PACKAGE)?;
            let folder = project.tools(DATA)?;
            if folder.exists() {
                // What a download left that was not all.
                std::fs::remove_dir_all(&folder)?;
            }
            std::fs::rename(unpacked.join(PACKAGED.trim_start_matches('/')), folder)?;
            Ok(std::fs::remove_dir_all(unpacked)?)
        });
    }
    if find(project).is_ok() {
        return;
    }
    let downloaded = steps::step(&format!("{TITLE}: download"), "31 MB", |step| {
        let folder = project.tools(DATA)?;
        let arguments = [folder.display().to_string()];
        let command = python::script(project, &python::system_python()?.path, "get_fashion_mnist.py", &arguments);
        step.run(project, "fashion-mnist", &command)
    });
    if let Err(error) = downloaded {
        steps::skipped(
            TITLE,
            &format!(
                "{error:#}\n  The notebooks will use an embedded subset of 5,800 + 1,000 images, and say so. To get all \
                 70,000: `sudo apt-get install {PACKAGE}` on Debian or Ubuntu; or put the four .gz files into a folder, \
                 name it in DLNOTES_DATA, and run this again."
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use duct::cmd;

    use super::*;

    const FILES: [&str; 4] = [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ];

    /// Runs the download from folders instead of the network, for files that hold their own names.
    fn download(folder: &Path, mirrors: &[&Path]) -> (bool, String) {
        const PROGRAM: &str = "
import hashlib, sys
sys.path.insert(0, sys.argv.pop(1))
import get_fashion_mnist as program
program.MD5 = {name: hashlib.md5(name.encode()).hexdigest() for name in program.MD5}
program.main()
";
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
        let mut arguments = vec!["-Bc".into(), PROGRAM.into(), scripts.into_os_string(), folder.into()];
        arguments.extend(mirrors.iter().map(|mirror| format!("file://{}/", mirror.display()).into()));
        let program = cmd(python::system_python().unwrap().path, arguments);
        let output = program.stderr_to_stdout().stdout_capture().unchecked().run().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }

    #[test]
    fn a_download_with_the_wrong_checksum_is_not_kept() {
        let (mirror, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(mirror.path().join(FILES[0]), "not found").unwrap();
        let missing = mirror.path().join("nothing");
        let (success, text) = download(folder.path(), &[mirror.path(), &missing]);
        assert!(!success);
        assert!(text.contains("9 bytes with the wrong checksum") && text.contains("No such file"), "{text}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing half-done stays");
    }

    #[test]
    fn a_mirror_that_fails_is_followed_by_the_next_and_files_that_are_there_stay() {
        let [broken, mirror, folder] = [(); 3].map(|()| tempfile::tempdir().unwrap());
        FILES.iter().for_each(|name| fs::write(mirror.path().join(name), name).unwrap());
        let (success, text) = download(folder.path(), &[broken.path(), mirror.path()]);
        assert!(success, "{text}");
        assert!(FILES.iter().all(|name| fs::read_to_string(folder.path().join(name)).unwrap() == *name));
        let (success, text) = download(folder.path(), &[broken.path()]);
        assert!(success && text.matches("already there").count() == 4, "{text}");
    }
}
