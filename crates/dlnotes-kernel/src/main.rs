//! The program that Jupyter starts; also the process that runs cells, the wrapper around rustc, evcxr's
//! rustup and cargo, and rust-analyzer's cargo.

use std::process::ExitCode;

fn main() -> ExitCode {
    dlnotes_kernel::analyzer::stand_in_for_cargo();
    dlnotes_kernel::compiler::stand_in_for_rustup();
    dlnotes_kernel::compiler::stand_in_for_cargo();
    dlnotes_kernel::compiler::wrap_rustc();
    dlnotes_kernel::child::enter();
    dlnotes_kernel::evaluator::runtime_hook();
    dlnotes_kernel::cli::main()
}
