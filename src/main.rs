//! The door.

fn main() -> std::process::ExitCode {
    levqor_support::main()
}
