//! What was taken and is not written yet: rings in memory, bounded in number and bytes.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::metrics::counter::Counter;
use store::RecordKind;

use super::keep;
use super::passing::Room;
use super::taken::{Taken, Whose};

/// Bytes that wait, of those that are proven.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// As many of them as may be answered ones: the rest is for refusals, which busy clients so cannot keep out.
const MOST_ANSWERED_BYTES: usize = 24 * 1024 * 1024;
/// Requests that wait in nobody's proven name.
const MOST_CLAIMED: usize = 256;
/// Bytes of those.
const MOST_CLAIMED_BYTES: usize = 8 * 1024 * 1024;

/// The rings.
#[derive(Default)]
pub struct Waiting {
    rings: Mutex<Rings>,
    /// Whoever writes holds this, also when nobody waits for the end of it any more.
    pub(super) writing: Arc<tokio::sync::Mutex<()>>,
    /// Where bodies are put together while they are on their way.
    pub passing: Room,
    /// Records that were lost because there was no room, or because the database did not take them.
    pub lost: Counter<u64, AtomicU64>,
}

#[derive(Default)]
struct Rings {
    proven: HashMap<(Arc<str>, RecordKind), VecDeque<Taken>>,
    bytes: usize,
    answered_bytes: usize,
    claimed: VecDeque<Taken>,
    claimed_bytes: usize,
}

impl Waiting {
    /// Lost records are counted here.
    pub fn new(lost: Counter<u64, AtomicU64>) -> Self {
        Self {
            lost,
            ..Self::default()
        }
    }

    /// Adds one. The oldest of a full ring goes; where all memory is taken, the new one is lost.
    pub fn add(&self, mut taken: Taken) {
        taken.put_together();
        let weight = taken.weight();
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        let pushed_out = match taken.whose.clone() {
            Whose::Proven(uuid) => rings.add_proven(uuid, taken, weight),
            Whose::Claimed => rings.add_claimed(taken, weight),
        };
        drop(rings);
        // What goes is taken apart after the lock is free.
        match pushed_out {
            Ok(pushed_out) => drop(pushed_out),
            Err(refused) => {
                self.lost.inc();
                drop(refused);
            }
        }
    }

    /// Takes all of it, in the order of arrival.
    pub fn take(&self) -> Vec<Taken> {
        let rings = std::mem::take(&mut *self.rings.lock().unwrap_or_else(PoisonError::into_inner));
        let proven = rings.proven.into_values().flatten();
        let mut all: Vec<Taken> = proven.chain(rings.claimed).collect();
        all.sort_by_key(|taken| taken.at);
        all
    }
}

impl Rings {
    fn add_proven(
        &mut self,
        uuid: Arc<str>,
        taken: Taken,
        weight: usize,
    ) -> Result<Option<Taken>, Box<Taken>> {
        let most = keep(taken.kind) as usize;
        let is_answered = taken.kind == RecordKind::Answered;
        let ring = self.proven.entry((uuid, taken.kind)).or_default();
        let freed = match ring.len() >= most {
            true => ring.front().map_or(0, Taken::weight),
            false => 0,
        };
        let bytes = self.bytes - freed + weight;
        let of_answered = self.answered_bytes - if is_answered { freed } else { 0 } + weight;
        if bytes > MOST_BYTES || (is_answered && of_answered > MOST_ANSWERED_BYTES) {
            return Err(Box::new(taken));
        }
        let pushed_out = match ring.len() >= most {
            true => ring.pop_front(),
            false => None,
        };
        self.bytes = bytes;
        if is_answered {
            self.answered_bytes = of_answered;
        }
        ring.push_back(taken);
        Ok(pushed_out)
    }

