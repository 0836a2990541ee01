//! A partial import: clients that are new to the realm, with their secrets as they are. What is there already stays as it is.

use serde_json::{Value, json};

use super::journey::{Going, Journey};

/// Writes it. A client that is there cannot be given a new secret this way without being made anew, and is noted.
pub fn write(journey: &mut Journey<'_>) -> String {
    let (mut clients, mut users) = (Vec::new(), Vec::new());
    for going in std::mem::take(&mut journey.going) {
        if going.is_there {
            journey.refuse(
                "credential",
                &going.credential.client_id,
                "It is in the realm already, and a partial import would make it anew to change its secret.",
                "Put the secret that its programs have into its Credentials tab there.",
            );
            continue;
        }
        clients.push(client(&going));
        users.extend(service_account(&going));
        journey.going.push(going);
    }
    let realm = json!({ "ifResourceExists": "SKIP", "clients": clients, "users": users });
    format!("{realm:#}\n")
}

/// Whom a client's own tokens speak for there. The management interface makes one with a client, a partial import does not.
fn service_account(going: &Going<'_>) -> Option<Value> {
    let client_id = &going.credential.client_id;
    may(going, "client_credentials").then(|| {
        json!({
            "username": format!("service-account-{}", client_id.to_lowercase()), "enabled": true,
            "serviceAccountClientId": client_id,
        })
    })
}

fn may(going: &Going<'_>, name: &str) -> bool {
    let mut grants = going.credential.grant_types.iter();
    grants.any(|grant| grant == name)
}

fn client(going: &Going<'_>) -> Value {
    let credential = going.credential;
    let mut client = json!({
        "clientId": credential.client_id, "name": credential.name, "description": credential.description,
        "protocol": "openid-connect", "enabled": !credential.disabled, "publicClient": credential.public,
        "serviceAccountsEnabled": may(going, "client_credentials"), "standardFlowEnabled": may(going, "authorization_code"),
        "directAccessGrantsEnabled": may(going, "password"), "redirectUris": credential.redirect_uris,
        "defaultClientScopes": credential.scopes,
    });
    if let (Some(secret), Some(members)) = (&going.secret, client.as_object_mut()) {
        members.insert("clientAuthenticatorType".to_owned(), "client-secret".into());
        members.insert("secret".to_owned(), secret.as_str().into());
    }
    client
}
