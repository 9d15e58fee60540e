//! Laws of the specs that others lack and of the benefit of gaps, compared with plans of single
//! gaps.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use specplan_planner::reference::{Model, Specs};
use specplan_planner::{Plan, Scope, SpecGroup, SpecId, SpecSet, Supply, Task, Usefulness, usable};

use crate::world::{World, permutation, permuted, specs, world};

/// The world as a supply; the broken specs of the world are the undescribed ones.
pub(crate) fn supply(world: &World) -> Supply {
    Supply {
        available: SpecSet::from_flags(&world.available),
        external: SpecSet::from_flags(&world.external),
        undescribed: SpecSet::from_flags(&world.broken),
        ..Supply::new(world.graph())
    }
}

/// The world without the undescribed specs in the cache.
pub(crate) fn described(world: &World) -> World {
    let mut described = world.clone();
    for (available, undescribed) in described.available.iter_mut().zip(&world.broken) {
        *available &= !undescribed;
    }
    described
}

/// Lists of positions, which a world of any size turns into gaps, wants and roots.
type Picks = [Vec<Index>; 3];

fn picks(groups: usize, most: usize) -> impl Strategy<Value = Vec<Picks>> {
    let list = || vec(any::<Index>(), 0..=most);
    vec([list(), list(), list()], 0..=groups)
}

fn groups(world: &World, picks: &[Picks]) -> Vec<SpecGroup> {
    let own = |list: &[Index]| -> Vec<SpecId> {
        let ids = list.iter().map(|index| index.index(world.len()));
        ids.map(|id| SpecId::new(u32::try_from(id).unwrap()))
            .collect()
    };
    let group = |[gaps, wants, roots]: &Picks| SpecGroup {
        gaps: own(gaps),
        wants: own(wants),
        roots: own(roots),
    };
    picks.iter().map(group).collect()
}

/// The specs without a binary that install once the least plan for the gap alone is built: its
/// builds, and the spliced specs that it rewires.
fn built_for(world: &World, model: &Model, gap: SpecId) -> Specs {
    let mut task: Task = world.task(Scope::Roots);
    task.roots = vec![gap];
    let builds = specs(Plan::new(task).unwrap().builds());
    let is_rewired = |spec: &u32| {
        model.is_spliced(*spec) && !model.available.contains(spec) && !model.external.contains(spec)
    };
    let needed = model.needed(&Specs::from([gap.get()])).into_iter();
    builds
        .into_iter()
        .chain(needed.filter(is_rewired))
        .collect()
}

fn expected(world: &World, group: &SpecGroup) -> Vec<Usefulness> {
    let described = described(world);
    let model = described.model();
    let usable = usable(
        &described.graph(),
        &SpecSet::from_flags(&described.available),
        &SpecSet::from_flags(&described.external),
    );
    let wants = specs(group.wants.iter().copied());
    let lacking: Vec<Specs> = specs(group.roots.iter().copied())
        .into_iter()
        .map(|root| model.lacking(root))
        .filter(|lacking| !lacking.is_empty())
        .collect();
    let useful = |&gap: &SpecId| {
        let is_blocked = |&&want: &&u32| {
            let mut closure = Specs::new();
            model.installed(want, &mut closure);
            want != gap.get() && closure.contains(&gap.get())
        };
        let built = built_for(&described, &model, gap);
        let at_hand =
            |spec: &u32| model.external.contains(spec) || usable.contains(SpecId::new(*spec));
        Usefulness {
            blocked: wants.iter().filter(is_blocked).count(),
            roots_completed: lacking
                .iter()
                .filter(|lacks| lacks.is_subset(&built))
                .count(),
            buildable_now: !world.broken[gap.index()]
                && model.demands(gap.get()).iter().all(at_hand),
        }
    };
    group.gaps.iter().map(useful).collect()
}

