//! Two nodes on one PostgreSQL forget what was changed, and nothing else.
//!
//! Whether a token is remembered is seen by witnesses: their rows are taken out of the database past Grantor, and their clients
//! switched off there. Whoever still lets them in remembers both.

use super::support::browser::{VERIFIER, pair, parameter, request_of};
use super::support::database::{Database, psql};
use super::support::house::{CALLBACK, access_token, setup};
use super::support::request::form;
use super::support::upstream::Upstream;
use super::support::{Answer, Browser, Credential, Request, Server, until};

/// Ids share places in memory: of so many witnesses one may be forgotten by chance with somebody else. All of them are not.
const WITNESSES: usize = 5;

struct Nodes {
    first: Server,
    second: Server,
    database: String,
    witnesses: Vec<String>,
    _upstream: Upstream,
}

fn ask(node: &Server, client: &Credential, fields: &[(&str, &str)]) -> Answer {
    Request::post("/oauth/token")
        .basic(client)
        .form(form(fields))
        .send(node.at("production"))
}

fn call(node: &Server, token: &str) -> u16 {
    let answer = Request::get("/any")
        .bearer(token)
        .send(node.at("production"));
    assert!(matches!(answer.status, 200 | 401), "{answer:?}");
    answer.status
}

impl Nodes {
    fn start() -> Option<Self> {
        let Some(Database::Postgres(url)) = Database::postgres() else {
            println!("not run: GRANTOR_TEST_POSTGRES is not set");
            return None;
        };
        let upstream = Upstream::start();
        let setup = setup().upstream(&upstream.authority);
        let first = setup.on(Database::Postgres(url.clone())).start();
        let mut second = first.another_node();
        second.start();
        let mut nodes = Self {
            first,
            second,
            database: url,
            witnesses: Vec::new(),
            _upstream: upstream,
        };
        // A change that both have noticed, so that what is told from now on follows from it.
        let before = nodes.client("Before");
        let token = nodes.remembered(&before);
        nodes.ends(&token, "the first of all", |first| {
            first.json(&["credentials", "disable", &before.uuid], None);
        });
        nodes.call_witnesses();
        Some(nodes)
    }

    fn client(&self, account: &str) -> Credential {
        let how = ["--version", "v1", "--allow", "orders=read"];
        self.first.credential_of(account, "production", &how, None)
    }

    /// A token that both nodes remember.
    fn remembered(&self, client: &Credential) -> String {
        let grant = [("grant_type", "client_credentials")];
        let token = access_token(&ask(&self.second, client, &grant));
        self.remember(&token);
        token
    }

    fn remember(&self, token: &str) {
        for node in [&self.first, &self.second] {
            assert_eq!((call(node, token), call(node, token)), (200, 200));
        }
    }

    fn call_witnesses(&mut self) {
        let clients: Vec<_> = (0..WITNESSES)
            .map(|number| self.client(&format!("Witness {number}")))
            .collect();
        self.witnesses = clients.iter().map(|one| self.remembered(one)).collect();
        for client in clients {
            let uuid = client.uuid;
            psql(
                &self.database,
                &format!("delete from access_tokens where credential_uuid = '{uuid}'"),
            );
            psql(
                &self.database,
                &format!("update credentials set disabled_at = 1 where uuid = '{uuid}'"),
            );
        }
    }

    /// How many of the witnesses a node remembers.
    fn remembers(&self, node: &Server) -> usize {
        let known = self.witnesses.iter();
        known.filter(|token| call(node, token) == 200).count()
    }

    fn are_remembered(&self, what: &str) {
        for (node, name) in [(&self.first, "first"), (&self.second, "second")] {
            let left = self.remembers(node);
            assert!(
                left + 2 >= self.witnesses.len(),
                "{what}: the {name} node remembers {left}"
            );
        }
    }

    /// At once on the node that makes the change, within five seconds on the other; and nothing else is forgotten.
    fn ends(&self, token: &str, what: &str, change: impl FnOnce(&Server)) {
        change(&self.first);
        let begun = std::time::Instant::now();
        assert_eq!(call(&self.first, token), 401, "{what}");
        until(what, || call(&self.second, token) == 401);
        assert!(begun.elapsed().as_secs() < 5, "{what}");
        self.are_remembered(what);
    }
}

