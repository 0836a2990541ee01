//! What of an environment's memory still stands after something was changed.
//!
//! Whatever is remembered knows the moment before it was read, and the places of all that it depends on: its token, its
//! credential, its person. A change writes a new moment down at its place. What is remembered stands while none of its places
//! has a later moment than its own; so nobody has to look for what is to be forgotten, and what was still being read while
//! it changed does not stand, whenever it is put into memory.
//!
//! Places are few and ids many: some ids share one, and are then forgotten together, which costs a read.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use store::{Change, TokenId};
use tokio::sync::watch;

/// 128 kB. Of a full memory (100,000 tokens) about six share a place with one that is revoked.
const PLACES: usize = 16 * 1024;

/// When something was read, as changes count time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

/// Where it is written down when something was changed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u16);

/// When what was changed last.
pub struct Standing {
    /// Moves with every change, after it was written down.
    moment: AtomicU64,
    /// When everything was changed, as far as anyone knew.
    everything: AtomicU64,
    places: Box<[AtomicU64]>,
    /// Spreads ids over the places.
    spread: BuildHasherDefault<DefaultHasher>,
    /// One at a time writes down.
    writing: Mutex<()>,
    word: watch::Sender<()>,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            moment: AtomicU64::new(0),
            everything: AtomicU64::new(0),
            places: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
            spread: BuildHasherDefault::new(),
            writing: Mutex::new(()),
            word: watch::Sender::new(()),
        }
    }
}

impl Standing {
    /// The moment now: to be read before the database is. What is read afterwards holds every change up to it.
    pub fn now(&self) -> Moment {
        Moment(self.moment.load(Ordering::Acquire))
    }

    /// Tells whenever something was forgotten: whoever holds on to a token then has it judged anew.
    pub fn word(&self) -> watch::Receiver<()> {
        self.word.subscribe()
    }

    /// The place of a token. The ends of ids are random.
    pub fn of_token(id: TokenId) -> Place {
        let [.., high, low] = id.0;
        Self::place(u64::from(u16::from_be_bytes([high, low])))
    }

    /// The place of whatever else has an id.
    pub fn of(&self, id: &[u8]) -> Place {
        Self::place(self.spread.hash_one(id))
    }

    fn place(spread: u64) -> Place {
        // Less than 2^16.
        Place((spread % PLACES as u64) as u16)
    }

    /// Whether what was read at that moment, and depends on those places, is still as it was read.
    pub fn stands(&self, read_at: Moment, places: &[Place]) -> bool {
        self.everything.load(Ordering::Acquire) <= read_at.0
            && places.iter().all(|place| {
                self.places
                    .get(usize::from(place.0))
                    .is_some_and(|changed| changed.load(Ordering::Acquire) <= read_at.0)
            })
    }

    /// What depends on whatever was changed does not stand any more.
    pub fn forget(&self, change: &Change) {
        match change {
            Change::Token(id) => self.forget_at(Self::of_token(*id)),
            Change::Family(id) => self.forget_at(self.of(&id.0)),
            Change::Person(id) | Change::Credential(id) | Change::Account(id) => {
                self.forget_at(self.of(id.as_bytes()));
            }
            // Nothing remembered depends on a key that lives.
            Change::SigningKeys(_) => {}
            // And nobody remembers that a token is unknown.
            Change::ImportedTokens(_) => {}
            Change::Environment(_) | Change::Everything => self.write_down(&self.everything),
        }
    }

    fn forget_at(&self, place: Place) {
        if let Some(changed) = self.places.get(usize::from(place.0)) {
            self.write_down(changed);
        }
    }

