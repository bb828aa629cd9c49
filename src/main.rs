//! The command line: reads the command, calls the library, turns errors into exit codes.

mod cli;

use clap::Parser;
use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Threads free what others allocated, a hundred times a turn; this allocator takes that in its stride.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::run(cli::Command::parse())
}
