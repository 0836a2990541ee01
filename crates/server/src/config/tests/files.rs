//! Relative paths start at the configuration file's folder.

use store::DatabaseUrl;

use super::super::load::load;
use super::{Folder, MINIMAL};

#[test]
fn database_key_and_dialect_lie_beside_the_file() {
    let folder = Folder::new("beside");
    folder.file("ours.toml", b"[defaults]\naccess_token_lifetime = \"5m\"\n");
    let text = format!("[storage]\nurl = \"sqlite:data.db\"\n{MINIMAL}dialect = \"ours.toml\"\n");
    let config = load(&folder.file("grantor.toml", text.as_bytes()), &[]).unwrap();
    assert_eq!(
        config.database,
        DatabaseUrl::Sqlite(folder.0.join("data.db"))
    );
    assert_eq!(config.server.master_key_file, folder.0.join("grantor.key"));
    assert_eq!(config.environments[0].access_token_lifetime, 300);
}

#[test]
fn a_wrong_dialect_file_is_named_with_its_own_line() {
    let folder = Folder::new("wrong-dialect");
    folder.file("ours.toml", b"[defaults]\nlifetime = 5\n");
    let text = format!("{MINIMAL}dialect = \"ours.toml\"\n");
    let errors = load(&folder.file("grantor.toml", text.as_bytes()), &[]).unwrap_err();
    let text = errors.to_string();
    assert!(
        text.contains("grantor.toml:3: environments.production.dialect:")
            && text.contains("ours.toml is wrong in line 2"),
        "{text}"
    );
}
