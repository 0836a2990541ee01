//! The command line: every noun a file, every command that manages something a call to the
//! management API, in the running server or, when none runs, within this process.
//!
//! Data goes to standard output, readable or with `--json`; what went wrong goes to standard error
//! as one sentence. Exit status: 0 done, 1 refused or not found, 2 wrong usage or configuration.

pub mod accounts;
pub mod arguments;
pub mod audit;
pub mod check;
pub mod connection;
pub mod credentials;
pub mod database;
pub mod duration;
pub mod ended;
pub mod environments;
pub mod export;
pub mod import;
pub mod incidents;
pub mod keys;
pub mod management;
pub mod operators;
pub mod output;
pub mod people;
pub mod progress;
pub mod quickstart;
mod requests;
pub mod shadow;
pub mod standard_input;
pub mod tokens;
pub mod webhooks;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::config::{Config, load, variables};
use arguments::{Arguments, Command, ShadowCommand};
use ended::Ended;
use management::Management;
use output::Output;

/// Runs the command that this process was started with.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and the version are answers, not errors. A closed pipe is nobody's fault.
            let _ = error.print();
            let asked = matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            );
            return ExitCode::from(if asked { 0 } else { 2 });
        }
    };
    match obey(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(ended) => {
            if !ended.sentence.is_empty() {
                output::complain(&ended.sentence);
            }
            ExitCode::from(ended.status)
        }
    }
}

fn obey(arguments: Arguments) -> Result<(), Ended> {
    let Arguments {
        config: file,
        json,
        command,
    } = arguments;
    let out = Output { json };
    match command {
        Command::Check => match check::run(&file, json) {
            0 => Ok(()),
            status => Err(Ended {
                status: u8::try_from(status).unwrap_or(2),
                sentence: String::new(),
            }),
        },
        Command::Quickstart { once } => runtime(true)?
            .block_on(quickstart::run(once))
            .map_err(|error| Ended::wrong(&error)),
        Command::Serve => {
            let config = configuration(&file)?;
            runtime(true)?
                .block_on(async { crate::serve::start(config).await?.run().await })
                .map_err(|error| Ended::wrong(&error))
        }
        Command::Shadow(arguments) => {
            let config = shadow::configuration(&file, &arguments)?;
            match arguments.command {
                Some(ShadowCommand::Report) => {
                    runtime(false)?.block_on(shadow::report(&config, out))
                }
                None => runtime(true)?
                    .block_on(crate::shadow::run(config, arguments.report))
                    .map_err(|error| Ended::wrong(&error)),
            }
        }
        // Clap asks for one of the two.
        Command::Openapi {
            environment: Some(environment),
            ..
        } => {
            let config = configuration(&file)?;
            environments::openapi(&config, &environment)
        }
        Command::Openapi { .. } => environments::management(),
        command => {
            let config = configuration(&file)?;
            runtime(false)?.block_on(work(config, command, out))
        }
    }
}

/// The commands that touch the database.
async fn work(config: Config, command: Command, out: Output) -> Result<(), Ended> {
    match command {
        Command::Migrate(command) => database::migrate(&config, &command, out).await,
        Command::Backup { file } => database::backup(&config, &file, out).await,
        Command::Restore { file } => database::restore(&config, &file, out).await,
        Command::Keys(arguments::KeysCommand::Rekey {
            print_key: true, ..
        }) => keys::print_key(&config, out),
        command => {
            let management = Management::open(config).await?;
            let done = manage(&management, command, out).await;
            management.close().await;
            done
        }
    }
}

/// The commands that are calls to the management API.
async fn manage(management: &Management, command: Command, out: Output) -> Result<(), Ended> {
    match command {
        Command::Credentials(command) => credentials::run(management, command, out).await,
        Command::Accounts(command) => accounts::run(management, command, out).await,
        Command::People(command) => people::run(management, command, out).await,
        Command::Tokens(command) => tokens::run(management, command, out).await,
        Command::Keys(command) => keys::run(management, command, out).await,
        Command::Operators(command) => operators::run(management, command, out).await,
        Command::Webhooks(command) => webhooks::run(management, command, out).await,
        Command::Mail(command) => webhooks::mail(management, command, out).await,
        Command::Incidents(command) => incidents::run(management, command, out).await,
        Command::Environments(command) => environments::run(management, command, out).await,
        Command::Requests(command) => requests::run(management, command, out).await,
        Command::Export(arguments) => export::run(management, arguments, out).await,
        Command::Import(arguments) => import::run(management, arguments, out).await,
        Command::Audit(command) => audit::run(management, command, out).await,
        // Every other command ended before it came here.
        _ => Ok(()),
    }
}

fn configuration(file: &Path) -> Result<Config, Ended> {
    load::load(file, &variables::of_this_process())
        .map_err(|errors| Ended::usage(errors.to_string()))
}

/// `serve` gets a thread per core, a command one.
fn runtime(serves: bool) -> Result<tokio::runtime::Runtime, Ended> {
    let mut builder = if serves {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    builder
        .enable_all()
        .build()
        .map_err(|error| Ended::refused(format!("The operating system gives no threads: {error}.")))
}