fn check(world: &World, groups: &[SpecGroup]) -> Result<(), TestCaseError> {
    let answers = supply(world).usefulness(groups).unwrap();
    prop_assert_eq!(answers.len(), groups.len());
    for (group, answers) in groups.iter().zip(answers) {
        prop_assert_eq!(answers, expected(world, group));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn gaps_are_as_useful_as_their_own_plans_say(world in world(14), picks in picks(3, 8)) {
        check(&world, &groups(&world, &picks))?;
    }

    #[test]
    fn a_root_lacks_what_its_closure_lacks(world in world(14), picks in vec(any::<Index>(), 0..8)) {
        let described = described(&world);
        let model = described.model();
        let roots = &groups(&world, &[[vec![], vec![], picks]])[0].roots;
        let lacking = supply(&world).lacking(roots).unwrap();
        prop_assert_eq!(lacking.len(), roots.len());
        for (root, lacking) in roots.iter().zip(lacking) {
            prop_assert!(lacking.is_sorted_by_key(|spec| world.ranks[spec.index()]));
            prop_assert_eq!(specs(lacking), model.lacking(root.get()));
        }
    }

    #[test]
    fn what_roots_lack_is_counted_whole_and_listed_in_part(
        world in world(14),
        picks in vec(any::<Index>(), 0..8),
        most in 0_usize..4,
    ) {
        let roots = &groups(&world, &[[vec![], vec![], picks]])[0].roots;
        let whole = supply(&world).lacking(roots).unwrap();
        let lacked = supply(&world).lacked(roots, most).unwrap();
        let mut times = std::collections::BTreeMap::new();
        for (each, whole) in lacked.roots.iter().zip(&whole) {
            prop_assert_eq!(each.count, whole.len());
            prop_assert_eq!(&each.first[..], &whole[..most.min(whole.len())]);
            for spec in whole {
                *times.entry(world.ranks[spec.index()]).or_insert(0) += 1;
            }
        }
        let counted = lacked.specs.iter();
        let counted: Vec<_> = counted.map(|(spec, count)| (world.ranks[spec.index()], *count)).collect();
        prop_assert_eq!(counted, times.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_a_gap_needs_is_at_hand_exactly_if_it_is_built_alone(world in world(14), picks in picks(1, 8)) {
        let described = described(&world);
        let model = described.model();
        for group in groups(&world, &picks) {
            let answers = supply(&described).usefulness(std::slice::from_ref(&group)).unwrap();
            for (gap, answer) in group.gaps.iter().zip(&answers[0]) {
                if !world.broken[gap.index()] {
                    let mut others = built_for(&described, &model, *gap);
                    others.remove(&gap.get());
                    prop_assert_eq!(answer.buildable_now, others.is_empty());
                }
            }
        }
    }

    #[test]
    fn names_and_company_do_not_matter(
        (world, names) in world(14).prop_flat_map(|world| {
            let len = world.len();
            (Just(world), permutation(len))
        }),
        picks in picks(3, 8),
    ) {
        let groups = groups(&world, &picks);
        let together = supply(&world).usefulness(&groups).unwrap();
        let renamed = |ids: &[SpecId]| -> Vec<SpecId> {
            ids.iter().map(|id| SpecId::new(names[id.index()])).collect()
        };
        let mut relabelled = world.relabelled(&names);
        relabelled.broken = permuted(&world.broken, &names);
        for (group, answers) in groups.iter().zip(together) {
            let alone = SpecGroup {
                gaps: renamed(&group.gaps),
                wants: renamed(&group.wants),
                roots: renamed(&group.roots),
            };
            prop_assert_eq!(&supply(&relabelled).usefulness(&[alone]).unwrap(), &[answers]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn more_gaps_and_roots_than_are_asked_at_a_time(world in world(900), picks in picks(2, 700)) {
        let groups = groups(&world, &picks);
        check(&world, &groups)?;
        let model = described(&world).model();
        for group in groups {
            let lacking = supply(&world).lacking(&group.roots).unwrap();
            for (root, lacking) in group.roots.iter().zip(lacking) {
                prop_assert_eq!(specs(lacking), model.lacking(root.get()));
            }
        }
    }
}
