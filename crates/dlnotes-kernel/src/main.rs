//! The program that Jupyter starts.

fn main() -> std::process::ExitCode {
    dlnotes_kernel::cli::main()
}