#[test]
fn s246_what_is_changed_is_forgotten_on_both_nodes_and_nothing_else() {
    let Some(nodes) = Nodes::start() else {
        return;
    };
    let client = nodes.client("Acme");
    // Somebody new is nothing that anyone remembers; and what was edited is known at once.
    nodes.are_remembered("a new credential");
    let token = nodes.remembered(&client);
    nodes.ends(&token, "a token that was revoked", |first| {
        let hint = Request::post("/oauth/revoke").basic(&client);
        let revoked = hint
            .form(form(&[("token", &token)]))
            .send(first.at("production"));
        assert_eq!(revoked.status, 200);
    });

    let (token, other) = (nodes.remembered(&client), nodes.remembered(&client));
    nodes.ends(&token, "all tokens of a credential", |first| {
        first.json(&["tokens", "revoke", "--credential", &client.uuid], None);
    });
    assert_eq!(call(&nodes.first, &other), 401);
    assert_eq!(call(&nodes.second, &other), 401);

    let client = nodes.client("Acme");
    let token = nodes.remembered(&client);
    nodes.ends(&token, "a credential that was switched off", |first| {
        first.json(&["credentials", "disable", &client.uuid], None);
    });
    nodes
        .first
        .json(&["credentials", "enable", &client.uuid], None);
    until("switched on again", || {
        [&nodes.first, &nodes.second]
            .iter()
            .all(|node| call(node, &token) == 200)
    });
    nodes.ends(&token, "a credential that was deleted", |first| {
        first.json(&["credentials", "delete", &client.uuid], None);
    });

    let (one, other) = (nodes.client("Globex"), nodes.client("Globex"));
    let (token, another) = (nodes.remembered(&one), nodes.remembered(&other));
    nodes.ends(&token, "an account that was suspended", |first| {
        first.json(&["accounts", "suspend", "Globex"], None);
    });
    assert_eq!(call(&nodes.second, &another), 401, "all its credentials");

    // An old secret is refused, the new one taken, and what was issued with the old one lives on.
    let client = nodes.client("Initech");
    let grant = [("grant_type", "client_credentials")];
    let token = nodes.remembered(&client);
    let rotate = ["credentials", "rotate", &client.uuid, "--overlap", "0s"];
    nodes.first.json(&rotate, None);
    assert_eq!(ask(&nodes.first, &client, &grant).status, 401);
    until("the old secret is refused on the other node", || {
        ask(&nodes.second, &client, &grant).status == 401
    });
    nodes.remember(&token);
    nodes.are_remembered("a secret that was rotated");
}

#[test]
fn s246_a_persons_tokens_are_forgotten_on_both_nodes_and_nothing_else() {
    let Some(nodes) = Nodes::start() else {
        return;
    };
    let client = nodes
        .first
        .client_of("production", "authorization_code", &[]);
    let person = |name: &str| nodes.first.person("production", name, &[]);
    let tokens = |name: &str| {
        let mut browser = Browser::at(nodes.first.at("production"));
        let code = parameter(&browser.walk(&request_of(&client, &[]), name), "code").unwrap();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let pair = pair(&ask(&nodes.second, &client, &fields));
        nodes.remember(&pair.0);
        pair
    };
    let (anna, bert) = (person("anna"), person("bert"));

    let (token, refresh) = tokens("anna");
    nodes.ends(&token, "a family that was ended", |first| {
        let hint = Request::post("/oauth/revoke").basic(&client);
        let fields = form(&[("token", &refresh)]);
        assert_eq!(hint.form(fields).send(first.at("production")).status, 200);
    });

    let (token, _) = tokens("anna");
    let (berts, _) = tokens("bert");
    nodes.ends(&token, "a person who was switched off", |first| {
        first.json(&["people", "disable", &anna], None);
    });
    nodes.remember(&berts);
    nodes.ends(&berts, "a person who was erased", |first| {
        first.json(&["people", "erase", &bert, "--yes"], None);
    });

    let carl = person("carl");
    let (token, _) = tokens("carl");
    nodes.ends(&token, "a password that was set", |first| {
        let set = ["people", "set-password", &carl, "--password-stdin"];
        first.json(&set, Some("tomato bicycle"));
    });
}

#[test]
fn s246_where_a_change_was_not_told_everything_is_forgotten() {
    let Some(mut nodes) = Nodes::start() else {
        return;
    };
    // No word comes through: the changes are looked for, and still known by name.
    let deaf = "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen grantor_changes' and datname = current_database()";
    let client = nodes.client("Acme");
    let token = nodes.remembered(&client);
    psql(&nodes.database, deaf);
    nodes.ends(&token, "while nobody hears of it", |first| {
        first.json(&["credentials", "disable", &client.uuid], None);
    });

    // Something was changed, and nobody wrote down what: an older node beside us.
    let forgotten = |nodes: &Nodes, what: &str| {
        until(what, || {
            nodes.remembers(&nodes.first) == 0 && nodes.remembers(&nodes.second) == 0
        });
    };
    psql(&nodes.database, "update changes set mark = mark + 1");
    forgotten(&nodes, "a change that nobody wrote down");

    // A newer one wrote what we do not know.
    let client = nodes.client("Acme");
    let token = nodes.remembered(&client);
    nodes.witnesses.clear();
    nodes.ends(&token, "before the witnesses", |first| {
        first.json(&["credentials", "disable", &client.uuid], None);
    });
    nodes.call_witnesses();
    nodes.are_remembered("at first");
    let unknown = "with moved as (update changes set mark = mark + 1 returning mark) \
        insert into recent_changes (mark, stamp, kind, subject) select mark, 1, 'weather', 'rain' from moved";
    psql(&nodes.database, unknown);
    forgotten(&nodes, "a change of a kind that nobody knows");
}
