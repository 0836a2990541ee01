//! The real thing of each old server: its tables or its file, as its own migrations and exports make them.

use serde_json::{Value, json};

use super::{Place, SECRET, is_refused, is_token, on_each_database, reason};

const SHA256: &str = "1bad8c4cc88eac27d75fca4771849969116c5c46234d24d0b9c3cae017e397e2";

/// The client gets its token in each way, again after that, and neither a wrong secret nor what was stored opens anything.
pub(super) fn moved(place: &Place, id: &str, stored: &str) {
    for _ in 0..2 {
        is_refused(&place.by_form(id, "s3cr3t-Test+%42"));
        if stored != SECRET {
            is_refused(&place.by_form(id, stored));
            is_refused(&place.by_json(id, stored));
        }
        is_token(&place.by_basic(id, SECRET));
        is_token(&place.by_encoded_basic(id, SECRET));
        is_token(&place.by_form(id, SECRET));
        is_token(&place.by_json(id, SECRET));
    }
}

pub(super) fn credential(place: &Place, id: &str) -> Value {
    place.server.json(
        &["credentials", "show", id, "--environment", "production"],
        None,
    )
}

const DOORKEEPER: &str = "create table oauth_applications (
    id integer primary key, name varchar not null, uid varchar not null, secret varchar not null, owner_id bigint, owner_type varchar,
    redirect_uri text, scopes varchar not null default '', confidential boolean not null default true,
    created_at timestamp not null default '2020-01-01', updated_at timestamp not null default '2020-01-01');";

fn doorkeeper(rows: &[(&str, &str, &str)]) -> String {
    let mut statements = DOORKEEPER.to_owned();
    for (number, (uid, secret, redirect)) in rows.iter().enumerate() {
        statements.push_str(&format!(
            "insert into oauth_applications (id, name, uid, secret, owner_id, owner_type, redirect_uri, scopes) \
             values ({number}, 'App {uid}', '{uid}', '{secret}', 7, 'Company', '{redirect}', 'orders public');"
        ));
    }
    statements
}

#[test]
fn b2_doorkeeper() {
    on_each_database(|place| {
        let source = place.source(
            "old.db",
            &doorkeeper(&[("hashed", SHA256, "https://a.example/x\nhttps://a.example/y")]),
        );
        let complaint = place.refused("doorkeeper", &source, &[]);
        assert!(
            complaint.contains("--secrets sha256"),
            "64 hex digits can be either: {complaint}"
        );
        let report = place.import(
            "doorkeeper",
            &source,
            &["--secrets", "sha256", "--account-by", "owner"],
        );
        assert_eq!(report["clients_new"], 1, "{report:#}");
        moved(place, "hashed", SHA256);
        let made = credential(place, "hashed");
        assert_eq!(
            (&made["account"], &made["name"]),
            (&"Company 7".into(), &"App hashed".into())
        );
        assert_eq!(made["scopes"], json!(["orders"]));
        assert_eq!(
            made["redirect_uris"],
            json!(["https://a.example/x", "https://a.example/y"])
        );
        assert_eq!(
            made["grant_types"],
            json!(["client_credentials", "authorization_code", "refresh_token"])
        );

        let plain = place.source("plain.db", &doorkeeper(&[("plain", SECRET, "")]));
        place.import("doorkeeper", &plain, &[]);
        moved(place, "plain", SECRET);
        // Said to be hashed and not: it is never taken for the secret.
        let mixed = place.source("mixed.db", &doorkeeper(&[("mixed", SECRET, "")]));
        let report = place.import("doorkeeper", &mixed, &["--secrets", "sha256"]);
        assert!(reason(&report, "mixed").contains("form"));
        is_refused(&place.by_form("mixed", SECRET));
    });
}

