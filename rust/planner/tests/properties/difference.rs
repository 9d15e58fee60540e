//! Laws of the comparison of two states, against plain walks and against brute force.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use specplan_planner::reference::{Model, Specs};
use specplan_planner::{ChangeOrigin, Comparison, Difference, EdgeKinds, SpecId, SpecSet};

use crate::world::{World, flagged, permutation, permuted, specs, world};

/// Two states that contain the dependencies of their specs.
#[derive(Clone, Debug)]
struct States {
    world: World,
    old: Vec<bool>,
    new: Vec<bool>,
    own_content: Vec<u32>,
}

impl States {
    fn compare(&self) -> Difference {
        Difference::new(&Comparison {
            graph: self.world.graph(),
            old: SpecSet::from_flags(&self.old),
            new: SpecSet::from_flags(&self.new),
            external: SpecSet::from_flags(&self.world.external),
            own_content: self.own_content.clone(),
        })
        .unwrap()
    }

    fn fresh(&self) -> Specs {
        &flagged(&self.new) - &flagged(&self.old)
    }

    fn relabelled(&self, names: &[u32]) -> Self {
        Self {
            world: self.world.relabelled(names),
            old: permuted(&self.old, names),
            new: permuted(&self.new, names),
            own_content: permuted(&self.own_content, names)
                .iter()
                .map(|id| 9 - id)
                .collect(),
        }
    }
}

fn states(most: usize) -> impl Strategy<Value = States> {
    world(most).prop_flat_map(|world| {
        let len = world.len();
        let flags = |probability: f64| vec(prop::bool::weighted(probability), len);
        (flags(0.15), flags(0.5), vec(0..5_u32, len)).prop_map(move |(old, new, own_content)| {
            let close = |seeds: &[bool]| -> Vec<bool> {
                let closure = closure(&world.model(), &flagged(seeds), None);
                (0..)
                    .take(len)
                    .map(|spec| closure.contains(&spec))
                    .collect()
            };
            States {
                old: close(&old),
                new: close(&new),
                own_content,
                world: world.clone(),
            }
        })
    })
}

fn closure(model: &Model, from: &Specs, kinds: Option<EdgeKinds>) -> Specs {
    let mut reached = from.clone();
    let mut stack: Vec<u32> = from.iter().copied().collect();
    while let Some(spec) = stack.pop() {
        for (&below, edge) in &model.edges[spec as usize] {
            if kinds.is_none_or(|kinds| edge.intersects(kinds)) && reached.insert(below) {
                stack.push(below);
            }
        }
    }
    reached
}

