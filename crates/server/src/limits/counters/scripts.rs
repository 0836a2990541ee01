//! What is asked of the shared counters, each in one atomic script. Time is their own (`TIME`): nodes need not agree about it.
//!
//! Every key ends by itself, and all keys of a call lie in one slot by the hash tag `{grantor}`.

use std::sync::LazyLock;

use redis::{Script, ScriptInvocation};
use store::Millis;

static TAKE_MOMENT: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("take_moment.lua")));
static TAKE_LEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("take_lease.lua")));
static RENEW_LEASES: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("renew_leases.lua")));
static GREET: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("greet.lua")));

const NODES: &str = "{grantor}:nodes";
const COUNTED_SINCE: &str = "{grantor}:counted-since";
/// A node that was not heard of for so long does not count any more.
pub const NODE_LASTS: Millis = 10_000;
/// For how long it is known that nothing was lost while no node lives.
const REMEMBERED: Millis = 24 * 60 * 60 * 1000;
/// How long a lease lasts that nobody renews.
pub const LEASE_LASTS: Millis = 10_000;

/// One more in a bucket. Answers 0, or the milliseconds until the next may come (an `i64`).
pub fn take_moment(
    bucket: &str,
    most: u32,
    window: Millis,
    name: &str,
) -> ScriptInvocation<'static> {
    let mut call = TAKE_MOMENT.prepare_invoke();
    call.key(format!("{{grantor}}:rate:{bucket}"));
    call.arg(most).arg(window).arg(name);
    call
}

/// The key of an account's leases.
pub fn leases_of(environment: &str, account: &str) -> String {
    format!("{{grantor}}:running:{environment}:{account}")
}

/// One more lease under a key. Answers whether there was a place free.
pub fn take_lease(key: &str, most: u32, name: &str) -> ScriptInvocation<'static> {
    let mut call = TAKE_LEASE.prepare_invoke();
    call.key(key).arg(most).arg(LEASE_LASTS).arg(name);
    call
}

/// Leases, each a key and a name, begin anew.
pub fn renew_leases<'l>(
    leases: impl Iterator<Item = (&'l str, &'l str)>,
) -> ScriptInvocation<'static> {
    let mut call = RENEW_LEASES.prepare_invoke();
    call.arg(LEASE_LASTS);
    for (key, name) in leases {
        call.key(key).arg(name);
    }
    call
}

/// A node lives. Answers how many do (a `u32`), and the name of what is counted there (a `String`): `beginning`, if nothing was.
pub fn greet(node: &str, beginning: &str) -> ScriptInvocation<'static> {
    let mut call = GREET.prepare_invoke();
    call.key(NODES).key(COUNTED_SINCE);
    call.arg(node)
        .arg(NODE_LASTS)
        .arg(beginning)
        .arg(REMEMBERED);
    call
}

/// Leases end.
pub fn end_leases<'l>(leases: impl Iterator<Item = (&'l str, &'l str)>) -> redis::Pipeline {
    let mut all = redis::pipe();
    for (key, name) in leases {
        all.zrem(key, name).ignore();
    }
    all
}

/// A node that stops is none any more.
pub fn take_leave(node: &str) -> redis::Cmd {
    redis::Cmd::zrem(NODES, node)
}
