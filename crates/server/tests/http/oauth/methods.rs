//! The methods of the OAuth endpoints.

use crate::http::support::house::{GRANT, INTROSPECT, REVOKE, TOKEN};
use crate::http::support::request::form;
use crate::http::support::{Request, house};

#[test]
fn s012_s147_each_endpoint_takes_post_and_nothing_else() {
    let house = house();
    let client = house.credential("production");
    let token = house.token("production", &client);
    for path in [TOKEN, INTROSPECT, REVOKE] {
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "FOO"] {
            let target = format!(
                "{path}?{}",
                form(&[("token", &token), ("grant_type", "client_credentials")])
            );
            let answer = Request::new(method, &target)
                .basic(&client)
                .form(GRANT)
                .send(house.server.at("production"));
            assert_eq!(
                (answer.status, answer.header("allow")),
                (405, Some("POST")),
                "{method} {path}"
            );
            assert!(
                !house.server.log_after(&answer).contains(&token),
                "{method} {path}"
            );
        }
    }
    assert!(
        house.is_active("production", &client, &token),
        "no revocation came of it"
    );
}
