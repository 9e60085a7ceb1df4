//! Files of parameters and checkpoints, read and written by Python's safetensors package and by PyTorch.
//!
//! They need an interpreter with `safetensors` and `numpy`; `DLNOTES_PYTHON` names it. PyTorch reads the files, too, where
//! it has it. `cargo xtask test` makes an environment and runs them.

mod common;

use std::path::Path;
use std::process::Command;

use common::{assert_close, seeded};
use dlnotes::prelude::*;
use dlnotes::train::save_checkpoint;

#[test]
#[ignore = "takes a Python environment: `cargo xtask test` runs it"]
fn python_reads_our_files_and_we_read_theirs() {
    let python = std::env::var_os("DLNOTES_PYTHON").expect("DLNOTES_PYTHON names no Python: run `cargo xtask test`");
    let _alone = seeded(1);
    let folder = std::env::temp_dir().join(format!("dlnotes-python-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let net = sequential![Linear::new(3, 4), PRelu::default(), Linear::new(4, 2)];
    let mut trainer = Adam::new(net.parameters(), 0.01);
    let x = Tensor::randn([5, 3]);
    net.forward(&x).square().mean().backward();
    trainer.step();
    save_parameters(&net, folder.join("net.safetensors")).unwrap();
    save_checkpoint(folder.join("checkpoint.safetensors"), &net, &trainer, 3).unwrap();
    let example = serde_json::json!({"x": x.to_vec(), "y": net.forward(&x).to_vec()});
    std::fs::write(folder.join("example.json"), example.to_string()).unwrap();

    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/safetensors_check.py");
    let output = Command::new(python).arg(program).arg(&folder).output().unwrap();
    let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{printed}");
    assert!(output.status.success(), "{printed}\n{errors}");

    let theirs = sequential![Linear::new(3, 4), PRelu::default(), Linear::new(4, 2)];
    load_parameters(&theirs, folder.join("theirs.safetensors")).unwrap();
    for (ours, theirs) in net.parameters().iter().zip(theirs.parameters()) {
        assert_close("doubled", &theirs.to_vec(), &ours.to_vec().iter().map(|x| 2.0 * x).collect::<Vec<_>>());
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
