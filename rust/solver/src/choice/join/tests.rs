//! Joined wants against trying everything.

use proptest::prelude::*;

use super::{Joined, Room, Worth, join};
use crate::choice::dual::{Accounts, Ascent, Bound};
use crate::choice::instance::Instance;
use crate::choice::lists::Lists;
use crate::choice::plain::{instances, least};
use crate::limits::{Limiter, SearchLimits};
use crate::numbers::to_float;

const ANY: Room = Room {
    alternatives: 1000,
    growth: 1000,
};

fn rooms() -> impl Strategy<Value = Room> {
    (1_usize..20, 0_usize..20).prop_map(|(alternatives, growth)| Room {
        alternatives,
        growth,
    })
}

/// Three wants, of which each two share an item that costs 2.
fn triangle() -> Instance {
    let mut alternatives = Lists::new();
    for item in [0, 1, 1, 2, 2, 0] {
        alternatives.push([item]);
    }
    Instance::new(vec![2; 3], alternatives, vec![0, 0, 1, 1, 2, 2])
}

fn joined(instance: &Instance, worth: Option<Worth<'_>>, room: Room) -> Joined {
    let mut effort = u64::MAX;
    join(instance, worth, room, &mut effort)
}

#[test]
fn a_triangle_of_wants_becomes_one_that_takes_the_cheapest_two() {
    let Joined::Smaller(smaller) = joined(&triangle(), None, ANY) else {
        panic!("the wants share items");
    };
    assert_eq!(smaller.instance.want_count(), 1);
    assert_eq!(least(&smaller.instance), 4);
    assert_eq!(smaller.wants.row(0), [0, 1, 2]);
}

#[test]
fn without_room_nothing_is_joined() {
    let room = Room {
        alternatives: 0,
        growth: 0,
    };
    assert!(matches!(joined(&triangle(), None, room), Joined::Nothing));
    let mut effort = 0;
    assert!(matches!(
        join(&triangle(), None, ANY, &mut effort),
        Joined::Nothing
    ));
}

proptest! {
    #[test]
    fn joining_keeps_the_least_cost(instance in instances(), room in rooms()) {
        if let Joined::Smaller(smaller) = joined(&instance, None, room) {
            prop_assume!(smaller.instance.item_count() < 20);
            prop_assert_eq!(least(&smaller.instance), least(&instance));
            // The original items meet every want, at no higher cost.
            let mut held = 0_u32;
            for want in 0..smaller.instance.want_count() {
                let first = smaller.instance.alternatives_of(want).start;
                for &item in smaller.instance.alternatives.row(first) {
                    for &old in smaller.items.row(item as usize) {
                        held |= 1 << old;
                    }
                }
            }
            prop_assert!(crate::choice::plain::meets_all(&instance, held));
        }
    }

    #[test]
    fn joining_all_wants_of_every_item_leaves_no_choice(instance in instances()) {
        if let Joined::Smaller(smaller) = joined(&instance, None, ANY) {
            let rows = 0..smaller.instance.want_count();
            let choices = rows.map(|want| smaller.instance.alternatives_of(want).len());
            // A want that shares nothing with others from the start was not processed.
            let shared = choices.zip(smaller.wants.rows()).filter(|(_, from)| from.len() > 1);
            for (count, _) in shared {
                prop_assert_eq!(count, 1);
            }
        }
    }

    #[test]
    fn a_worth_loses_only_what_is_dearer_than_the_gap_allows(
        instance in instances(),
        room in rooms(),
        steps in 1_usize..30,
        beyond in 0_u64..4,
    ) {
        let accounts = Accounts::new(&instance);
        let best = least(&instance);
        let upper = to_float(best + beyond);
        let ascent = Ascent { steps, target: f64::INFINITY, upper, agility: 1.0 };
        let mut go_on = || false;
        let mut limiter = Limiter::new(SearchLimits::default(), &mut go_on);
        let shares = accounts.even_shares(&instance);
        let bound = accounts.ascend(&instance, shares, ascent, &mut limiter);
        prop_assert!(bound.value <= to_float(best));
        let worth = Worth {
            regrets: &accounts.regrets(&instance, &bound.payments),
            unpaid: &bound.unpaid,
            gap: upper - bound.value + 1e-6,
        };
        match joined(&instance, Some(worth), room) {
            Joined::Nothing => {}
            Joined::Hopeless => prop_assert!(false, "the least cost is within the gap"),
            Joined::Smaller(smaller) => {
                prop_assume!(smaller.instance.item_count() < 20);
                prop_assert_eq!(least(&smaller.instance), best);
            }
        }
    }
}

/// A bound of some steps, and its limiter's answer to nothing.
fn bound_of(accounts: &Accounts, instance: &Instance, payments: Vec<f64>, steps: usize) -> Bound {
    let ascent = Ascent {
        steps,
        target: f64::INFINITY,
        upper: to_float(least(instance)),
        agility: 1.0,
    };
    let mut go_on = || false;
    let mut limiter = Limiter::new(SearchLimits::default(), &mut go_on);
    accounts.ascend(instance, payments, ascent, &mut limiter)
}

proptest! {
    #[test]
    fn what_was_proven_before_joining_is_proven_after_it(
        instance in instances(),
        room in rooms(),
        steps in 1_usize..30,
    ) {
        let accounts = Accounts::new(&instance);
        let before = bound_of(&accounts, &instance, accounts.even_shares(&instance), steps);
        if let Joined::Smaller(smaller) = joined(&instance, None, room) {
            prop_assume!(smaller.instance.item_count() < 20);
            let own = Accounts::new(&smaller.instance);
            let payments = own.carried(
                &smaller.instance,
                &instance,
                &accounts,
                &before.payments,
                &smaller.items,
                &smaller.wants,
            );
            let after = bound_of(&own, &smaller.instance, payments, 1);
            prop_assert!(after.value <= to_float(least(&instance)));
            let is_plain = (0..smaller.instance.want_count()).any(|want| smaller.instance.plain[want]);
            prop_assert!(is_plain || after.value >= before.value - 1e-6, "{after:?} {before:?}");
        }
    }
}

#[test]
fn a_joined_triangle_is_proven_without_a_search() {
    let triangle = triangle();
    let accounts = Accounts::new(&triangle);
    let apart = bound_of(&accounts, &triangle, accounts.even_shares(&triangle), 200);
    assert!(apart.value <= 3.0, "half of each item meets every want");
    let Joined::Smaller(smaller) = joined(&triangle, None, ANY) else {
        panic!("the wants share items");
    };
    let own = Accounts::new(&smaller.instance);
    let together = bound_of(
        &own,
        &smaller.instance,
        own.even_shares(&smaller.instance),
        1,
    );
    assert!(together.value > 3.9, "{together:?}");
}