#[test]
fn b2_duende() {
    on_each_database(|place| {
        let sha256 = "G62MTMiOrCfXX8pHcYSZaRFsXEYjTSTQucPK4Bfjl+I=";
        let sha512 = "bmOpFEKFD/nKEh0ZX+kdgag/sTotMMPoeVYk/46ITE5I4A+TOQgqY4uPSp4hDbRFcpxSXXcPgSUWcpRmVxVIrw==";
        let source = place.source("old.db", &format!(
            r#"create table "Clients" ("Id" integer primary key, "Enabled" boolean, "ClientId" varchar(200), "ClientName" varchar(200), "RequireClientSecret" boolean, "RequirePkce" boolean, "AllowOfflineAccess" boolean);
               create table "ClientSecrets" ("Id" integer primary key, "ClientId" integer, "Type" varchar(250), "Value" varchar(4000), "Expiration" timestamp);
               create table "ClientScopes" ("Id" integer primary key, "ClientId" integer, "Scope" varchar(200));
               create table "ClientGrantTypes" ("Id" integer primary key, "ClientId" integer, "GrantType" varchar(250));
               create table "ClientRedirectUris" ("Id" integer primary key, "ClientId" integer, "RedirectUri" varchar(400));
               insert into "Clients" values (1, true, 'api', 'API', true, false, false), (2, true, 'sha512', 'B', true, true, true), (3, true, 'certificate', 'C', true, true, false),
                   (4, false, 'off', 'D', true, true, false);
               insert into "ClientSecrets" values (1, 1, 'SharedSecret', '{sha256}', null), (2, 1, 'SharedSecret', '{}', '2099-01-01 00:00:00'), (3, 1, 'X509Thumbprint', 'AB', null),
                   (4, 2, 'SharedSecret', '{sha512}', null), (5, 3, 'X509Name', 'CN=x', null), (6, 4, 'SharedSecret', '{sha256}', null);
               insert into "ClientScopes" values (1, 1, 'orders'), (2, 1, 'openid');
               insert into "ClientGrantTypes" values (1, 1, 'client_credentials'), (2, 2, 'client_credentials'), (3, 3, 'client_credentials'), (4, 4, 'client_credentials');"#,
            "XohImNooBHFR0OVvjcYpJ3NgPQ1qq73WKhHvch0VQtg=" // of `password`
        ));
        let report = place.import("duende", &source, &[]);
        assert_eq!(
            (&report["clients_new"], &report["secrets_new"]),
            (&3.into(), &4.into()),
            "{report:#}"
        );
        assert!(reason(&report, "certificate").contains("certificate"));
        assert!(
            reason(&report, "api").contains("certificate"),
            "one of its three secrets"
        );
        moved(place, "api", sha256);
        is_token(&place.by_form("api", "password"));
        moved(place, "sha512", sha512);
        is_refused(&place.by_form("off", SECRET));
        assert_eq!(credential(place, "api")["scopes"], json!(["orders"]));
        let second = place.import("duende", &source, &[]);
        assert_eq!(
            (&second["clients_new"], &second["clients_unchanged"]),
            (&0.into(), &3.into())
        );
    });
}

#[test]
fn b2_openiddict() {
    on_each_database(|place| {
        let stored =
            "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg9Grv4Mo8F9CdWY2YY6OwMi4nQnxpinLzePe5Yw/dd3SA==";
        let source = place.source("old.db", &format!(
            r#"create table "OpenIddictApplications" ("Id" varchar(36) primary key, "ClientId" varchar(100), "ClientSecret" text, "ClientType" varchar(50), "DisplayName" text,
                   "Permissions" text, "RedirectUris" text, "Requirements" text, "JsonWebKeySet" text);
               insert into "OpenIddictApplications" values
                   ('a', 'console', '{stored}', 'confidential', 'Console', '["ept:token","gt:client_credentials","scp:orders"]', '[]', null, null),
                   ('b', 'key', null, 'confidential', 'Key', '["gt:client_credentials"]', null, null, '{{"keys":[]}}'),
                   ('c', 'spa', null, 'public', 'SPA', '["gt:authorization_code"]', '["https://a.example/x"]', '["ft:pkce"]', null);"#
        ));
        let report = place.import("openiddict", &source, &[]);
        assert_eq!(report["clients_new"], 2, "{report:#}");
        assert!(reason(&report, "key").contains("key"));
        moved(place, "console", stored);
        let spa = credential(place, "spa");
        assert_eq!(
            (&spa["public"], &spa["pkce_exempt"]),
            (&true.into(), &false.into())
        );
    });
}

