//! `grantor quickstart`: the whole way once, on this machine, with everything visible.
//!
//! Makes a folder with a configuration, a database and keys; serves an example platform with a
//! sample API behind the gateway; makes an account, a person and a credential; then walks from a token to an
//! API call and to a refusal over real HTTP, printing each step as a line that can be pasted.

mod credential;
mod folder;
mod person;
mod sample_api;
mod tour;

use std::path::Path;
use std::time::Instant;

use crate::config::load::load;
use crate::config::variables;
use crate::listener::accept::bind;
use crate::serve;

use self::folder::Folder;

/// Where everything goes, below the working directory.
const FOLDER: &str = "grantor-quickstart";

/// Runs it; with `once` it ends after the tour. An error is one sentence.
pub async fn run(once: bool) -> anyhow::Result<()> {
    let begun = Instant::now();
    let folder = Folder::prepare(Path::new(FOLDER))?;
    say(&format!("Using {}", folder.configuration().display()));

    let config = load(&folder.configuration(), &variables::of_this_process())
        .map_err(|errors| anyhow::anyhow!("{errors}"))?;
    let sample = bind(folder.sample_api(), "[[routes]] upstream").await?;
    tokio::spawn(sample_api::serve(sample));
    say(&format!("Sample API at http://{}", folder.sample_api()));

    let started = serve::start(config).await?;
    let platform = std::sync::Arc::clone(started.platform());
    let serving = tokio::spawn(started.run());
    say(&format!(
        "Grantor at {}, admin at http://{}",
        folder.url(),
        platform.config.server.admin
    ));

    let credential = credential::keep_or_make(&platform, &folder).await?;
    say(&format!(
        "Credential \"{}\" of account {} (client id {})",
        credential.name, credential.account, credential.client_id
    ));
    let person = person::keep_or_make(&platform, &folder).await?;
    say(&format!("Person {} of the same account", person.username));
    tour::take(&folder, &credential, &person).await?;

    say(&format!(
        "\nThe tour took {:.1} s.",
        begun.elapsed().as_secs_f64()
    ));
    if once {
        stop_this_process()?;
    } else {
        say(&format!(
            "Serving until Ctrl-C. Beside it, in another terminal:\n\n  grantor --config {} credentials list --environment {}\n",
            folder.configuration().display(),
            folder::ENVIRONMENT
        ));
    }
    serving.await?
}

/// The way every stop goes, so that `--once` shows it too.
fn stop_this_process() -> anyhow::Result<()> {
    let ended = std::process::Command::new("kill")
        .arg("-TERM")
        .arg(std::process::id().to_string())
        .status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        _ => anyhow::bail!("the server could not be told to stop; press Ctrl-C"),
    }
}

#[allow(clippy::print_stdout)] // what this command is for
fn say(text: &str) {
    println!("{text}");
}
