//! Everything that makes an instance smaller, in turns.

use super::instance::Instance;
use super::join::{Joined, Room, join};
use super::reduce::{Decisions, Reduced, reduce};
use crate::limits::Limiter;

/// Reduces an instance after decisions and joins wants, until nothing is left to join; `None` if a
/// want is left with no alternative.
///
/// `effort` bounds the work, in steps over entries.
pub(super) fn simplify(
    instance: &Instance,
    decisions: &Decisions,
    effort: u64,
    room: Room,
    limiter: &mut Limiter<'_>,
) -> Option<Reduced> {
    let mut left = effort;
    // Reading the instance and writing the smaller one are work, too.
    limiter.work(4 * instance.entry_count() as u64);
    let mut reduced = reduce(instance, decisions, &mut left);
    while let Some(smaller) = reduced.take() {
        let Joined::Smaller(joined) = join(&smaller.instance, None, room, &mut left) else {
            reduced = Some(smaller);
            break;
        };
        limiter.work(4 * smaller.instance.entry_count() as u64);
        let again = reduce(&joined.instance, &Decisions::default(), &mut left);
        reduced = again.map(|again| smaller.then(*joined).then(again));
    }
    limiter.work(effort - left);
    reduced
}
