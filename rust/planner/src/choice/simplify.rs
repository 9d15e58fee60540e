//! Everything that makes an instance smaller, in turns.

use super::instance::Instance;
use super::join::{Joined, Room, join};
use super::reduce::{Decisions, Reduced, reduce};

/// Reduces an instance after decisions and joins wants, until nothing is left to join; `None` if a
/// want is left with no alternative.
///
/// `effort` bounds the work of each, in steps over entries.
pub(super) fn simplify(
    instance: &Instance,
    decisions: &Decisions,
    effort: u64,
    room: Room,
) -> Option<Reduced> {
    let mut reduced = reduce(instance, decisions, effort)?;
    let mut left = effort;
    while let Joined::Smaller(joined) = join(&reduced.instance, None, room, &mut left) {
        let again = reduce(&joined.instance, &Decisions::default(), effort)?;
        reduced = reduced.then(*joined).then(again);
    }
    Some(reduced)
}