fn one(spec: u32) -> Specs {
    Specs::from([spec])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_new_hash_has_an_own_change_in_its_closure(states in states(14)) {
        let difference = states.compare();
        let model = states.world.model();
        for spec in states.fresh() {
            let causes = specs(difference.own_changes_of(SpecId::new(spec)));
            let expected: Specs = closure(&model, &one(spec), None)
                .into_iter()
                .filter(|&below| {
                    difference.origin(SpecId::new(below)).is_some_and(ChangeOrigin::is_own_change)
                })
                .collect();
            prop_assert!(!causes.is_empty());
            prop_assert_eq!(causes, expected);
        }
    }

    #[test]
    fn an_origin_is_what_its_definition_says(states in states(14)) {
        let (difference, fresh, model) = (states.compare(), states.fresh(), states.world.model());
        let old_contents: BTreeSet<u32> = flagged(&states.old)
            .into_iter()
            .map(|spec| states.own_content[spec as usize])
            .collect();
        for spec in (0..).take(states.world.len()) {
            let expected = if !fresh.contains(&spec) {
                None
            } else if !old_contents.contains(&states.own_content[spec as usize]) {
                Some(ChangeOrigin::Content)
            } else if model.edges[spec as usize].keys().any(|below| fresh.contains(below)) {
                Some(ChangeOrigin::Inherited)
            } else {
                Some(ChangeOrigin::Rewired)
            };
            prop_assert_eq!(difference.origin(SpecId::new(spec)), expected);
        }
        prop_assert_eq!(specs(difference.new_hashes().into_iter().map(|new| new.0)), fresh);
    }

    #[test]
    fn reach_is_counted_as_one_walk_for_each_spec_counts_it(states in states(14)) {
        let (difference, fresh, model) = (states.compare(), states.fresh(), states.world.model());
        let runtime = EdgeKinds::LINK | EdgeKinds::RUN;
        for change in difference.own_changes() {
            let reached = |kinds| {
                let above = |&&spec: &&u32| {
                    closure(&model, &one(spec), kinds).contains(&change.spec.get())
                };
                fresh.iter().filter(above).count()
            };
            prop_assert_eq!(change.reaches, reached(None));
            prop_assert_eq!(change.reaches_by_link_run, reached(Some(runtime)));
        }
    }

    #[test]
    fn what_an_own_change_explains_alone_is_what_is_lost_without_it(states in states(14)) {
        // A dominates B if changes cannot reach B once A is removed.
        let (difference, fresh, model) = (states.compare(), states.fresh(), states.world.model());
        let changes = difference.own_changes();
        for change in &changes {
            let mut reached: Specs =
                changes.iter().map(|other| other.spec.get()).filter(|&s| s != change.spec.get()).collect();
            loop {
                let more: Specs = fresh
                    .iter()
                    .copied()
                    .filter(|&spec| spec != change.spec.get())
                    .filter(|&spec| model.edges[spec as usize].keys().any(|below| reached.contains(below)))
                    .collect();
                if more.is_subset(&reached) {
                    break;
                }
                reached.extend(more);
            }
            prop_assert_eq!(change.explains_alone, fresh.difference(&reached).count());
        }
    }

    #[test]
    fn holding_changes_back_leaves_the_builds_that_the_list_says(states in states(12)) {
        let (difference, fresh) = (states.compare(), states.fresh());
        let external = flagged(&states.world.external);
        let builds: Vec<Specs> = fresh
            .difference(&external)
            .map(|&spec| specs(difference.own_changes_of(SpecId::new(spec))))
            .collect();
        let left = |held: &Specs| builds.iter().filter(|causes| !causes.is_subset(held)).count();
        let list = difference.hold_list();
        prop_assert_eq!(list.builds, builds.len());
        let own: Specs = difference.own_changes().iter().map(|change| change.spec.get()).collect();
        prop_assert_eq!(specs(list.steps.iter().map(|step| step.spec)), own.clone());

        let mut held = Specs::new();
        for step in &list.steps {
            let best_next = own.difference(&held).map(|&next| left(&(&held | &one(next)))).min();
            held.insert(step.spec.get());
            prop_assert_eq!(step.builds_left, left(&held));
            prop_assert_eq!(Some(step.builds_left), best_next);
        }

        let own: Vec<u32> = own.into_iter().collect();
        let best = list.best.unwrap();
        prop_assert_eq!(best.len(), own.len() + 1);
        for bits in 0..1_u32 << own.len() {
            let held: Specs = (0..).zip(&own).filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, s)| *s).collect();
            prop_assert!(best[held.len()].builds_left <= left(&held));
        }
        for (size, best) in best.iter().enumerate() {
            prop_assert_eq!(best.specs.len(), size);
            prop_assert_eq!(best.builds_left, left(&specs(best.specs.iter().copied())));
        }
        for (step, best) in list.steps.iter().zip(&best[1..]) {
            prop_assert_eq!(step.fewest_left, Some(best.builds_left));
        }
    }

    #[test]
    fn relabelling_changes_no_comparison(
        (states, names) in states(14).prop_flat_map(|states| {
            let len = states.world.len();
            (Just(states), permutation(len))
        }),
    ) {
        let (one, two) = (states.compare(), states.relabelled(&names).compare());
        let moved = |id: SpecId| SpecId::new(names[id.index()]);
        let mut changes = one.own_changes();
        for change in &mut changes {
            change.spec = moved(change.spec);
        }
        prop_assert_eq!(changes, two.own_changes());
        let mut list = one.hold_list();
        for step in &mut list.steps {
            step.spec = moved(step.spec);
        }
        for best in list.best.iter_mut().flatten() {
            for spec in &mut best.specs {
                *spec = moved(*spec);
            }
        }
        prop_assert_eq!(list, two.hold_list());
    }
}
