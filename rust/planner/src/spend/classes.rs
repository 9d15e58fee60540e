//! Groups builds that the same roots need, by refining a partition: for as many roots at a time as
//! there are lanes.

use rustc_hash::FxHashMap;

use super::wanted_by::wanted_by;
use crate::graph::bitlanes::Lanes;
use crate::graph::id::{Place, number};
use crate::plan::Plan;

/// Needed specs, grouped by the roots that need them.
pub(super) struct Classes {
    /// By place; 0 for specs that no root needs, else one more than the class.
    at: Vec<u32>,
    /// By class, the roots that need it, ascending.
    pub(super) members: Vec<Vec<u32>>,
}

impl Classes {
    pub(super) fn new(plan: &Plan, roots: &[Place]) -> Self {
        let mut at = vec![0_u32; plan.graph().spec_count()];
        // Of each class but the first, which none needs: the class that it was split from, and the
        // roots of the chunk.
        let mut split_from: Vec<(u32, usize, Lanes)> = vec![(0, 0, Lanes::NONE)];
        for (chunk, roots) in roots.chunks(Lanes::COUNT).enumerate() {
            let wanted_by = wanted_by(plan, roots);
            let mut split: FxHashMap<(u32, Lanes), u32> = FxHashMap::default();
            for index in plan.needed.ones() {
                let lanes = wanted_by[index];
                if !lanes.is_none() {
                    let key = (at[index], lanes);
                    at[index] = *split.entry(key).or_insert_with(|| {
                        split_from.push((key.0, chunk, lanes));
                        number(split_from.len() - 1)
                    });
                }
            }
        }
        Self::numbered(at, &split_from)
    }

    /// Numbers the remaining classes in the order of their smallest places.
    fn numbered(mut at: Vec<u32>, split_from: &[(u32, usize, Lanes)]) -> Self {
        let mut number_of = vec![0_u32; split_from.len()];
        let mut members = Vec::new();
        for class in at.iter_mut().filter(|class| **class != 0) {
            let found = &mut number_of[*class as usize];
            if *found == 0 {
                let mut roots = Vec::new();
                let mut next = *class;
                while next != 0 {
                    let (parent, chunk, lanes) = split_from[next as usize];
                    let first = chunk * Lanes::COUNT;
                    roots.extend(lanes.ones().map(|lane| number(first + lane)));
                    next = parent;
                }
                roots.sort_unstable();
                members.push(roots);
                *found = number(members.len());
            }
            *class = *found;
        }
        Self { at, members }
    }

    pub(super) fn class_at(&self, place: Place) -> Option<u32> {
        self.at[place.index()].checked_sub(1)
    }

    /// The builds that some root needs, each with its class.
    pub(super) fn of_builds<'a>(
        &'a self,
        plan: &'a Plan,
    ) -> impl Iterator<Item = (usize, u32)> + 'a {
        plan.needed.ones().filter_map(|index| {
            let place = Place::at(index);
            let class = self
                .class_at(place)
                .filter(|_| plan.rules.is_build(place))?;
            Some((index, class))
        })
    }
}
