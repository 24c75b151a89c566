//! The `ballast` command: parses and hands over.

/// A request makes some hundred small allocations, many of them freed by another thread than made them; with the
/// allocator of the system they took a fifth longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    ballast::cli::main()
}