#[test]
fn b2_hydra() {
    on_each_database(|place| {
        let stored = "$pbkdf2-sha256$i=25000,l=32$AAECAwQFBgcICQoLDA0ODw$csVUxt/G/89WKbSEqji8kqnWWSOMCmd7pRotFD8vtKk";
        let rotated = "$2b$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";
        let source = place.source("old.db", &format!(
            r#"create table hydra_client (id varchar(255), client_name text, client_secret text, rotated_secrets text, scope text, grant_types text, redirect_uris text, owner text,
                   token_endpoint_auth_method varchar(25), client_secret_expires_at integer, metadata text, pk varchar(36) primary key, nid varchar(36));
               insert into hydra_client values
                   ('3c4e', 'Hydra client', '{stored}', '["{rotated}"]', 'orders offline', '["client_credentials"]', '[]', 'Acme', 'client_secret_basic', 0, '{{"customer":{{"name":"Globex"}}}}', '1', 'n'),
                   ('older', 'Older', '{stored}', null, 'orders', 'client_credentials|authorization_code', 'https://a.example/x|https://a.example/y', '', 'client_secret_post', 0, '{{}}', '2', 'n'),
                   ('jwt', 'JWT', '', null, 'orders', '["client_credentials"]', '[]', '', 'private_key_jwt', 0, '{{}}', '3', 'n');"#
        ));
        let report = place.import(
            "hydra",
            &source,
            &["--account-by", "metadata.customer.name"],
        );
        assert_eq!(report["clients_new"], 2, "{report:#}");
        assert!(reason(&report, "jwt").contains("key"));
        moved(place, "3c4e", stored);
        is_token(&place.by_form("3c4e", "abc"));
        is_refused(&place.by_form("3c4e", rotated));
        moved(place, "older", stored);
        assert_eq!(credential(place, "3c4e")["account"], "Globex");
        assert_eq!(
            credential(place, "older")["redirect_uris"],
            json!(["https://a.example/x", "https://a.example/y"])
        );
    });
}

