//! The binary `orm-cli`.

fn main() -> std::process::ExitCode {
    orm_cli::run(std::env::args_os())
}
