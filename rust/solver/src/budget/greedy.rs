//! Small changes that make a choice better.

use super::instance::Instance;
use super::partial_choice::{PartialChoice, Status};

/// Improves a choice by refusing one item of it and filling up, as long as that helps.
///
/// Complexity: O(k) fillings for k items, for each improvement; some rounds at most.
pub(super) fn improve<'i>(
    instance: &'i Instance,
    mut best: PartialChoice<'i>,
    should_stop: &mut dyn FnMut() -> bool,
) -> PartialChoice<'i> {
    /// Improvements are few, and branch and bound follows.
    const ROUNDS: usize = 8;
    /// More would take too long.
    const ITEMS: usize = 1_000;
    if instance.item_count() > ITEMS {
        return best;
    }
    for _ in 0..ROUNDS {
        let taken: Vec<usize> = (0..instance.item_count())
            .filter(|&item| best.status[item] == Status::Taken)
            .collect();
        let mut found = None;
        for &without in &taken {
            if should_stop() {
                return best;
            }
            let mut other = PartialChoice::new(instance);
            other.source.clone_from(&best.source);
            if other.status[without] != Status::Free {
                continue;
            }
            if !other.refuse(without) {
                continue;
            }
            for &item in &taken {
                if other.status[item] == Status::Free {
                    other.take(item);
                }
            }
            other.fill();
            if other.weight > best.weight {
                found = Some(other);
                break;
            }
        }
        match found {
            Some(other) => best = other,
            None => break,
        }
    }
    best
}
