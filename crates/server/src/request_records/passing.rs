//! Bodies on their way, as far as a record will want them: put together as they come, and bounded over all that run at once.
//!
//! A body that comes byte by byte holds no more than its bytes. When many run at once and all the room is taken, the next
//! ones are remembered by their length alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::taken::Body;

/// Bytes of a body that are kept; a longer one cannot be read whole, and so not be blotted out.
const LONGEST: usize = 32 * 1024;
/// Bytes of all bodies that are on their way.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// A body grows by no less.
const AT_LEAST: usize = 512;

/// The room that all bodies on their way share.
#[derive(Clone, Default)]
pub struct Room(Arc<AtomicUsize>);

/// What has passed of a body.
pub struct Passing {
    room: Room,
    bytes: Vec<u8>,
    /// As many as were taken of the room.
    taken: usize,
    length: u64,
    is_kept: bool,
    was_read: bool,
}

impl Room {
    /// A body that nobody has read yet. `is_kept`: it is text, which can be blotted out.
    pub fn body(&self, is_kept: bool) -> Passing {
        Passing {
            room: self.clone(),
            bytes: Vec::new(),
            taken: 0,
            length: 0,
            is_kept,
            was_read: false,
        }
    }

    fn take(&self, bytes: usize) -> bool {
        let fits = |taken: usize| taken.checked_add(bytes).filter(|all| *all <= MOST_BYTES);
        let order = Ordering::Relaxed;
        self.0.fetch_update(order, order, fits).is_ok()
    }
}

impl Passing {
    /// Somebody read it, be it to find it empty.
    pub fn read(&mut self) {
        self.was_read = true;
    }

    /// A piece passed.
    pub fn add(&mut self, piece: &[u8]) {
        self.length += piece.len() as u64;
        if !self.is_kept || piece.is_empty() {
            return;
        }
        let needed = self.bytes.len() + piece.len();
        if needed > LONGEST || !self.grow_to(needed) {
            self.is_kept = false;
            self.let_go();
            return;
        }
        self.bytes.extend_from_slice(piece);
    }

    /// What the record keeps of it.
    pub fn take(&mut self) -> Body {
        let kept = std::mem::take(&mut self.bytes);
        self.let_go();
        match (self.was_read, self.is_kept) {
            (false, _) => Body::NotRead,
            (true, true) if kept.is_empty() => Body::Pieces(Vec::new()),
            (true, true) => Body::Pieces(vec![kept.into_boxed_slice().into()]),
            (true, false) => Body::Length(self.length),
        }
    }

    fn grow_to(&mut self, needed: usize) -> bool {
        if needed <= self.taken {
            return true;
        }
        let wanted = needed.max(2 * self.taken).clamp(AT_LEAST, LONGEST);
        if !self.room.take(wanted - self.taken) {
            return false;
        }
        self.taken = wanted;
        self.bytes.reserve_exact(wanted - self.bytes.len());
        true
    }

    fn let_go(&mut self) {
        self.bytes = Vec::new();
        self.room.0.fetch_sub(self.taken, Ordering::Relaxed);
        self.taken = 0;
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        self.let_go();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_comes_byte_by_byte_is_one_piece() {
        let room = Room::default();
        let mut body = room.body(true);
        body.read();
        for _ in 0..LONGEST {
            body.add(b"x");
        }
        assert!(body.bytes.capacity() <= LONGEST && body.taken == LONGEST);
        assert!(
            matches!(body.take(), Body::Pieces(pieces) if pieces.len() == 1 && pieces.iter().all(|piece| piece.len() == LONGEST))
        );
        assert_eq!(room.0.load(Ordering::Relaxed), 0);
        let mut longer = room.body(true);
        longer.read();
        longer.add(&vec![0; LONGEST + 1]);
        assert!(matches!(longer.take(), Body::Length(length) if length == LONGEST as u64 + 1));
        assert!(matches!(room.body(true).take(), Body::NotRead));
    }

    #[test]
    fn what_runs_at_once_is_bounded_and_gives_its_room_back() {
        let room = Room::default();
        let mut running: Vec<Passing> = (0..1_000).map(|_| room.body(true)).collect();
        for body in &mut running {
            body.read();
            body.add(&vec![0; LONGEST]);
        }
        assert!(room.0.load(Ordering::Relaxed) <= MOST_BYTES);
        let kept = running.iter().filter(|body| body.is_kept).count();
        assert_eq!(kept, MOST_BYTES / LONGEST);
        drop(running);
        assert_eq!(room.0.load(Ordering::Relaxed), 0);
    }
}
