//! The program that Jupyter starts; also the process that runs cells, and the wrapper around rustc.

use std::process::ExitCode;

fn main() -> ExitCode {
    dlnotes_kernel::child::wrap_rustc();
    dlnotes_kernel::child::enter();
    dlnotes_kernel::evaluator::runtime_hook();
    dlnotes_kernel::cli::main()
}
