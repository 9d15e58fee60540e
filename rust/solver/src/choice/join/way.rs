//! Alternatives as they are joined.

/// An alternative as it is joined.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Way {
    /// Its needs that other wants may share, ascending.
    pub(super) shared: Vec<u32>,
    /// The cost of the others.
    pub(super) own: u64,
    /// The others, in no order that means anything.
    pub(super) owned: Vec<u32>,
    /// The minimum excess over the bound if it is chosen, without the unpaid parts of the shared
    /// items.
    pub(super) regret: f64,
}

/// Both alternatives together.
pub(super) fn both(left: &Way, right: &Way) -> Way {
    let mut shared = Vec::with_capacity(left.shared.len() + right.shared.len());
    let mut rest = right.shared.iter().copied().peekable();
    for &item in &left.shared {
        while let Some(other) = rest.next_if(|&other| other < item) {
            shared.push(other);
        }
        rest.next_if_eq(&item);
        shared.push(item);
    }
    shared.extend(rest);
    let mut owned = Vec::with_capacity(left.owned.len() + right.owned.len());
    owned.extend(&left.owned);
    owned.extend(&right.owned);
    Way {
        shared,
        own: left.own + right.own,
        regret: left.regret + right.regret,
        owned,
    }
}

/// The shared items of all alternatives, ascending.
pub(super) fn shared(ways: &[Way]) -> Vec<u32> {
    let mut items: Vec<u32> = ways.iter().flat_map(|way| &way.shared).copied().collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// The number of entries that the alternatives make in an instance.
pub(super) fn entries(ways: &[Way]) -> usize {
    let rows = ways.iter();
    rows.map(|way| way.shared.len() + usize::from(way.own > 0))
        .sum()
}

/// Keeps the alternatives that no other can replace; returns the work.
pub(super) fn keep_irreplaceable(ways: &mut Vec<Way>, costs: &[u64]) -> u64 {
    // A replacement has no more own cost and, if as much, no more shared items, so it comes first.
    // Replacing is transitive, so it is enough to compare with the alternatives that stay.
    ways.sort_by(|left, right| {
        let by = |way: &Way| (way.own, way.shared.len());
        by(left)
            .cmp(&by(right))
            .then_with(|| left.shared.cmp(&right.shared))
    });
    let mut work = ways.len() as u64;
    let mut kept: Vec<Way> = Vec::new();
    for way in ways.drain(..) {
        let is_replaceable = kept.iter().any(|other| {
            work += 1 + other.shared.len() as u64;
            other.own <= way.own
                && has_at_most_beyond(costs, &other.shared, &way.shared, way.own - other.own)
        });
        if !is_replaceable {
            kept.push(way);
        }
    }
    *ways = kept;
    work
}

/// Returns whether items cost at most a given amount beyond others, both ascending.
fn has_at_most_beyond(costs: &[u64], items: &[u32], others: &[u32], most: u64) -> bool {
    let mut others = others.iter().copied().peekable();
    let mut beyond = 0;
    items.iter().all(|&item| {
        while others.next_if(|&other| other < item).is_some() {}
        if others.peek() != Some(&item) {
            beyond += costs[item as usize];
        }
        beyond <= most
    })
}
