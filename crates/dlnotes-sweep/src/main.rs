//! The program `dlnotes-sweep`.

use std::process::ExitCode;

fn main() -> ExitCode {
    dlnotes_sweep::main()
}
