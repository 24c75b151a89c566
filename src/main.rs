//! The `ballast` command: parses and hands over.

fn main() -> std::process::ExitCode {
    ballast::cli::main()
}