    /// First the place, then the moment: whoever sees the new moment sees the place as well, and what it reads holds the change.
    /// And whoever looked in between, found the old moment and keeps something that lasts sees the moment move afterwards.
    fn write_down(&self, changed: &AtomicU64) {
        {
            let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
            let next = self.moment.load(Ordering::Acquire) + 1;
            changed.store(next, Ordering::Release);
            self.moment.store(next, Ordering::Release);
        }
        self.word.send_replace(());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_does_not_stand_and_all_the_rest_does() {
        let standing = Standing::default();
        let (anna, bert) = (Place(1), Place(2));
        let read_at = standing.now();
        assert!(standing.stands(read_at, &[anna, bert]) && standing.stands(read_at, &[]));
        standing.forget_at(anna);
        assert!(!standing.stands(read_at, &[anna]) && !standing.stands(read_at, &[bert, anna]));
        assert!(standing.stands(read_at, &[bert]) && standing.stands(read_at, &[]));
        // Read anew, it stands.
        assert!(standing.stands(standing.now(), &[anna, bert]));
        let read_at = standing.now();
        standing.forget(&Change::Everything);
        assert!(!standing.stands(read_at, &[bert]) && !standing.stands(read_at, &[]));
        assert!(standing.stands(standing.now(), &[anna, bert]));
    }

    #[test]
    fn what_was_being_read_while_it_changed_never_stands() {
        let standing = Standing::default();
        let place = standing.of(b"anna");
        let begun = standing.now();
        standing.forget_at(place);
        assert!(!standing.stands(begun, &[place]));
        standing.forget_at(standing.of(b"bert"));
        assert!(
            !standing.stands(begun, &[place]),
            "nor after another change"
        );
    }

    #[test]
    fn a_place_is_one_of_the_places_and_the_same_each_time() {
        let standing = Standing::default();
        let mut used = std::collections::HashSet::new();
        for number in 0..10_000u32 {
            let id = format!("credential-{number}");
            let place = standing.of(id.as_bytes());
            assert_eq!(place, standing.of(id.as_bytes()));
            assert!(usize::from(place.0) < PLACES);
            used.insert(place.0);
        }
        // By chance 7,500 of them.
        assert!(used.len() > 6_000, "{}", used.len());
        for end in [0u16, 1, 0x3fff, 0x4000, u16::MAX] {
            let mut id = [0; 16];
            id[14..].copy_from_slice(&end.to_be_bytes());
            assert!(usize::from(Standing::of_token(TokenId(id)).0) < PLACES);
        }
    }

    /// Many read while one changes: what a reader put away with the moment that it read first is what the change left, or does
    /// not stand.
    #[test]
    fn s246_nothing_that_stands_is_older_than_the_last_change() {
        let standing = Standing::default();
        let place = standing.of(b"anna");
        // What the database says.
        let truth = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while truth.load(Ordering::SeqCst) < 20_000 {
                        let read_at = standing.now();
                        let read = truth.load(Ordering::SeqCst);
                        std::thread::yield_now();
                        // What was true when it was asked whether it stands is at most a change ahead: that one is being made.
                        let before = truth.load(Ordering::SeqCst);
                        if standing.stands(read_at, &[place]) {
                            assert!(read + 1 >= before, "{read} stands, {before} is true");
                        }
                    }
                });
            }
            for change in 1..=20_000 {
                truth.store(change, Ordering::SeqCst);
                standing.forget_at(place);
            }
        });
    }

    #[test]
    fn s250_whoever_begins_while_something_is_forgotten_sees_that_memory_moved() {
        let standing = Standing::default();
        let mut word = standing.word();
        word.mark_unchanged();
        let place = standing.of(b"anna");
        let begun = standing.now();
        // In between: the place is written, the moment is still the old one.
        let next = begun.0 + 1;
        standing.places[usize::from(place.0)].store(next, Ordering::Release);
        assert_eq!(standing.now(), begun);
        assert!(!standing.stands(begun, &[place]), "read anew, not found");
        standing.forget_at(place);
        assert_ne!(standing.now(), begun);
        assert!(word.has_changed().is_ok_and(|changed| changed));
    }
}