    fn add_claimed(&mut self, taken: Taken, weight: usize) -> Result<Option<Taken>, Box<Taken>> {
        if weight > MOST_CLAIMED_BYTES / 2 {
            return Err(Box::new(taken));
        }
        let mut pushed_out = None;
        while self.claimed.len() >= MOST_CLAIMED || self.claimed_bytes + weight > MOST_CLAIMED_BYTES
        {
            let Some(oldest) = self.claimed.pop_front() else {
                break;
            };
            self.claimed_bytes -= oldest.weight();
            pushed_out = Some(oldest);
        }
        self.claimed_bytes += weight;
        self.claimed.push_back(taken);
        Ok(pushed_out)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::taken::{Body, Door, Half};
    use super::*;
    use crate::listener::request_id::RequestId;
    use axum::http::{Method, StatusCode, Uri};
    use std::time::Duration;

    fn taken(at: i64, whose: Whose, kind: RecordKind, body: usize) -> Taken {
        Taken {
            door: Door::Token,
            environment: store::EnvironmentName::new("production"),
            id: RequestId::new(at),
            at,
            remote_address: [127, 0, 0, 1].into(),
            whose,
            kind,
            method: Method::POST,
            uri: Uri::from_static("/oauth/token"),
            request: Half {
                body: Body::Pieces(vec![vec![0; body].into()]),
                ..Half::default()
            },
            answer: Half::default(),
            status: StatusCode::OK,
            reason: None,
            took: Duration::ZERO,
        }
    }

    #[test]
    fn each_kind_of_each_credential_pushes_out_only_its_own() {
        let waiting = Waiting::default();
        let proven = |uuid: &str| Whose::Proven(uuid.into());
        waiting.add(taken(1, proven("a"), RecordKind::Refused, 0));
        waiting.add(taken(2, proven("b"), RecordKind::Answered, 0));
        for at in 10..1_000 {
            waiting.add(taken(at, proven("a"), RecordKind::Answered, 0));
            waiting.add(taken(at, Whose::Claimed, RecordKind::Unproven, 0));
        }
        let all = waiting.take();
        assert_eq!((all[0].at, all[1].at), (1, 2));
        let of = |kind| all.iter().filter(|taken| taken.kind == kind).count();
        assert_eq!(of(RecordKind::Answered), 101);
        assert_eq!(of(RecordKind::Unproven), MOST_CLAIMED);
        assert_eq!(waiting.lost.get(), 0);
        assert!(waiting.take().is_empty());
    }

    #[test]
    fn memory_is_bounded_and_what_finds_no_room_is_counted() {
        let waiting = Waiting::default();
        for number in 0..100 {
            let whose = Whose::Proven(format!("c{number}").into());
            waiting.add(taken(number, whose, RecordKind::Answered, 1024 * 1024));
            waiting.add(taken(
                number,
                Whose::Claimed,
                RecordKind::Unproven,
                1024 * 1024,
            ));
        }
        let all = waiting.take();
        let bytes: usize = all.iter().map(Taken::weight).sum();
        assert!(bytes <= MOST_BYTES + MOST_CLAIMED_BYTES, "{bytes}");
        assert_eq!(waiting.lost.get(), 77);
    }

    #[test]
    fn busy_clients_do_not_keep_out_a_refusal() {
        let waiting = Waiting::default();
        for number in 0..100 {
            let whose = Whose::Proven(format!("c{number}").into());
            waiting.add(taken(number, whose, RecordKind::Answered, 1024 * 1024));
        }
        let lost = waiting.lost.get();
        for number in 0..5 {
            let whose = Whose::Proven(format!("c{number}").into());
            waiting.add(taken(number, whose, RecordKind::Refused, 1024 * 1024));
        }
        assert_eq!(waiting.lost.get(), lost);
        let all = waiting.take();
        let refused = all.iter().filter(|taken| taken.kind == RecordKind::Refused);
        assert_eq!(refused.count(), 5);
    }

    #[test]
    fn a_body_that_came_byte_by_byte_waits_in_one_piece() {
        let waiting = Waiting::default();
        let mut one = taken(1, Whose::Claimed, RecordKind::Unproven, 0);
        one.request.body = Body::Pieces(vec![bytes::Bytes::from_static(b"x"); 32 * 1024]);
        waiting.add(one);
        let all = waiting.take();
        assert!(matches!(
            &all[0].request.body,
            Body::Pieces(pieces) if pieces.len() == 1 && pieces[0].len() == 32 * 1024
        ));
    }
}
