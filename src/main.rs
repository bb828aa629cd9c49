//! The command line: reads the command, calls the library, turns errors into exit codes.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(cli::Command::parse())
}
