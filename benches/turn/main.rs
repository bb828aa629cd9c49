//! Figures of speed and memory: one whole turn of a call beside a bare handler, and one step of a hunt; events beside the
//! commits of their rows, and a storm of them; instructions a turn, memory, start; and who is on call.
//!
//! `benches/run` measures everything and prints the table of the README. What is measured is the real program
//! (`dutyline serve`) as a process of its own, so that the load generator's work, which is done in this process,
//! counts for nobody.

mod bare;
mod burst;
mod carrier;
mod comparison;
mod events;
mod hunt;
mod instructions;
mod load;
mod on_call;
mod program;
mod server;
mod settings;
mod upstream;

use clap::{Parser, Subcommand};
use comparison::Turn;
use hunt::HuntSteps;
use mimalloc::MiMalloc;
use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

/// As in the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Whatever goes wrong in a measurement ends it.
type Failed = Box<dyn Error + Send + Sync>;

/// Measures Dutyline. Without a command: `turn`.
#[derive(Debug, Parser)]
#[command(disable_help_subcommand = true)]
struct Bench {
    #[command(subcommand)]
    what: Option<What>,
    /// `cargo bench` adds this. Without it and without a command this is a test run, and short.
    #[arg(long = "bench", global = true, hide = true)]
    is_bench: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// One whole turn beside a bare handler, alternating: requests a second, CPU, latency.
    Turn(Turn),
    /// One step of a hunt beside a bare handler, alternating: requests a second, CPU, latency.
    Hunt(HuntSteps),
    /// Events that open alerts, beside the group commit of the same rows.
    Events(events::Events),
    /// A storm of events, the first message when idle, and a list with a million alerts behind it.
    Burst(burst::Burst),
    /// Memory when idle and after many calls; the time from a start to the first answer.
    Program(program::Program),
    /// Takes turns over connections in memory, for `benches/instructions` to count.
    Instructions(instructions::Instructions),
    /// Who is on call: by a large group now, and by many rotations over twelve weeks.
    OnCall(on_call::OnCall),
    /// Serves the bare handler that turns are compared with.
    #[command(hide = true)]
    Bare(bare::Bare),
}

fn main() -> ExitCode {
    let result = match of_test_runner() {
        Some(result) => result,
        None => run(Bench::parse()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_reads = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Does what a test runner asks for, in its own words: which tests there are, and to run one of them.
fn of_test_runner() -> Option<Result<(), Failed>> {
    let words: Vec<_> = std::env::args().collect();
    let has = |word: &str| words.iter().any(|one| one == word);
    if has("--list") {
        if !has("--ignored") {
            say("turn: test");
            say("hunt: test");
            say("events: test");
            say("burst: test");
        }
        return Some(Ok(()));
    }
    has("--exact").then(|| {
        if has("hunt") {
            HuntSteps::short().run()
        } else if has("events") {
            events::Events::short().run()
        } else if has("burst") {
            burst::Burst::short().run()
        } else {
            Turn::short().run()
        }
    })
}

fn run(bench: Bench) -> Result<(), Failed> {
    match bench.what {
        Some(What::Turn(turn)) => turn.run(),
        Some(What::Hunt(hunt)) => hunt.run(),
        Some(What::Events(events)) => events.run(),
        Some(What::Burst(burst)) => burst.run(),
        Some(What::Program(program)) => program.run(),
        Some(What::Instructions(instructions)) => instructions.run(),
        Some(What::OnCall(on_call)) => on_call.run(),
        Some(What::Bare(bare)) => bare.run(),
        None if bench.is_bench => Turn::default().run(),
        None => Turn::short().run(),
    }
}

/// A line of a result.
fn say(line: &str) {
    let _nobody_reads = writeln!(std::io::stdout(), "{line}");
}

/// The middle one of some figures.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