#[test]
fn b2_spring() {
    on_each_database(|place| {
        let stored = "{pbkdf2@SpringSecurity_v5_8}000102030405060708090a0b0c0d0e0ffd152f12fa04fea5996680811f41f3db1e3e13335f490f840da843aa4a7b0f4e";
        let source = place.source("old.db", &format!(
            r#"create table oauth2_registered_client (id varchar(100) primary key, client_id varchar(100) not null, client_id_issued_at timestamp, client_secret varchar(200), client_secret_expires_at timestamp,
                   client_name varchar(200) not null, client_authentication_methods varchar(1000) not null, authorization_grant_types varchar(1000) not null, redirect_uris varchar(1000),
                   post_logout_redirect_uris varchar(1000), scopes varchar(1000) not null, client_settings varchar(2000) not null, token_settings varchar(2000) not null);
               insert into oauth2_registered_client values
                   ('1', 'messaging', null, '{stored}', null, 'Messaging', 'client_secret_basic', 'refresh_token,client_credentials,authorization_code', 'http://127.0.0.1:8080/x', '', 'orders,profile',
                    '{{"@class":"java.util.Collections$UnmodifiableMap","settings.client.require-proof-key":true}}', '{{}}'),
                   ('2', 'bare', null, 'no-encoder', null, 'Bare', 'client_secret_basic', 'client_credentials', '', '', 'orders', '{{}}', '{{}}'),
                   ('3', 'spa', null, null, null, 'SPA', 'none', 'authorization_code', 'https://a.example/x', '', 'orders', '{{}}', '{{}}');"#
        ));
        let report = place.import("spring", &source, &[]);
        assert_eq!(report["clients_new"], 2, "{report:#}");
        assert!(
            reason(&report, "bare").contains("form"),
            "never taken for the secret itself"
        );
        is_refused(&place.by_form("bare", "no-encoder"));
        moved(place, "messaging", stored);
        let made = credential(place, "messaging");
        assert_eq!(
            (&made["pkce_exempt"], &made["scopes"]),
            (&false.into(), &json!(["orders"]))
        );
        assert_eq!(made["grant_types"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn b2_keycloak() {
    on_each_database(|place| {
        let realm = json!({ "realm": "acme", "clients": [
            { "clientId": "admin-cli", "publicClient": true },
            { "clientId": "nightly", "name": "Nightly", "description": "Exports", "enabled": true, "clientAuthenticatorType": "client-secret", "secret": SECRET,
              "protocol": "openid-connect", "serviceAccountsEnabled": true, "standardFlowEnabled": false, "defaultClientScopes": ["orders", "profile"],
              "attributes": { "client.secret.rotated": "the-one-before-it-was-rotated", "client.secret.rotated.expiration.time": "4102444800", "customer": "Acme" } },
            { "clientId": "starred", "secret": "**********", "serviceAccountsEnabled": true, "attributes": {} },
            { "clientId": "vault", "secret": "${vault.key}", "serviceAccountsEnabled": true },
            { "clientId": "jwt", "clientAuthenticatorType": "client-jwt", "serviceAccountsEnabled": true },
            { "clientId": "saml", "protocol": "saml", "secret": SECRET },
            { "clientId": "flowless", "secret": SECRET, "serviceAccountsEnabled": false, "standardFlowEnabled": false },
        ] });
        let file = place.file("realm.json", &realm.to_string());
        let report = place.import("keycloak", &file, &["--account-by", "attributes.customer"]);
        assert_eq!(
            (&report["clients_new"], &report["secrets_new"]),
            (&2.into(), &3.into()),
            "{report:#}"
        );
        for (id, why) in [
            ("starred", "stars"),
            ("vault", "vault"),
            ("jwt", "key"),
            ("saml", "SAML"),
            ("admin-cli", "own"),
        ] {
            assert!(reason(&report, id).contains(why), "{id}");
        }
        moved(place, "nightly", SECRET);
        is_token(&place.by_form("nightly", "the-one-before-it-was-rotated"));
        is_refused(&place.by_form("starred", "**********"));
        let made = credential(place, "nightly");
        assert_eq!(
            (&made["account"], &made["description"]),
            (&"Acme".into(), &"Exports".into())
        );
    });
}

#[test]
fn b2_auth0() {
    on_each_database(|place| {
        let yaml = format!(
            "clients:\n  - name: Nightly\n    client_id: AbC\n    client_secret: '{SECRET}'\n    grant_types: [client_credentials, 'urn:x']\n    token_endpoint_auth_method: client_secret_post\n    \
             client_metadata:\n      customer: Acme\n  - name: Nameless\n    client_secret: x\n  - name: Secretless\n    client_id: none\n    grant_types: [client_credentials]\n\
             clientGrants:\n  - client_id: Nightly\n    audience: https://api\n    scope: [orders]\n"
        );
        let report = place.import(
            "auth0",
            &place.file("tenant.yaml", &yaml),
            &["--account-by", "client_metadata.customer"],
        );
        assert_eq!(report["clients_new"], 1, "{report:#}");
        assert!(reason(&report, "Nameless").contains("client id"));
        assert!(reason(&report, "none").contains("secret"));
        moved(place, "AbC", SECRET);
        let made = credential(place, "AbC");
        assert_eq!(
            (&made["account"], &made["scopes"]),
            (&"Acme".into(), &json!(["orders"]))
        );
        // As its API answers, too.
        let listed = json!([{ "client_id": "other", "name": "Other", "client_secret": SECRET, "grant_types": ["client_credentials"] }]);
        place.import(
            "auth0",
            &place.file("clients.json", &listed.to_string()),
            &[],
        );
        moved(place, "other", SECRET);
    });
}
