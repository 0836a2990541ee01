//! The change-password endpoint, where a dialect has one.

use serde_json::{Map, Value, json};

use super::Described;
use super::answers::example;

impl Described<'_> {
    /// `POST` to the change-password path.
    pub fn change_password(&self) -> Value {
        let dialect = &self.environment.dialect;
        let told = |success, message: &str| {
            let written = dialect.write_password_changed(success, message);
            example(message.to_owned(), &written.body)
        };
        let text = |description: &str| json!({ "type": "string", "description": description });
        let password = |description: &str| json!({ "type": "string", "format": "password", "description": description });
        let mut schema = json!({
            "type": "object",
            "required": ["userid", "password", "newpassword"],
            "properties": {
                "userid": text("As the token endpoint told it beside `RequireChangePassword`."),
                "password": password("The password so far."),
                "newpassword": password("The password from now on."),
            },
        });
        self.with_credentials(&mut schema);
        let mut value =
            json!({ "userid": "123", "password": "PASSWORD", "newpassword": "NEW_PASSWORD" });
        if !self.authenticates().in_header {
            self.add_credentials(&mut value);
        }
        let examples = Map::from_iter([(
            "change".to_owned(),
            json!({ "summary": "A new password", "value": value }),
        )]);
        let mut responses = self.refusals(&[]);
        responses.insert("200".to_owned(), json!({
            "description": "Done, or not; `message` is for the person.",
            "content": { "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["success", "message"],
                    "properties": { "success": { "type": "boolean" }, "message": { "type": "string" } },
                },
                "examples": {
                    "changed": told(true, "Your password has been changed."),
                    "wrong_password": told(false, "The user or the current password is not right. Check both and try again."),
                },
            } },
        }));
        json!({
            "summary": "Change a person's password",
            "description": "For credentials that were made for the password grant. Whatever comes of it, the status is 200; only a client that does not prove itself hears an error.",
            "operationId": "changePassword",
            "tags": ["Tokens"],
            "security": self.security(),
            "requestBody": self.body(&schema, &examples),
            "responses": responses,
        })
    }
}
