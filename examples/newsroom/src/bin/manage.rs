//! `orm-cli` with the newsroom's code: `migrate` and all other commands.

fn main() -> std::process::ExitCode {
    orm_cli::main(newsroom::MIGRATIONS)
}
