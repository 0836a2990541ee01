//! The files in `examples/` are without a finding and say what they are meant to say.

use std::path::{Path, PathBuf};

use oauth::dialect::AccessTokenFormat;
use oauth::grant_type::GrantType;

use super::super::check::check;
use super::super::load::load;
use super::super::{Config, SecretKind};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "toml")
    });
    assert!(files.len() >= 4, "{files:?}");
    files
}

/// The example that speaks a dialect; each speaks another one.
fn example(dialect: &str) -> Config {
    let configs = files().into_iter().map(|file| load(&file, &[]).unwrap());
    let mut of_dialect = configs.filter(|config| {
        config
            .environments
            .iter()
            .all(|environment| environment.dialect.name == dialect)
    });
    of_dialect.next().unwrap()
}

#[test]
fn no_example_has_a_finding() {
    for file in files() {
        let report = check(&file, &[]);
        assert!(
            report.mistakes.is_empty() && report.warnings.is_empty(),
            "{report}"
        );
        let config = load(&file, &[]).unwrap();
        assert_eq!(config.server.admin.to_string(), "127.0.0.1:9090");
        let listen: Vec<String> = config
            .server
            .listen
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(listen, ["127.0.0.1:8080", "127.0.0.1:8081"]);
        assert_eq!(
            config.environment("production").unwrap().url,
            "http://127.0.0.1:8080"
        );
    }
}

#[test]
fn every_key_that_others_rely_on_stands_on_a_line_of_its_own() {
    for file in files() {
        let name = file.display();
        let text = std::fs::read_to_string(&file).unwrap();
        let lines_of = |key: &str| {
            text.lines()
                .filter(|line| line.starts_with(&format!("{key} = ")))
                .count()
        };
        let environments = load(&file, &[]).unwrap().environments.len();
        for key in [
            "dialect",
            "access_token_lifetime",
            "token_requests_per_minute",
            "concurrent_requests",
        ] {
            assert_eq!(lines_of(key), environments, "{name}: {key}");
        }
        assert_eq!(
            lines_of("url"),
            environments + 1,
            "{name}: url of each environment and of the storage"
        );
        assert_eq!((lines_of("listen"), lines_of("admin")), (1, 1), "{name}");
    }
}

#[test]
fn spring_has_two_versions_a_route_for_each_scope_and_a_refreshed_rc() {
    let config = example("spring");
    let scopes: Vec<usize> = config
        .versions
        .iter()
        .map(|version| version.scopes.len())
        .collect();
    assert_eq!(scopes, [16, 6]);
    for version in &config.versions {
        assert!(version.permissions);
        for (_, scope) in &version.scopes {
            let path = format!("/{}/{scope}", version.name);
            let route = config
                .routes
                .iter()
                .find(|route| route.access.path == path)
                .unwrap();
            assert_eq!(
                (route.access.version.as_ref(), route.access.scope.as_ref()),
                (Some(&version.name), Some(scope))
            );
            assert!(route.access.permissions);
        }
    }
    assert_eq!(config.routes.len(), 22);
    assert!(
        config
            .routes
            .iter()
            .all(|route| route.upstream.url.as_str() == "http://127.0.0.1:9000/")
    );
    for environment in &config.environments {
        assert_eq!(environment.dialect.name, "spring");
        assert_eq!(
            (
                environment.paths.token.as_str(),
                environment.paths.docs.as_str()
            ),
            ("/v2/oauth/token", "/v2/docs")
        );
        assert_eq!(
            (
                environment.access_token_lifetime,
                environment.concurrent_requests
            ),
            (3600, 5)
        );
        assert_eq!(environment.token_requests_per_minute, 0);
    }
    let rc = config.environment("rc").unwrap();
    assert_eq!(rc.refresh.as_ref().unwrap().from.as_str(), "production");
    assert_eq!(rc.url, "http://127.0.0.1:8081");
}

#[test]
fn doorkeeper_differs_in_lifetime_and_look_of_tokens() {
    let config = example("doorkeeper");
    let seen = |name| {
        let environment = config.environment(name).unwrap();
        (
            environment.access_token_lifetime,
            environment.access_token_format,
        )
    };
    assert_eq!(
        seen("production"),
        (604_800, AccessTokenFormat::OpaqueHex64)
    );
    assert_eq!(seen("staging"), (3600, AccessTokenFormat::OpaqueHex32));
    assert!(
        config.versions.is_empty()
            && config.routes[0].access.scope.is_none()
            && !config.routes[0].access.public
    );
}

#[test]
fn identityserver_has_chosen_secrets_and_sixty_requests_a_minute() {
    let config = example("identityserver");
    for environment in &config.environments {
        assert_eq!(
            (environment.secrets, environment.token_requests_per_minute),
            (SecretKind::Chosen, 60)
        );
        assert_eq!(environment.access_token_format, AccessTokenFormat::Jwt);
    }
    assert_eq!(config.routes[0].access.scope.as_deref(), Some("api1"));
    assert!(!config.routes[0].access.permissions);
    assert_eq!(
        config.environment("test").unwrap().url,
        "http://127.0.0.1:8081"
    );
}

#[test]
fn dotnetopenauth_is_one_environment_with_an_alias_and_one_grant_a_credential() {
    let config = example("dotnetopenauth");
    let [environment] = config.environments.as_slice() else {
        panic!("one environment")
    };
    assert_eq!(
        (environment.default_grant, environment.grants_per_credential),
        (GrantType::AuthorizationCode, Some(1))
    );
    assert_eq!(environment.access_token_lifetime, 600);
    let bases: Vec<&str> = environment.bases.iter().map(url::Url::as_str).collect();
    assert_eq!(bases, ["http://127.0.0.1:8080/", "http://127.0.0.1:8081/"]);
}
