//! The lives of keys as stretches of one picture: announced, signing, still published.

use store::{Millis, SigningKey};

use crate::pages::Stretch;

/// The picture's width: stretches are told in thousandths.
const WIDTH: i64 = 1_000;
/// At least so much is shown after now, and a quarter of it before.
const AROUND: Millis = 60 * 60 * 1000;

/// What the picture shows.
pub struct Span {
    from: Millis,
    to: Millis,
}

impl Span {
    /// From when the oldest key was made to when the last known thing happens.
    pub fn of(keys: &[SigningKey], now: Millis) -> Self {
        let oldest = keys.iter().map(|key| key.created_at).min().unwrap_or(now);
        let from = oldest.min(now - AROUND / 4);
        let last = |key: &SigningKey| {
            key.expires_at
                .unwrap_or(key.activates_at)
                .max(key.activates_at)
        };
        let latest = keys.iter().map(last).max().unwrap_or(now);
        // Something is left for what goes on.
        let beyond = (latest.max(now) - from) / 8;
        let to = latest.max(now + AROUND).saturating_add(beyond);
        Self { from, to }
    }

    /// Where a moment is, in thousandths.
    pub fn place(&self, at: Millis) -> i64 {
        let length = (self.to - self.from).max(1);
        ((at - self.from) * WIDTH / length).clamp(0, WIDTH)
    }

    /// A key's stretches; one that was revoked ends there.
    pub fn stretches(&self, key: &SigningKey) -> Vec<Stretch> {
        let end = |at: Option<Millis>| match (at, key.revoked_at) {
            (Some(at), Some(revoked)) => Some(at.min(revoked)),
            (at, revoked) => at.or(revoked),
        };
        let retires = end(key.retires_at);
        let all = [
            ("announced", key.created_at, end(Some(key.activates_at))),
            ("signing", key.activates_at, retires),
            (
                "retired",
                retires.unwrap_or(Millis::MAX),
                end(key.expires_at),
            ),
        ];
        let stretch = |(kind, from, to): (&'static str, Millis, Option<Millis>)| {
            let until = to.unwrap_or(self.to);
            (from < until).then(|| {
                let x = self.place(from);
                Stretch {
                    kind,
                    x,
                    // What is short is seen all the same.
                    width: (self.place(until) - x).max(4),
                    from,
                    to,
                }
            })
        };
        all.into_iter().filter_map(stretch).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(retires_at: Option<Millis>, revoked_at: Option<Millis>) -> SigningKey {
        SigningKey {
            id: "k".to_owned(),
            algorithm: "EdDSA".to_owned(),
            public_jwk: String::new(),
            wrapped_private_key: Vec::new(),
            master_key_id: "m".to_owned(),
            created_at: 0,
            activates_at: 10 * AROUND,
            retires_at,
            expires_at: retires_at.map(|at| at + AROUND),
            revoked_at,
        }
    }

    #[test]
    fn a_life_is_shown_from_its_making_to_its_end() {
        let kinds = |key: &SigningKey| {
            let span = Span::of(std::slice::from_ref(key), 20 * AROUND);
            let stretches = span.stretches(key);
            for pair in stretches.windows(2) {
                assert_eq!(pair[0].x + pair[0].width, pair[1].x);
            }
            assert!(stretches.iter().all(|one| one.x + one.width <= WIDTH + 4));
            stretches.iter().map(|one| one.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&key(None, None)), ["announced", "signing"]);
        let retired = key(Some(30 * AROUND), None);
        assert_eq!(kinds(&retired), ["announced", "signing", "retired"]);
        let revoked = key(Some(30 * AROUND), Some(15 * AROUND));
        assert_eq!(kinds(&revoked), ["announced", "signing"]);
    }
}
