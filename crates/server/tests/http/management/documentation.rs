//! The lines of docs/management-api.md, run as they stand.

use std::process::Command;

use super::*;

/// What stands in the fences of one kind.
fn blocks(kind: &str) -> Vec<&'static str> {
    let text = include_str!("../../../../../docs/management-api.md");
    let fences = text.split(kind).skip(1);
    fences
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

#[test]
fn every_line_of_the_documentation_runs() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("not run: there is no curl");
        return;
    }
    let house = super::super::support::house();
    let program = Program::new(house, "*");
    let made = program.post("/credentials", &credential(&unique("Read")));
    let id = made.json()["uuid"].as_str().unwrap().to_owned();
    let lines = blocks("```sh\n");
    assert!(lines.len() >= 6, "{lines:?}");
    let mut answers = String::new();
    for block in lines {
        let script = format!(
            "curl() {{ command curl --silent --show-error --fail-with-body --noproxy '*' \"$@\"; }}\nset -e\n{}",
            block
        );
        // The first block says where the server is; this one is somewhere else.
        let script = format!(
            "ADMIN=http://{}\n{}",
            program.admin,
            script.replace("ADMIN=http://127.0.0.1:9090", ":")
        );
        let mut command = Command::new("sh");
        let ran = command
            .args(["-c", &script])
            .env("TOKEN", &program.token)
            .env("ID", &id)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&ran.stdout);
        assert!(
            ran.status.success(),
            "{block}\n{told}\n{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        answers.push_str(&told);
    }
    for part in [
        "\"openapi\":\"3.1.0\"",
        "\"client_secret\":",
        "\"others_expire_at\":",
        "\"token_url\":",
    ] {
        assert!(answers.contains(part), "{part}");
    }
    // What the page shows of a refusal is what is answered.
    let refused = program.get("/credentials/nothing");
    let shown = blocks("```console\n").concat();
    let problem: Value =
        serde_json::from_str(shown.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
    assert_eq!(refused.json(), problem);
}
